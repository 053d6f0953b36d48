import type { IncomingMessage, ServerResponse } from "node:http";
import { errorMessage, UserError } from "../errors.ts";
import { type Access, allowedOrigin, checkSource, checkToken } from "./access.ts";
import type { Usage } from "./answers.ts";
import { ApiError } from "./api-error.ts";
import { readCompletionRequest } from "./completion-request.ts";
import { answerCompletion } from "./completions.ts";
import type { Answered } from "./exchange-log.ts";
import type { FairQueue } from "./fair-queue.ts";
import { sendError, sendJson } from "./json-answer.ts";
import { readJson } from "./json-body.ts";
import { modelsAnswer, routeOf } from "./routes.ts";
import type { ServedModel } from "./served-model.ts";

/** What a handler of requests goes by. */
export interface HandlerOptions {
  readonly access: Access;
  readonly queue: FairQueue;
  /** The largest body, in bytes. */
  readonly bodyLimit: number;
  /** How long a client may leave unread what waits for it, in ms. */
  readonly patienceMs: number;
  /** The model; null while it is opened. */
  readonly model: () => ServedModel | null;
  readonly now: () => Date;
  /** Never the same twice. */
  readonly newId: () => string;
  readonly onAnswered: (answered: Answered) => void;
  /** Told of errors that are mistakes of ours. */
  readonly onMistake: (error: unknown) => void;
}

/** Answers requests. */
export interface Handler {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Ends all that is under way; what comes from now on is refused. */
  end(): void;
}

/** Seconds after which a client that found no room, or no model yet, may ask again. */
const RETRY_AFTER = { "Retry-After": "5" };

/** A handler for all paths; see docs/server.md. */
export function createHandler(options: HandlerOptions): Handler {
  const { access, queue, now } = options;
  const underWay = new Set<AbortController>();
  let ending = false;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const begun = now();
    const usage: Usage = { prompt: 0, completion: 0 };
    const controller = new AbortController();
    underWay.add(controller);
    response.on("close", () => {
      underWay.delete(controller);
      controller.abort();
      options.onAnswered({
        at: begun,
        method: request.method ?? "GET",
        url: request.url ?? "/",
        status: response.writableFinished ? response.statusCode : 499,
        usage: usage.prompt > 0 ? usage : null,
        ms: now().getTime() - begun.getTime(),
      });
    });
    // What goes wrong with a connection that is gone is of no more interest.
    response.on("error", () => {});
    answer(request, response, usage, controller.signal)
      .catch((error: unknown) => sendError(response, told(error)))
      .finally(() => {
        if (!response.writableFinished) response.setTimeout(options.patienceMs, () => response.destroy());
      });
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    usage: Usage,
    ended: AbortSignal,
  ): Promise<void> {
    checkSource(request.headers, access);
    const origin = allowedOrigin(request.headers.origin, access.origins);
    if (origin !== null) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Vary", "Origin");
      if (request.method === "OPTIONS") return allowPage(response);
    }
    const route = routeOf(request);
    const model = options.model();
    if (route.to === "health") {
      return sendJson(response, model ? 200 : 503, { status: model ? "ok" : "loading model" });
    }
    checkToken(request.headers, access);
    if (ending) throw new ApiError(503, "The server is closing.");
    if (model === null) {
      throw new ApiError(503, "The model is still being opened.", {
        code: "model_loading",
        headers: RETRY_AFTER,
      });
    }
    if (route.to !== "completions") return sendJson(response, 200, modelsAnswer(route, model));
    const place = queue.enter(request.socket.remoteAddress ?? "");
    if (place === null) {
      const message = "There are too many requests at once. Please try again later.";
      throw new ApiError(429, message, { code: "rate_limit_exceeded", headers: RETRY_AFTER });
    }
    try {
      const completion = readCompletionRequest(await readJson(request, options.bodyLimit), model);
      const head = { id: `cmpl-${options.newId()}`, created: Math.floor(now().getTime() / 1000) };
      const { patienceMs } = options;
      await answerCompletion(completion, model, { response, place, head, ended, patienceMs, usage });
    } finally {
      place.leave();
    }
  }

  function told(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (ending) return new ApiError(503, "The server is closing.", { cause: error });
    if (error instanceof UserError) {
      const message = [error.message, error.hint].filter((part) => part !== undefined).join(" ");
      return new ApiError(500, message, { code: "engine_error", cause: error });
    }
    if (!(error instanceof Error && error.name === "AbortError")) options.onMistake(error);
    return new ApiError(500, `The server had an error: ${errorMessage(error)}`, { cause: error });
  }

  return {
    handle,
    end() {
      ending = true;
      for (const controller of underWay) controller.abort();
    },
  };
}

/** What a browser asks before a page's request. */
function allowPage(response: ServerResponse): void {
  response.writeHead(204, {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
  });
  response.end();
}
