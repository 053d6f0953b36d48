import type { Weights, WrittenTensor } from "../checkpoint-writer.ts";

/**
 * GPT-2 in plain TypeScript and double precision: what the product's graph is compared with. It reads the whole
 * sequence each time and knows no cache.
 *
 * After https://github.com/jaymody/picoGPT and `modeling_gpt2.py` of Hugging Face transformers.
 */
export interface ReferenceConfig {
  readonly n_layer: number;
  readonly n_head: number;
  /** Under the names of `config.json`. */
  readonly activation_function?: string;
  readonly layer_norm_epsilon?: number;
  readonly scale_attn_weights?: boolean;
  readonly scale_attn_by_inverse_layer_idx?: boolean;
}

/** A row for each token. */
type Rows = readonly (readonly number[])[];

/** Logits after each token; the head is `lm_head.weight` if `weights` has it, or else `wte`. # [ids, vocabulary] */
export function referenceLogits(ids: readonly number[], weights: Weights, config: ReferenceConfig): Rows {
  const w = (name: string): WrittenTensor => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new RangeError(`no tensor ${name}`);
    return tensor;
  };
  const epsilon = config.layer_norm_epsilon ?? 1e-5;
  const norm = (x: Rows, name: string) =>
    x.map((row) => layerNorm(row, w(`${name}.weight`), w(`${name}.bias`), epsilon));
  const linear = (x: Rows, name: string) =>
    x.map((row) => affine(row, w(`${name}.weight`), w(`${name}.bias`)));
  const activate = activation(config.activation_function ?? "gelu_new");

  let x: Rows = ids.map((id, position) => plus(row(w("wte.weight"), id), row(w("wpe.weight"), position)));
  for (let layer = 0; layer < config.n_layer; layer++) {
    const h = `h.${layer}`;
    const a = attention(linear(norm(x, `${h}.ln_1`), `${h}.attn.c_attn`), config, layer);
    x = add(x, linear(a, `${h}.attn.c_proj`));
    const m = linear(norm(x, `${h}.ln_2`), `${h}.mlp.c_fc`).map((one) => one.map(activate));
    x = add(x, linear(m, `${h}.mlp.c_proj`));
  }
  const head = weights.get("lm_head.weight") ?? w("wte.weight");
  const vocabulary = head.shape[0] ?? 0;
  return norm(x, "ln_f").map((one) => Array.from({ length: vocabulary }, (_, id) => dot(one, row(head, id))));
}

function attention(qkv: Rows, config: ReferenceConfig, layer: number): Rows {
  const width = (qkv[0]?.length ?? 0) / 3;
  const size = width / config.n_head;
  let scale = config.scale_attn_weights === false ? 1 : 1 / Math.sqrt(size);
  if (config.scale_attn_by_inverse_layer_idx === true) scale /= layer + 1;
  return qkv.map((query, position) => {
    const seen = qkv.slice(0, position + 1);
    return Array.from({ length: config.n_head }, (_, head) => {
      const part = (of: readonly number[], third: number) => {
        const from = third * width + head * size;
        return of.slice(from, from + size);
      };
      const weights = softmax(seen.map((key) => scale * dot(part(query, 0), part(key, 1))));
      return seen.map((one, i) => part(one, 2).map((value) => value * (weights[i] ?? 0))).reduce(plus);
    }).flat();
  });
}

function activation(name: string): (x: number) => number {
  switch (name) {
    case "gelu_new":
    case "gelu_fast":
    case "gelu_pytorch_tanh":
      return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case "gelu":
      return (x) => 0.5 * x * (1 + erf(x / Math.SQRT2));
    case "relu":
      return (x) => Math.max(0, x);
    case "silu":
    case "swish":
      return (x) => x / (1 + Math.exp(-x));
    case "tanh":
      return Math.tanh;
    default:
      throw new RangeError(`no activation ${name}`);
  }
}

/** The error function by its Taylor series; beyond 5 it is 1 to twelve digits. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function layerNorm(
  x: readonly number[],
  weight: WrittenTensor,
  bias: WrittenTensor,
  epsilon: number,
): number[] {
  const mean = x.reduce((sum, one) => sum + one, 0) / x.length;
  const variance = x.reduce((sum, one) => sum + (one - mean) ** 2, 0) / x.length;
  return x.map((one, i) => ((one - mean) / Math.sqrt(variance + epsilon)) * at(weight, i) + at(bias, i));
}

/** x · W + b, W as `[in, out]`. */
function affine(x: readonly number[], weight: WrittenTensor, bias: WrittenTensor): number[] {
  const out = weight.shape[1] ?? 0;
  return Array.from({ length: out }, (_, j) =>
    x.reduce((sum, one, i) => sum + one * at(weight, i * out + j), at(bias, j)),
  );
}

function softmax(x: readonly number[]): number[] {
  const top = Math.max(...x);
  const powers = x.map((one) => Math.exp(one - top));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
}

const at = (tensor: WrittenTensor, i: number) => tensor.data[i] ?? Number.NaN;
const row = (tensor: WrittenTensor, i: number) => {
  const size = tensor.shape[1] ?? 0;
  return [...tensor.data.subarray(i * size, (i + 1) * size)];
};
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, one, i) => sum + one * (b[i] ?? Number.NaN), 0);
const plus = (a: readonly number[], b: readonly number[]) => a.map((one, i) => one + (b[i] ?? Number.NaN));
const add = (a: Rows, b: Rows): Rows => a.map((one, i) => plus(one, b[i] ?? []));
