import { contrastsOf } from "../contrast.ts";
import type { Cancelled, EngineParts } from "../parts.ts";
import { readTokens, reusableTokens } from "../prefill.ts";
import { type Prompt, preparePrompt, promptBudget, recordedPrompt, viewOf } from "../prompt.ts";
import { createRandom, drawSeed } from "../random.ts";
import { groupSize, type Sampling, type SamplingRun, startSampling } from "../sample-tokens.ts";
import { createStopwatch, type Stopwatch } from "../stopwatch.ts";
import { without } from "../token-marks.ts";
import type { Choice, GenerationEvent, GenerationRequest } from "../types.ts";
import { beginCandidate, type Candidate, fitOf, type GrowingCandidate, mean } from "./candidate.ts";
import { describePassage, type Passage } from "./passage.ts";

/** Tokens of the following text by which candidates are ranked, and the characters that surely hold them. */
const FOLLOWING_TOKENS = 40;
const FOLLOWING_CHARACTERS = 400;

/** How many times over candidates are sampled where too few end as they should. */
const MOST_TRIES = 4;

/** A candidate and how good it is. */
interface Ranked {
  readonly candidate: Candidate;
  readonly logprob: number;
  /** undefined where nothing follows. */
  readonly fit: number | undefined;
}

/**
 * Rewrites `request.selected`: samples candidates of about its length from what stands before, and offers those that
 * lead best into what stands after, by the mean log-probability of its first 40 tokens. Where nothing follows, by the
 * candidate's own. One that could not end as the passage does is offered only where none could.
 *
 * At least 8 candidates are sampled and twice the choices, then up to four times as many while too few of them
 * differ from each other and from the passage and end as it does. `length`, `stop` and `finish_sentence` are not
 * used: the passage says how long. Of a cancelled run, those that had ended are offered.
 */
export async function* rewrite(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings } = request;
  const { cache } = parts;
  const watch = createStopwatch(parts.now);
  const seed = settings.seed ?? drawSeed(parts.random);
  const { prompt, passage, following, most } = passagePrompt(request, parts);

  const reusedTokens = reusableTokens(cache, prompt.tokens);
  yield { type: "started", seed, prompt: viewOf(prompt), reusedTokens };

  const read = () => readTokens(parts, prompt.tokens, cancelled);
  const logits = (await watch.prefill(read, prompt.tokens.length - reusedTokens))?.slice();
  // Without chance every candidate is the same.
  const isCertain = settings.greedy || settings.temperature === 0;
  const enough = isCertain ? 1 : Math.max(8, 2 * request.choices);
  const limit = isCertain ? 1 : MOST_TRIES * enough;
  const contrasts = contrastsOf(prompt, settings);
  const ranked = new Map<string, Ranked>();
  for (let tried = 0; logits && tried < limit && !cancelled(); ) {
    if (tried >= enough && offered([...ranked.values()]).length >= request.choices) break;
    const left = tried < enough ? enough - tried : limit - tried;
    const count = groupSize(left, prompt.tokens.length + passage.longest + most, 1 + contrasts.length, parts);
    const sampling = startSampling(parts, {
      prompt: prompt.tokens,
      logits,
      settings,
      contrasts,
      randoms: Array.from({ length: count }, (_, i) => createRandom(seed, tried + i)),
      ...allowedTokens(passage, prompt.blanks, parts),
      cancelled,
    });
    try {
      const group = Array.from({ length: count }, () => beginCandidate(passage, prompt.blanks, parts));
      for await (const ended of drawAll(group, sampling, watch)) {
        const sampled = tried + ended;
        const label = `candidate ${sampled} of ${Math.max(enough, sampled)}`;
        yield { type: "progress", done: Math.min(1, sampled / enough), label };
      }
      await watch.decode(() => rank(group, passage, following, sampling, ranked));
    } finally {
      sampling.close();
    }
    tried += count;
  }

  const best = offered([...ranked.values()])
    .sort(byFit)
    .slice(0, request.choices);
  for (const [index, one] of best.entries()) yield { type: "choice", choice: toChoice(index, one, passage) };
  yield { type: "finished", cancelled: cancelled(), timing: watch.timing() };
}

