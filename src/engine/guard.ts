import { staleness, watchLoops } from "./loops.ts";
import { findPhrases } from "./phrases.ts";
import type { SamplingSettings } from "./settings.ts";
import { createTextStream } from "./text-stream.ts";
import type { Steering, Tokenizer } from "./types.ts";

/** What a guard says of a choice that grows. */
export type Verdict =
  /** The first `sure` tokens will stay, whatever follows. */
  | { readonly type: "goOn"; readonly sure: number }
  /** All but the first `keep` tokens must be taken back, and the next one must be another than it was. */
  | { readonly type: "takeBack"; readonly keep: number; readonly reason: "ban" | "loop" };

/** Sees to it that a choice holds no banned phrase and does not loop. */
export interface Guard {
  /** Looks at the choice after a token was added; `ended`: it is to be the last one. */
  look(tokens: readonly number[], ended: boolean): Verdict;
  /** Settings against repetition that are in force from now on. */
  readonly settings: Partial<SamplingSettings>;
}

/** Tokens of the prompt's end in which a loop may have begun. */
const PROMPT_TOKENS = 200;

/** `no_repeat_ngram_size` after the first, second and any later loop of a choice. */
const NGRAMS = [6, 4, 3] as const;

/** A share of tokens that repeat from which on a text is taken for a loop that changes its words. */
const STALE = 0.6;

/** What there is to be guarded against. */
export interface GuardOptions {
  readonly settings: SamplingSettings;
  readonly steering: Steering;
  /** What the choice goes on from. */
  readonly prompt: { readonly tokens: readonly number[]; readonly text: string };
}

/** A guard for one choice; null where nothing is to be guarded against. */
export function createGuard(
  { settings, steering, prompt }: GuardOptions,
  tokenizer: Tokenizer,
): Guard | null {
  const { ban = [] } = steering;
  if (ban.length === 0 && !settings.break_loops) return null;
  const finder = findPhrases(ban);
  const lead = ban.length > 0 ? prompt.text.slice(-finder.reach) : "";
  const front = settings.break_loops ? prompt.tokens.slice(-PROMPT_TOKENS) : [];
  const length = createLengths(tokenizer);
  let loops = 0;

  function lookForLoops(tokens: readonly number[]): Verdict {
    const all = tokens.length > PROMPT_TOKENS ? tokens.slice(-2 * PROMPT_TOKENS) : [...front, ...tokens];
    const own = all.length - tokens.length;
    const { loop, unsure } = watchLoops(all);
    if (loop) {
      loops++;
      return { type: "takeBack", keep: Math.max(0, loop.keep - own), reason: "loop" };
    }
    if (loops < NGRAMS.length && staleness(tokens) >= STALE) loops++;
    return { type: "goOn", sure: tokens.length - Math.min(tokens.length, unsure) };
  }

  function lookForPhrases(tokens: readonly number[], ended: boolean): Verdict {
    const { text, ends } = length.of(tokens);
    // What was looked at before has none: only the end is looked at.
    const from = Math.max(0, text.length - 2 * finder.reach);
    const seen = (from === 0 ? lead : "") + text.slice(from);
    const shift = from === 0 ? -lead.length : from;
    const tokenAt = (place: number): number => ends.findIndex((end) => end > place + shift);
    // The first letter of what is looked at may belong to a word that began before it.
    const found = finder.find(seen, ended, from === 0 ? 0 : 1, from === 0 ? lead.length : 0);
    if (found) return { type: "takeBack", keep: Math.max(0, tokenAt(found.from)), reason: "ban" };
    const pending = finder.pendingFrom(seen);
    const at = ended || pending === seen.length ? -1 : tokenAt(pending);
    return { type: "goOn", sure: at < 0 ? tokens.length : at };
  }

  return {
    get settings() {
      const size = NGRAMS[Math.min(loops, NGRAMS.length) - 1];
      if (size === undefined) return {};
      const asked = settings.no_repeat_ngram_size;
      return { no_repeat_ngram_size: asked > 0 ? Math.min(asked, size) : size };
    },
    look(tokens, ended) {
      const phrases = ban.length > 0 ? lookForPhrases(tokens, ended) : null;
      if (phrases?.type === "takeBack") return phrases;
      const repeats = settings.break_loops ? lookForLoops(tokens) : null;
      if (repeats?.type === "takeBack") return repeats;
      return {
        type: "goOn",
        sure: Math.min(phrases?.sure ?? tokens.length, repeats?.sure ?? tokens.length),
      };
    },
  };
}

/** The text of tokens, and where each one's ends. Costs the new tokens only, as long as nothing was taken back. */
function createLengths(tokenizer: Tokenizer) {
  let stream = createTextStream();
  let text = "";
  let ends: number[] = [];
  let last: number | undefined;
  return {
    of(tokens: readonly number[]): { readonly text: string; readonly ends: readonly number[] } {
      if (tokens.length <= ends.length || tokens[ends.length - 1] !== last) {
        stream = createTextStream();
        text = "";
        ends = [];
      }
      for (const id of tokens.slice(ends.length)) {
        text += stream.push(tokenizer.bytes(id));
        ends.push(text.length);
        last = id;
      }
      return { text, ends };
    },
  };
}
