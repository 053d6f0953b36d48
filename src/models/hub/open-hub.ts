import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Fetch, Hub } from "./http.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The hub that the environment names, with its token, as Hugging Face's tools read it: `HF_ENDPOINT`, `HF_TOKEN` or the
 * file that `hf auth login` wrote, and the usual variables for proxies. Throws a UserError for an endpoint that is no
 * address, and where `HF_HUB_OFFLINE` forbids it.
 */
export async function openHub(env: Env, home: string, fetch?: Fetch): Promise<Hub> {
  if (/^(1|true|yes|on)$/iu.test(env.HF_HUB_OFFLINE ?? "")) {
    throw new UserError("HF_HUB_OFFLINE is set, and fetching a model needs the hub.", {
      hint: "Unset it, or bring a model in from a folder: inkwright models import DIR",
    });
  }
  const endpoint = (env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/u, "");
  if (!/^https?:\/\/[^/?#]+/u.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UserError(`HF_ENDPOINT is no address: "${endpoint}"`, {
      hint: "It begins with https://, for example https://huggingface.co",
    });
  }
  const { username, password } = new URL(endpoint);
  if (username !== "" || password !== "") {
    throw new UserError("HF_ENDPOINT holds a user name or a password, which an address here cannot have.", {
      hint: "Take it out; a token goes into HF_TOKEN.",
    });
  }
  const token = (env.HF_TOKEN || (await storedToken(env, home))).trim();
  return { endpoint, token: token === "" ? null : token, fetch: fetch ?? (await connection(env)) };
}

async function storedToken(env: Env, home: string): Promise<string> {
  const folder = env.HF_HOME || join(env.XDG_CACHE_HOME || join(home, ".cache"), "huggingface");
  return readFile(env.HF_TOKEN_PATH || join(folder, "token"), "utf8").catch(() => "");
}

/** Loaded only where there is a proxy: it takes a while. */
async function connection(env: Env): Promise<Fetch> {
  const names = ["HTTPS_PROXY", "HTTP_PROXY"];
  const isProxied = names.some((name) => env[name] || env[name.toLowerCase()]);
  return isProxied ? (await import("./proxy.ts")).proxiedFetch(env) : globalThis.fetch;
}
