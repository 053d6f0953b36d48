import { createGraph, type ExternalData, type GraphBuilder } from "../onnx/builder.ts";
import type { Gpt2Config } from "./config.ts";

/**
 * GPT-2 as an ONNX graph, in the order in which minGPT computes it and under the names of the checkpoint.
 *
 * It is written in plain steps: while it loads, the runtime fuses `Add` with `LayerNormalization` and biases with
 * activations, and then decodes as fast as a graph in which that was done by hand. Weights in float16 or bfloat16 are
 * cast to float32 once, while it loads. All arithmetic is float32.
 *
 * Inputs:
 * - `input_ids`, `position_ids` # [batch, step] int64
 * - `rows` # [rows] int64: the places in the step whose logits are wanted
 * - `seqlens_k` # [batch] int32: the last position of each sequence
 * - `total_sequence_length` # [] int32: tokens in the longest sequence, this step's among them
 * - `past.N.key`, `past.N.value` of each layer N # [batch, n_head, capacity, head_size], where head_size is
 *   {@link cachedHeadSize}; what stands behind the end of a sequence does not matter
 *
 * Outputs:
 * - `logits` # [batch, rows, vocab_size]
 * - `new_kv` # [n_layer · batch, 2 · n_head, step, head_size]: keys, then values, of the tokens just read
 *
 * Sources: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019); github.com/karpathy/minGPT.
 */
export function gpt2Graph(config: Gpt2Config, weights: ReadonlyMap<string, ExternalData>): Uint8Array {
  const { n_head, n_layer, vocab_size } = config;
  const g = createGraph("gpt2");
  const parts: Parts = { g, config, w: declareWeights(g, weights) };
  const wte = parts.w("wte.weight"); // [vocab_size, n_embd]
  const wpe = parts.w("wpe.weight"); // [n_positions, n_embd]

  const input_ids = g.input("input_ids", "int64", ["batch", "step"]);
  const position_ids = g.input("position_ids", "int64", ["batch", "step"]);
  const rows = g.input("rows", "int64", ["rows"]);
  g.input("seqlens_k", "int32", ["batch"]);
  g.input("total_sequence_length", "int32", []);

  const tok_emb = g.node("Gather", [wte, input_ids]);
  const pos_emb = g.node("Gather", [wpe, position_ids]);
  let x = g.node("Add", [tok_emb, pos_emb]); // [batch, step, n_embd]

  const kv: string[] = [];
  for (let layer = 0; layer < n_layer; layer++) {
    const h = `h.${layer}`;
    const qkv = padHeads(parts, linear(parts, layerNorm(parts, x, `${h}.ln_1`), `${h}.attn.c_attn`));
    kv.push(keysAndValues(parts, qkv));
    let a = attention(parts, qkv, layer); // [batch, step, n_embd]
    if (layer === n_layer - 1) {
      // From here on no token looks at another: go on with the rows that are wanted. # [batch, rows, n_embd]
      a = g.node("Gather", [a, rows], { axis: 1 });
      x = g.node("Gather", [x, rows], { axis: 1 });
    }
    x = g.node("Add", [x, linear(parts, a, `${h}.attn.c_proj`)]);
    const m = activate(parts, linear(parts, layerNorm(parts, x, `${h}.ln_2`), `${h}.mlp.c_fc`)); // [.., n_inner]
    x = g.node("Add", [x, linear(parts, m, `${h}.mlp.c_proj`)]);
  }
  x = layerNorm(parts, x, "ln_f");
  const lm_head = weights.has("lm_head.weight") ? parts.w("lm_head.weight") : wte;
  g.node("FusedMatMul", [x, lm_head], { transB: 1 }, ["logits"]);
  g.output("logits", "float32", ["batch", "rows", vocab_size]);

  // [n_layer · batch, step, 2 · n_head · head_size] -> [n_layer · batch, 2 · n_head, step, head_size]
  const head_size = cachedHeadSize(config);
  const flat = g.node("Concat", kv, { axis: 0 });
  const heads = g.node("Reshape", [flat, g.integers(0, 0, 2 * n_head, head_size)]);
  g.node("Transpose", [heads], { perm: [0, 2, 1, 3] }, ["new_kv"]);
  g.output("new_kv", "float32", ["layers", 2 * n_head, "step", head_size]);
  return g.encode();
}

/**
 * Numbers that a head takes in the KV cache. The runtime's attention wants a multiple of 8; a head of any other size
 * goes into it with zeros behind, which add nothing to a product.
 */
