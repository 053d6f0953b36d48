import { describe, expect, test } from "vitest";
import { createKeymap } from "../../../src/ui/bindings.ts";
import { PRESET_NAMES } from "../../../src/ui/presets.ts";
import { createInputParser } from "../../../src/ui/terminal/input.ts";
import type { InputEvent } from "../../../src/ui/terminal/input-event.ts";
import { type Key, keyName, parseKey } from "../../../src/ui/terminal/keys.ts";

const ARROWS: Readonly<Record<string, string>> = {
  up: "A",
  down: "B",
  right: "C",
  left: "D",
  end: "F",
  home: "H",
};
const TILDES: Readonly<Record<string, number>> = {
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
const PF: Readonly<Record<string, string>> = { f1: "P", f2: "Q", f3: "R", f4: "S" };
const KITTY: Readonly<Record<string, number>> = { escape: 27, enter: 13, tab: 9, backspace: 127, space: 32 };

function modifiers({ shift, alt, ctrl, super: meta }: Key): number {
  return 1 + Number(shift) + 2 * Number(alt) + 4 * Number(ctrl) + 8 * Number(meta);
}

/** What a terminal without any protocol sends for a key (ECMA-48 and xterm); null where it has no bytes of its own. */
function legacy(key: Key): string | null {
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
function kitty(key: Key): string {
  const code = KITTY[key.name] ?? key.name.codePointAt(0);
  return `\x1b[${code};${modifiers(key)}u`;
}

/** The name of the one key that these bytes are. */
function read(bytes: string): string | null {
  const events: InputEvent[] = [];
  const parser = createInputParser((event) => events.push(event));
  parser.push(Buffer.from(bytes));
  parser.end();
  const [event] = events;
  if (events.length !== 1 || !event) return null;
  if (event.type === "text") return event.text;
  return event.type === "key" ? keyName(event) : null;
}

describe.each(PRESET_NAMES)("the keys of %s", (preset) => {
  const { commands } = createKeymap(preset).keymap;

  test("each is what some terminal sends, and is read as itself", () => {
    for (const { keys } of commands) {
      for (const key of keys.flatMap((sequence: string) => sequence.split(" "))) {
        const parsed = parseKey(key);
        const functional = parsed.name in ARROWS || parsed.name in TILDES || parsed.name in PF;
        const forms = [legacy(parsed), functional ? null : kitty(parsed)].filter((form) => form !== null);
        expect([key, forms.some((bytes) => read(bytes) === key)]).toEqual([key, true]);
      }
    }
  });

  test("every command that has keys can be reached from a plain terminal", () => {
    for (const { name, keys } of commands) {
      if (keys.length === 0) continue;
      const reached = keys.some((sequence: string) =>
        sequence.split(" ").every((key) => {
          const bytes = legacy(parseKey(key));
          return bytes !== null && read(bytes) === key;
        }),
      );
      // Selecting word by word with three keys held is for terminals that can tell: there is Alt+S and the mark too.
      expect([name, reached || /^select|^findGoBack$/u.test(name)]).toEqual([name, true]);
    }
  });
});