/** What is read to rewrite `request.selected`, and the tokens of what follows: at most `most`. */
export function passagePrompt(
  request: GenerationRequest,
  { model, tokenizer }: EngineParts,
): {
  readonly prompt: Prompt;
  readonly passage: Passage;
  readonly following: readonly number[];
  readonly most: number;
} {
  const most = Math.max(1, Math.min(FOLLOWING_TOKENS, Math.floor(model.contextLength / 4)));
  const room = Math.max(
    1,
    model.contextLength - promptBudget(model.contextLength, model.contextLength) - most,
  );
  const after = request.after ?? "";
  const passage = describePassage(request.selected ?? "", after, room, tokenizer);
  const before = request.before + passage.lead;
  const budget = promptBudget(model.contextLength, passage.longest + most + 1);
  const prompt = request.promptTokens
    ? recordedPrompt(request.promptTokens.slice(-budget), before, tokenizer, request.againstTokens)
    : preparePrompt(before, budget, tokenizer, {
        ...(request.steering ? { steering: request.steering } : {}),
        guided: request.settings.guidance_scale !== 1,
      });
  const following =
    after.trim() === ""
      ? []
      : tokenizer.encode((passage.trail + after).slice(0, FOLLOWING_CHARACTERS)).slice(0, most);
  return { prompt, passage, following, most };
}

/** Draws the tokens of all candidates together; gives how many have ended, each time one does. */
async function* drawAll(
  group: readonly GrowingCandidate[],
  sampling: Sampling,
  watch: Stopwatch,
): AsyncGenerator<number, void, void> {
  let growing = group.map((_, i) => i);
  while (growing.length > 0) {
    const drawn = await watch.decode(() => sampling.next(growing));
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

/** Adds those of `group` that have ended and are new to `ranked`, by their words. */
async function rank(
  group: readonly GrowingCandidate[],
  passage: Passage,
  following: readonly number[],
  sampling: Sampling,
  ranked: Map<string, Ranked>,
): Promise<void> {
  const found = new Map<string, { readonly candidate: Candidate; readonly sequence: number }>();
  for (const [sequence, { ended }] of group.entries()) {
    const key = ended?.words.replace(/\s+/g, " ") ?? "";
    const isNew =
      key !== "" && key !== passage.words.replace(/\s+/g, " ") && !ranked.has(key) && !found.has(key);
    if (ended && isNew) found.set(key, { candidate: ended, sequence });
  }
  const candidates = [...found.values()].map(({ candidate }) => candidate);
  const sequences = [...found.values()].map(({ sequence }) => sequence);
  const fits =
    following.length === 0 || candidates.length === 0
      ? []
      : await fitOf(candidates, sequences, following, sampling);
  for (const [i, key] of [...found.keys()].entries()) {
    const candidate = candidates[i]!;
    ranked.set(key, { candidate, fit: fits[i], logprob: mean(candidate.logprobs) });
  }
}

/**
 * What may come first and later. A candidate begins with a word, in front of which is a space only if the story has
 * it there; it stays on one line if its passage does; and it never ends the story.
 */
function allowedTokens(
  passage: Passage,
  blanks: number,
  { marks }: EngineParts,
): Pick<SamplingRun, "first" | "later"> {
  const later = passage.oneLine ? without(marks.written, marks.breakingLine) : marks.written;
  if (blanks === 0) return { first: without(later, marks.startingWhite), later };
  return { first: without(marks.startingBlank, marks.breakingLine), later };
}

/** Those that end as the passage does; where there is none, all. */
function offered(ranked: readonly Ranked[]): Ranked[] {
  const whole = ranked.filter(({ candidate }) => candidate.whole);
  return whole.length > 0 ? whole : [...ranked];
}

function byFit(a: Ranked, b: Ranked): number {
  return (b.fit ?? b.logprob) - (a.fit ?? a.logprob);
}

function toChoice(index: number, { candidate, fit, logprob }: Ranked, passage: Passage): Choice {
  const { words, tokens, logprobs, whole } = candidate;
  return {
    index,
    text: passage.lead + words + passage.trail,
    tokens,
    logprobs,
    finishReason: whole ? "stop" : "length",
    logprob,
    ...(fit === undefined ? {} : { fit }),
  };
}
