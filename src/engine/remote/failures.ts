import { errorCode, errorMessage, UserError } from "../../errors.ts";
import { quoted } from "./foreign-text.ts";

/** A server's answer that is none: it refused. */
export interface Refusal {
  readonly status: number;
  /** Its words, without the key. */
  readonly message: string;
  /** The field of the request that it names. */
  readonly param: string | null;
  /** Milliseconds to wait, where it says so. */
  readonly retryAfterMs: number | null;
}

/** A server that cannot take a text because it is too long. */
export class ContextExceeded extends Error {
  override readonly name = "ContextExceeded";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** A refusal as the writer is told of it. */
export class RequestRefused extends UserError {
  readonly status: number;

  constructor(status: number, message: string, hint: string) {
    super(message, { hint });
    this.status = status;
  }
}

/** Characters of a server's own words that are quoted. */
const QUOTED = 300;

/** Codes of Node and OpenSSL for a certificate that does not prove who the server is. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|ALTNAME/u;

/** The failure of a request that never reached `host`, or whose answer never came. */
export function unreachable(host: string, error: unknown): UserError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = errorCode(cause) ?? errorCode(error) ?? "";
  const fail = (message: string, hint: string): UserError => new UserError(message, { hint, cause });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return fail(`No machine is called ${host}.`, "Check engine.url, and whether you are connected.");
  }
  if (CERTIFICATE.test(code)) {
    return fail(
      `${host} cannot prove who it is (${code}).`,
      "If its certificate is your own, name its file in the environment variable NODE_EXTRA_CA_CERTS.",
    );
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return fail(
      `${host} does not speak TLS there (${code}).`,
      "Try http:// instead of https:// in engine.url.",
    );
  }
  const back = "inkwright config unset engine.url writes with this machine's model again.";
  if (code === "ECONNREFUSED") {
    return fail(`Nothing answers at ${host}.`, `Start the server, or check engine.url; ${back}`);
  }
  const what = code === "" ? errorMessage(cause) : code;
  return fail(`${host} cannot be reached (${what}).`, `Check engine.url and the connection; ${back}`);
}

/** The failure of a server that is silent for too long. */
export function silent(host: string, patienceMs: number): UserError {
  return new UserError(`${host} has said nothing for ${Math.round(patienceMs / 1000)} seconds.`, {
    hint: "It may be busy or frozen: look there, then try again.",
  });
}

/** The failure of a server that answers, but not in the way of OpenAI's completions. */
export function strange(host: string, what: string, cause?: unknown): UserError {
  return new UserError(`${host} answers with ${what}.`, {
    hint: "engine.url must be the address of an OpenAI-compatible API, such as http://localhost:8000/v1.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The failure of a stream that ended before the text did. */
export function broken(host: string, cause?: unknown): UserError {
  return new UserError(`The connection to ${host} broke off.`, {
    hint: "What had arrived is kept. Try again.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a refusal means to the writer. */
export function refused(host: string, { status, message }: Refusal): RequestRefused {
  const words = message === "" ? "" : `: ${quoted(message, QUOTED)}`;
  const fail = (what: string, hint: string) => new RequestRefused(status, what, hint);
  if (status === 401) {
    return fail(
      `${host} wants a key${words}`,
      "Put the right key into the environment variable INKWRIGHT_API_KEY.",
    );
  }
  if (status === 403) {
    return fail(
      `${host} does not let you in${words}`,
      "Check the key in INKWRIGHT_API_KEY and what it is for.",
    );
  }
  if (status === 404) {
    return fail(
      `${host} has nothing at that address, or not that model${words}`,
      "Check engine.url, which mostly ends in /v1, and engine.model.",
    );
  }
  if (status === 429) {
    return fail(`${host} takes no more requests now${words}`, "Wait a little, then try again.");
  }
  if (status >= 300 && status < 400) {
    return fail(`${host} sends requests elsewhere${words}`, "Set engine.url to the address that it names.");
  }
  if (status >= 500) return fail(`${host} failed (${status})${words}`, "Try again; its log may tell more.");
  return fail(`${host} refuses the request (${status})${words}`, "docs/remote.md tells what servers can do.");
}

/** Whether a refusal says that the text is longer than what the model reads. */
export function isTooLong({ status, message }: Refusal): boolean {
  if (status !== 400 && status !== 413 && status !== 422 && status !== 500) return false;
  return /context (?:length|size|window)|maximum (?:context|model) len|exceeds? the (?:available )?context|too (?:long|many tokens)|`?inputs`? (?:tokens|must have)/iu.test(
    message,
  );
}
