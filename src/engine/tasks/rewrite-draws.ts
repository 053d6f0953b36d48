import type { EngineParts } from "../parts.ts";
import type { Sampling } from "../sample-tokens.ts";
import type { Stopwatch } from "../stopwatch.ts";
import type { Candidate, GrowingCandidate } from "./candidate.ts";
import type { Keeping } from "./keeping.ts";
import type { Source } from "./sources.ts";

/** A candidate that has ended. */
export interface Ended {
  /** Its number among all that were sampled. */
  readonly drawn: number;
  readonly candidate: Candidate;
  /** Which of its sampling's sequences it is. */
  readonly sequence: number;
}

/** Draws the tokens of all candidates together, with favour for the words to keep; gives how many have ended, each time one does. */
export async function* drawAll(
  group: readonly GrowingCandidate[],
  { endsFrom }: Pick<Source, "endsFrom">,
  keeping: Keeping | null,
  sampling: Sampling,
  watch: Stopwatch,
  { marks }: EngineParts,
): AsyncGenerator<number, void, void> {
  let growing = group.map((_, i) => i);
  while (growing.length > 0) {
    const changes = growing.map((sequence) => {
      const tokens = group[sequence]?.tokens ?? [];
      const isShort = endsFrom !== null && tokens.length < endsFrom;
      if (!isShort && keeping === null) return undefined;
      const within = isShort ? marks.written : undefined;
      return { edits: { within, added: keeping?.after(tokens) }, settings: {} };
    });
    const drawn = await watch.decode(() => sampling.next(growing, changes));
    if (drawn === null) return;
    for (const [i, sequence] of growing.entries()) {
      const token = drawn[i];
      if (token) group[sequence]?.add(token);
      watch.decoded();
    }
    let ended = group.length - growing.length;
    growing = growing.filter((sequence) => group[sequence]?.ended === null);
    while (ended < group.length - growing.length) yield ++ended;
  }
}
