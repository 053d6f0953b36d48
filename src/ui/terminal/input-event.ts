/** A key press, with its name as in `keys.ts`: `up`, `f1`, `enter`, or a character in lower case. */
export interface KeyEvent {
  readonly type: "key";
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly super: boolean;
  /** Always `press` unless the terminal speaks the kitty keyboard protocol. */
  readonly event: "press" | "repeat" | "release";
}

/** A mouse report in cells, the top left cell being (0, 0). */
export interface MouseEvent {
  readonly type: "mouse";
  readonly x: number;
  readonly y: number;
  /** 0 left, 1 middle, 2 right, 3 none (motion without a button, or the wheel). */
  readonly button: 0 | 1 | 2 | 3;
  /** -1 away from the writer (towards the start of the text), 1 the other way. */
  readonly wheel: -1 | 0 | 1;
  readonly motion: boolean;
  readonly release: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** Everything that a terminal sends, as the parser of `input.ts` understands it. */
export type InputEvent =
  /** Characters typed; a fast typist's may come several at once. */
  | { readonly type: "text"; readonly text: string }
  /** A whole paste, its line ends as `\n`. */
  | { readonly type: "paste"; readonly text: string }
  | KeyEvent
  | MouseEvent
  | { readonly type: "focus"; readonly focused: boolean }
  /** The terminal's answer to a question, without its introducer and terminator. */
  | { readonly type: "reply"; readonly kind: "osc" | "dcs" | "csi"; readonly data: string };

/** Which modifiers are held. */
export interface Modifiers {
  readonly ctrl?: boolean;
  readonly alt?: boolean;
  readonly shift?: boolean;
  readonly super?: boolean;
}

/** A key event; modifiers not given are not held. */
export function keyEvent(
  name: string,
  modifiers: Modifiers = {},
  event: KeyEvent["event"] = "press",
): KeyEvent {
  const { ctrl = false, alt = false, shift = false, super: meta = false } = modifiers;
  return { type: "key", name, ctrl, alt, shift, super: meta, event };
}
