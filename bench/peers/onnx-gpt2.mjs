// GPT-2 as Hugging Face's exporter writes it for transformers.js: plain operators, a cache that grows at each step.
import { TYPE } from "./onnx-file.mjs";
import { readWeight } from "./weights.mjs";

/**
 * Adds the whole model to `g`.
 *
 * Inputs: `input_ids`, `position_ids` [batch, step], `attention_mask` [batch, total], `past_key_values.N.key` and
 * `.value` [batch, heads, past, size]. Outputs: `logits` [batch, step, vocabulary], `present.N.key` and `.value`.
 *
 * @param g a model of onnx-file.mjs
 * @param {import("../../src/engine/gpt2/checkpoint.ts").Checkpoint} checkpoint
 * @param parts how it multiplies: see onnx-linear.mjs
 */
export async function addGpt2(g, { config, weights }, parts) {
  const { n_embd, n_head, n_layer, vocab_size, layer_norm_epsilon } = config;
  const float = (name, number) => g.constant(name, Float32Array.of(number));
  const vector = async (name) => g.constant(name, await readWeight(weights.get(name)));
  const norm = async (x, name) =>
    g.node("LayerNormalization", [x, await vector(`${name}.weight`), await vector(`${name}.bias`)], {
      axis: -1,
      epsilon: { float: layer_norm_epsilon },
    });
  const linear = async (x, name) =>
    g.node("Add", [await parts.product(x, `${name}.weight`, false), await vector(`${name}.bias`)]);

  const ids = g.input("input_ids", TYPE.int64, ["batch", "step"]);
  g.input("attention_mask", TYPE.int64, ["batch", "total"]);
  const positions = g.input("position_ids", TYPE.int64, ["batch", "step"]);
  let x = g.node("Add", [await parts.rows("wte.weight", ids), await parts.rows("wpe.weight", positions)]);
  const mask = addMask(g);
  for (let layer = 0; layer < n_layer; layer++) {
    const h = `h.${layer}`;
    const qkv = await linear(await norm(x, `${h}.ln_1`), `${h}.attn.c_attn`);
    x = g.node("Add", [x, await linear(addAttention(g, config, qkv, mask, layer), `${h}.attn.c_proj`)]);
    const inner = addGelu(g, await linear(await norm(x, `${h}.ln_2`), `${h}.mlp.c_fc`), float);
    x = g.node("Add", [x, await linear(inner, `${h}.mlp.c_proj`)]);
  }
  const head = weights.has("lm_head.weight") ? "lm_head.weight" : "wte.weight";
  await parts.product(await norm(x, "ln_f"), head, true, "logits");
  g.output("logits", TYPE.float32, ["batch", "step", vocab_size]);
  for (let layer = 0; layer < n_layer; layer++) {
    for (const part of ["key", "value"]) {
      g.output(`present.${layer}.${part}`, TYPE.float32, ["batch", n_head, "total", n_embd / n_head]);
    }
  }
}

/** 0 where a token may look, a large negative number where it may not. # [batch, 1, step, total] */
function addMask(g) {
  const never = g.constant("never", Float32Array.of(-3.4028234663852886e38));
  const free = g.constant("free", Float32Array.of(0));
  const [zero, one] = [0n, 1n].map((number) => g.constant(`${number}`, BigInt64Array.of(number)));
  const total = g.node("Gather", [g.node("Shape", ["attention_mask"]), one]);
  const row = g.node("Unsqueeze", ["position_ids", integers(g, 1, 3)]);
  const earlier = g.node("LessOrEqual", [g.node("Range", [zero, total, one]), row]);
  const real = g.node("Cast", ["attention_mask"], { to: TYPE.bool });
  const seen = g.node("And", [earlier, g.node("Unsqueeze", [real, integers(g, 1, 2)])]);
  return g.node("Where", [seen, free, never]);
}

function addAttention(
  g,
  { n_embd, n_head, scale_attn_weights, scale_attn_by_inverse_layer_idx },
  qkv,
  mask,
  layer,
) {
  const size = n_embd / n_head;
  const shape = ["batch", n_head, "past", size];
  const [query, newKey, newValue] = g.nodes("Split", [qkv], { axis: -1, num_outputs: 3 }, 3).map((part) =>
    g.node("Transpose", [g.node("Reshape", [part, integers(g, 0, 0, n_head, size)])], {
      perm: [0, 2, 1, 3],
    }),
  );
  const grow = (part, added) => {
    const past = g.input(`past_key_values.${layer}.${part}`, TYPE.float32, shape);
    return g.node("Concat", [past, added], { axis: 2 }, `present.${layer}.${part}`);
  };
  const key = grow("key", newKey);
  const value = grow("value", newValue);
  const scale = (scale_attn_weights ? size ** -0.5 : 1) / (scale_attn_by_inverse_layer_idx ? layer + 1 : 1);
  const scores = g.node("MatMul", [query, g.node("Transpose", [key], { perm: [0, 1, 3, 2] })]);
  const scaled = g.node("Mul", [scores, g.constant(`scale ${scale}`, Float32Array.of(scale))]);
  const shares = g.node("Softmax", [g.node("Add", [scaled, mask])], { axis: -1 });
  const mixed = g.node("Transpose", [g.node("MatMul", [shares, value])], { perm: [0, 2, 1, 3] });
  return g.node("Reshape", [mixed, integers(g, 0, 0, n_embd)]);
}

/** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016). */
function addGelu(g, x, float) {
  const cubic = g.node("Mul", [g.node("Pow", [x, float("3.0", 3)]), float("0.044715", 0.044715)]);
  const inner = g.node("Mul", [g.node("Add", [x, cubic]), float("√(2/π)", Math.sqrt(2 / Math.PI))]);
  const outer = g.node("Add", [g.node("Tanh", [inner]), float("1.0", 1)]);
  return g.node("Mul", [g.node("Mul", [x, float("0.5", 0.5)]), outer]);
}

function integers(g, ...numbers) {
  return g.constant(`integers ${numbers}`, BigInt64Array.from(numbers, BigInt), [numbers.length]);
}
