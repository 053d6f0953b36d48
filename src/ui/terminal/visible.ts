const TEST =
  /[\0-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/;

const HIDDEN =
  /[\0-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

/** Stands for a character that is nothing but a command to the screen: a C1 control, a bidirectional control. */
const UNSEEN = "\u2426";
/** Stands for a character without width, such as U+200B. */
const NO_WIDTH = "\u2423";

/**
 * The text as it may be painted: every character that would command the terminal or hide from the reader becomes a
 * printable symbol.
 *
 * C0 controls and DEL become their control pictures (␛), C1 and bidirectional controls ␦, zero-width characters ␣, a
 * soft hyphen ¬, half a surrogate pair U+FFFD. Joiners stay where they do their work (in emoji, in Arabic and Indic
 * words), tags only in a flag; tabs stay. One UTF-16 unit becomes one unit, so offsets are the same in both texts.
 * What a character becomes depends only on what stands before it in its own grapheme cluster.
 */
export function visible(text: string): string {
  return TEST.test(text) ? text.replace(HIDDEN, replacement) : text;
}

function replacement(found: string, offset: number, text: string): string {
  const code = found.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code === 0xad) return "\u00ac";
  if (code >= 0xd800 && code <= 0xdfff) {
    if (found.length === 1) return "\ufffd";
    return isFlagSoFar(text, offset) ? found : UNSEEN + UNSEEN;
  }
  if (code === 0x200c || code === 0x200d) return joins(text, offset, code) ? found : NO_WIDTH;
  if (code === 0x200b || code === 0x180e || code === 0x2060 || code === 0xfeff) return NO_WIDTH;
  return UNSEEN;
}

/** Subdivision flags are a black flag and at most six tags, see UTS #51. */
function isFlagSoFar(text: string, offset: number): boolean {
  return /\u{1f3f4}[\u{e0020}-\u{e007f}]{0,6}$/u.test(text.slice(Math.max(0, offset - 14), offset));
}

function joins(text: string, offset: number, code: number): boolean {
  const before = text.slice(Math.max(0, offset - 2), offset);
  if (code === 0x200d && /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u.test(before))
    return true;
  // Scripts whose letters join: Hebrew to Khmer and Mongolian.
  return /[\u0590-\u18ff]$/u.test(before) && /[\p{L}\p{M}]$/u.test(before);
}
