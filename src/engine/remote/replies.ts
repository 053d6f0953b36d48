import * as z from "zod";

/** A token as a server tells it. */
export interface ToldToken {
  readonly text: string;
  readonly id: number | null;
  /** Natural-log probability; null for a first token that nothing precedes. */
  readonly logprob: number | null;
  /** The likeliest tokens at its place, the likeliest first; it may be one of them. */
  readonly top: readonly ToldAlternative[];
}

/** A token that could stand at a place. */
export interface ToldAlternative {
  readonly text: string;
  readonly id: number | null;
  readonly logprob: number;
}

/** One choice of an answer, or of a piece of a streamed one. */
export interface ToldChoice {
  readonly index: number;
  readonly text: string;
  /** Empty where the server tells no probabilities. */
  readonly tokens: readonly ToldToken[];
  /** As the server calls it; null while the choice goes on. */
  readonly finish: string | null;
}

/** An answer of `/completions`, or a piece of a streamed one. */
export interface Told {
  readonly choices: readonly ToldChoice[];
  /** What went wrong while it was written; null for nothing. */
  readonly error: string | null;
}

/** A model that a server has. */
export interface ServedModel {
  readonly id: string;
  /** Tokens that it reads, where the server says so. */
  readonly contextLength: number | null;
  readonly ownedBy: string | null;
}

const finite = z.number().refine(Number.isFinite);
/** Tokens and their probabilities as OpenAI's completions have them. */
const rows = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(finite.nullable()),
  top_logprobs: z.array(z.record(z.string(), finite).nullable()).nullish(),
});
const alternative = z.object({ token: z.string(), logprob: finite, id: z.int().nullish() });
/** The same as OpenAI's chat has them, and llama.cpp's server everywhere. */
const content = z.object({
  content: z.array(alternative.extend({ top_logprobs: z.array(alternative).nullish() })),
});
const choice = z.object({
  index: z.int().min(0).default(0),
  text: z.string().nullish(),
  logprobs: z.unknown().optional(),
  finish_reason: z.string().nullish(),
});
const failure = z.union([z.string(), z.object({ message: z.string() })]);
const answer = z.object({ choices: z.array(choice).optional(), error: failure.nullish() });

/** Reads an answer or a piece of one; null where it is neither. */
export function readTold(value: unknown): Told | null {
  const found = answer.safeParse(value);
  if (!found.success) return null;
  const { choices, error } = found.data;
  if (error !== undefined && error !== null) {
    return { choices: [], error: typeof error === "string" ? error : error.message };
  }
  if (choices === undefined) return null;
  return {
    choices: choices.map(({ index, text, logprobs, finish_reason }) => ({
      index,
      text: text ?? "",
      tokens: tokensOf(logprobs),
      finish: finish_reason ?? null,
    })),
    error: null,
  };
}

/** What is not told as it should be is not told. */
function tokensOf(logprobs: unknown): readonly ToldToken[] {
  const own = content.safeParse(logprobs);
  if (own.success) {
    return own.data.content.map(({ token, logprob, id, top_logprobs }) => ({
      text: token,
      id: id ?? null,
      logprob,
      top: sorted(
        (top_logprobs ?? []).map((one) => ({ text: one.token, id: one.id ?? null, logprob: one.logprob })),
      ),
    }));
  }
  const table = rows.safeParse(logprobs);
  if (!table.success || table.data.tokens.length !== table.data.token_logprobs.length) return [];
  const { tokens, token_logprobs, top_logprobs } = table.data;
  return tokens.map((text, i) => ({
    text,
    id: null,
    logprob: token_logprobs[i] ?? null,
    top: sorted(
      Object.entries(top_logprobs?.[i] ?? {}).map(([each, logprob]) => ({ text: each, id: null, logprob })),
    ),
  }));
}

function sorted(top: readonly ToldAlternative[]): readonly ToldAlternative[] {
  return top.toSorted((a, b) => b.logprob - a.logprob);
}

const length = z.int().min(1).nullish().catch(null);
const models = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      owned_by: z.string().nullish().catch(null),
      max_model_len: length,
      context_length: length,
      max_context_length: length,
      meta: z.object({ n_ctx: length, n_ctx_train: length }).nullish().catch(null),
    }),
  ),
});

/** Reads the answer of `/models`; null where it is none. */
export function readModels(value: unknown): readonly ServedModel[] | null {
  const found = models.safeParse(value);
  if (!found.success) return null;
  return found.data.data.map((one) => ({
    id: one.id,
    contextLength:
      one.max_model_len ??
      one.context_length ??
      one.max_context_length ??
      one.meta?.n_ctx ??
      one.meta?.n_ctx_train ??
      null,
    ownedBy: one.owned_by ?? null,
  }));
}

const refusal = z.union([
  z.object({
    error: z.union([z.string(), z.object({ message: z.string(), param: z.string().nullish() })]),
  }),
  z.object({ message: z.string(), param: z.string().nullish() }),
  z.object({ detail: z.union([z.string(), z.array(z.unknown())]) }),
]);

/** What a server says of why it refused, and the field that it names; the words themselves where it is no JSON. */
export function readRefusal(body: string): { readonly message: string; readonly param: string | null } {
  const found = refusal.safeParse(jsonOf(body));
  if (!found.success) return { message: body.trim(), param: null };
  if ("detail" in found.data) return { message: JSON.stringify(found.data.detail), param: null };
  const said = "error" in found.data ? found.data.error : found.data;
  if (typeof said === "string") return { message: said, param: null };
  return { message: said.message, param: said.param ?? null };
}

/** The value of a JSON text; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
