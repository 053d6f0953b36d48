import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIPv4 } from "node:net";
import { ApiError } from "./api-error.ts";

/** Who may ask. */
export interface Access {
  /** The secret that each request must bring; null where none is needed. */
  readonly token: string | null;
  /** Web pages that may ask, by their origin; `*` for all. */
  readonly origins: readonly string[];
  /** Whether the server listens only to its own machine, so that no other name than that of this one is right. */
  readonly isLocal: boolean;
}

/** Whether an address or name to listen at is this machine's own, which no other machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return bare === "localhost" || bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}

/**
 * Refuses a request that comes by way of a web page. A name that leads to this machine, but is another one's, is that of
 * a page which had its name changed over to us (DNS rebinding). Throws an {@link ApiError}.
 */
export function checkSource({ host, origin }: IncomingHttpHeaders, { isLocal, origins }: Access): void {
  if (isLocal && !isLoopback(hostName(host ?? ""))) {
    throw new ApiError(403, "The Host header does not name this machine.", { code: "host_not_allowed" });
  }
  if (origin !== undefined && allowedOrigin(origin, origins) === null) {
    throw new ApiError(403, "Web pages may not use this server, unless it was started with --allow-origin.", {
      code: "origin_not_allowed",
    });
  }
}

/** Refuses a request without the token. Throws an {@link ApiError}. */
export function checkToken({ authorization }: IncomingHttpHeaders, { token }: Access): void {
  if (token === null) return;
  const given = /^Bearer (.*)$/i.exec(authorization ?? "")?.[1]?.trim();
  if (given !== undefined && isSame(given, token)) return;
  const message =
    given === undefined
      ? "You didn't provide an API key. It goes into the header Authorization: Bearer YOUR_KEY."
      : "Incorrect API key provided.";
  throw new ApiError(401, message, { code: "invalid_api_key", headers: { "WWW-Authenticate": "Bearer" } });
}

/** What Access-Control-Allow-Origin answers to `origin`; null for nothing. */
export function allowedOrigin(origin: string | undefined, origins: readonly string[]): string | null {
  if (origin === undefined) return null;
  return origins.includes("*") || origins.includes(origin) ? origin : null;
}

/** Compares in a time that tells nothing of where two texts differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A Host header without its port. */
function hostName(host: string): string {
  return host.replace(/:\d*$/, "");
}
