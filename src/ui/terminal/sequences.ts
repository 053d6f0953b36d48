/** Names of keys by the final byte of `CSI … X` and `SS3 X` (xterm's ctlseqs, "PC-style function keys"). */
export const KEY_BY_FINAL: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

/** Names of keys by the number of `CSI n ~` (VT220, xterm) and rxvt's `CSI n ^`, `CSI n $`, `CSI n @`. */
export const KEY_BY_NUMBER: Readonly<Record<number, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** rxvt's arrows with a modifier: `CSI d` with Shift, `SS3 d` with Ctrl. */
export const RXVT_ARROW: Readonly<Record<string, string>> = { a: "up", b: "down", c: "right", d: "left" };

/** The Linux console's `CSI [ X`. */
export const CONSOLE_KEY: Readonly<Record<string, string>> = { A: "f1", B: "f2", C: "f3", D: "f4", E: "f5" };

/** The characters of the keypad in application mode, `SS3 X`. */
export const KEYPAD_TEXT: Readonly<Record<string, string>> = {
  j: "*",
  k: "+",
  l: ",",
  m: "-",
  n: ".",
  o: "/",
  p: "0",
  q: "1",
  r: "2",
  s: "3",
  t: "4",
  u: "5",
  v: "6",
  w: "7",
  x: "8",
  y: "9",
  X: "=",
};

/** Code points that name a key rather than a character, in `CSI u` and modifyOtherKeys reports. */
export const KEY_BY_CODE: Readonly<Record<number, string>> = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  32: "space",
  127: "backspace",
};

/** Private code points of the kitty keyboard protocol for keys of the keypad ("Functional key definitions"). */
export const KITTY_KEY: Readonly<Record<number, string>> = {
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "pageup",
  57422: "pagedown",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
};

/** Private code points of the kitty keyboard protocol for the keypad's characters, from 57399 on. */
export const KITTY_KEYPAD = "0123456789./*-+\0=,";
/** The first code point of {@link KITTY_KEYPAD}. */
export const KITTY_KEYPAD_START = 57399;

/** Keys that Ctrl makes of the control characters 0x1c to 0x1f; the last is also Ctrl+/ on most keyboards. */
export const CONTROL_NAME: Readonly<Record<number, string>> = { 28: "\\", 29: "]", 30: "^", 31: "_" };
