import type { Gpt2Config } from "./config.ts";

/**
 * Every trained tensor of a GPT-2 by its name in the checkpoint, with its shape. Matrices are `[in, out]` (OpenAI's
 * Conv1D), but for the embeddings and the head: `[vocabulary, width]`.
 *
 * `separateHead`: whether `lm_head.weight` is a tensor of its own, not `wte` once more.
 */
export function expectedTensors(
  config: Gpt2Config,
  separateHead: boolean,
): ReadonlyMap<string, readonly number[]> {
  const { n_embd, n_inner, n_layer, n_positions, vocab_size } = config;
  const shapes = new Map<string, readonly number[]>();
  const norm = (name: string) => shapes.set(`${name}.weight`, [n_embd]).set(`${name}.bias`, [n_embd]);
  const linear = (name: string, from: number, to: number) =>
    shapes.set(`${name}.weight`, [from, to]).set(`${name}.bias`, [to]);

  shapes.set("wte.weight", [vocab_size, n_embd]).set("wpe.weight", [n_positions, n_embd]);
  for (let layer = 0; layer < n_layer; layer++) {
    const h = `h.${layer}`;
    norm(`${h}.ln_1`);
    linear(`${h}.attn.c_attn`, n_embd, 3 * n_embd);
    linear(`${h}.attn.c_proj`, n_embd, n_embd);
    norm(`${h}.ln_2`);
    linear(`${h}.mlp.c_fc`, n_embd, n_inner);
    linear(`${h}.mlp.c_proj`, n_inner, n_embd);
  }
  norm("ln_f");
  if (separateHead) shapes.set("lm_head.weight", [vocab_size, n_embd]);
  return shapes;
}

/** How many numbers the tensors of these shapes hold. */
export function countParameters(shapes: ReadonlyMap<string, readonly number[]>): number {
  let count = 0;
  for (const shape of shapes.values()) count += shape.reduce((product, size) => product * size, 1);
  return count;
}
