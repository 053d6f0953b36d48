import { type Dispatcher, fetch, ProxyAgent } from "undici";
import type { Fetch } from "./http.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * A `fetch` that goes through the proxies that the environment names, in capitals or not: Node's own knows none before
 * version 24. What `NO_PROXY` names goes straight.
 */
export function proxiedFetch(env: Env): Fetch {
  const agents = new Map<string, Dispatcher>();
  return ((url: URL, options: object) => {
    const proxy = proxyFor(url, env);
    if (proxy === null) return globalThis.fetch(url, options);
    const dispatcher = agents.get(proxy) ?? new ProxyAgent(proxy);
    agents.set(proxy, dispatcher);
    // The same function by another version of the same library.
    return fetch(url, { ...options, dispatcher }) as unknown as Promise<Response>;
  }) as Fetch;
}

/** The address of the proxy for an address; null for none. */
export function proxyFor(url: URL, env: Env): string | null {
  const named = (name: string): string => env[name.toLowerCase()] || env[name] || "";
  const proxy = named(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const straight = named("NO_PROXY")
    .split(/[\s,]+/u)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, host = "", only = port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/u.exec(entry.toLowerCase()) ?? [];
      return entry === "*" || (only === port && (url.hostname === host || url.hostname.endsWith(`.${host}`)));
    });
  return proxy === "" || straight ? null : proxy;
}
