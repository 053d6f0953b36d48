import { decodeCsi } from "./csi.ts";
import { type InputEvent, keyEvent, type Modifiers } from "./input-event.ts";
import { CONTROL_NAME, KEY_BY_FINAL, KEYPAD_TEXT, RXVT_ARROW } from "./sequences.ts";

/** The first thing in a stretch of input: how many UTF-16 units it takes, and what it means. */
export interface Token {
  readonly length: number;
  /** null for what means nothing, and for the beginning of a paste. */
  readonly event: InputEvent | null;
  readonly pasteBegins?: boolean;
}

const ESCAPE = 27;

/**
 * Reads the first token of the input; null when its end has not arrived.
 *
 * @param input not empty
 * @param final nothing more will come: what is incomplete is a key pressed by hand (Escape, Alt+[) or is dropped
 */
export function readToken(input: string, final: boolean): Token | null {
  const code = input.charCodeAt(0);
  if (code === ESCAPE) return readEscape(input, final);
  if (isControl(code)) return { length: 1, event: controlKey(code) };
  let end = 1;
  while (end < input.length && !isControl(input.charCodeAt(end))) end++;
  return { length: end, event: { type: "text", text: input.slice(0, end) } };
}

/**
 * Whether an incomplete input may be a key that the writer pressed alone: the wait for the rest is short. The rest
 * of anything longer is certainly on its way.
 */
export function isPerhapsKey(input: string): boolean {
  return /^\x1b{1,2}[[O\]P_^X]?$/.test(input);
}

function isControl(code: number): boolean {
  return code < 32 || (code >= 127 && code < 160);
}

function controlKey(code: number, modifiers: Modifiers = {}): InputEvent | null {
  if (code === 13) return keyEvent("enter", modifiers);
  if (code === 9) return keyEvent("tab", modifiers);
  if (code === 127) return keyEvent("backspace", modifiers);
  if (code === ESCAPE) return keyEvent("escape", modifiers);
  const ctrl = { ...modifiers, ctrl: true };
  if (code === 0) return keyEvent("space", ctrl);
  if (code === 8) return keyEvent("backspace", ctrl);
  if (code < 27) return keyEvent(String.fromCharCode(code + 96), ctrl);
  const name = CONTROL_NAME[code];
  return name === undefined ? null : keyEvent(name, ctrl);
}

function readEscape(input: string, final: boolean): Token | null {
  if (input.length === 1) return final ? { length: 1, event: keyEvent("escape") } : null;
  switch (input[1]) {
    case "[":
      return readCsi(input, final);
    case "O":
      return readSs3(input, final);
    case "]":
    case "P":
    case "_":
    case "^":
    case "X":
      return readString(input, final);
    case "\x1b":
      return readDoubleEscape(input, final);
    default:
      return readAlt(input, final);
  }
}

/** Escape before a key is Alt held down. */
function readAlt(input: string, final: boolean): Token | null {
  const code = input.codePointAt(1) ?? 0;
  if (isControl(code)) return { length: 2, event: controlKey(code, { alt: true }) };
  if (code >= 0xd800 && code <= 0xdbff && !final) return null;
  const character = String.fromCodePoint(code);
  const name = character.toLowerCase();
  const event = keyEvent(name === " " ? "space" : name, { alt: true, shift: name !== character });
  return { length: 1 + character.length, event };
}

/** Some terminals send Alt+Up as Escape and then the sequence of Up; otherwise Escape was pressed before. */
function readDoubleEscape(input: string, final: boolean): Token | null {
  if (input.length === 2 && !final) return null;
  if (input[2] === "[" || input[2] === "O") {
    const rest = readEscape(input.slice(1), final);
    if (!rest) return null;
    const event = rest.event?.type === "key" ? { ...rest.event, alt: true } : rest.event;
    return { ...rest, length: rest.length + 1, event };
  }
  return { length: 1, event: keyEvent("escape") };
}

function readCsi(input: string, final: boolean): Token | null {
  // The mouse report of 1979: three bytes after `CSI M`. Never asked for, and meaningless here.
  if (input[2] === "M") return input.length >= 6 ? { length: 6, event: null } : final ? drop(input) : null;
  const shifted = /^\x1b\[\d+\$/.exec(input);
  if (shifted) return { length: shifted[0].length, event: decodeCsi(shifted[0].slice(2, -1), "$") };
  let end = input[2] === "[" ? 3 : 2;
  while (end < input.length && isParameter(input.charCodeAt(end))) end++;
  if (end === input.length) {
    if (!final) return null;
    return input.length === 2 ? { length: 2, event: keyEvent("[", { alt: true }) } : drop(input);
  }
  const last = input.charCodeAt(end);
  // A byte that cannot stand in a control sequence ends it without meaning and stands for itself.
  if (last < 0x40 || last > 0x7e) return { length: end, event: null };
  const parameters = input.slice(2, end);
  if (input[end] === "~" && parameters === "200") return { length: end + 1, event: null, pasteBegins: true };
  return { length: end + 1, event: decodeCsi(parameters, input[end] ?? "") };
}

function isParameter(code: number): boolean {
  return code >= 0x20 && code < 0x40;
}

function readSs3(input: string, final: boolean): Token | null {
  let end = 2;
  while (end < input.length && /[\d;]/.test(input[end] ?? "")) end++;
  const last = input[end];
  if (last === undefined) {
    if (!final) return null;
    return input.length === 2 ? { length: 2, event: keyEvent("o", { alt: true, shift: true }) } : drop(input);
  }
  const code = last.charCodeAt(0);
  if (code < 0x40 || code > 0x7e) return { length: end, event: null };
  const length = end + 1;
  if (last === "M") return { length, event: keyEvent("enter") };
  if (end === 2 && RXVT_ARROW[last]) return { length, event: keyEvent(RXVT_ARROW[last], { ctrl: true }) };
  const text = KEYPAD_TEXT[last];
  if (text !== undefined) return { length, event: { type: "text", text } };
  const modifier = input.slice(2, end).split(";").at(-1);
  return {
    length,
    event: KEY_BY_FINAL[last] ? decodeCsi(modifier === "" ? "" : `1;${modifier}`, last) : null,
  };
}

/** OSC, DCS, APC, PM and SOS: strings that end with ST, an OSC also with BEL. */
function readString(input: string, final: boolean): Token | null {
  const kind = input[1] ?? "";
  const end = /\x1b\\|\x07/g;
  end.lastIndex = 2;
  for (let found = end.exec(input); found; found = end.exec(input)) {
    if (found[0] === "\x07" && kind !== "]") continue;
    const length = found.index + found[0].length;
    const data = input.slice(2, found.index);
    if (kind === "]") return { length, event: { type: "reply", kind: "osc", data } };
    return { length, event: kind === "P" ? { type: "reply", kind: "dcs", data } : null };
  }
  if (!final) return null;
  if (input.length > 2) return drop(input);
  return {
    length: 2,
    event: keyEvent(kind.toLowerCase(), { alt: true, shift: kind !== kind.toLowerCase() }),
  };
}

function drop(input: string): Token {
  return { length: input.length, event: null };
}
