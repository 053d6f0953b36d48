/**
 * A text that came from a server, without control characters but tabs and line feeds: a terminal would obey them.
 */
export function withoutControls(text: string): string {
  return text.replace(/(?![\t\n])\p{Cc}/gu, "");
}

/** The first `most` characters of a server's own words, in one line. */
export function quoted(words: string, most: number): string {
  const line = words.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most)}…`;
}
