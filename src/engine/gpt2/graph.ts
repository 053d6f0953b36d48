import { createGraph, type GraphBuilder } from "../onnx/builder.ts";
import { UNCOPIED } from "../onnx/runtime.ts";
import type { Gpt2Config } from "./config.ts";
import { type GraphWeight, type GraphWeights, graphWeights } from "./weights.ts";

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
 * - `normalisers` # [1, rows, 1]: what a log-softmax subtracts from each of them
 * - `logprobs` # [1, scored, 1]: of the targets
 * - `above` # [1, scored, 1]: how many tokens are likelier than the target
 * - `present.N.key`, `present.N.value`: the slots with those of the step filled; the past may be given as their place
 *
 * Sources: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019); github.com/karpathy/minGPT.
 */
export function gpt2Graph(config: Gpt2Config, weights: ReadonlyMap<string, GraphWeight>): Uint8Array {
  const { n_embd, n_layer, vocab_size } = config;
  const g = createGraph("gpt2");
  const w = graphWeights(g, weights);
  const parts: Parts = { g, config, w };

  const input_ids = g.input("input_ids", "int64", [1, "step"]);
  const position_ids = g.input("position_ids", "int64", [1, "step"]);
  const rows = g.input("rows", "int64", ["rows"]);
  g.input("seqlens_k", "int32", [1]);
  g.input("total_sequence_length", "int32", []);
  g.input("attention_bias", "float32", [1, 1, "step", "total"]);
  g.emptySequence(UNCOPIED);

  const tok_emb = w.rows("wte.weight", n_embd, input_ids);
  const pos_emb = w.rows("wpe.weight", n_embd, position_ids);
  let x = g.node("Add", [tok_emb, pos_emb]); // [1, step, n_embd]

  for (let layer = 0; layer < n_layer; layer++) {
    const h = `h.${layer}`;
    const qkv = padHeads(parts, w.linear(`${h}.attn.c_attn`, layerNorm(parts, x, `${h}.ln_1`)));
    let a = attention(parts, qkv, layer); // [1, step, n_embd]
    if (layer === n_layer - 1) {
      // From here on no token looks at another: go on with the rows that are wanted. # [1, rows, n_embd]
      a = g.node("Gather", [a, rows], { axis: 1 });
      x = g.node("Gather", [x, rows], { axis: 1 });
    }
    x = g.node("Add", [x, w.linear(`${h}.attn.c_proj`, a)]);
    const m = activate(parts, w.linear(`${h}.mlp.c_fc`, layerNorm(parts, x, `${h}.ln_2`))); // [.., n_inner]
    x = g.node("Add", [x, w.linear(`${h}.mlp.c_proj`, m)]);
  }
  const head = w.has("lm_head.weight") ? "lm_head.weight" : "wte.weight";
  const logits = w.transposed(head, layerNorm(parts, x, "ln_f"), "logits");
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

/** What every part of the graph needs. */
interface Parts {
  readonly g: GraphBuilder;
  readonly config: Gpt2Config;
  readonly w: GraphWeights;
}

function layerNorm({ g, config, w }: Parts, x: string, name: string): string {
  const epsilon = { float: config.layer_norm_epsilon };
  return g.node("LayerNormalization", [x, w.plain(`${name}.weight`), w.plain(`${name}.bias`)], {
    axis: -1,
    epsilon,
  });
}

/** What is told of the rows of `logits` besides themselves: the outputs `normalisers`, `logprobs` and `above`. */
function score({ g }: Parts, logits: string): void {
  const all = g.node("LogSoftmax", [logits], { axis: -1 }); // [1, rows, vocab_size]
  const first = [g.integers(0), g.integers(1), g.integers(2)];
  g.node("Sub", [g.node("Slice", [logits, ...first]), g.node("Slice", [all, ...first])], {}, ["normalisers"]);
  g.output("normalisers", "float32", [1, "rows", 1]);

  const scored = g.input("scored", "int64", ["scored"]);
  const targets = g.input("targets", "int64", [1, "scored", 1]);
  g.node("GatherElements", [g.node("Gather", [all, scored], { axis: 1 }), targets], { axis: 2 }, [
    "logprobs",
  ]);
  g.output("logprobs", "float32", [1, "scored", 1]);
  const chosen = g.node("Gather", [logits, scored], { axis: 1 }); // [1, scored, vocab_size]
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
