import { createGraph, type ExternalData, type GraphBuilder } from "../onnx/builder.ts";
import { UNCOPIED } from "../onnx/runtime.ts";
import type { Gpt2Config } from "./config.ts";

/**
 * GPT-2 as an ONNX graph, in the order in which minGPT computes it and under the names of the checkpoint.
 *
 * It is written in plain steps: while it loads, the runtime fuses `Add` with `LayerNormalization` and biases with
 * activations, and then decodes as fast as a graph in which that was done by hand. Weights in float16 or bfloat16 are
 * cast to float32 once, while it loads. Quantised ones are multiplied as they are, with the activations rounded to 8
 * bits too. All other arithmetic is float32.
 *
 * The keys and values of all tokens lie in one row of slots. A step fills the slots behind those in use; what each of
 * its tokens sees of the slots is in `attention_bias`, so that one row can hold a text and several continuations.
 *
 * Inputs:
 * - `input_ids`, `position_ids` # [1, step] int64
 * - `rows` # [rows] int64: the places in the step whose logits are wanted
 * - `scored` # [scored] int64: the rows that are to be scored, perhaps none
 * - `targets` # [1, scored, 1] int64: the tokens whose likelihood is wanted, one for each of those
 * - `seqlens_k` # [1] int32: the last slot that the step fills
 * - `total_sequence_length` # [] int32: slots in use after it
 * - `attention_bias` # [1, 1, step, total_sequence_length]: 0 where a token sees a slot, else far below. No token sees
 *   a slot behind its own, whatever stands here
 * - `past.N.key`, `past.N.value` of each layer N # [1, n_head, capacity, head_size], where head_size is
 *   {@link cachedHeadSize}; what stands in slots that are not in use does not matter
 *
 * Outputs:
 * - `uncopied`: an empty sequence; see `Session.run`
 * - `logits` # [1, rows, vocab_size]
 * - `logprobs` # [1, scored, 1]: of the targets
 * - `above` # [1, scored, 1]: how many tokens are likelier than the target
 * - `present.N.key`, `present.N.value`: the slots with those of the step filled; the past may be given as their place
 *
 * Sources: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019); github.com/karpathy/minGPT.
 */
export function gpt2Graph(config: Gpt2Config, weights: ReadonlyMap<string, GraphWeight>): Uint8Array {
  const { n_embd, n_layer, vocab_size } = config;
  const g = createGraph("gpt2");
  const parts: Parts = { g, config, w: declareWeights(g, weights) };

  const input_ids = g.input("input_ids", "int64", [1, "step"]);
  const position_ids = g.input("position_ids", "int64", [1, "step"]);
  const rows = g.input("rows", "int64", ["rows"]);
  g.input("seqlens_k", "int32", [1]);
  g.input("total_sequence_length", "int32", []);
  g.input("attention_bias", "float32", [1, 1, "step", "total"]);
  g.emptySequence(UNCOPIED);

  const tok_emb = lookup(parts, "wte.weight", n_embd, input_ids);
  const pos_emb = lookup(parts, "wpe.weight", n_embd, position_ids);
  let x = g.node("Add", [tok_emb, pos_emb]); // [1, step, n_embd]

  for (let layer = 0; layer < n_layer; layer++) {
    const h = `h.${layer}`;
    const qkv = padHeads(parts, linear(parts, layerNorm(parts, x, `${h}.ln_1`), `${h}.attn.c_attn`));
    let a = attention(parts, qkv, layer); // [1, step, n_embd]
    if (layer === n_layer - 1) {
      // From here on no token looks at another: go on with the rows that are wanted. # [1, rows, n_embd]
      a = g.node("Gather", [a, rows], { axis: 1 });
      x = g.node("Gather", [x, rows], { axis: 1 });
    }
    x = g.node("Add", [x, linear(parts, a, `${h}.attn.c_proj`)]);
    const m = activate(parts, linear(parts, layerNorm(parts, x, `${h}.ln_2`), `${h}.mlp.c_fc`)); // [.., n_inner]
    x = g.node("Add", [x, linear(parts, m, `${h}.mlp.c_proj`)]);
  }
  const logits = head(parts, layerNorm(parts, x, "ln_f"), weights.has("lm_head.weight") ? "lm_head" : "wte");
  g.output(logits, "float32", [1, "rows", vocab_size]);
  score(parts, logits);
  return g.encode();
}

