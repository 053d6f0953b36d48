import type { SamplingSettings } from "../settings.ts";
import type { Server } from "./server.ts";

/** A value of a field of a request. */
type Field = string | number | boolean | readonly string[];

/** A request of `/completions`. */
export type CompletionBody = Readonly<Record<string, Field>>;

/** Fields that are left out where they are undefined. */
type OptionalFields = Readonly<Record<string, Field | undefined>>;

/** Fields without which a request would mean something else. */
const NEEDED = new Set(["model", "prompt", "max_tokens", "stream", "echo", "temperature", "top_p"]);

/** Servers want a `top_p` above 0; this one keeps the likeliest token alone, too. */
const LEAST_TOP_P = 1e-6;

/** What one request asks for. */
export interface Asked {
  readonly prompt: string;
  /** What stands behind the place, for models that fill in; empty for nothing. */
  readonly suffix: string;
  /** Tokens to write at most. */
  readonly length: number;
  readonly seed: number;
  /** Choices at once. */
  readonly count: number;
  readonly stop: readonly string[];
}

/** Texts of `stop` that OpenAI takes; the rest is looked for here, as all of them are. */
const MOST_STOPS = 4;

/**
 * The request that asks a server for a text by `settings`: OpenAI's fields, and those of the server's own program where
 * it is known, or where they say something. Fields that the server refused before are left out.
 */
export function completionBody(asked: Asked, settings: SamplingSettings, server: Server): CompletionBody {
  const isCertain = settings.greedy || settings.temperature === 0;
  const { program } = server;
  return withoutRefused(
    {
      model: server.model,
      prompt: asked.prompt,
      suffix: unless("", asked.suffix),
      max_tokens: asked.length,
      stream: true,
      temperature: isCertain ? 0 : settings.temperature,
      ...(isCertain ? {} : { top_p: Math.max(LEAST_TOP_P, settings.top_p), ...filters(settings, program) }),
      ...penalties(settings, program),
      seed: asked.seed,
      n: unless(1, asked.count),
      stop: asked.stop.length === 0 ? undefined : asked.stop.slice(0, MOST_STOPS),
      logprobs: 1,
      ignore_eos: settings.exact_length || undefined,
    },
    server,
  );
}

/** What narrows the choice of tokens. vLLM and llama.cpp have defaults of their own, which would filter unasked. */
function filters({ top_k, min_p, typical_p }: SamplingSettings, program: string): OptionalFields {
  if (program === "llamacpp") return { top_k, min_p, typical_p };
  if (program === "vllm") return { top_k: top_k === 0 ? -1 : top_k, min_p };
  const typical = program === "inkwright" ? unless(1, typical_p) : undefined;
  return { top_k: unless(0, top_k), min_p: unless(0, min_p), typical_p: typical };
}

/** What speaks against repetition. llama.cpp has a name of its own for it, and looks back 64 tokens unless told how far. */
function penalties(settings: SamplingSettings, program: string): OptionalFields {
  const { repetition_penalty, no_repeat_ngram_size } = settings;
  if (program === "llamacpp") return { repeat_penalty: repetition_penalty, repeat_last_n: -1 };
  if (program === "vllm") return { repetition_penalty };
  const ngrams = program === "inkwright" ? unless(0, no_repeat_ngram_size) : undefined;
  return { repetition_penalty: unless(1, repetition_penalty), no_repeat_ngram_size: ngrams };
}

/** The same request without the fields that its server refused, and without those that say nothing. */
export function withoutRefused(body: OptionalFields, { without }: Pick<Server, "without">): CompletionBody {
  const kept = Object.entries(body).filter(
    (entry): entry is [string, Field] => entry[1] !== undefined && !without.has(entry[0]),
  );
  return Object.fromEntries(kept);
}

/** The field of `body` that a refusal names and that can be left out; null for none. */
export function refusedField(
  body: CompletionBody,
  { message, param }: { readonly message: string; readonly param: string | null },
): string | null {
  if (/only one completion choice/iu.test(message) && "n" in body) return "n";
  const optional = Object.keys(body).filter((field) => !NEEDED.has(field));
  const named = optional.find((field) => field === param);
  if (named !== undefined) return named;
  // The longest name first: `top_p` is no part of another, but `n` might be a word.
  const byLength = optional.toSorted((a, b) => b.length - a.length);
  return byLength.find((field) => new RegExp(`(?<![\\w-])${field}(?![\\w-])`, "u").test(message)) ?? null;
}

function unless<T extends Field>(neutral: T, value: T): T | undefined {
  return value === neutral ? undefined : value;
}
