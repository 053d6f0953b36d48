import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import { unknownModel } from "./completion-request.ts";
import { modelBody, type ServedModel } from "./served-model.ts";

/** What a request is for. */
export type Route =
  | { readonly to: "health" }
  | { readonly to: "models" }
  | { readonly to: "model"; readonly name: string }
  | { readonly to: "completions" };

const METHODS: Readonly<Record<Route["to"], string>> = {
  health: "GET",
  models: "GET",
  model: "GET",
  completions: "POST",
};

/** Where a request goes. Throws an {@link ApiError} for a path that is none, and for another method than the path's. */
export function routeOf({ url = "/", method = "GET" }: IncomingMessage): Route {
  const path = pathOf(url);
  const route = routeOfPath(path);
  if (route === null) {
    const chat = path.endsWith("/chat/completions")
      ? " These models continue texts and do not chat: use /v1/completions."
      : "";
    throw new ApiError(404, `Unknown request URL: ${method} ${path.slice(0, 200)}.${chat}`, {
      code: "unknown_url",
    });
  }
  const allowed = METHODS[route.to];
  if (method === allowed || (method === "HEAD" && allowed === "GET")) return route;
  throw new ApiError(405, `Not allowed to ${method} on ${path.slice(0, 200)}. (Allowed: ${allowed})`, {
    code: "method_not_supported",
    headers: { Allow: allowed },
  });
}

/** The path of a request's URL, without what is asked of it. */
export function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

function routeOfPath(path: string): Route | null {
  const bare = path.length > 1 ? path.replace(/\/$/, "") : path;
  if (bare === "/health") return { to: "health" };
  if (bare === "/v1/models") return { to: "models" };
  if (bare === "/v1/completions") return { to: "completions" };
  const name = /^\/v1\/models\/(.+)$/.exec(bare)?.[1];
  if (name === undefined) return null;
  try {
    return { to: "model", name: decodeURIComponent(name) };
  } catch {
    return null;
  }
}

/** The answer to a question about models. Throws an {@link ApiError} for one that is not served. */
export function modelsAnswer(route: Route & { readonly to: "models" | "model" }, model: ServedModel): object {
  if (route.to === "models") return { object: "list", data: [modelBody(model)] };
  if (route.name !== model.name) throw unknownModel(route.name);
  return modelBody(model);
}