/**
 * Numbers that a head takes in the KV cache. The runtime's attention wants a multiple of 8; a head of any other size
 * goes into it with zeros behind, which add nothing to a product.
 */
export function cachedHeadSize({ n_embd, n_head }: Gpt2Config): number {
  return Math.ceil(n_embd / n_head / 8) * 8;
}

/** A trained tensor, as the graph finds it in a file. */
export type GraphWeight = PlainWeight | BlockWeight;

/** Numbers as the checkpoint has them. */
export interface PlainWeight {
  readonly kind: "plain";
  readonly data: ExternalData;
}

/** A matrix in blocks of small whole numbers that share a scale. # [rows = out, columns = in] */
export interface BlockWeight {
  readonly kind: "blocks";
  readonly bits: 4 | 8;
  /** Numbers in a block, along the columns. */
  readonly blockSize: number;
  readonly rows: number;
  readonly columns: number;
  /** # [rows, blocks, blockSize · bits / 8] uint8; zero is 2^(bits−1); of two numbers in a byte the low half is first */
  readonly values: ExternalData;
  /** # [rows, blocks] float32 */
  readonly scales: ExternalData;
}

/** What every part of the graph needs. */
interface Parts {
  readonly g: GraphBuilder;
  readonly config: Gpt2Config;
  readonly w: (name: string) => DeclaredWeight;
}

/** A weight that the graph has declared. */
type DeclaredWeight =
  | { readonly kind: "plain"; readonly stored: string; readonly isFloat32: boolean }
  | (BlockWeight & { readonly name: string });

function declareWeights(g: GraphBuilder, weights: ReadonlyMap<string, GraphWeight>): Parts["w"] {
  const declared = new Map<string, DeclaredWeight>();
  for (const [name, weight] of weights) {
    if (weight.kind === "blocks") declared.set(name, { ...weight, name });
    else {
      const isFloat32 = weight.data.type === "float32";
      declared.set(name, { kind: "plain", stored: g.external(name, weight.data), isFloat32 });
    }
  }
  return (name) => {
    const weight = declared.get(name);
    if (weight === undefined) throw new RangeError(`no tensor "${name}" among the weights`);
    return weight;
  };
}

/** A whole tensor as float32. */
function plain({ g, w }: Parts, name: string): string {
  const weight = w(name);
  if (weight.kind !== "plain") throw new RangeError(`"${name}" is quantised`);
  return weight.isFloat32 ? weight.stored : g.cast(weight.stored, "float32");
}

/** Rows of an embedding, by their indices. # [1, step] -> [1, step, width] */
function lookup({ g, w }: Parts, name: string, width: number, indices: string): string {
  const weight = w(name);
  if (weight.kind === "plain") {
    const found = g.node("Gather", [weight.stored, indices]);
    return weight.isFloat32 ? found : g.cast(found, "float32");
  }
  const { rows, columns, bits, blockSize, values, scales } = weight;
  const blocks = Math.ceil(columns / blockSize);
  const table = g.external(`${name}.table`, { ...values, shape: [rows, (blocks * blockSize * bits) / 8] });
  const found = g.node("GatherBlockQuantized", [table, indices, g.external(`${name}.scales`, scales)], {
    bits,
    block_size: blockSize,
    gather_axis: 0,
    quantize_axis: 1,
  });
  if (blocks * blockSize === width) return found;
  return g.node("Slice", [found, g.integers(0), g.integers(width), g.integers(2)]);
}

function layerNorm(parts: Parts, x: string, name: string): string {
  const epsilon = { float: parts.config.layer_norm_epsilon };
  const [weight, bias] = [plain(parts, `${name}.weight`), plain(parts, `${name}.bias`)];
  return parts.g.node("LayerNormalization", [x, weight, bias], { axis: -1, epsilon });
}

/** x · W + b. # [.., in] -> [.., out] */
function linear(parts: Parts, x: string, name: string): string {
  const { g, w } = parts;
  const weight = w(`${name}.weight`);
  const bias = plain(parts, `${name}.bias`);
  if (weight.kind === "blocks") return multiplyBlocks(g, x, weight, bias);
  return g.node("Add", [g.node("MatMul", [x, plain(parts, `${name}.weight`)]), bias]);
}

