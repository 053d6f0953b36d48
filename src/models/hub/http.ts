import { errorMessage, UserError } from "../../errors.ts";

/** How requests are sent: `fetch`, or one that goes through a proxy. */
export type Fetch = typeof globalThis.fetch;

/** A hub, and how to talk to it. */
export interface Hub {
  /** Without a slash at its end: `https://huggingface.co`. */
  readonly endpoint: string;
  /** Sent to the hub itself only; null without one. */
  readonly token: string | null;
  readonly fetch: Fetch;
}

/** Addresses that one request is sent on to at most. */
const REDIRECTS = 5;

/**
 * Asks for an address and follows where it is sent on to, never from https to http. The token goes to the hub's own
 * host alone: large files lie on others. Rejects with the signal's reason, and with a UserError for a hub that cannot
 * be reached and for one that sends on in circles.
 */
export async function request(
  hub: Hub,
  address: string,
  { headers = {}, signal }: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal } = {},
): Promise<Response> {
  const own = new URL(hub.endpoint).host;
  let url = new URL(address);
  for (let sent = 0; sent <= REDIRECTS; sent++) {
    const secret = hub.token !== null && url.host === own ? { authorization: `Bearer ${hub.token}` } : {};
    const response = await hub.fetch(url, {
      headers: { "user-agent": "inkwright", "accept-encoding": "identity", ...headers, ...secret },
      redirect: "manual",
      ...(signal ? { signal } : {}),
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null) {
      return response;
    }
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.protocol !== "https:" && next.protocol !== url.protocol) {
      throw new UserError(`${url.host} sends on to an address that is not encrypted: ${next.origin}`, {
        hint: "Nothing was taken from there. See whether HF_ENDPOINT is right.",
      });
    }
    url = next;
  }
  throw new UserError(`${new URL(address).host} sends on from one address to the next without an end.`, {
    hint: "See whether HF_ENDPOINT is right.",
  });
}

/** What a failed connection means, as an error for the user. */
export function unreachable(hub: Hub, error: unknown): UserError {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return new UserError(`${new URL(hub.endpoint).host} cannot be reached (${errorMessage(cause)}).`, {
    hint: "See whether this machine is online; HTTPS_PROXY names a proxy, HF_ENDPOINT another hub. What came is kept: the same command goes on from there.",
    cause: error,
  });
}

/** What was asked for: a revision other than the main one, or a file. */
interface Asked {
  readonly revision?: string;
  readonly file?: string;
}

/** What an answer means that is no listing or no file, as an error for the user; `file` is one that the listing names. */
export function refused(hub: Hub, repo: string, status: number, { revision, file }: Asked = {}): UserError {
  const host = new URL(hub.endpoint).host;
  const what =
    file === undefined ? `${repo}${revision === undefined ? "" : ` at ${revision}`}` : `${file} of ${repo}`;
  if (status === 401 || status === 403) {
    return new UserError(`${host} does not give out ${what} (${status}).`, {
      hint:
        hub.token === null
          ? `If ${repo} exists, it is private or asks you to accept its terms: do that at ${hub.endpoint}/${repo}, and put a token into HF_TOKEN.`
          : `The token (HF_TOKEN, or that of hf auth login) is not allowed to read ${repo}, or its terms are not accepted yet: ${hub.endpoint}/${repo}`,
    });
  }
  if (status === 404) {
    return new UserError(`${host} has no ${what}.`, {
      hint: file
        ? "It is in the list of the model's files, though: the hub, or a mirror in HF_ENDPOINT, is not complete. Try again later."
        : "A model is named OWNER/REPO, or OWNER/REPO@REVISION; the official ones are distilgpt2, gpt2, gpt2-medium, gpt2-large and gpt2-xl.",
    });
  }
  if (status === 429) {
    return new UserError(`${host} has had too many requests from here (429).`, {
      hint: "Wait some minutes, or put a token into HF_TOKEN. What came is kept: the same command goes on from there.",
    });
  }
  return new UserError(`${host} answers with ${status} for ${what}.`, {
    hint: "Try again later. What came is kept: the same command goes on from there.",
  });
}
