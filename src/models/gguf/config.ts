import { basename } from "node:path";
import { UserError } from "../../errors.ts";
import type { GgufFile } from "./reader.ts";

/**
 * What stands in a GGUF of a GPT-2 as the text of a `config.json`. `tied`: whether the head is `wte` once more.
 *
 * Throws a UserError for another architecture, a part of a split file, and where a size is missing. Whether the sizes
 * can be is left to whoever reads the text.
 */
export function configText(file: GgufFile, tied: boolean): string {
  requireGpt2(file);
  const n_embd = size(file, "embedding_length");
  const head = file.tensors.get("token_embd.weight");
  if (head?.shape.length !== 2) throw missing(file, "the tensor token_embd.weight");
  const id = (key: string) => optional(file, `tokenizer.ggml.${key}_token_id`);
  const config = {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    vocab_size: head.shape[0],
    n_positions: size(file, "context_length"),
    n_ctx: size(file, "context_length"),
    n_embd,
    n_layer: size(file, "block_count"),
    n_head: size(file, "attention.head_count"),
    n_inner: optional(file, "gpt2.feed_forward_length") ?? 4 * n_embd,
    // The one that llama.cpp runs a GPT-2 with; a GGUF does not tell.
    activation_function: "gelu_new",
    layer_norm_epsilon: shortest(optional(file, "gpt2.attention.layer_norm_epsilon") ?? 1e-5),
    tie_word_embeddings: tied,
    bos_token_id: id("bos"),
    eos_token_id: id("eos"),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function requireGpt2(file: GgufFile): void {
  const architecture = file.metadata.get("general.architecture");
  if (architecture !== "gpt2") {
    const found =
      typeof architecture === "string"
        ? `a model of the architecture "${architecture.slice(0, 80)}"`
        : "no stated architecture";
    throw new UserError(`${basename(file.path)} holds ${found}; only "gpt2" can be run.`, {
      hint: "Any GPT-2 will do: distilgpt2, gpt2, gpt2-medium, gpt2-large, gpt2-xl, or one trained from them.",
    });
  }
  const parts = file.metadata.get("split.count");
  if (typeof parts === "number" && parts > 1) {
    throw new UserError(`${basename(file.path)} is one of ${parts} parts of a model.`, {
      hint: "Put them together with llama.cpp: llama-gguf-split --merge FIRST-PART.gguf WHOLE.gguf",
    });
  }
}

function size(file: GgufFile, key: string): number {
  const found = optional(file, `gpt2.${key}`);
  if (found === null) throw missing(file, `gpt2.${key}`);
  return found;
}

function optional(file: GgufFile, key: string): number | null {
  const found = file.metadata.get(key);
  return typeof found === "number" ? found : null;
}

function missing(file: GgufFile, what: string): UserError {
  return new UserError(`${basename(file.path)} is no whole GPT-2: it has no ${what}.`, {
    hint: "Convert the model again with llama.cpp's convert_hf_to_gguf.py, or take another file of it.",
  });
}

/** The shortest decimal number that is `value` as float32: 1e-5 where its nearest float32 was stored. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
