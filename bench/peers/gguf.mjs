// Writes a GPT-2 as llama.cpp reads it.
import { TYPES } from "./gguf-blocks.mjs";
import { value } from "./gguf-values.mjs";
import { readWeight, transpose } from "./weights.mjs";

const VERSION = 3;
/** Tensors begin at multiples of this: the format's default. */
const ALIGNMENT = 32;
/** `enum llama_token_type`. */
const TOKEN_TYPE = { normal: 1, control: 3 };

/** What llama.cpp calls the parts of a layer, by what the checkpoint calls them. */
const LAYER_NAMES = {
  ln_1: "attn_norm",
  "attn.c_attn": "attn_qkv",
  "attn.c_proj": "attn_output",
  ln_2: "ffn_norm",
  "mlp.c_fc": "ffn_up",
  "mlp.c_proj": "ffn_down",
};
const OTHER_NAMES = { wte: "token_embd", wpe: "position_embd", ln_f: "output_norm", lm_head: "output" };

/**
 * Writes the model; every matrix but that of the positions is of the type `precision`, the tied head among them, all
 * else is float32. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * @param {import("./made-file.mjs").SequentialFile} file
 * @param {import("../../src/engine/gpt2/checkpoint.ts").Checkpoint} checkpoint
 * @param {import("../../src/engine/tokenizer-files.ts").Vocabulary} vocabulary
 * @param {keyof typeof TYPES} precision
 */
export async function writeGguf(file, { config, weights }, vocabulary, precision) {
  if (precision !== "F32" && (config.n_embd % 32 !== 0 || config.n_inner % 32 !== 0)) {
    throw new Error(`llama.cpp's ${precision} wants rows of a multiple of 32, not of ${config.n_embd}`);
  }
  const tensors = [...weights].map(([name, weight]) => describe(name, weight, precision));
  const metadata = Object.entries({ ...modelMetadata(config), ...tokenizerMetadata(config, vocabulary) });
  file.write(Buffer.from("GGUF"));
  file.write(Uint32Array.of(VERSION));
  file.write(BigUint64Array.of(BigInt(tensors.length), BigInt(metadata.length)));
  for (const [key, bytes] of metadata) file.write(Buffer.concat([value.text(key), bytes]));
  let offset = 0;
  for (const { name, sizes, type } of tensors) {
    file.write(value.text(name));
    file.write(Uint32Array.of(sizes.length));
    file.write(BigUint64Array.from(sizes, BigInt));
    file.write(Uint32Array.of(type.id));
    file.write(BigUint64Array.of(BigInt(offset)));
    offset += Math.ceil(type.bytes(count(sizes)) / ALIGNMENT) * ALIGNMENT;
  }
  for (const { weight, turned, type } of tensors) {
    file.align(ALIGNMENT);
    const numbers = await readWeight(weight);
    file.write(type.encode(turned ? transpose(numbers, ...weight.shape) : numbers));
  }
}

/** What a tensor is called there, and its sizes, innermost first: matrices are [out, in], as the embeddings are. */
function describe(name, weight, precision) {
  const matrix = weight.shape.length === 2;
  const turned = matrix && name.startsWith("h.");
  const exact = !matrix || name === "wpe.weight";
  const sizes = turned ? weight.shape : [...weight.shape].reverse();
  return { name: rename(name), weight, turned, sizes, type: TYPES[exact ? "F32" : precision] };
}

function rename(name) {
  const [, layer, part, kind] = /^(?:h\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name);
  return layer === undefined ? `${OTHER_NAMES[part]}.${kind}` : `blk.${layer}.${LAYER_NAMES[part]}.${kind}`;
}

function modelMetadata(config) {
  if (config.activation_function !== "gelu_tanh") {
    throw new Error(`llama.cpp knows GPT-2 with gelu_new only, not with ${config.activation_function}`);
  }
  return {
    "general.architecture": value.string("gpt2"),
    "general.name": value.string("gpt2"),
    "gpt2.context_length": value.uint32(config.n_positions),
    "gpt2.embedding_length": value.uint32(config.n_embd),
    "gpt2.feed_forward_length": value.uint32(config.n_inner),
    "gpt2.block_count": value.uint32(config.n_layer),
    "gpt2.attention.head_count": value.uint32(config.n_head),
    "gpt2.attention.layer_norm_epsilon": value.float32(config.layer_norm_epsilon),
  };
}

function tokenizerMetadata({ vocab_size, eos_token_id }, { ids, added, merges }) {
  const tokens = Array.from({ length: vocab_size }, (_, id) => `[PAD${id}]`);
  const kinds = new Array(vocab_size).fill(TOKEN_TYPE.normal);
  for (const [token, id] of Object.entries(ids)) tokens[id] = token;
  for (const [token, id] of added) {
    tokens[id] = token;
    kinds[id] = TOKEN_TYPE.control;
  }
  const end = eos_token_id === null ? {} : { "tokenizer.ggml.eos_token_id": value.uint32(eos_token_id) };
  return {
    "tokenizer.ggml.model": value.string("gpt2"),
    "tokenizer.ggml.pre": value.string("gpt-2"),
    "tokenizer.ggml.tokens": value.strings(tokens),
    "tokenizer.ggml.token_type": value.int32s(kinds),
    "tokenizer.ggml.merges": value.strings(
      merges.map((pair) => (typeof pair === "string" ? pair : pair.join(" "))),
    ),
    "tokenizer.ggml.bos_token_id": value.uint32(eos_token_id ?? 0),
    ...end,
  };
}

function count(sizes) {
  return sizes.reduce((product, size) => product * size, 1);
}
