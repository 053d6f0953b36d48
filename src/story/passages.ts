/** Name of a generation, unique in its session. */
export type GenerationId = string;

/** Who wrote a piece of text. */
export type Origin = { readonly by: "writer" } | { readonly by: "model"; readonly generation: GenerationId };

/** A run of the model's text, in UTF-16 code units, `from` < `to`; all other text is the writer's. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  readonly generation: GenerationId;
}
