import type { Cancelled, EngineParts } from "../parts.ts";
import { readTokens, reusableTokens } from "../prefill.ts";
import { preparePrompt, promptBudget, recordedPrompt } from "../prompt.ts";
import { createRandom, drawSeed } from "../random.ts";
import type { SamplingRun } from "../sample-tokens.ts";
import { createStopwatch } from "../stopwatch.ts";
import { without } from "../token-marks.ts";
import type { Choice, GenerationEvent, GenerationRequest } from "../types.ts";
import { type Candidate, mean, meanLogprob, sampleCandidate } from "./candidate.ts";
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
 * differ from each other and from the passage and end as it does. `length`, `stop` and `finish_sentence` are not used: the passage says how long. Of a
 * cancelled run, those ranked so far are offered.
 */
export async function* rewrite(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings } = request;
  const { model, tokenizer, cache } = parts;
  const watch = createStopwatch(parts.now);
  const seed = settings.seed ?? drawSeed(parts.random);
  const most = Math.max(1, Math.min(FOLLOWING_TOKENS, Math.floor(model.contextLength / 4)));
  const room = Math.max(
    1,
    model.contextLength - promptBudget(model.contextLength, model.contextLength) - most,
  );
  const after = request.after ?? "";
  const passage = describePassage(request.selected ?? "", after, room, tokenizer);
  const before = request.before + passage.lead;
  const prompt = request.promptTokens
    ? recordedPrompt(request.promptTokens, before, tokenizer)
    : preparePrompt(before, promptBudget(model.contextLength, passage.longest + most + 1), tokenizer);
  const following =
    after.trim() === ""
      ? []
      : tokenizer.encode((passage.trail + after).slice(0, FOLLOWING_CHARACTERS)).slice(0, most);

  const reusedTokens = reusableTokens(cache, prompt.tokens);
  yield { type: "started", seed, prompt: { tokens: prompt.tokens, text: prompt.text }, reusedTokens };

  const read = () => readTokens(parts, prompt.tokens, cancelled);
  const logits = (await watch.prefill(read, prompt.tokens.length - reusedTokens))?.slice();
  const enough = Math.max(8, 2 * request.choices);
  const ranked = new Map<string, Ranked>();
  for (let tried = 0; logits && tried < MOST_TRIES * enough && !cancelled(); tried++) {
    if (tried >= enough && offered([...ranked.values()]).length >= request.choices) break;
    const run: SamplingRun = {
      prompt: prompt.tokens,
      logits,
      settings,
      random: createRandom(seed, tried),
      ...allowedTokens(passage, prompt.blanks, parts),
      cancelled,
    };
    const candidate = await sampleCandidate(passage, run, prompt.blanks, parts, watch);
    if (candidate === null) break;
    const key = candidate.words.replace(/\s+/g, " ");
    if (key !== "" && key !== passage.words.replace(/\s+/g, " ") && !ranked.has(key)) {
      const context = [...prompt.tokens, ...candidate.tokens];
      const measure = () => meanLogprob(context, following, parts, cancelled);
      const fit = following.length === 0 ? undefined : await watch.decode(measure);
      if (fit === null) break;
      ranked.set(key, { candidate, fit, logprob: mean(candidate.logprobs) });
    }
    const label = `candidate ${tried + 1} of ${Math.max(enough, tried + 1)}`;
    yield { type: "progress", done: Math.min(1, (tried + 1) / enough), label };
    // Without chance every candidate is the same.
    if (settings.greedy || settings.temperature === 0) break;
  }

  const best = offered([...ranked.values()])
    .sort(byFit)
    .slice(0, request.choices);
  for (const [index, one] of best.entries()) yield { type: "choice", choice: toChoice(index, one, passage) };
  yield { type: "finished", cancelled: cancelled(), timing: watch.timing() };
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
