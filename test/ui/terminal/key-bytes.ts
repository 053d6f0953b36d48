import { type Key, parseKey } from "../../../src/ui/terminal/keys.ts";

/** Keys that are a letter behind CSI. */
export const ARROWS: Readonly<Record<string, string>> = {
  up: "A",
  down: "B",
  right: "C",
  left: "D",
  end: "F",
  home: "H",
};
/** Keys that are a number and a tilde behind CSI. */
export const TILDES: Readonly<Record<string, number>> = {
  insert: 2,
  delete: 3,
  pageup: 5,
  pagedown: 6,
  f5: 15,
  f6: 17,
  f7: 18,
  f8: 19,
  f9: 20,
  f10: 21,
  f11: 23,
  f12: 24,
};
/** The function keys of a VT100. */
export const PF: Readonly<Record<string, string>> = { f1: "P", f2: "Q", f3: "R", f4: "S" };
const KITTY: Readonly<Record<string, number>> = { escape: 27, enter: 13, tab: 9, backspace: 127, space: 32 };

function modifiers({ shift, alt, ctrl, super: meta }: Key): number {
  return 1 + Number(shift) + 2 * Number(alt) + 4 * Number(ctrl) + 8 * Number(meta);
}

/** What a terminal without any protocol sends for a key (ECMA-48 and xterm); null where it has no bytes of its own. */
export function legacy(key: Key): string | null {
  const { name, ctrl, alt, shift } = key;
  const held = modifiers(key);
  if (name in ARROWS) return held === 1 ? `\x1b[${ARROWS[name]}` : `\x1b[1;${held}${ARROWS[name]}`;
  if (name in TILDES) return held === 1 ? `\x1b[${TILDES[name]}~` : `\x1b[${TILDES[name]};${held}~`;
  if (name in PF) return held === 1 ? `\x1bO${PF[name]}` : `\x1b[1;${held}${PF[name]}`;
  const plain: Readonly<Record<string, string>> = {
    tab: "\t",
    enter: "\r",
    escape: "\x1b",
    backspace: "\x7f",
  };
  if (name in plain) {
    if (name === "tab" && shift && !ctrl && !alt) return "\x1b[Z";
    if (shift || ctrl) return null;
    return `${alt ? "\x1b" : ""}${plain[name]}`;
  }
  if (name === "space") return ctrl && !shift && !alt ? "\0" : null;
  if (ctrl) {
    if (shift || !/^[a-z_]$/u.test(name)) return null;
    return `${alt ? "\x1b" : ""}${String.fromCharCode(name.charCodeAt(0) & 0x1f)}`;
  }
  return `${alt ? "\x1b" : ""}${shift ? name.toUpperCase() : name}`;
}

/** What a terminal with the kitty keyboard protocol sends, where it differs. */
export function kitty(key: Key): string {
  const code = KITTY[key.name] ?? key.name.codePointAt(0);
  return `\x1b[${code};${modifiers(key)}u`;
}

/** What a terminal sends for a sequence of keys by their names, as plainly as it can be said. */
export function bytesOf(sequence: string): string {
  return sequence
    .split(" ")
    .map((key) => legacy(parseKey(key)) ?? kitty(parseKey(key)))
    .join("");
}
