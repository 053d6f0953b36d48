import type { LanguageModel } from "../language-model.ts";
import type { Session } from "../onnx/runtime.ts";
import type { Gpt2Config } from "./config.ts";
import { createModel } from "./model.ts";

/**
 * Whether a session computes the same with its outputs uncopied (`Session.run`), which rests on how the runtime's
 * binding reports an error. Two steps of two tokens, the second over the keys and values of the first, are compared,
 * number by number, with the plain way. Takes about four decoding steps. The window is small here: the plain way copies
 * all of it.
 */
export async function staysUncopied(config: Gpt2Config, session: Session): Promise<boolean> {
  const small = { ...config, n_positions: 4 };
  const tokens = [0, config.vocab_size - 1];
  const compute = async (model: LanguageModel): Promise<readonly Float32Array[]> => {
    const cache = model.createCache();
    const first = (await model.step(tokens, cache, 2)).slice();
    return [first, (await model.step(tokens, cache, 2)).slice()];
  };
  try {
    const expected = await compute(createModel(small, session, false));
    const found = await compute(createModel(small, session, true));
    return expected.every((logits, i) => logits.every((logit, k) => Object.is(logit, found[i]?.[k])));
  } catch {
    return false;
  }
}
