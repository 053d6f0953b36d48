import { rewrap, wrap } from "./terminal/wrap.ts";

/** Wrapped paragraphs, kept by their text for one width at a time. */
export interface WrapCache {
  /** Starts of the paragraph's rows, in UTF-16 code units; the first is 0. */
  rowsOf(paragraph: string, width: number): readonly number[];
  /** How many paragraphs were wrapped so far, for tests. */
  readonly wrapped: number;
}

/** UTF-16 units of text in one generation of the cache; two are kept. */
const CAPACITY = 4_000_000;
/** Paragraphs of this many units and more are wrapped again only where they changed. */
const LONG = 4_000;
/** Long paragraphs remembered for that. */
const REMEMBERED = 4;

interface LongParagraph {
  readonly text: string;
  readonly starts: readonly number[];
}

/**
 * A cache in two generations: what was asked for since the last change of generations is in the young one, and the old
 * one is forgotten as a whole when the young one is full. A paragraph on screen is always in one of them.
 */
export function createWrapCache(capacity: number = CAPACITY): WrapCache {
  let young = new Map<string, readonly number[]>();
  let old = new Map<string, readonly number[]>();
  let size = 0;
  let current = 0;
  let wrapped = 0;
  let recent: readonly LongParagraph[] = [];

  function keep(text: string, starts: readonly number[]): void {
    size += text.length + 16;
    if (size > capacity) {
      old = young;
      young = new Map();
      size = text.length + 16;
    }
    young.set(text, starts);
  }

  function make(text: string, width: number): readonly number[] {
    wrapped++;
    if (text.length < LONG) return wrap(text, width);
    const like = recent.find((paragraph) => isLike(paragraph.text, text));
    const starts = like ? rewrap(text, width, like.text, like.starts) : wrap(text, width);
    recent = [{ text, starts }, ...recent.filter((paragraph) => paragraph !== like)].slice(0, REMEMBERED);
    return starts;
  }

  return {
    rowsOf(paragraph, width) {
      if (width !== current) {
        young = new Map();
        old = new Map();
        size = 0;
        recent = [];
        current = width;
      }
      const known = young.get(paragraph);
      if (known) return known;
      const starts = old.get(paragraph) ?? make(paragraph, width);
      keep(paragraph, starts);
      return starts;
    },
    get wrapped() {
      return wrapped;
    },
  };
}

/** Whether two texts are probably versions of one: the same beginning or end. */
function isLike(a: string, b: string): boolean {
  return a.slice(0, 256) === b.slice(0, 256) || a.slice(-256) === b.slice(-256);
}
