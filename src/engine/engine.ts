import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { generate } from "./generate.ts";
import { openModel } from "./gpt2/open.ts";
import type { EngineParts } from "./parts.ts";
import type { Random } from "./random.ts";
import { checkPromptTokens, checkRequest } from "./request.ts";
import { rewrite } from "./tasks/rewrite.ts";
import { score } from "./tasks/score.ts";
import { markTokens } from "./token-marks.ts";
import { openTokenizer } from "./tokenizer.ts";
import type {
  Engine,
  GenerationEvent,
  GenerationRequest,
  LanguageModel,
  ModelCard,
  Tokenizer,
} from "./types.ts";

/** How an engine is opened. */
export interface EngineOptions {
  /** Threads that compute; left out, the model decides. */
  readonly threads?: number;
}

/**
 * Opens the model in `folder` in this process, which its runs then block: programs with a screen use `startEngine`.
 * Throws a UserError for a folder that holds no whole GPT-2 with its tokenizer.
 */
export async function openEngine(folder: string, options: EngineOptions = {}): Promise<Engine> {
  const tokenizer = await openTokenizer(folder);
  const { model, card } = await openModel(folder, options);
  if (tokenizer.vocabularySize > model.vocabularySize) {
    await model.close();
    throw new UserError(
      `The tokenizer of ${basename(folder)} has ${tokenizer.vocabularySize} tokens, its model only ${model.vocabularySize}: ${folder}`,
      { hint: "The files belong to different checkpoints: copy all of them from one." },
    );
  }
  return createEngine({ model, card, tokenizer });
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

/**
 * The engine of an open model: one request at a time, in the order in which they were begun. Owns the model, whose
 * `close` must wait for a step that runs.
 */
export function createEngine({ model, tokenizer, card }: OpenedModel, world: EngineWorld = {}): Engine {
  const parts: EngineParts = {
    model,
    tokenizer,
    marks: markTokens(tokenizer, model.vocabularySize),
    cache: model.createCache(),
    random: world.random ?? Math.random,
    now: world.now ?? (() => performance.now()),
    pause: world.pause ?? nextTurn,
  };
  let closing: Promise<void> | null = null;
  let lastTurn: Promise<void> = Promise.resolve();

  /** Waits for all earlier requests; the function returned lets the next one begin. */
  async function takeTurn(): Promise<() => void> {
    const earlier = lastTurn;
    let release: () => void = () => {};
    lastTurn = new Promise((resolve) => {
      release = resolve;
    });
    await earlier;
    return release;
  }

  const cancelledBy = (signal: AbortSignal | undefined) => () => closing !== null || signal?.aborted === true;

  async function* inTurn(
    request: GenerationRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const release = await takeTurn();
    try {
      const task = request.task === "rewrite" ? rewrite : generate;
      yield* task(request, parts, cancelledBy(signal));
    } finally {
      release();
    }
  }

  function refuseIfClosed(): void {
    if (closing) throw new TypeError("the engine is closed");
  }

  return {
    card,
    generate(request, signal) {
      refuseIfClosed();
      checkRequest(request);
      if (request.promptTokens) {
        checkPromptTokens(request.promptTokens, model.contextLength, model.vocabularySize);
      }
      return inTurn(request, signal);
    },
    async score(text, options = {}) {
      refuseIfClosed();
      const release = await takeTurn();
      try {
        return await score(text, parts, cancelledBy(options.signal), options);
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
