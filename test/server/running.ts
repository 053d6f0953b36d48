import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import type { Engine, Tokenizer } from "../../src/engine/types.ts";
import type { Answered } from "../../src/server/exchange-log.ts";
import { servedModel } from "../../src/server/served-model.ts";
import { type CompletionServer, type ServerOptions, startServer } from "../../src/server/server.ts";

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How a request is made. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server that runs in this process, with what it logged. */
export interface Running extends CompletionServer {
  readonly port: number;
  readonly answered: Answered[];
  readonly mistakes: unknown[];
  ask(path: string, ask?: Ask): Promise<Reply>;
  /** Posts JSON to /v1/completions. */
  complete(body: unknown, headers?: Record<string, string>): Promise<Reply & { readonly json: Body }>;
}

/** An answer's body, as far as tests look at it. */
export interface Body {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly {
    readonly text: string;
    readonly index: number;
    readonly finish_reason: string | null;
    readonly logprobs: {
      readonly tokens: readonly string[];
      readonly token_logprobs: readonly (number | null)[];
      readonly top_logprobs: readonly (Record<string, number> | null)[] | null;
      readonly text_offset: readonly number[];
    } | null;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A server on a free port of this machine, offering `model` if there is one. It closes with the test. */
export async function running(
  model: { readonly engine: Engine; readonly tokenizer: Tokenizer } | null,
  options: Partial<ServerOptions> = {},
): Promise<Running> {
  const answered: Answered[] = [];
  const mistakes: unknown[] = [];
  let ids = 0;
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    token: null,
    origins: [],
    room: 64,
    now: () => new Date(),
    newId: () => `${++ids}`,
    onAnswered: (one) => answered.push(one),
    onMistake: (error) => mistakes.push(error),
    ...options,
  });
  onTestFinished(() => server.close());
  if (model) server.offer(servedModel(model.engine, model.tokenizer, new Date(1_700_000_000_000)));
  const port = Number(new URL(server.url).port);
  const ask = (path: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: "127.0.0.1", port, path, method, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      request.on("error", reject);
      request.end(body);
    });
  return {
    ...server,
    port,
    answered,
    mistakes,
    ask,
    async complete(body, headers = {}) {
      const reply = await ask("/v1/completions", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      return { ...reply, json: parsed(reply.text) };
    },
  };
}

function parsed(text: string): Body {
  return JSON.parse(text.startsWith("{") ? text : '{"choices": []}');
}

/** The events of a stream, in order. */
export function eventsOf(text: string): (Body | "[DONE]")[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => (event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.replace(/^data: /, ""))));
}
