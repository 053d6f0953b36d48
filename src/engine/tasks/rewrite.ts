import { contrastsOf } from "../contrast.ts";
import type { Cancelled, EngineParts } from "../parts.ts";
import { findPhrases } from "../phrases.ts";
import { readTokens, reusableTokens } from "../prefill.ts";
import { type Prompt, preparePrompt, promptBudget, recordedPrompt, viewOf } from "../prompt.ts";
import { createRandom, drawSeed } from "../random.ts";
import { groupSize, startSampling } from "../sample-tokens.ts";
import { createStopwatch } from "../stopwatch.ts";
import type { Choice, GenerationEvent, GenerationRequest } from "../types.ts";
import { createJury, type Jury } from "./jury.ts";
import { keepWords } from "./keeping.ts";
import { describePassage, type Passage } from "./passage.ts";
import { type Ranked, worth } from "./ranking.ts";
import { drawAll, type Ended } from "./rewrite-draws.ts";
import { sourcesOf } from "./sources.ts";

/** Tokens of the following text by which candidates are ranked, and the characters that surely hold them. */
const FOLLOWING_TOKENS = 40;
const FOLLOWING_CHARACTERS = 400;

/** Candidates that are sampled at least: of more, the best leads on better, by less and less (16 over 8: 0.015 nats a token). */
const CANDIDATES = 16;

/** How many times over candidates are sampled where too few end as they should. */
const MOST_TRIES = 4;

/**
 * Rewrites `request.selected`: samples candidates of about its length from what stands before, from both sides where
 * the model has learned to fill in, or from templates, and offers the best by `ranking.ts`: those that lead best into
 * what stands after, by the mean log-probability of its first 40 tokens, and keep as much of the passage as
 * `closeness` asks. One that could not end as the passage does is offered only where none could.
 *
 * At least 16 candidates are sampled and twice the choices, then up to four times as many while too few of them
 * differ from each other and from the passage and end as it does; with `candidates`, exactly so many. `length`, `stop` and `finish_sentence` are not
 * used: the passage says how long. Of a cancelled run, those that had ended are offered.
 */
export async function* rewrite(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings } = request;
  const watch = createStopwatch(parts.now);
  const seed = settings.seed ?? drawSeed(parts.random);
  const { prompt, passage, following } = passagePrompt(request, parts);

  const reusedTokens = reusableTokens(parts.cache, prompt.tokens);
  yield { type: "started", seed, prompt: viewOf(prompt), reusedTokens };

  const read = () => readTokens(parts, prompt.tokens, cancelled);
  const logits = (await watch.prefill(read, prompt.tokens.length - reusedTokens))?.slice();
  // Without chance every candidate is the same.
  const isCertain = settings.greedy || settings.temperature === 0;
  const enough = isCertain ? 1 : (request.candidates ?? Math.max(CANDIDATES, 2 * request.choices));
  const limit = isCertain || request.candidates !== undefined ? enough : MOST_TRIES * enough;
  const sources = sourcesOf(request, prompt, passage, parts);
  const keeping = keepWords(passage.words, settings.closeness, parts.tokenizer);
  const jury = logits && createJury({ request, prompt, passage, following, logits }, parts);
  const offered = (): readonly Ranked[] => offeredOf(jury, request);
  if (jury) await watch.decode(() => jury.hearPassage());
  const share = Math.ceil(enough / sources.length);
  for (let [tried, turn] = [0, 0]; logits && jury && tried < limit && !cancelled(); turn++) {
    if (tried >= enough && offered().length >= request.choices) break;
    const left = tried < enough ? enough - tried : limit - tried;
    const source = sources[turn % sources.length]!;
    const contrasts = source.name === "left" ? contrastsOf(prompt, settings) : [];
    const room = source.prompt.length + source.longest + following.length;
    const count = groupSize(Math.min(left, share), room, 1 + contrasts.length, parts);
    const own = { ...parts, cache: source.cache };
    const start =
      source.name === "left" ? logits : (await readTokens(own, source.prompt, cancelled))?.slice();
    if (!start) break;
    const sampling = startSampling(own, {
      prompt: source.prompt,
      logits: start,
      settings,
      contrasts,
      randoms: Array.from({ length: count }, (_, i) => createRandom(seed, tried + i)),
      ...source.allowed,
      cancelled,
    });
    let ended: readonly Ended[] = [];
    try {
      const group = Array.from({ length: count }, () => source.begin());
      for await (const done of drawAll(group, source, keeping, sampling, watch, parts)) {
        const sampled = tried + done;
        const label = `candidate ${sampled} of ${Math.max(enough, sampled)}`;
        yield { type: "progress", done: Math.min(1, sampled / enough), label };
      }
      ended = group.flatMap(({ ended: candidate }, sequence) =>
        candidate ? [{ candidate, sequence, drawn: tried + sequence }] : [],
      );
      if (source.name === "left") await watch.decode(() => jury.hearOwn(ended, sampling));
    } finally {
      sampling.close();
    }
    if (source.name !== "left") await watch.decode(() => jury.hear(ended, source.name));
    tried += count;
  }

  const best = [...offered()]
    .sort((a, b) => worth(b, settings.closeness) - worth(a, settings.closeness))
    .slice(0, request.choices);
  for (const [index, one] of best.entries())
    yield { type: "choice", choice: toChoice(index, one, passage, request.steering) };
  yield { type: "finished", cancelled: cancelled(), timing: watch.timing() };
}

