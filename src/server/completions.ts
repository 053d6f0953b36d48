import type { ServerResponse } from "node:http";
import { type AnswerHead, answerBody, choiceBody, type Usage, usageBody } from "./answers.ts";
import { type CompletionContext, type CompletionPiece, complete, completionContext } from "./completion.ts";
import type { CompletionRequest } from "./completion-request.ts";
import { openEventStream } from "./event-stream.ts";
import type { Place } from "./fair-queue.ts";
import { sendJson } from "./json-answer.ts";
import type { ServedModel } from "./served-model.ts";
import type { TokenReport } from "./token-report.ts";

/** One request on its way to its answer. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly place: Place;
  readonly head: AnswerHead;
  /** Aborted when the client goes away or the server closes: nothing more is written for it then. */
  readonly ended: AbortSignal;
  /** How long a client may leave unread what waits for it, in ms. */
  readonly patienceMs: number;
  /** The tokens used so far; counted on as they come. */
  readonly usage: Usage;
}

/**
 * Answers `POST /v1/completions`, whole or in pieces. Each prompt takes a turn of its own. Rejects with an ApiError for a
 * prompt that does not fit, with the engine's errors, and with the reason of `ended` where that comes first; what was
 * sent until then stands.
 */
export async function answerCompletion(
  request: CompletionRequest,
  model: ServedModel,
  exchange: Exchange,
): Promise<void> {
  const contexts = request.prompts.map((prompt) => completionContext(prompt, request, model));
  const pieces = allPieces(contexts, request, model, exchange);
  if (request.stream) await answerInPieces(pieces, request, model, exchange);
  else await answerWhole(pieces, request, model, exchange);
}

/** The pieces for all prompts, one prompt after another; choices are numbered through. */
async function* allPieces(
  contexts: readonly CompletionContext[],
  request: CompletionRequest,
  model: ServedModel,
  { place, head, ended, usage }: Exchange,
): AsyncGenerator<CompletionPiece, void, void> {
  for (const [number, context] of contexts.entries()) {
    const endTurn = await place.turn(ended);
    try {
      usage.prompt += context.tokens.length;
      let finished = 0;
      for await (const piece of complete(context, request, model, `${head.id}-${number}`, ended)) {
        usage.completion += piece.tokens;
        if (piece.finish !== null) finished++;
        yield { ...piece, choice: number * request.choices + piece.choice };
      }
      ended.throwIfAborted();
      if (finished < request.choices) throw new TypeError("the engine ended before all choices had ended");
    } finally {
      endTurn();
    }
  }
}

async function answerInPieces(
  pieces: AsyncIterable<CompletionPiece>,
  request: CompletionRequest,
  model: ServedModel,
  { response, head, ended, patienceMs, usage }: Exchange,
): Promise<void> {
  const stream = openEventStream(response, patienceMs, ended);
  const unknown = request.streamsUsage ? { usage: null } : {};
  for await (const { choice, text, reports, finish } of pieces) {
    // In the middle of a character there is nothing to say yet.
    if (text === "" && finish === null && reports.length === 0) continue;
    const choices = [choiceBody(choice, text, reports, finish, request)];
    await stream.send(answerBody(head, model, choices, unknown));
  }
  if (request.streamsUsage) await stream.send(answerBody(head, model, [], { usage: usageBody(usage) }));
  await stream.send("[DONE]");
  stream.end();
}

async function answerWhole(
  pieces: AsyncIterable<CompletionPiece>,
  request: CompletionRequest,
  model: ServedModel,
  { response, head, usage }: Exchange,
): Promise<void> {
  const choices = Array.from({ length: request.prompts.length * request.choices }, () => ({
    text: "",
    reports: [] as TokenReport[],
    finish: null as CompletionPiece["finish"],
  }));
  for await (const { choice, text, reports, finish } of pieces) {
    const so = choices[choice];
    if (so === undefined) throw new RangeError(`the engine wrote choice ${choice} of ${choices.length}`);
    so.text += text;
    so.reports.push(...reports);
    so.finish = finish ?? so.finish;
  }
  const bodies = choices.map(({ text, reports, finish }, index) =>
    choiceBody(index, text, reports, finish, request),
  );
  sendJson(response, 200, answerBody(head, model, bodies, { usage: usageBody(usage) }));
}
