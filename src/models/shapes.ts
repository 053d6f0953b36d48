/** The sizes of a GPT-2. */
export interface Shape {
  readonly n_layer: number;
  readonly n_head: number;
  readonly n_embd: number;
}

/** GPT-2's five sizes. Sources: Radford et al. 2019, table 2; Sanh et al. 2019 for distilgpt2. */
export const SHAPES = {
  distilgpt2: { n_layer: 6, n_head: 12, n_embd: 768 },
  gpt2: { n_layer: 12, n_head: 12, n_embd: 768 },
  "gpt2-medium": { n_layer: 24, n_head: 16, n_embd: 1024 },
  "gpt2-large": { n_layer: 36, n_head: 20, n_embd: 1280 },
  "gpt2-xl": { n_layer: 48, n_head: 25, n_embd: 1600 },
} as const satisfies Readonly<Record<string, Shape>>;

/** Name of one of {@link SHAPES}. */
export type ShapeName = keyof typeof SHAPES;

/** Names of all shapes, from small to large. */
export const SHAPE_NAMES = Object.keys(SHAPES).filter((name): name is ShapeName =>
  Object.hasOwn(SHAPES, name),
);

/** The shape called `name`, in full or short: `distil`, `medium`, `large`, `xl`. */
export function shapeName(name: string): ShapeName | undefined {
  return SHAPE_NAMES.find((full) => full === name || full === `gpt2-${name}` || full === `${name}gpt2`);
}

/** Token ids of every shape. */
export const VOCABULARY = 50257;

/** Longest sequence of every shape, in tokens. */
export const POSITIONS = 1024;

/** A tensor of a checkpoint: its name, and its sizes; matrices of the layers are [in, out]. */
export type NamedShape = readonly [name: string, sizes: readonly number[]];

/** The tensors of a shape under the names of transformers' GPT2LMHeadModel. */
export function tensorsOf({ n_layer, n_embd }: Shape): readonly NamedShape[] {
  const both = (name: string, sizes: readonly number[]): NamedShape[] => [
    [`${name}.weight`, sizes],
    [`${name}.bias`, sizes.slice(-1)],
  ];
  const layers = Array.from({ length: n_layer }, (_, layer) => `h.${layer}`).flatMap((h) => [
    ...both(`${h}.ln_1`, [n_embd]),
    ...both(`${h}.attn.c_attn`, [n_embd, 3 * n_embd]),
    ...both(`${h}.attn.c_proj`, [n_embd, n_embd]),
    ...both(`${h}.ln_2`, [n_embd]),
    ...both(`${h}.mlp.c_fc`, [n_embd, 4 * n_embd]),
    ...both(`${h}.mlp.c_proj`, [4 * n_embd, n_embd]),
  ]);
  return [
    ["wte.weight", [VOCABULARY, n_embd]],
    ["wpe.weight", [POSITIONS, n_embd]],
    ...layers,
    ...both("ln_f", [n_embd]),
  ];
}