/** What is read to rewrite `request.selected`, and the tokens of what follows. */
export function passagePrompt(
  request: GenerationRequest,
  { model, tokenizer }: EngineParts,
): { readonly prompt: Prompt; readonly passage: Passage; readonly following: readonly number[] } {
  const most = Math.max(1, Math.min(FOLLOWING_TOKENS, Math.floor(model.contextLength / 4)));
  const room = Math.max(
    1,
    model.contextLength - promptBudget(model.contextLength, model.contextLength) - most,
  );
  const after = request.after ?? "";
  const passage = describePassage(request.selected ?? "", after, room, request.settings, tokenizer);
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
  return { prompt, passage, following };
}

/** Those without a banned phrase that hold what they must and end as the passage does, as far as there are any. */
function offeredOf(jury: Jury | null | undefined, { steering }: GenerationRequest): readonly Ranked[] {
  const finder = findPhrases(steering?.ban ?? []);
  const allowed = (jury?.ranked() ?? []).filter(
    ({ candidate }) => finder.find(candidate.words, true) === null,
  );
  const holding = allowed.filter(({ candidate }) => missingIn(candidate.words, steering).length === 0);
  const worthy = holding.length > 0 ? holding : allowed;
  const whole = worthy.filter(({ candidate }) => candidate.whole);
  return whole.length > 0 ? whole : worthy;
}

/** The phrases of `include` that words do not hold. */
function missingIn(words: string, steering: GenerationRequest["steering"]): readonly string[] {
  return (steering?.include ?? []).filter((text) => findPhrases([{ text }]).find(words, true) === null);
}

function toChoice(
  index: number,
  one: Ranked,
  passage: Passage,
  steering: GenerationRequest["steering"],
): Choice {
  const { candidate, fit, gain, logprob, kept, source, drawn } = one;
  const { words, tokens, logprobs, whole } = candidate;
  const missing = missingIn(words, steering);
  return {
    index,
    text: passage.lead + words + passage.trail,
    tokens,
    logprobs,
    finishReason: whole ? "stop" : "length",
    logprob,
    kept,
    source,
    drawn,
    ...(fit === undefined ? {} : { fit }),
    ...(gain === undefined ? {} : { gain }),
    ...(missing.length === 0 ? {} : { missing }),
  };
}
