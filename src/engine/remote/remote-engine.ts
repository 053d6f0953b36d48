import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { checkRequest } from "../request.ts";
import { createTurns } from "../turns.ts";
import type { Engine, GenerationEvent, GenerationRequest } from "../types.ts";
import type { Wiring } from "./connection.ts";
import { endpointOf } from "./endpoint.ts";
import { ContextExceeded } from "./failures.ts";
import { tellLimits } from "./limits.ts";
import { remoteAlternatives } from "./remote-alternatives.ts";
import { cardOf } from "./remote-card.ts";
import { type RemoteParts, remoteContinue } from "./remote-continue.ts";
import { remotePassage, tokensFor } from "./remote-passage.ts";
import { continuationPrompt, remotePrompt } from "./remote-prompt.ts";
import { remoteRewrite } from "./remote-rewrite.ts";
import { remoteScore } from "./remote-score.ts";
import { meetServer } from "./server.ts";
import { followSignals, withSignals } from "./signals.ts";
import { createTokenNumbers } from "./token-numbers.ts";
import { learnLength, tooLong } from "./too-long.ts";

/** How a remote engine is opened. */
export interface RemoteOptions {
  /** Address of an OpenAI-compatible API, with or without `/v1`. */
  readonly url: string;
  /** The model's name there; null for the first that the server lists. */
  readonly model: string | null;
  /** Sent as a bearer token, kept nowhere; empty for none. */
  readonly key: string;
  readonly fetch: typeof fetch;
  /** Where seeds are drawn from: numbers from 0 to 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; left out, by the clock. */
  readonly wait?: Wiring["wait"];
  /** Milliseconds without a word from the server after which it is given up; left out, {@link PATIENCE_MS}. */
  readonly patienceMs?: number;
  /** Told, once each, what the server cannot do of what is asked. */
  readonly onNotice?: (text: string) => void;
  /** Told what the engine does while it opens. */
  readonly onStatus?: (status: string) => void;
  /** Ends the opening, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How long a server may be silent: a large one may have to load its model first. */
export const PATIENCE_MS = 120_000;

/** What comes of a generation that was cancelled before its turn. */
const NEVER_BEGUN: GenerationEvent = {
  type: "finished",
  cancelled: true,
  timing: { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 },
};

/**
 * An engine whose model runs on a server behind OpenAI's completions API (`/v1/models`, `/v1/completions`): vLLM,
 * llama.cpp's server, text-generation-inference, LM Studio, Ollama, `inkwright serve`. What such a server cannot do is
 * in `LIMITS`: the rest is done without it, and told once. Texts are sent only when something is asked for: nothing is
 * read ahead.
 *
 * Rejects with a UserError where the address or the key cannot be one, and where the server cannot be reached or does
 * not have the model.
 */
export async function remoteEngine(options: RemoteOptions): Promise<Engine> {
  const { now, random, onNotice = () => {}, onStatus = () => {} } = options;
  const endpoint = endpointOf(options.url);
  const wiring: Wiring = {
    endpoint,
    key: checkedKey(options.key),
    fetch: options.fetch,
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    wait: options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal })),
    now,
  };
  const closing = new AbortController();
  onStatus(`asking ${endpoint.host}`);
  const server = await withSignals([options.signal], (signal) =>
    meetServer(wiring, options.model, signal, onNotice),
  );
  return engineOf({ server, random, now }, closing);
}

function engineOf(parts: RemoteParts, closing: AbortController): Engine {
  const { server } = parts;
  const turns = createTurns();
  const numbers = createTokenNumbers();

  function check(request: GenerationRequest): void {
    refuseIfClosed();
    checkRequest(request);
    if (request.promptTokens || request.againstTokens) {
      throw new UserError("A server cannot run a recorded generation again: its tokens are not known.", {
        hint: "--model NAME runs it with a model of this machine.",
      });
    }
  }

  function refuseIfClosed(): void {
    if (closing.signal.aborted) throw new TypeError("the engine is closed");
  }

  async function* inTurn(
    request: GenerationRequest,
    caller: AbortSignal | undefined,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const release = await turns.take(caller);
    if (release === null) {
      yield NEVER_BEGUN;
      return;
    }
    const { signal, letGo } = followSignals([caller, closing.signal]);
    try {
      tellLimits(request, server);
      const task = request.task === "rewrite" ? remoteRewrite : remoteContinue;
      yield* task(request, parts, signal);
    } finally {
      letGo();
      release();
    }
  }

  /** Does what is no generation, in its turn; once more, shorter, where its text is too long. */
  async function ask<T>(
    caller: AbortSignal | undefined,
    text: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    refuseIfClosed();
    const release = await turns.take(caller);
    if (release === null) throw caller?.reason;
    try {
      return await withSignals([caller, closing.signal], (signal) =>
        work(signal).catch((error: unknown) => {
          if (!(error instanceof ContextExceeded)) throw error;
          learnLength(server, error, text);
          return work(signal);
        }),
      );
    } catch (error) {
      throw error instanceof ContextExceeded ? tooLong(server, error) : error;
    } finally {
      release();
    }
  }

  return {
    card: cardOf(server),
    generate(request, signal) {
      check(request);
      return inTurn(request, signal);
    },
    async prepare(request) {
      // Nothing is sent before the writer asks for it.
      check(request);
    },
    async inspect(request) {
      check(request);
      const { settings, selected = "", after = "", before, steering } = request;
      if (request.task === "continue") {
        return continuationPrompt(request, server).prompt.view;
      }
      const passage = remotePassage(selected, after, settings, server);
      return remotePrompt(before + passage.lead, tokensFor(passage.longest, server), steering, server).view;
    },
    async score(text, { signal, ...options } = {}) {
      if (typeof text !== "string") throw new TypeError(`a text is scored, got ${String(text)}`);
      return ask(signal, text, (inner) => remoteScore(text, server, numbers, inner, options));
    },
    async alternatives(before, { signal, ...options } = {}) {
      if (typeof before !== "string") throw new TypeError(`before must be a text, got ${String(before)}`);
      return ask(signal, before, (inner) => remoteAlternatives(before, server, numbers, inner, options));
    },
    async close() {
      closing.abort(new TypeError("the engine was closed"));
    },
  };
}

/** A key as it can be sent. Throws a UserError that does not quote it. */
function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]*$/u.test(trimmed)) return trimmed;
  throw new UserError("The key in INKWRIGHT_API_KEY has characters that no key has.", {
    hint: "Set it again, without spaces or line breaks.",
  });
}
