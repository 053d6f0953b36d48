import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type RemoteOptions, remoteEngine } from "../../../src/engine/remote/remote-engine.ts";
import { completeSettings, type SamplingSettings } from "../../../src/engine/settings.ts";
import type { Choice, Engine, GenerationEvent, GenerationRequest } from "../../../src/engine/types.ts";

/** A request as the imitation received it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers one request in a way of its own. */
export type Fault = (response: ServerResponse, received: Received) => void | Promise<void>;

/** How an imitation behaves. */
export interface Manners {
  /** The tokens that it writes behind a prompt. */
  readonly write: (prompt: string, index: number, seed: number) => readonly string[];
  /** What it makes of `n`. */
  readonly many: "gives" | "ignores" | "refuses";
  /** Whether it scores prompts. */
  readonly echo: "scores" | "ignores" | "refuses" | "wantsOneToken";
  readonly logprobs: "rows" | "content" | "none";
  /** Fields that it answers with 400. */
  readonly refuses: readonly string[];
  /** Characters that a prompt may have. */
  readonly longest: number;
  readonly models: readonly object[];
  /** How likely a token of a prompt is. */
  readonly likely: (token: string, before: string) => number;
}

const MANNERS: Manners = {
  write: () => [" and", " so", " it", " went", "."],
  many: "gives",
  echo: "scores",
  logprobs: "rows",
  refuses: [],
  longest: Number.POSITIVE_INFINITY,
  models: [{ id: "storyteller", object: "model", owned_by: "vllm", max_model_len: 512 }],
  likely: (token) => -token.length / 4,
};

/** A completion server on loopback that says what it is told to. */
export class Imitation {
  readonly received: Received[] = [];
  /** Answer the next requests for completions, one each. */
  readonly faults: Fault[] = [];
  readonly manners: Manners;
  url = "";
  /** Requests whose client went away before they were answered. */
  abandoned = 0;

  constructor(manners: Partial<Manners> = {}) {
    this.manners = { ...MANNERS, ...manners };
  }

  /** The requests for completions. */
  get asked(): readonly Received[] {
    return this.received.filter(({ path }) => path.endsWith("/completions"));
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/v1`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return this;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const received: Received = {
      path: request.url ?? "",
      headers: request.headers,
      body: text === "" ? {} : JSON.parse(text),
    };
    this.received.push(received);
    response.on("close", () => {
      if (!response.writableFinished) this.abandoned++;
    });
    if (received.path === "/v1/models") {
      const fault = this.manners.models.length === 0 ? this.faults.shift() : undefined;
      if (fault) return fault(response, received);
      return json(response, 200, { object: "list", data: this.manners.models });
    }
    if (received.path !== "/v1/completions") return refuse(response, 404, "Not Found");
    const fault = this.faults.shift();
    if (fault) return fault(response, received);
    this.#complete(response, received.body);
  }

  /** What speaks against a request; null for nothing. */
  #objection(body: Received["body"]): string | null {
    const { many, echo, refuses, longest } = this.manners;
    const bad = refuses.find((field) => field in body);
    if (bad !== undefined) return `Unrecognized request argument supplied: ${bad}`;
    if (Number(body.n ?? 1) > 1 && many === "refuses") return "Only one completion choice is allowed";
    if (body.echo === true && echo === "refuses") return "Only no echo is allowed";
    if (body.echo === true && echo === "wantsOneToken" && body.max_tokens === 0) {
      return "max_tokens must be at least 1, got 0";
    }
    const { length } = String(body.prompt);
    if (length <= longest) return null;
    const [window, tokens, asked] = [Math.floor(longest / 2), Math.ceil(length / 2), Number(body.max_tokens)];
    return `This model's maximum context length is ${window} tokens. However, you requested ${tokens + asked} tokens (${tokens} in the prompt, ${asked} in the completion).`;
  }

