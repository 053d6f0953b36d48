import { UserError } from "../../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Refusal, refused, silent, unreachable } from "./failures.ts";
import { readRefusal } from "./replies.ts";
import { withSignals } from "./signals.ts";

/** How a server is talked to. */
export interface Wiring {
  readonly endpoint: Endpoint;
  /** Sent as a bearer token; empty for none. */
  readonly key: string;
  readonly fetch: typeof fetch;
  /** Milliseconds without a word from the server after which it is given up. */
  readonly patienceMs: number;
  /** Resolves after so many milliseconds; rejects with the signal's reason where it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** An answer that can be read. */
export interface Answer {
  readonly ok: true;
  readonly response: Response;
}

/** How often a server that is busy is asked, and how long it is waited for at most each time, in ms. */
const TRIES = 4;
const LONGEST_WAIT_MS = 20_000;

/** Bytes of a refusal, and of any other answer, that are read. */
const REFUSAL_BYTES = 20_000;
const LONGEST_BODY = 64_000_000;

/** Statuses of a server that may have time soon. */
const BUSY = [429, 502, 503, 504];

/**
 * Sends a request, again where the server is busy (429 and the like), as it says or after 1, 2 and 4 seconds. Rejects
 * with a UserError where it cannot be reached or stays silent, and with the signal's reason where that is aborted.
 *
 * @param signal ends the request, and the reading of its answer: it must be aborted when nobody reads on
 */
export async function send(
  wiring: Wiring,
  path: string,
  body: object | null,
  signal: AbortSignal,
): Promise<Answer | ({ readonly ok: false } & Refusal)> {
  const { endpoint, key, fetch, wait, now } = wiring;
  for (let tries = 1; ; tries++) {
    const response = await withinPatience(wiring, signal, () =>
      fetch(`${endpoint.base}${path}`, {
        method: body === null ? "GET" : "POST",
        headers: {
          accept: "application/json, text/event-stream",
          ...(body === null ? {} : { "content-type": "application/json" }),
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        // Followed, it would hand the story to a machine that nobody named.
        redirect: "manual",
        signal,
      }),
    );
    if (response.ok) return { ok: true, response };
    const words = await withinPatience(wiring, signal, () => bodyOf(response, REFUSAL_BYTES)).catch(() => "");
    signal.throwIfAborted();
    const refusal = refusalOf(response, words, key, now());
    if (!BUSY.includes(response.status) || tries === TRIES) return { ok: false, ...refusal };
    const ms = refusal.retryAfterMs ?? 1000 * 2 ** (tries - 1);
    if (ms > LONGEST_WAIT_MS) return { ok: false, ...refusal };
    await wait(ms, signal);
  }
}

/** Reads what `path` answers. Rejects with a UserError for a refusal. */
export async function read(wiring: Wiring, path: string, signal: AbortSignal): Promise<string> {
  return withSignals([signal], async (within) => {
    const answer = await send(wiring, path, null, within);
    if (!answer.ok) throw refused(wiring.endpoint.host, answer);
    return textOf(wiring, answer, within);
  });
}

/** The whole body of an answer. */
export async function textOf(wiring: Wiring, { response }: Answer, signal: AbortSignal): Promise<string> {
  return withinPatience(wiring, signal, () => bodyOf(response, LONGEST_BODY));
}

/**
 * Does `work`, and gives it up after `ms` milliseconds without an end. Rejects with the signal's
 * reason where that was aborted, else with the UserError of what went wrong.
 */
export async function withinPatience<T>(
  { endpoint, patienceMs }: Pick<Wiring, "endpoint" | "patienceMs">,
  signal: AbortSignal,
  work: () => Promise<T>,
  ms: number = patienceMs,
): Promise<T> {
  signal.throwIfAborted();
  let give: (error: unknown) => void = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    give = reject;
  });
  const timer = setTimeout(() => give(silent(endpoint.host, patienceMs)), ms);
  const abort = (): void => give(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(), givenUp]);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof UserError ? error : unreachable(endpoint.host, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** The first `most` bytes of a body, read as UTF-8. */
async function bodyOf({ body }: Response, most: number): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let left = most;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    if (left <= 0) break;
  }
  return text;
}

function refusalOf({ status, headers }: Response, body: string, key: string, now: number): Refusal {
  const location = headers.get("location");
  const { message, param } = readRefusal(body);
  const words = location !== null && status < 400 ? location : message;
  return {
    status,
    message: key === "" ? words : words.replaceAll(key, "(your key)"),
    param,
    retryAfterMs: retryAfter(headers.get("retry-after"), now),
  };
}

/** Seconds, or a date (RFC 9110, 10.2.3), as milliseconds from `now`. */
function retryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\s*\d+\s*$/u.test(value)) return 1000 * Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
