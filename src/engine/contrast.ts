import type { SamplingSettings } from "./settings.ts";
import type { PromptView } from "./types.ts";

/**
 * A second view of what is written, from another beginning, whose opinion is taken off: the logits become
 * `own + weight · (own − other)`, both as log-probabilities.
 *
 * With the prompt without an instruction as the other view this is classifier-free guidance, the weight being
 * `guidance_scale − 1` (Sanchez et al., "Stay on topic with Classifier-Free Guidance", 2023); with the prompt's last
 * tokens it is coherence boosting with α = weight (Malkin et al., "Coherence boosting", 2022).
 */
export interface Contrast {
  /** What the other view has before the first token. At least one. */
  readonly prompt: readonly number[];
  readonly weight: number;
}

/** Tokens of the prompt's end that the short view of `listen` has. */
const SHORT = 32;

/** The other views that `settings` ask for after a prompt; none where they would change nothing. */
export function contrastsOf(
  { tokens, against }: Pick<PromptView, "tokens" | "against">,
  { listen, guidance_scale }: SamplingSettings,
): readonly Contrast[] {
  const contrasts: Contrast[] = [];
  if (listen !== 0 && tokens.length > SHORT) contrasts.push({ prompt: tokens.slice(-SHORT), weight: listen });
  if (guidance_scale !== 1 && against) contrasts.push({ prompt: against, weight: guidance_scale - 1 });
  return contrasts;
}

/**
 * The contrasted scores of one row, in `into`: log-probabilities that do not sum to 1. `others` are the other views'
 * logits with what a log-softmax subtracts from them, and their weights. # [vocabulary]
 */
export function contrast(
  own: Float32Array,
  normaliser: number,
  others: readonly { readonly logits: Float32Array; readonly normaliser: number; readonly weight: number }[],
  into: Float32Array,
): void {
  const whole = others.reduce((sum, { weight }) => sum + weight, 1);
  for (let id = 0; id < own.length; id++) into[id] = whole * (own[id]! - normaliser);
  for (const { logits, normaliser, weight } of others) {
    for (let id = 0; id < own.length; id++) into[id]! -= weight * (logits[id]! - normaliser);
  }
}
