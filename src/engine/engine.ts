import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { generate } from "./generate.ts";
import { modelName } from "./gpt2/names.ts";
import { openModel } from "./gpt2/open.ts";
import type { KvCache, LanguageModel } from "./language-model.ts";
import { rethrow } from "./out-of-memory.ts";
import type { EngineParts } from "./parts.ts";
import type { PrecisionChoice } from "./precision.ts";
import { inspect, prepare } from "./prepare.ts";
import type { Random } from "./random.ts";
import { rememberTexts } from "./recent-texts.ts";
import { checkPromptTokens, checkRequest } from "./request.ts";
import { createSampler } from "./sampling/sampler.ts";
import { alternatives } from "./tasks/alternatives.ts";
import { rewrite } from "./tasks/rewrite.ts";
import { score } from "./tasks/score.ts";
import { markTokens } from "./token-marks.ts";
import { openTokenizer } from "./tokenizer.ts";
import { createTurns } from "./turns.ts";
import type { Engine, GenerationEvent, GenerationRequest, ModelCard, Tokenizer } from "./types.ts";

/** How an engine is opened. */
export interface EngineOptions {
  /** Threads that compute; left out, the model decides. */
  readonly threads?: number;
  /** How the weights are held; left out, `auto`. */
  readonly precision?: PrecisionChoice;
  /** Folder where quantised weights are kept from one opening to the next; null or left out: none are kept. */
  readonly weightsFolder?: string | null;
  /** Told what the engine is doing while it opens, as a phrase. */
  readonly onStatus?: (status: string) => void;
  /** Ends the opening, which then rejects with the signal's reason. Means nothing once the engine is open. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the model in `folder` in this process, which its runs then block: programs with a screen use `startEngine`.
 * Throws a UserError for a folder that holds no whole GPT-2 with its tokenizer, and where memory runs out.
 */
export async function openEngine(folder: string, options: EngineOptions = {}): Promise<Engine> {
  const { signal } = options;
  signal?.throwIfAborted();
  const tokenizer = await openTokenizer(folder);
  signal?.throwIfAborted();
  const { model, card } = await openModel(folder, options).catch(rethrow);
  try {
    signal?.throwIfAborted();
    if (tokenizer.vocabularySize > model.vocabularySize) {
      throw new UserError(
        `The tokenizer of ${modelName(folder)} has ${tokenizer.vocabularySize} tokens, its model only ${model.vocabularySize}: ${folder}`,
        { hint: "The files belong to different checkpoints: copy all of them from one." },
      );
    }
    return createEngine({ model, card, tokenizer });
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** What an engine is made of. */
export interface OpenedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly card: ModelCard;
}

/** The outer world, as far as an engine touches it. */
export interface EngineWorld {
  readonly random?: Random;
  readonly now?: () => number;
  readonly pause?: () => Promise<void>;
}

/** What comes of a generation that was cancelled before its turn. */
const NEVER_BEGUN: GenerationEvent = {
  type: "finished",
  cancelled: true,
  timing: { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 },
};

/**
 * The engine of an open model: one request at a time, in the order in which they were begun; what is prepared gives
 * way to all of them. Owns the model, whose `close` must wait for a step that runs.
 */
export function createEngine({ model, tokenizer, card }: OpenedModel, world: EngineWorld = {}): Engine {
  let spare: KvCache | null = null;
  const parts: EngineParts = {
    model,
    tokenizer: rememberTexts(tokenizer),
    marks: markTokens(tokenizer, model.vocabularySize),
    cache: model.createCache(),
    spare: () => {
      spare ??= model.createCache();
      return spare;
    },
    sampler: createSampler(model.vocabularySize),
    random: world.random ?? Math.random,
    now: world.now ?? (() => performance.now()),
    pause: world.pause ?? nextTurn,
  };
  const turns = createTurns();
  let closing: Promise<void> | null = null;

  const cancelledBy = (signal: AbortSignal | undefined) => () => closing !== null || signal?.aborted === true;

  async function* inTurn(
    request: GenerationRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const release = await turns.take(signal);
    if (release === null) {
      yield NEVER_BEGUN;
      return;
    }
    try {
      const task = request.task === "rewrite" ? rewrite : generate;
      yield* task(request, parts, cancelledBy(signal));
    } catch (error) {
      rethrow(error);
    } finally {
      release();
    }
  }

  function check(request: GenerationRequest): void {
    refuseIfClosed();
    checkRequest(request);
    for (const tokens of [request.promptTokens, request.againstTokens]) {
      if (tokens) checkPromptTokens(tokens, model.contextLength, model.vocabularySize);
    }
  }

  function refuseIfClosed(): void {
    if (closing) throw new TypeError("the engine is closed");
  }

  return {
    card,
    generate(request, signal) {
      check(request);
      return inTurn(request, signal);
    },
    async prepare(request, signal) {
      check(request);
      const cancelled = cancelledBy(signal);
      await turns
        .ahead((givesWay) => prepare(request, parts, () => givesWay() || cancelled()))
        .catch(rethrow);
    },
    async inspect(request) {
      check(request);
      return inspect(request, parts);
    },
    async score(text, options = {}) {
      refuseIfClosed();
      if (typeof text !== "string") throw new TypeError(`a text is scored, got ${String(text)}`);
      const { signal } = options;
      const release = await turns.take(signal);
      if (release === null) throw signal?.reason;
      try {
        const found = await score(text, parts, cancelledBy(signal), options);
        // What was scored until then would look like the whole.
        signal?.throwIfAborted();
        return found;
      } catch (error) {
        rethrow(error);
      } finally {
        release();
      }
    },
    async alternatives(before, options = {}) {
      refuseIfClosed();
      if (typeof before !== "string") throw new TypeError(`before must be a text, got ${String(before)}`);
      const { signal } = options;
      const release = await turns.take(signal);
      if (release === null) throw signal?.reason;
      try {
        const found = await alternatives(before, parts, cancelledBy(signal), options);
        if (found) return found;
        signal?.throwIfAborted();
        throw new TypeError("the engine was closed before the alternatives were known");
      } catch (error) {
        rethrow(error);
      } finally {
        release();
      }
    },
    close() {
      closing ??= model.close();
      return closing;
    },
  };
}
