import { UserError } from "../../errors.ts";

/** Where a server's API is. */
export interface Endpoint {
  /** Address without a slash at its end, e.g. `http://localhost:8000/v1`. */
  readonly base: string;
  /** Host and port. */
  readonly host: string;
  /** What is sent there can be read on the way: plain HTTP to another machine. */
  readonly exposed: boolean;
}

/**
 * The API behind an address as it is typed: with or without `/v1`, with or without `/completions`. Throws a UserError
 * for what is no address of a web server, and for one that holds a password or a query: addresses are kept and shown.
 */
export function endpointOf(address: string): Endpoint {
  const url = parsed(address.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw new UserError("The engine's address is not that of a web server.", {
      hint: "It looks like http://localhost:8000/v1.",
      exitCode: 2,
    });
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new UserError("The engine's address must not hold a user name, a password or a query.", {
      hint: "A key belongs into the environment variable INKWRIGHT_API_KEY.",
      exitCode: 2,
    });
  }
  const path = url.pathname.replace(/\/+$/u, "").replace(/(?:\/chat)?\/completions$/u, "");
  return {
    base: `${url.origin}${path === "" ? "/v1" : path}`,
    host: url.host,
    exposed: url.protocol === "http:" && !isLoopback(url.hostname),
  };
}

function parsed(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname);
}