  #complete(response: ServerResponse, body: Received["body"]): void {
    const { manners } = this;
    const objection = this.#objection(body);
    if (objection !== null) {
      refuse(response, 400, objection);
      return;
    }
    const { prompt, n = 1, seed = 0, max_tokens = 16, stream, stop = [], echo, logprobs } = body;
    if (typeof prompt !== "string" || typeof n !== "number" || typeof max_tokens !== "number") {
      refuse(response, 400, "prompt, n and max_tokens");
      return;
    }
    const echoes = echo === true && manners.echo !== "ignores";
    const count = manners.many === "ignores" ? 1 : n;
    const wantsProbabilities = typeof logprobs === "number" && manners.logprobs !== "none";
    const choices = Array.from({ length: count }, (_, index) => {
      const all = manners.write(prompt, index, Number(seed));
      const { tokens, finish } = written(all, max_tokens, Array.isArray(stop) ? stop : []);
      const front = echoes ? (prompt.match(/\s*\S+|\s+$/g) ?? []) : [];
      return { index, tokens: [...front, ...tokens], finish };
    });
    const probabilities = (tokens: readonly string[], from: number) =>
      wantsProbabilities ? { logprobs: this.#probabilities(tokens, from) } : {};
    if (stream !== true) {
      json(response, 200, {
        object: "text_completion",
        choices: choices.map(({ index, tokens, finish }) => ({
          index,
          text: tokens.join(""),
          finish_reason: finish,
          ...probabilities(tokens, echoes ? 0 : 1),
        })),
      });
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    const longest = Math.max(...choices.map(({ tokens }) => tokens.length));
    for (let at = 0; at <= longest; at++) {
      for (const { index, tokens, finish } of choices) {
        if (at > tokens.length) continue;
        const text = tokens[at] ?? "";
        const piece =
          at === tokens.length
            ? { index, text: "", finish_reason: finish }
            : { index, text, finish_reason: null, ...probabilities([text], 1) };
        response.write(`data: ${JSON.stringify({ object: "text_completion", choices: [piece] })}\n\n`);
      }
    }
    response.end("data: [DONE]\n\n");
  }

  #probabilities(tokens: readonly string[], from: number): object {
    const { likely, logprobs } = this.manners;
    const all = tokens.map((text, i) => ({
      text,
      logprob: i + from === 0 ? null : likely(text, tokens.slice(0, i).join("")),
    }));
    const named = [" one", " two", " three", " four"];
    const top = named.map((text, i) => ({ text, logprob: -0.5 * (i + 1) }));
    if (logprobs === "content") {
      return {
        content: all.map(({ text, logprob }) => ({
          id: text.length,
          token: text,
          logprob: logprob ?? 0,
          top_logprobs: top.map((one) => ({ id: one.text.length, token: one.text, logprob: one.logprob })),
        })),
      };
    }
    return {
      tokens: all.map(({ text }) => text),
      token_logprobs: all.map(({ logprob }) => logprob),
      top_logprobs: all.map(({ logprob }) =>
        logprob === null ? null : Object.fromEntries(top.map((one) => [one.text, one.logprob])),
      ),
    };
  }
}

/** What a server writes of `all`: so many tokens, and nothing from a stop string on. */
function written(all: readonly string[], most: number, stop: readonly string[]) {
  const tokens = all.slice(0, most);
  const text = tokens.join("");
  const places = stop.map((one) => text.indexOf(one)).filter((place) => place >= 0);
  if (places.length === 0) return { tokens, finish: all.length > most ? "length" : "stop" };
  return { tokens: [text.slice(0, Math.min(...places))], finish: "stop" };
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** Answers with OpenAI's error body. */
export function refuse(response: ServerResponse, status: number, message: string, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(
    JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } }),
  );
}

/** A piece of a stream. */
export function piece(text: string, index = 0, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index, text, finish_reason: finish }] })}\n\n`;
}

/** Options of an engine that waits for nobody. */
export function options(url: string, more: Partial<RemoteOptions> = {}): RemoteOptions {
  return {
    url,
    model: null,
    key: "",
    fetch,
    random: () => 0.5,
    now: () => performance.now(),
    wait: async () => {},
    ...more,
  };
}

/** An imitation that listens until the test has ended. */
export function startImitation(manners: Partial<Manners> = {}): Promise<Imitation> {
  return new Imitation(manners).start();
}

/** An engine on an imitation, with what it was told. */
export async function meet(
  manners: Partial<Manners> = {},
  more: Partial<RemoteOptions> = {},
): Promise<{ readonly server: Imitation; readonly engine: Engine; readonly notices: string[] }> {
  const server = await new Imitation(manners).start();
  const notices: string[] = [];
  const engine = await remoteEngine(options(server.url, { onNotice: (text) => notices.push(text), ...more }));
  onTestFinished(() => engine.close());
  return { server, engine, notices };
}

/** What one request brought, also where it failed in the end. */
export interface Brought {
  readonly events: readonly GenerationEvent[];
  readonly choices: readonly Choice[];
  /** Text of the token events, by choice. */
  readonly streamed: readonly string[];
  readonly error: unknown;
}

/** Runs a request to its end. */
export async function run(
  engine: Engine,
  request: Partial<Omit<GenerationRequest, "settings">> & { readonly settings?: Partial<SamplingSettings> },
  signal?: AbortSignal,
  onEvent: (event: GenerationEvent) => void = () => {},
): Promise<Brought> {
  const events: GenerationEvent[] = [];
  let error: unknown = null;
  const { settings, ...rest } = request;
  try {
    const whole: GenerationRequest = {
      id: "one",
      task: "continue",
      before: "Once upon a time",
      choices: 1,
      ...rest,
      settings: completeSettings(settings),
    };
    for await (const event of engine.generate(whole, signal)) {
      events.push(event);
      onEvent(event);
    }
  } catch (caught) {
    error = caught;
  }
  const streamed: string[] = [];
  for (const event of events) {
    if (event.type === "token") streamed[event.choice] = (streamed[event.choice] ?? "") + event.text;
  }
  return {
    events,
    choices: events.flatMap((event) => (event.type === "choice" ? [event.choice] : [])),
    streamed,
    error,
  };
}
