import type { BranchTokens, Targets } from "../language-model.ts";
import type { EngineParts } from "../parts.ts";
import type { Prompt } from "../prompt.ts";
import type { Sampling } from "../sample-tokens.ts";
import { logSumExp } from "../sampling/likelihood.ts";
import type { GenerationRequest } from "../types.ts";
import { fitOf, mean } from "./candidate.ts";
import type { Passage } from "./passage.ts";
import { figuresOf, type Ranked } from "./ranking.ts";
import type { Ended } from "./rewrite-draws.ts";

/** Hears candidates and keeps those that are new, by their words, with their figures. */
export interface Jury {
  /** The passage itself, by which gains are told. Comes first. */
  hearPassage(): Promise<void>;
  /** Those that were written right behind the prompt, while the model still holds them. */
  hearOwn(ended: readonly Ended[], sampling: Sampling): Promise<void>;
  /** Those that were written elsewhere: the model reads them behind the prompt. */
  hear(ended: readonly Ended[], source: string): Promise<void>;
  ranked(): readonly Ranked[];
}

/** What candidates are judged by. */
export interface Case {
  readonly request: GenerationRequest;
  readonly prompt: Prompt;
  readonly passage: Passage;
  /** Tokens of what follows the passage. */
  readonly following: readonly number[];
  /** What follows the prompt, which the cache holds. # [vocabulary] */
  readonly logits: Float32Array;
}

/** Characters on each side in which a candidate must not copy. */
const NEIGHBOURS = 1500;

/** A jury that has heard nobody. */
export function createJury({ request, prompt, passage, following, logits }: Case, parts: EngineParts): Jury {
  const { model, cache, tokenizer } = parts;
  const heard = new Map<string, Ranked>();
  const surroundings = {
    passage: passage.words,
    neighbours: [request.before.slice(-NEIGHBOURS), (request.after ?? "").slice(0, NEIGHBOURS)],
  };
  const own = keyOf(passage.words);
  const normaliser = logSumExp(logits);
  /** How well what follows fits after the passage itself, once it is known. */
  let passageFit: number | undefined;

  function isNew({ candidate }: Ended, among: ReadonlyMap<string, unknown>): boolean {
    const key = keyOf(candidate.words);
    return key !== "" && key !== own && !heard.has(key) && !among.has(key);
  }

  function newOnes(ended: readonly Ended[]): readonly Ended[] {
    const found = new Map<string, Ended>();
    for (const one of ended) if (isNew(one, found)) found.set(keyOf(one.candidate.words), one);
    return [...found.values()];
  }

  function keep({ candidate, drawn }: Ended, source: string, logprob: number, fit: number | undefined): void {
    const gain = fit === undefined || passageFit === undefined ? undefined : fit - passageFit;
    const figures = figuresOf(candidate.words, surroundings);
    heard.set(keyOf(candidate.words), { candidate, drawn, source, logprob, fit, gain, ...figures });
  }

  /** The tokens of words at the place of the passage. */
  function tokensOf(words: string): readonly number[] {
    return tokenizer.encode((prompt.blanks > 0 ? " " : "") + words);
  }

  /** Log-probabilities of texts behind the prompt, and the mean of what follows each; null for one with no room. */
  async function readAfterPrompt(texts: readonly (readonly number[])[]) {
    const room = model.contextLength - prompt.tokens.length - following.length;
    const fitting = texts.filter(({ length }) => length > 0 && length <= room);
    if (fitting.length === 0) return texts.map(() => null);
    const branches = model.branch(cache, fitting.length);
    try {
      const next = fitting.map((ids, branch): BranchTokens & Targets => ({
        branch,
        tokens: following.length > 0 ? [...ids, ...following.slice(0, -1)] : ids.slice(0, -1),
        targets: [...ids.slice(1), ...following],
      }));
      const asked = next.filter(({ tokens }) => tokens.length > 0);
      const found = asked.length > 0 ? await branches.likelihoods(asked) : [];
      return texts.map((ids) => {
        const place = asked.findIndex(({ branch }) => fitting[branch] === ids);
        if (!fitting.includes(ids)) return null;
        const rest = (found[place] ?? []).map(({ logprob }) => logprob);
        const logprobs = [logits[ids[0]!]! - normaliser, ...rest.slice(0, ids.length - 1)];
        const after = rest.slice(ids.length - 1);
        return { logprob: mean(logprobs), fit: after.length > 0 ? mean(after) : undefined };
      });
    } finally {
      branches.close();
    }
  }

  return {
    async hearPassage() {
      if (following.length === 0) return;
      const [found] = await readAfterPrompt([tokensOf(passage.words)]);
      passageFit = found?.fit;
    },
    async hearOwn(ended, sampling) {
      const found = newOnes(ended);
      const fits =
        following.length === 0 || found.length === 0
          ? []
          : await fitOf(
              found.map(({ candidate }) => candidate),
              found.map(({ sequence }) => sequence),
              following,
              sampling,
            );
      for (const [i, one] of found.entries()) keep(one, "left", mean(one.candidate.logprobs), fits[i]);
    },
    async hear(ended, source) {
      const found = newOnes(ended);
      const read = await readAfterPrompt(found.map(({ candidate }) => tokensOf(candidate.words)));
      for (const [i, one] of found.entries()) {
        const figures = read[i];
        if (figures) keep(one, source, figures.logprob, figures.fit);
      }
    },
    ranked: () => [...heard.values()],
  };
}

/** Candidates with the same words are the same. */
function keyOf(words: string): string {
  return words.replace(/\s+/g, " ");
}
