import { createOfferedText } from "./offered-text.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { readTokens, reusableTokens } from "./prefill.ts";
import { type Prompt, preparePrompt, promptBudget, recordedPrompt } from "./prompt.ts";
import { createRandom, drawSeed } from "./random.ts";
import { type SamplingRun, sampleTokens } from "./sample-tokens.ts";
import { endsSentence } from "./sentences.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";
import { type TokenSet, without } from "./token-marks.ts";
import type { FinishReason, GenerationEvent, GenerationRequest } from "./types.ts";

/** With `finish_sentence`, the tokens that may be added to `length` until the sentence ends. */
const SENTENCE_TOKENS = 20;

/**
 * Continues `request.before`: the whole way from a story to the words that are offered.
 *
 * 1. The story is cut to the window and becomes the prompt (`prompt.ts`, `window.ts`).
 * 2. The model reads what its cache does not hold yet (`prefill.ts`).
 * 3. Each choice is drawn token by token from the model's distribution, as the settings bend it
 *    (`sample-tokens.ts`, `sampling/`), with random numbers of its own: choice 2 is the same text whether 3 choices
 *    were asked for or 30.
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
  const { settings } = request;
  const { tokenizer, marks, model, cache } = parts;
  const watch = createStopwatch(parts.now);
  const seed = settings.seed ?? drawSeed(parts.random);
  const wanted = settings.length + (settings.finish_sentence ? SENTENCE_TOKENS : 0);
  const prompt = request.promptTokens
    ? recordedPrompt(request.promptTokens, request.before, tokenizer)
    : preparePrompt(request.before, promptBudget(model.contextLength, wanted), tokenizer);

  const reusedTokens = reusableTokens(cache, prompt.tokens);
  yield { type: "started", seed, prompt: { tokens: prompt.tokens, text: prompt.text }, reusedTokens };

  const read = () => readTokens(parts, prompt.tokens, cancelled);
  const logits = (await watch.prefill(read, prompt.tokens.length - reusedTokens))?.slice();
  for (let index = 0; logits && index < request.choices && !cancelled(); index++) {
    const run: SamplingRun = {
      prompt: prompt.tokens,
      logits,
      settings,
      random: createRandom(seed, index),
      first: firstTokens(prompt, parts),
      later: marks.any,
      cancelled,
    };
    yield* writeChoice(index, run, prompt.blanks, parts, watch);
  }
  yield { type: "finished", cancelled: cancelled(), timing: watch.timing() };
}

/** One choice: its tokens as they come, then the whole. */
async function* writeChoice(
  index: number,
  run: SamplingRun,
  blanks: number,
  parts: EngineParts,
  watch: Stopwatch,
): AsyncGenerator<GenerationEvent, void, void> {
  const { tokenizer } = parts;
  const offered = createOfferedText(run.settings.stop, blanks);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const sampled = sampleTokens(parts, run);
  let finishReason: FinishReason | null = null;
  while (finishReason === null) {
    const next = await watch.decode(() => sampled.next());
    if (next.done) {
      finishReason = "cancelled";
      break;
    }
    const { id, logprob } = next.value;
    watch.decoded();
    if (id === tokenizer.endOfText) {
      finishReason = "end";
      break;
    }
    tokens.push(id);
    logprobs.push(logprob);
    let text = offered.push(tokenizer.bytes(id));
    if (offered.stopped) finishReason = "stop";
    else if (isLongEnough(tokens.length, offered.whole, run)) finishReason = "length";
    if (finishReason !== null) text += offered.end();
    yield { type: "token", choice: index, id, logprob, text };
  }
  offered.end();
  if (finishReason === "cancelled" && tokens.length === 0) return;
  const choice = { index, text: offered.whole, tokens, logprobs, finishReason };
  yield { type: "choice", choice };
}

/** A new text begins with a word; where a story ends in blanks that the prompt lacks, the model writes them itself. */
function firstTokens({ tokens, blanks }: Prompt, { marks, tokenizer }: EngineParts): TokenSet {
  const isNew = tokens.length === 1 && tokens[0] === tokenizer.endOfText;
  if (isNew) return without(marks.any, marks.startingWhite);
  return blanks > 0 ? marks.startingBlank : marks.any;
}

function isLongEnough(count: number, text: string, { settings }: SamplingRun): boolean {
  if (count < settings.length) return false;
  if (!settings.finish_sentence || endsSentence(text)) return true;
  return count >= settings.length + SENTENCE_TOKENS;
}