export function cachedHeadSize({ n_embd, n_head }: Gpt2Config): number {
  return Math.ceil(n_embd / n_head / 8) * 8;
}

/** What every part of the graph needs. */
interface Parts {
  readonly g: GraphBuilder;
  readonly config: Gpt2Config;
  /** A tensor of the checkpoint, as float32. */
  readonly w: (name: string) => string;
}

function declareWeights(g: GraphBuilder, weights: ReadonlyMap<string, ExternalData>): Parts["w"] {
  const values = new Map<string, string>();
  for (const [name, data] of weights) {
    const stored = g.external(name, data);
    values.set(name, data.type === "float32" ? stored : g.cast(stored, "float32"));
  }
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new RangeError(`no tensor "${name}" among the weights`);
    return value;
  };
}

function layerNorm({ g, config, w }: Parts, x: string, name: string): string {
  const epsilon = { float: config.layer_norm_epsilon };
  return g.node("LayerNormalization", [x, w(`${name}.weight`), w(`${name}.bias`)], { axis: -1, epsilon });
}

/** x · W + b. Every weight matrix is multiplied here, but for the head's in {@link gpt2Graph}. # [.., in] -> [.., out] */
function linear({ g, w }: Parts, x: string, name: string): string {
  return g.node("Add", [g.node("MatMul", [x, w(`${name}.weight`)]), w(`${name}.bias`)]);
}

/**
 * Zeros behind each head, up to {@link cachedHeadSize}.
 * # [batch, step, 3 · n_embd] -> [batch, step, 3 · n_head · head_size]
 */
function padHeads({ g, config }: Parts, qkv: string): string {
  const { n_embd, n_head } = config;
  const zeros = cachedHeadSize(config) - n_embd / n_head;
  if (zeros === 0) return qkv;
  const heads = g.node("Reshape", [qkv, g.integers(0, 0, 3 * n_head, n_embd / n_head)]);
  const padded = g.node("Pad", [heads, g.integers(0, zeros), "", g.integers(3)]);
  return g.node("Reshape", [padded, g.integers(0, 0, -1)]);
}

/** # [batch, step, 3 · n_head · head_size] -> [batch, step, 2 · n_head · head_size] */
function keysAndValues({ g, config }: Parts, qkv: string): string {
  const third = config.n_head * cachedHeadSize(config);
  return g.node("Slice", [qkv, g.integers(third), g.integers(3 * third), g.integers(2)]);
}

/**
 * Causal attention of all heads over the cached tokens and those of this step.
 *
 * The present keys and values, outputs 1 and 2, must be asked for although nothing reads them: without them
 * GroupQueryAttention ignores the past, and says nothing. # [batch, step, n_embd]
 */
function attention({ g, config }: Parts, qkv: string, layer: number): string {
  const { n_embd, n_head, scale_attn_by_inverse_layer_idx, scale_attn_weights } = config;
  const head_size = cachedHeadSize(config);
  const shape = ["batch", n_head, "capacity", head_size];
  const key = g.input(`past.${layer}.key`, "float32", shape);
  const value = g.input(`past.${layer}.value`, "float32", shape);
  const bySize = scale_attn_weights ? Math.sqrt(n_embd / n_head) : 1;
  const byLayer = scale_attn_by_inverse_layer_idx ? layer + 1 : 1;
  const a = g.node(
    "GroupQueryAttention",
    [qkv, "", "", key, value, "seqlens_k", "total_sequence_length"],
    { num_heads: n_head, kv_num_heads: n_head, scale: { float: 1 / (bySize * byLayer) } },
    [`attention.${layer}`, `present.${layer}.key`, `present.${layer}.value`],
  );
  if (head_size === n_embd / n_head) return a;
  const heads = g.node("Reshape", [a, g.integers(0, 0, n_head, head_size)]);
  const cut = g.node("Slice", [heads, g.integers(0), g.integers(n_embd / n_head), g.integers(3)]);
  return g.node("Reshape", [cut, g.integers(0, 0, n_embd)]);
}

function activate({ g, config }: Parts, x: string): string {
  switch (config.activation_function) {
    case "gelu_tanh":
      return g.node("FastGelu", [x]);
    case "gelu":
      return g.node("Gelu", [x]);
    case "relu":
      return g.node("Relu", [x]);
    case "silu":
      return g.node("Mul", [x, g.node("Sigmoid", [x])]);
    case "tanh":
      return g.node("Tanh", [x]);
  }
}