/** x · Wᵀ for the head, whose rows are tokens. # [1, rows, n_embd] -> [1, rows, vocab_size] */
function head(parts: Parts, x: string, name: string): string {
  const { g, w } = parts;
  const weight = w(`${name}.weight`);
  if (weight.kind === "blocks") return multiplyBlocks(g, x, weight, "", "logits");
  return g.node("FusedMatMul", [x, plain(parts, `${name}.weight`)], { transB: 1 }, ["logits"]);
}

/** How exactly the runtime multiplies blocks: 4 rounds the other side to 8 bits, per row and block. */
const INT8_ACTIVATIONS = 4;

function multiplyBlocks(
  g: GraphBuilder,
  x: string,
  weight: BlockWeight & { name: string },
  bias: string,
  output?: string,
): string {
  const { name, rows, columns, bits, blockSize, values, scales } = weight;
  const stored = [g.external(`${name}.values`, values), g.external(`${name}.scales`, scales)];
  return g.node(
    "MatMulNBits",
    [x, ...stored, ...(bias === "" ? [] : ["", "", bias])],
    { N: rows, K: columns, bits, block_size: blockSize, accuracy_level: INT8_ACTIVATIONS },
    output === undefined ? undefined : [output],
  );
}

/** The outputs `logprobs` and `above`, for the rows of `logits` that are scored. */
function score({ g }: Parts, logits: string): void {
  const scored = g.input("scored", "int64", ["scored"]);
  const targets = g.input("targets", "int64", [1, "scored", 1]);
  const chosen = g.node("Gather", [logits, scored], { axis: 1 }); // [1, scored, vocab_size]
  const all = g.node("LogSoftmax", [chosen], { axis: -1 });
  g.node("GatherElements", [all, targets], { axis: 2 }, ["logprobs"]);
  g.output("logprobs", "float32", [1, "scored", 1]);
  const own = g.node("GatherElements", [chosen, targets], { axis: 2 });
  const higher = g.cast(g.node("Greater", [chosen, own]), "float32");
  g.node("ReduceSum", [higher, g.integers(2)], { keepdims: 1 }, ["above"]);
  g.output("above", "float32", [1, "scored", 1]);
}

/**
 * Zeros behind each head, up to {@link cachedHeadSize}.
 * # [1, step, 3 · n_embd] -> [1, step, 3 · n_head · head_size]
 */
function padHeads({ g, config }: Parts, qkv: string): string {
  const { n_embd, n_head } = config;
  const zeros = cachedHeadSize(config) - n_embd / n_head;
  if (zeros === 0) return qkv;
  const heads = g.node("Reshape", [qkv, g.integers(0, 0, 3 * n_head, n_embd / n_head)]);
  const padded = g.node("Pad", [heads, g.integers(0, zeros), "", g.integers(3)]);
  return g.node("Reshape", [padded, g.integers(0, 0, -1)]);
}

/** Causal attention of all heads over the slots in use. # [1, step, n_embd] */
function attention({ g, config }: Parts, qkv: string, layer: number): string {
  const { n_embd, n_head, scale_attn_by_inverse_layer_idx, scale_attn_weights } = config;
  const head_size = cachedHeadSize(config);
  const shape = [1, n_head, "capacity", head_size];
  const key = g.input(`past.${layer}.key`, "float32", shape);
  const value = g.input(`past.${layer}.value`, "float32", shape);
  const present = [`present.${layer}.key`, `present.${layer}.value`];
  for (const name of present) g.output(name, "float32", shape);
  const bySize = scale_attn_weights ? Math.sqrt(n_embd / n_head) : 1;
  const byLayer = scale_attn_by_inverse_layer_idx ? layer + 1 : 1;
  const a = g.node(
    "GroupQueryAttention",
    [qkv, "", "", key, value, "seqlens_k", "total_sequence_length", "", "", "", "attention_bias"],
    { num_heads: n_head, kv_num_heads: n_head, scale: { float: 1 / (bySize * byLayer) } },
    [`attention.${layer}`, ...present],
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
