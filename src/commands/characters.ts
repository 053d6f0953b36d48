/** Number of characters (Unicode code points). */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The UTF-16 offset of the character with that number. */
export function offset(text: string, character: number): number {
  let at = 0;
  for (let count = 0; count < character; count += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** A function from UTF-16 offsets of a text to numbers of characters, for many of them. */
export function characterNumbers(text: string): (offset: number) => number {
  const numbers = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    numbers[at] = count;
    const isFirstHalf = (text.codePointAt(at) ?? 0) > 0xffff;
    if (!isFirstHalf) count++;
  }
  numbers[text.length] = count;
  return (at) => numbers[at] ?? count;
}
