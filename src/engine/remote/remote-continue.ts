import { drawSeed, type Random } from "../random.ts";
import type { GenerationEvent, GenerationRequest } from "../types.ts";
import { type ChoiceText, createChoiceText } from "./choice-text.ts";
import { createClock } from "./clock.ts";
import { completionBody } from "./completion-body.ts";
import { streamed } from "./completions.ts";
import { ContextExceeded } from "./failures.ts";
import { continuationPrompt } from "./remote-prompt.ts";
import type { Server } from "./server.ts";
import { learnLength, SHORTENINGS, tooLong } from "./too-long.ts";

/** What every task of a remote engine works with. */
export interface RemoteParts {
  readonly server: Server;
  readonly random: Random;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Choices that are asked for at once. */
const TOGETHER = 16;

/** Seeds are whole numbers below this. */
export const SEEDS = 2 ** 32;

/** A choice that is still to be asked for; `spaced`: with the spaces that the story ends with in the prompt. */
interface Wanted {
  readonly index: number;
  readonly spaced: boolean;
}

/**
 * Continues `request.before` on a server: several choices in one request where it gives them, else one after another.
 * A choice that goes on in the middle of a word where the story has a space is asked for again, with that space in the
 * prompt. Where the stream breaks, what had come is given as choices before the UserError is thrown.
 */
export async function* remoteContinue(
  request: GenerationRequest,
  { server, random, now }: RemoteParts,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings, steering = {} } = request;
  const seed = settings.seed ?? drawSeed(random);
  const isCertain = settings.greedy || settings.temperature === 0;
  const clock = createClock(now);
  const finished: ChoiceText[] = [];
  let left: readonly Wanted[] = Array.from({ length: request.choices }, (_, index) => ({
    index,
    spaced: false,
  }));
  let growing: readonly ChoiceText[] = [];
  let given = 0;
  let started = false;
  let shortenings = 0;

  function* give(): Generator<GenerationEvent> {
    for (; finished[given] !== undefined; given++) {
      const choice = finished[given]?.choice();
      if (choice) yield { type: "choice", choice };
    }
  }

  /** Asks for the next choices in one request and gives what comes. */
  async function* ask(batch: readonly Wanted[]): AsyncGenerator<GenerationEvent> {
    const { prompt, suffix, longest } = continuationPrompt(request, server);
    const spaces = batch[0]?.spaced ? prompt.blanks : "";
    const blanks = prompt.blanks.length - spaces.length;
    const options = { settings, steering, prompt, longest, blanks };
    growing = batch.map(({ index }) => createChoiceText(index, options));
    const body = completionBody(
      {
        prompt: prompt.text + spaces,
        suffix,
        length: longest,
        seed: (seed + (batch[0]?.index ?? 0)) % SEEDS,
        count: batch.length,
        stop: settings.stop,
      },
      settings,
      server,
    );
    clock.begin();
    try {
      for await (const { choices } of streamed(server, body, signal, () => haveEnded(growing))) {
        clock.piece();
        if (!started) yield { type: "started", seed, prompt: prompt.view, reusedTokens: 0 };
        started = true;
        for (const piece of choices) {
          const writer = growing[piece.index];
          for (const event of writer?.push(piece) ?? []) {
            if (event.type === "token") clock.token();
            yield event;
          }
          if (writer?.ended) finished[writer.index] = writer;
        }
        yield* give();
        if (growing.every(({ ended, misbegun }) => ended || misbegun)) return;
      }
    } catch (error) {
      if (!(error instanceof ContextExceeded) || started) throw error;
      if (shortenings++ === SHORTENINGS) throw tooLong(server, error);
      learnLength(server, error, prompt.text);
      return;
    }
    // A server that knows nothing of `n` leaves all but the first out.
    if (batch.length > 1 && growing.some(({ begun }) => !begun)) server.many = false;
    for (const writer of growing) {
      if (writer.misbegun || writer.ended || (batch.length > 1 && !writer.begun)) continue;
      yield* writer.end("end");
      finished[writer.index] = writer;
    }
  }

  /** Ends what grows with what has come, and gives it all. */
  function* cutShort(): Generator<GenerationEvent> {
    for (const writer of growing) {
      if (writer.misbegun || finished[writer.index] !== undefined) continue;
      yield* writer.end("cancelled");
      finished[writer.index] = writer;
    }
    for (const writer of finished.slice(given)) {
      const choice = writer?.choice();
      if (choice) yield { type: "choice", choice };
    }
  }

  try {
    while (left.length > 0 && !signal.aborted) {
      const spaced = left[0]?.spaced ?? false;
      const most = server.many && !isCertain && !spaced ? TOGETHER : 1;
      yield* ask(left.filter((one) => one.spaced === spaced).slice(0, most));
      yield* give();
      const misbegun = growing.filter((writer) => writer.misbegun).map(({ index }) => index);
      left = left
        .filter(({ index }) => finished[index] === undefined)
        .map((one) => (misbegun.includes(one.index) ? { ...one, spaced: true } : one));
    }
  } catch (error) {
    yield* cutShort();
    if (!signal.aborted) throw error;
    yield { type: "finished", cancelled: true, timing: clock.timing() };
    return;
  }
  if (signal.aborted) yield* cutShort();
  yield { type: "finished", cancelled: signal.aborted, timing: clock.timing() };
}

/** Whether all choices of which anything has come have ended, and there is one. */
function haveEnded(growing: readonly ChoiceText[]): boolean {
  const begun = growing.filter((writer) => writer.begun);
  return begun.length > 0 && begun.every(({ ended, misbegun }) => ended || misbegun);
}
