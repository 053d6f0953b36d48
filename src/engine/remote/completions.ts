import { errorMessage } from "../../errors.ts";
import { type CompletionBody, refusedField, withoutRefused } from "./completion-body.ts";
import { type Answer, send, textOf, withinPatience } from "./connection.ts";
import { createEventStream } from "./event-stream.ts";
import { broken, ContextExceeded, isTooLong, type Refusal, refused, strange } from "./failures.ts";
import { jsonOf, readTold, type Told } from "./replies.ts";
import type { Server } from "./server.ts";
import { followSignals, withSignals } from "./signals.ts";

/**
 * Sends a request, without the fields that the server names when it refuses: each is left out once and for all, and the
 * writer is told. Rejects with {@link ContextExceeded} where the text is too long, else with a UserError.
 */
async function ask(
  server: Server,
  body: CompletionBody,
  signal: AbortSignal,
  exactly = false,
): Promise<Answer> {
  const { wiring, without } = server;
  for (let sent = body; ; ) {
    const answer = await send(wiring, "/completions", sent, signal);
    if (answer.ok) return answer;
    if (isTooLong(answer)) throw new ContextExceeded(answer);
    const field = !exactly && answer.status >= 400 && !isAboutYou(answer) ? refusedField(sent, answer) : null;
    if (field === null) throw refused(wiring.endpoint.host, answer);
    without.add(field);
    if (field === "n") server.many = false;
    else if (!QUIET.has(field)) {
      server.tell(`${wiring.endpoint.host} does not take ${field}: it is left out from now on.`);
    }
    sent = withoutRefused(sent, server);
  }
}

/** Fields that the writer does not miss: they are made up for here. */
const QUIET = new Set(["logprobs", "stop", "repeat_last_n", "suffix"]);

/** Whether a refusal has nothing to do with what was asked. */
function isAboutYou({ status }: Refusal): boolean {
  return status === 401 || status === 403 || status === 404 || status === 429;
}

/** The whole answer of a request that does not stream; `exactly`: no field is left out. Rejects as {@link streamed} does. */
export async function whole(
  server: Server,
  body: CompletionBody,
  signal: AbortSignal,
  { exactly = false } = {},
): Promise<Told> {
  const { host } = server.wiring.endpoint;
  return withSignals([signal], async (within) => {
    const answer = await ask(server, body, within, exactly);
    const told = readTold(jsonOf(await textOf(server.wiring, answer, within)));
    if (told === null) throw strange(host, "something else than a completion");
    if (told.error !== null) throw failure(server, told.error);
    return told;
  });
}

/**
 * Sends a request that streams, and gives its pieces as they come. Ends after `[DONE]`, and where the stream ends
 * without it once `isDone` says that all that was asked for has come. Throws {@link ContextExceeded} for a text that is
 * too long, the signal's reason where that is aborted, and a UserError for whatever else goes wrong.
 */
export async function* streamed(
  server: Server,
  body: CompletionBody,
  signal: AbortSignal,
  isDone: () => boolean,
): AsyncGenerator<Told, void, void> {
  const { wiring } = server;
  const { host } = wiring.endpoint;
  const { signal: within, letGo } = followSignals([signal]);
  try {
    const answer = await ask(server, body, within);
    if (!/event-stream|text\/plain/u.test(answer.response.headers.get("content-type") ?? "")) {
      // Some servers answer at once, whatever was asked.
      yield pieceOf(server, await textOf(wiring, answer, within));
      return;
    }
    const reader = answer.response.body?.getReader();
    const events = createEventStream();
    for (let begun = wiring.now(); reader; ) {
      const left = Math.max(1, wiring.patienceMs - (wiring.now() - begun));
      const next = () => reader.read().catch((error: unknown) => Promise.reject(broken(host, error)));
      const { done, value } = await withinPatience(wiring, within, next, left);
      if (done) break;
      for (const { field, value: text } of eventsOf(events.push, value, host)) {
        // Comments and the like do not prove that anything goes on: only these do.
        begun = wiring.now();
        if (text.trim() === "[DONE]") return;
        if (field === "error") throw failure(server, messageOf(text));
        yield pieceOf(server, text);
      }
    }
    if (!isDone()) throw broken(host);
  } finally {
    letGo();
  }
}

function eventsOf(
  push: ReturnType<typeof createEventStream>["push"],
  bytes: Uint8Array,
  host: string,
): ReturnType<typeof push> {
  try {
    return push(bytes);
  } catch (error) {
    throw strange(host, errorMessage(error), error);
  }
}

function pieceOf(server: Server, text: string): Told {
  const told = readTold(jsonOf(text));
  if (told === null) throw strange(server.wiring.endpoint.host, "what is no completion in JSON");
  if (told.error !== null) throw failure(server, told.error);
  return told;
}

/** A failure that a server tells in the middle of its answer. */
function failure(server: Server, message: string): Error {
  const { key, endpoint } = server.wiring;
  const words = key === "" ? message : message.replaceAll(key, "(your key)");
  const refusal: Refusal = { status: 500, message: words, param: null, retryAfterMs: null };
  return isTooLong(refusal) ? new ContextExceeded(refusal) : refused(endpoint.host, refusal);
}

function messageOf(text: string): string {
  const value = jsonOf(text);
  const told = readTold({ error: value });
  return told?.error ?? text;
}
