/** What GGUF calls the parts of a layer. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
const PARTS: readonly (readonly [ours: string, gguf: string])[] = [
  ["ln_1", "attn_norm"],
  ["attn.c_attn", "attn_qkv"],
  ["attn.c_proj", "attn_output"],
  ["ln_2", "ffn_norm"],
  ["mlp.c_fc", "ffn_up"],
  ["mlp.c_proj", "ffn_down"],
];

/** What it calls what is in no layer. */
const WHOLE: readonly (readonly [ours: string, gguf: string])[] = [
  ["wte", "token_embd"],
  ["wpe", "position_embd"],
  ["ln_f", "output_norm"],
  ["lm_head", "output"],
];

/** What GGUF calls the tensor that the checkpoint calls `name`. Throws a RangeError for a name that GPT-2 does not have. */
export function ggufName(name: string): string {
  const [, layer, part, kind] = /^(?:h\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name) ?? [];
  const [, found] = (layer === undefined ? WHOLE : PARTS).find(([ours]) => ours === part) ?? [];
  if (found === undefined) throw new RangeError(`GPT-2 has no tensor "${name}"`);
  return layer === undefined ? `${found}.${kind}` : `blk.${layer}.${found}.${kind}`;
}

/**
 * Whether a tensor lies the other way round in a GGUF: the matrices of the layers, which GPT-2 has as [in, out]
 * (OpenAI's Conv1D) and every other model as [out, in].
 */
export function isTurned(name: string): boolean {
  return /\.c_(?:attn|proj|fc)\.weight$/.test(name);
}
