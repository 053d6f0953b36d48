/** What typing made of the characters before the cursor. */
export interface Smartened {
  /** UTF-16 code units before the cursor that go away. */
  readonly replaced: number;
  readonly insert: string;
}

const OPENS_AFTER = /(?:^|[\s([{<“‘«—–-])$/u;

/**
 * What typing `typed` makes of a text that now ends in it: straight quotes become curly ones, opening at the start of a
 * word and closing elsewhere; two hyphens a dash, three full stops an ellipsis. Null for anything else.
 *
 * @param before the paragraph up to the cursor, `typed` included
 */
export function smartened(before: string, typed: string): Smartened | null {
  const rest = before.slice(0, before.length - typed.length);
  switch (typed) {
    case '"':
      return { replaced: 1, insert: OPENS_AFTER.test(rest) ? "“" : "”" };
    case "'":
      return { replaced: 1, insert: OPENS_AFTER.test(rest) ? "‘" : "’" };
    case "-":
      return rest.endsWith("-") && !/[-—–]-$/u.test(rest) && !/^-*$/u.test(rest)
        ? { replaced: 2, insert: "—" }
        : null;
    case ".":
      return /(?<!\.)\.\.$/u.test(rest) ? { replaced: 3, insert: "…" } : null;
    default:
      return smartenedElision(before, typed);
  }
}

/** Words that begin with an apostrophe, not with a quote; only the ones that begin nothing else. */
const ELIDED = /(?:^|[\s(—–-])‘(?:tis|twas|twere|twill|em|cause|til|bout|round)$/iu;

/** The quote before a word that turns out to be cut short in front: `’tis`. */
function smartenedElision(before: string, typed: string): Smartened | null {
  if (!/^[\s,.;:!?—–-]$/u.test(typed)) return null;
  const rest = before.slice(0, -typed.length);
  const found = ELIDED.exec(rest);
  if (!found) return null;
  const word = rest.slice(rest.lastIndexOf("‘"));
  return { replaced: word.length + typed.length, insert: `’${word.slice(1)}${typed}` };
}
