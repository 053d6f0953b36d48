/**
 * GPT-2's way of writing any byte as a visible character: printable Latin-1 bytes stand for themselves, the other
 * 68 are moved, in order, to U+0100 and up. So the space is `Ġ` and the newline `Ċ`. From `bytes_to_unicode` of
 * OpenAI's GPT-2 encoder (Radford et al. 2019).
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = alphabet();

function alphabet(): Map<string, number> {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = new Map<string, number>();
  let moved = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    bytes.set(String.fromCharCode(printable(byte) ? byte : moved++), byte);
  }
  return bytes;
}

/** The 256 characters that stand for bytes, by byte. */
export const BYTE_CHARACTERS: readonly string[] = [...BYTE_OF_CHARACTER.keys()];

/** The same by the characters' code units; −1 for those that stand for no byte. */
const BYTE_OF_UNIT = Int16Array.from({ length: 0x144 }, (_, unit) => {
  return BYTE_OF_CHARACTER.get(String.fromCharCode(unit)) ?? -1;
});

/** The bytes that a vocabulary entry stands for, or null if it has a character that stands for none. */
export function bytesOfEntry(entry: string): Uint8Array | null {
  const bytes = new Uint8Array(entry.length);
  for (let i = 0; i < entry.length; i++) {
    const byte = BYTE_OF_UNIT[entry.charCodeAt(i)] ?? -1;
    if (byte < 0) return null;
    bytes[i] = byte;
  }
  return bytes;
}
