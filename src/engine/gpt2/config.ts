import { join } from "node:path";
import * as z from "zod";
import { errorCode, UserError } from "../../errors.ts";
import { readBounded } from "../bounded-file.ts";

/**
 * What a GPT-2 is, under the names of its `config.json` (Hugging Face transformers, `GPT2Config`), with every default
 * filled in.
 */
export interface Gpt2Config {
  /** Number of token ids: rows of `wte`. */
  readonly vocab_size: number;
  /** Longest sequence, in tokens: rows of `wpe`. */
  readonly n_positions: number;
  /** Width of the residual stream; a multiple of `n_head`. */
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  /** Width inside the feed-forward part. */
  readonly n_inner: number;
  readonly activation_function: Activation;
  readonly layer_norm_epsilon: number;
  /** Whether attention scores are divided by √(head size). */
  readonly scale_attn_weights: boolean;
  /** Whether the scores of layer i, from 0, are divided by i + 1 as well. */
  readonly scale_attn_by_inverse_layer_idx: boolean;
  /** Whether the head is `wte` itself, even where the checkpoint stores a head. */
  readonly tie_word_embeddings: boolean;
  readonly bos_token_id: number | null;
  readonly eos_token_id: number | null;
}

/** The non-linear functions that can stand in the feed-forward part, by what they compute. */
export type Activation = "gelu_tanh" | "gelu" | "relu" | "silu" | "tanh";

/** The functions, by the names that a configuration may give them (`ACT2FN` of transformers). */
const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map([
  ["gelu_new", "gelu_tanh"],
  ["gelu_pytorch_tanh", "gelu_tanh"],
  ["gelu_fast", "gelu_tanh"],
  ["gelu", "gelu"],
  ["relu", "relu"],
  ["silu", "silu"],
  ["swish", "silu"],
  ["tanh", "tanh"],
]);

/**
 * The most that each size may be: far beyond any GPT-2, and so that no file makes us count for hours or lose digits.
 * Of gpt2-xl, the largest, they are 50,257, 1,024, 1,600, 48, 25 and 6,400.
 */
const size = (most: number) => z.int().positive().max(most);
/** The most that a `config.json` may have, in bytes: GPT-2's have 1,000. */
const MOST_BYTES = 2 ** 20;

const tokenId = z.union([z.int().nonnegative(), z.array(z.int().nonnegative()).nonempty()]).nullish();

const schema = z.object({
  vocab_size: size(2 ** 24),
  n_positions: size(2 ** 20).optional(),
  n_ctx: size(2 ** 20).optional(),
  n_embd: size(2 ** 16),
  n_layer: size(1024),
  n_head: size(2 ** 16),
  n_inner: size(2 ** 20).nullish(),
  activation_function: z.string().default("gelu_new"),
  layer_norm_epsilon: z.number().positive().max(1).default(1e-5),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
});

/** Reads `config.json` of a checkpoint's folder. Throws a UserError as {@link parseConfig} does, or if it is missing. */
export async function readConfig(folder: string): Promise<Gpt2Config> {
  const path = join(folder, "config.json");
  try {
    return parseConfig((await readBounded(path, MOST_BYTES)).toString("utf8"), path);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new UserError(`There is no model in ${folder}: ${path} cannot be read (${code}).`, {
      hint: "Give the folder of a GPT-2 in Hugging Face's layout: config.json, model.safetensors, tokenizer.json.",
      cause: error,
    });
  }
}

/**
 * A configuration from the text of a `config.json`; `path` is what messages call it.
 *
 * Throws a UserError for anything but a GPT-2, for a size that is missing or impossible, and for an activation
 * function that is not known.
 */
export function parseConfig(text: string, path: string): Gpt2Config {
  const json = parseObject(text, path);
  requireGpt2(json, path);
  const { data, error } = schema.safeParse(json);
  if (data === undefined) {
    const issue = error.issues[0];
    throw damaged(`${path}: ${issue?.path.join(".") ?? "it"}: ${issue?.message ?? "not as it should be"}.`);
  }
  const n_positions = data.n_positions ?? data.n_ctx;
  if (n_positions === undefined) throw damaged(`${path} has neither n_positions nor n_ctx.`);
  if (data.n_embd % data.n_head !== 0) {
    throw damaged(`${path}: n_embd ${data.n_embd} is not a multiple of n_head ${data.n_head}.`);
  }
  const activation_function = ACTIVATIONS.get(data.activation_function);
  if (activation_function === undefined) {
    throw new UserError(
      `${path}: the activation function "${data.activation_function.slice(0, 100)}" is not supported.`,
      {
        hint: `Supported are ${[...ACTIVATIONS.keys()].join(", ")}.`,
      },
    );
  }
  return {
    vocab_size: data.vocab_size,
    n_positions,
    n_embd: data.n_embd,
    n_layer: data.n_layer,
    n_head: data.n_head,
    n_inner: data.n_inner ?? 4 * data.n_embd,
    activation_function,
    layer_norm_epsilon: data.layer_norm_epsilon,
    scale_attn_weights: data.scale_attn_weights,
    scale_attn_by_inverse_layer_idx: data.scale_attn_by_inverse_layer_idx,
    tie_word_embeddings: data.tie_word_embeddings,
    bos_token_id: firstId(data.bos_token_id),
    eos_token_id: firstId(data.eos_token_id),
  };
}

function parseObject(text: string, path: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`${path} is not JSON.`, error);
  }
  if (typeof json !== "object" || json === null) throw damaged(`${path} is not a JSON object.`);
  return json;
}

function requireGpt2(json: object, path: string): void {
  const type = "model_type" in json ? json.model_type : undefined;
  if (type === "gpt2") return;
  const found =
    typeof type === "string" ? `a model of the type "${type.slice(0, 100)}"` : "a model of no stated type";
  throw new UserError(`${path} describes ${found}; only "gpt2" can be run.`, {
    hint: "Any GPT-2 in Hugging Face's layout will do: distilgpt2, gpt2, gpt2-medium, gpt2-large, gpt2-xl, or one trained from them.",
  });
}

function firstId(ids: number | readonly number[] | null | undefined): number | null {
  return (typeof ids === "object" ? ids?.[0] : ids) ?? null;
}

function damaged(message: string, cause?: unknown): UserError {
  return new UserError(message, { hint: "Download the model again.", cause });
}
