/** What typing made of the characters before the cursor. */
export interface Smartened {
  /** UTF-16 code units before the cursor that go away. */
  readonly replaced: number;
  readonly insert: string;
}

const OPENS_AFTER = /(?:^|[\s([{<“‘«—–-])$/u;

/**
 * What typing `typed` makes of a text that now ends in it: straight quotes become curly ones, opening at the start of a
 * word and closing elsewhere; two hyphens a dash, three full stops an ellipsis; the quote before a word that turns out
 * to be cut short in front an apostrophe. Null for anything else.
 *
 * @param before the paragraph up to the cursor, `typed` included
 * @param typed one character; none where the paragraph ends there
 */
export function smartened(before: string, typed: string): Smartened | null {
  const rest = before.slice(0, before.length - typed.length);
  const elided = smartenedElision(rest, typed);
  switch (typed) {
    case '"':
      return elided ?? { replaced: 1, insert: OPENS_AFTER.test(rest) ? "“" : "”" };
    case "'":
      if (/‘n$/iu.test(rest)) return { replaced: 3, insert: `’${rest.slice(-1)}’` };
      return { replaced: 1, insert: OPENS_AFTER.test(rest) ? "‘" : "’" };
    case "-":
      if (rest.endsWith("-") && !/[-—–]-$/u.test(rest) && !/^-*$/u.test(rest))
        return { replaced: 2, insert: "—" };
      return elided;
    case ".":
      return /(?<!\.)\.\.$/u.test(rest) ? { replaced: 3, insert: "…" } : elided;
    default:
      return elided;
  }
}

/** Words that begin with an apostrophe, not with a quote; only the ones that begin nothing else. */
const ELIDED = /(?:^|[\s([“—–-])‘(?:tis|twas|twere|twill|em|cause|til|bout|round)$/iu;
/** What ends them. */
const ENDS = /^[\s,.;:!?)\]"—–-]?$/u;
/** Decades: `’90s`. */
const DECADE = /(?:^|[\s([“—–-])‘\d0$/u;

function smartenedElision(rest: string, typed: string): Smartened | null {
  const found = (ENDS.test(typed) && ELIDED.test(rest)) || (typed === "s" && DECADE.test(rest));
  if (!found) return null;
  const word = rest.slice(rest.lastIndexOf("‘"));
  const end = typed === '"' ? "”" : typed;
  return { replaced: word.length + typed.length, insert: `’${word.slice(1)}${end}` };
}
