import { EnvHttpProxyAgent, fetch } from "undici";
import type { Fetch } from "./http.ts";

/** A `fetch` that goes through the proxies that the environment names: Node's own knows none before version 24. */
export function proxiedFetch(env: Readonly<Record<string, string | undefined>>): Fetch {
  const proxy = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const [httpProxy, httpsProxy, noProxy] = [proxy("HTTP_PROXY"), proxy("HTTPS_PROXY"), proxy("NO_PROXY")];
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  });
  // The same function by another version of the same library.
  return ((url: URL, options: object) => fetch(url, { ...options, dispatcher })) as unknown as Fetch;
}
