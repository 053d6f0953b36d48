import type { Session } from "../onnx/runtime.ts";
import { createCache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { createReader, type Item } from "./reader.ts";

/**
 * Whether a session computes the same with its outputs uncopied (`Session.run`), which rests on how the runtime's
 * binding reports an error. A step of two tokens is compared with the plain way, number by number: its logits, and the
 * keys and values that it left in the cache. Takes about two decoding steps. The window is small here: the plain way
 * copies all of it.
 */
export async function staysUncopied(config: Gpt2Config, session: Session): Promise<boolean> {
  const small = { ...config, n_positions: 4 };
  const items = [0, config.vocab_size - 1].map((token, position): Item => {
    return { token, position, branch: null, wanted: true };
  });
  const compute = async (uncopied: boolean): Promise<readonly Float32Array[]> => {
    const cache = createCache(small);
    const { logits } = await createReader(small, session, uncopied).read(cache, items, () => {});
    return [
      logits,
      ...Object.values(cache.present).flatMap(({ data }) => (data instanceof Float32Array ? data : [])),
    ];
  };
  try {
    const found = await compute(true);
    const expected = await compute(false);
    return expected.every((numbers, i) => numbers.every((number, k) => Object.is(number, found[i]?.[k])));
  } catch {
    return false;
  }
}
