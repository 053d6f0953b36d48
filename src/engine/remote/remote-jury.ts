import type { Passage } from "../tasks/passage.ts";
import { figuresOf, type Ranked, worth } from "../tasks/ranking.ts";
import type { GenerationRequest } from "../types.ts";
import { promptScores } from "./prompt-scores.ts";
import type { RemoteCandidate } from "./remote-passage.ts";
import type { RemotePrompt } from "./remote-prompt.ts";
import type { Server } from "./server.ts";

/** A candidate with what speaks for and against it; what the server did not tell is undefined. */
export interface RemoteRanked
  extends Pick<Ranked, "drawn" | "source" | "fit" | "gain" | "kept" | "copied" | "repeated"> {
  readonly candidate: RemoteCandidate;
  readonly logprob: number | undefined;
  /** Its length in parts of the passage's. */
  readonly proportion: number;
}

/** Hears candidates and keeps those that are new, by their words. */
export interface RemoteJury {
  hear(candidate: RemoteCandidate, drawn: number, source: string, signal: AbortSignal): Promise<void>;
  ranked(): readonly RemoteRanked[];
}

/** Characters on each side in which a candidate must not copy. */
const NEIGHBOURS = 1500;

/** Characters of the prompt's end behind which candidates are scored, and of what follows. */
const LEAD = 2_000;
const FOLLOWING = 160;

/** A jury that has heard nobody. It reads each candidate behind the prompt where the server scores prompts. */
export function createRemoteJury(
  { before, after = "" }: Pick<GenerationRequest, "before" | "after">,
  prompt: RemotePrompt,
  passage: Passage,
  server: Server,
): RemoteJury {
  const heard = new Map<string, RemoteRanked>();
  const surroundings = {
    passage: passage.words,
    neighbours: [before.slice(-NEIGHBOURS), after.slice(0, NEIGHBOURS)],
  };
  const following = after.trim() === "" ? "" : (passage.trail + after).slice(0, FOLLOWING);
  const lead = prompt.text.slice(-LEAD).replace(/^[\udc00-\udfff]/u, "") + prompt.blanks;
  /** How well what follows fits after the passage itself, once it is known. */
  let own: Promise<Judged | null> | null = null;

  async function judge(words: string, signal: AbortSignal): Promise<Judged | null> {
    const placed = await promptScores(lead + words + following, server, signal);
    if (placed === null) {
      server.tell(
        `${server.wiring.endpoint.host} does not score prompts: candidates are ranked by closeness and length only.`,
      );
      return null;
    }
    const [begin, end] = [lead.length - prompt.blanks.length, lead.length + words.length];
    const meanFrom = (from: number, to: number): number | undefined => {
      const found = placed.flatMap(({ from: at, logprob }) =>
        at >= from && at < to && logprob !== null ? [logprob] : [],
      );
      return found.length === 0 ? undefined : found.reduce((sum, one) => sum + one, 0) / found.length;
    };
    return { logprob: meanFrom(begin, end), fit: meanFrom(end, Number.POSITIVE_INFINITY) };
  }

  return {
    async hear(candidate, drawn, source, signal) {
      const key = keyOf(candidate.words);
      if (key === "" || key === keyOf(passage.words) || heard.has(key)) return;
      own ??= following === "" ? Promise.resolve(null) : judge(passage.words, signal);
      const passageFit = (await own)?.fit;
      const { logprob, fit } = (await judge(candidate.words, signal)) ?? {};
      const gain = fit === undefined || passageFit === undefined ? undefined : fit - passageFit;
      const proportion = candidate.words.length / passage.words.length;
      const figures = figuresOf(candidate.words, surroundings);
      heard.set(key, { candidate, drawn, source, logprob, fit, gain, proportion, ...figures });
    },
    ranked: () => [...heard.values()],
  };
}

interface Judged {
  readonly logprob: number | undefined;
  readonly fit: number | undefined;
}

/** What a length twice or half that of the passage costs where nothing else is known. */
const LENGTH = 0.5;

/** How good a candidate is: as on this machine where its figures are known, else by closeness and length. */
export function remoteWorth(one: RemoteRanked, closeness: number): number {
  const { logprob, kept, copied, repeated, fit, proportion } = one;
  if (logprob !== undefined) return worth({ ...one, candidate: NOTHING, logprob }, closeness);
  const known = worth({ ...one, candidate: NOTHING, logprob: 0, kept, copied, repeated, fit }, closeness);
  return known - LENGTH * Math.abs(Math.log2(proportion));
}

/** What a candidate is worth does not depend on its tokens. */
const NOTHING: Ranked["candidate"] = { words: "", tokens: [], logprobs: [], whole: true };

/** Candidates with the same words are the same. */
function keyOf(words: string): string {
  return words.replace(/\s+/gu, " ");
}
