import { UserError } from "../errors.ts";
import { type ChoiceWriter, SENTENCE_TOKENS, writeChoice } from "./choice-writer.ts";
import { type Contrast, contrastsOf } from "./contrast.ts";
import { followingTokens, INFILL_TOKENS, infillAfterFollowing } from "./infill.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { readTokens, reusableTokens } from "./prefill.ts";
import { type Prompt, preparePrompt, promptBudget, recordedPrompt, viewOf } from "./prompt.ts";
import { createRandom, drawSeed } from "./random.ts";
import { groupSize, type SamplingRun, startSampling } from "./sample-tokens.ts";
import type { SamplingSettings } from "./settings.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";
import { type TokenSet, without } from "./token-marks.ts";
import type { GenerationEvent, GenerationRequest } from "./types.ts";

/**
 * Continues `request.before`: the whole way from a story to the words that are offered.
 *
 * 1. The story is cut to the window and becomes the prompt (`prompt.ts`, `context.ts`, `window.ts`); in the middle of a
 *    story what follows is put in front of it, where the model has learned to read that (`infill.ts`).
 * 2. The model reads what its cache does not hold yet (`prefill.ts`).
 * 3. Token by token the choices are drawn together from the model's distributions, as the settings bend them
 *    (`sample-tokens.ts`, `sampling/`), each with random numbers of its own: choice 2 is the same text whether 3
 *    choices were asked for or 30.
 * 4. The bytes of the tokens become text (`offered-text.ts`) until something ends it: the length, a stop string,
 *    the model's end of text, or the caller.
 *
 * A cancel is seen before the next token. A choice that it cuts short is given out with what it has, unless it has
 * nothing. The text that a stop string held back is in the last token's event; where `end` or a cancel follows, only
 * in the choice.
 */
export async function* generate(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings, steering = {} } = request;
  const { cache, marks } = parts;
  const watch = createStopwatch(parts.now);
  const seed = settings.seed ?? drawSeed(parts.random);
  const { prompt, wanted } = continuationPrompt(request, parts);

  const reusedTokens = reusableTokens(cache, prompt.tokens);
  yield { type: "started", seed, prompt: viewOf(prompt), reusedTokens };

  const contrasts = fittingContrasts(prompt, wanted, settings, parts);
  const group = groupSize(request.choices, prompt.tokens.length + wanted, 1 + contrasts.length, parts);
  for (let from = 0; from < request.choices && !cancelled(); from += group) {
    const read = () => readTokens(parts, prompt.tokens, cancelled);
    const unread = prompt.tokens.length - reusableTokens(cache, prompt.tokens);
    const logits = (await watch.prefill(read, unread))?.slice();
    if (!logits) break;
    const writers = Array.from({ length: Math.min(group, request.choices - from) }, (_, i) =>
      writeChoice(from + i, { settings, steering, prompt }, parts),
    );
    const run: SamplingRun = {
      prompt: prompt.tokens,
      logits,
      settings,
      contrasts,
      randoms: writers.map(({ index }) => createRandom(seed, index)),
      first: firstTokens(prompt, parts),
      later: marks.any,
      ...(request.alternatives === undefined ? {} : { alternatives: request.alternatives }),
      cancelled,
    };
    yield* writeTogether(writers, run, parts, watch);
  }
  yield { type: "finished", cancelled: cancelled(), timing: watch.timing() };
}

/** The contrasts that `settings` ask for. Throws a UserError where the window has no room for them to last. */
function fittingContrasts(
  prompt: Prompt,
  wanted: number,
  settings: SamplingSettings,
  { model }: EngineParts,
): readonly Contrast[] {
  const contrasts = contrastsOf(prompt, settings);
  if (contrasts.length === 0 || prompt.tokens.length + wanted <= model.contextLength) return contrasts;
  throw new UserError(
    `With listen or guidance, the prompt and ${settings.length} new tokens must fit into the model's ${model.contextLength} tokens.`,
    {
      hint: `Choose a length of at most ${Math.floor(model.contextLength / 2)}, or listen 0 and guidance_scale 1.`,
    },
  );
}

/** What is read to continue `request.before`, and how many tokens may be wanted after it. */
export function continuationPrompt(
  { promptTokens, againstTokens, before, after = "", settings, steering }: GenerationRequest,
  { model, tokenizer }: EngineParts,
): { readonly prompt: Prompt; readonly wanted: number } {
  const wanted = settings.length + (settings.finish_sentence ? SENTENCE_TOKENS : 0);
  if (promptTokens) return { prompt: recordedPrompt(promptTokens, before, tokenizer, againstTokens), wanted };
  const budget = promptBudget(model.contextLength, wanted);
  // A window that slides would lose what follows.
  const isWhole = settings.infill && budget + wanted <= model.contextLength && before.trim() !== "";
  const following = isWhole ? followingTokens(after, budget, tokenizer) : [];
  const room = budget - (following.length > 0 ? following.length + INFILL_TOKENS : 0);
  const prompt = preparePrompt(before, room, tokenizer, {
    ...(steering ? { steering } : {}),
    guided: settings.guidance_scale !== 1,
  });
  return { prompt: infillAfterFollowing(prompt, following, tokenizer), wanted };
}

/** Writes choices together: their tokens as they come, and each choice once it and all before it have ended. */
async function* writeTogether(
  writers: readonly ChoiceWriter[],
  run: SamplingRun,
  parts: EngineParts,
  watch: Stopwatch,
): AsyncGenerator<GenerationEvent, void, void> {
  const sampling = startSampling(parts, run);
  let writing = writers.map((_, i) => i);
  let given = 0;
  try {
    while (writing.length > 0) {
      const changes = writing.map((sequence) => writers[sequence]?.change());
      const drawn = await watch.decode(() => sampling.next(writing, changes));
      for (const [i, sequence] of writing.entries()) {
        const [token, writer] = [drawn?.[i], writers[sequence]];
        if (!token || !writer) continue;
        const before = writer.length;
        yield* writer.write(token);
        watch.decoded();
        if (!writer.ended && writer.length <= before) sampling.keep(sequence, writer.length);
      }
      if (drawn === null) for (const sequence of writing) writers[sequence]?.cancel();
      writing = writing.filter((sequence) => writers[sequence]?.ended === false);
      for (; writers[given]?.ended; given++) {
        const choice = writers[given]?.choice();
        if (choice) yield { type: "choice", choice };
      }
    }
  } finally {
    sampling.close();
  }
}

/** A new text begins with a word; where a story ends in blanks that the prompt lacks, the model writes them itself. */
function firstTokens({ tokens, blanks }: Prompt, { marks, tokenizer }: EngineParts): TokenSet {
  const isNew = tokens.length === 1 && tokens[0] === tokenizer.endOfText;
  if (isNew) return without(marks.any, marks.startingWhite);
  return blanks > 0 ? marks.startingBlank : marks.any;
}
