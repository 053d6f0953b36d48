import { type InputEvent, type KeyEvent, keyEvent, type Modifiers } from "./input-event.ts";
import {
  CONSOLE_KEY,
  KEY_BY_CODE,
  KEY_BY_FINAL,
  KEY_BY_NUMBER,
  KITTY_KEY,
  KITTY_KEYPAD,
  KITTY_KEYPAD_START,
  RXVT_ARROW,
} from "./sequences.ts";

/**
 * What a control sequence from the terminal means; null for one that means nothing to a writer. Never throws.
 *
 * @param parameters the bytes between `CSI` and the final byte
 * @param final the final byte
 */
export function decodeCsi(parameters: string, final: string): InputEvent | null {
  if (parameters.startsWith("<"))
    return final === "M" || final === "m" ? mouse(parameters.slice(1), final) : null;
  if (parameters.startsWith("[")) return named(CONSOLE_KEY[final]);
  if (parameters === "" && (final === "I" || final === "O")) return { type: "focus", focused: final === "I" };
  if (isReply(parameters, final)) return { type: "reply", kind: "csi", data: parameters + final };
  const fields = parameters.split(";");
  const [modifierField = "", eventField = ""] = (fields[1] ?? "").split(":");
  const modifiers = decodeModifiers(number(modifierField) ?? 1);
  const event = eventField === "3" ? "release" : eventField === "2" ? "repeat" : "press";
  switch (final) {
    case "u":
      return unicodeKey(fields, modifiers, event);
    case "~":
      if (fields[0] === "27") return otherKey(number(fields[2] ?? ""), modifiers);
      return named(KEY_BY_NUMBER[number(fields[0] ?? "") ?? 0], modifiers, event);
    case "^":
      return named(KEY_BY_NUMBER[number(parameters) ?? 0], { ctrl: true });
    case "$":
      return named(KEY_BY_NUMBER[number(parameters) ?? 0], { shift: true });
    case "@":
      return named(KEY_BY_NUMBER[number(parameters) ?? 0], { ctrl: true, shift: true });
    case "Z":
      return keyEvent("tab", { ...modifiers, shift: true });
    default:
      if (parameters === "" && RXVT_ARROW[final]) return named(RXVT_ARROW[final], { shift: true });
      return named(KEY_BY_FINAL[final], modifiers, event);
  }
}

/** Modifiers from their parameter: one more than the bits 1 Shift, 2 Alt, 4 Ctrl, 8 Super, 32 Meta; locks are ignored. */
export function decodeModifiers(parameter: number): Modifiers {
  const bits = Math.max(0, parameter - 1);
  return {
    shift: (bits & 1) !== 0,
    alt: (bits & (2 | 32)) !== 0,
    ctrl: (bits & 4) !== 0,
    super: (bits & 8) !== 0,
  };
}

/** Answers to questions; `CSI 1 ; n R` is a cursor position too, but also F3 with a modifier, and nobody asks. */
function isReply(parameters: string, final: string): boolean {
  if (/^[?>=]/.test(parameters)) return true;
  if ("nctyx".includes(final)) return true;
  return final === "R" && parameters.includes(";") && !/^1;(?:[2-9]|1[0-6])(?::\d)?$/.test(parameters);
}

function named(name: string | undefined, modifiers: Modifiers = {}, event: KeyEvent["event"] = "press") {
  return name === undefined ? null : keyEvent(name, modifiers, event);
}

/** SGR mouse report (mode 1006): button and modifier bits; column; row, counted from 1. */
function mouse(parameters: string, final: "M" | "m"): InputEvent | null {
  const [bits, x, y] = parameters.split(";").map(number);
  if (bits === undefined || x === undefined || y === undefined || x < 1 || y < 1) return null;
  const scrolls = (bits & 64) !== 0;
  const which = bits & 3;
  // Sideways wheels and the buttons beyond the third have no meaning here.
  if ((bits & 128) !== 0 || (scrolls && which > 1)) return null;
  return {
    type: "mouse",
    x: x - 1,
    y: y - 1,
    button: scrolls ? 3 : which === 0 ? 0 : which === 1 ? 1 : which === 2 ? 2 : 3,
    wheel: scrolls ? (which === 0 ? -1 : 1) : 0,
    motion: (bits & 32) !== 0,
    release: final === "m",
    shift: (bits & 4) !== 0,
    alt: (bits & 8) !== 0,
    ctrl: (bits & 16) !== 0,
  };
}

/** The kitty keyboard protocol: `CSI code:shifted:base ; modifiers:event ; text u`. */
function unicodeKey(
  fields: readonly string[],
  modifiers: Modifiers,
  event: KeyEvent["event"],
): InputEvent | null {
  const [codeField = "", shiftedField = ""] = (fields[0] ?? "").split(":");
  const code = number(codeField);
  if (code === undefined) return null;
  const keypad = code >= KITTY_KEYPAD_START ? KITTY_KEYPAD[code - KITTY_KEYPAD_START] : undefined;
  const name = KEY_BY_CODE[code] ?? KITTY_KEY[code];
  const plain = !modifiers.ctrl && !modifiers.alt && !modifiers.super;
  if (name !== undefined && !(name === "space" && plain)) return keyEvent(name, modifiers, event);
  const character = keypad && keypad !== "\0" ? keypad : characterOf(code);
  if (character === undefined) return null;
  if (!plain) return keyEvent(character.toLowerCase(), modifiers, event);
  if (event === "release") return null;
  const typed = (fields[2] ?? "").split(":").map((field) => characterOf(number(field) ?? -1) ?? "");
  if (typed.join("") !== "") return { type: "text", text: typed.join("") };
  const shifted = characterOf(number(shiftedField) ?? -1) ?? character.toUpperCase();
  return { type: "text", text: modifiers.shift ? shifted : character };
}

/** xterm's modifyOtherKeys: `CSI 27 ; modifiers ; code ~`. */
function otherKey(code: number | undefined, modifiers: Modifiers): InputEvent | null {
  if (code === undefined) return null;
  const name = KEY_BY_CODE[code];
  if (name !== undefined && name !== "space") return keyEvent(name, modifiers);
  const character = characterOf(code);
  if (character === undefined) return null;
  if (!modifiers.ctrl && !modifiers.alt && !modifiers.super) return { type: "text", text: character };
  return keyEvent(name ?? character.toLowerCase(), modifiers);
}

function number(field: string): number | undefined {
  return /^\d{1,7}$/.test(field) ? Number(field) : undefined;
}

/** The printable character of a code point; controls, surrogates and kitty's private keys have none. */
function characterOf(code: number): string | undefined {
  if (code < 32 || (code >= 127 && code < 160) || code > 0x10ffff) return undefined;
  if ((code >= 0xd800 && code <= 0xdfff) || (code >= 0xe000 && code <= 0xf8ff)) return undefined;
  return String.fromCodePoint(code);
}
