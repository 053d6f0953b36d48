import type { KvCache } from "../types.ts";
import type { Gpt2Config } from "./config.ts";
import { cachedHeadSize } from "./graph.ts";

/** Keys and values of one sequence, in memory of our own. Made by {@link createCache}. */
export interface Gpt2Cache extends KvCache {
  /** Tokens that the buffers have room for. */
  readonly capacity: number;
  /** One buffer a layer. # [n_head, capacity, head_size] */
  readonly keys: readonly Float32Array[];
  /** One buffer a layer. # [n_head, capacity, head_size] */
  readonly values: readonly Float32Array[];
  /** Makes room for `length` tokens in all. Throws a RangeError beyond the model's window. */
  reserve(length: number): void;
  /**
   * Adds `tokens` with their keys and values, for which there must be room; `kv` is the graph's output `new_kv`.
   * # [n_layer, 2 · n_head, tokens, head_size]
   */
  append(tokens: readonly number[], kv: Float32Array): void;
}

/**
 * Tokens by which the capacity grows. A token of GPT-2 small takes 72 KB here and again in the runtime, which keeps its
 * own copy while it computes: a whole window for every short prompt would be 150 MB.
 */
const GROWTH = 128;

/** An empty cache for a model of this configuration; it takes memory only as it fills. */
export function createCache(config: Gpt2Config): Gpt2Cache {
  const { n_head, n_layer, n_positions } = config;
  const head_size = cachedHeadSize(config);
  const tokens: number[] = [];
  const none = Array.from({ length: n_layer }, () => new Float32Array(0));
  let capacity = 0;
  let keys = none;
  let values = none;

  const grown = (buffer: Float32Array, to: number) => {
    const larger = new Float32Array(n_head * to * head_size);
    const used = tokens.length * head_size;
    for (let head = 0; head < n_head; head++) {
      const from = head * capacity * head_size;
      larger.set(buffer.subarray(from, from + used), head * to * head_size);
    }
    return larger;
  };

  return {
    tokens,
    get capacity() {
      return capacity;
    },
    get keys() {
      return keys;
    },
    get values() {
      return values;
    },
    truncate(length) {
      if (!Number.isInteger(length) || length < 0 || length > tokens.length) {
        throw new RangeError(`cannot cut a cache of ${tokens.length} tokens to ${length}`);
      }
      tokens.length = length;
    },
    reserve(length) {
      if (length > n_positions)
        throw new RangeError(`${length} tokens do not fit into ${n_positions} positions`);
      if (length <= capacity) return;
      const larger = Math.min(n_positions, Math.ceil(length / GROWTH) * GROWTH);
      keys = keys.map((buffer) => grown(buffer, larger));
      values = values.map((buffer) => grown(buffer, larger));
      capacity = larger;
    },
    append(added, kv) {
      const run = added.length * head_size;
      const start = tokens.length * head_size;
      if (kv.length !== 2 * n_layer * n_head * run) {
        throw new RangeError(`${kv.length} numbers are not the keys and values of ${added.length} tokens`);
      }
      if (tokens.length + added.length > capacity)
        throw new RangeError(`no room for ${added.length} more tokens`);
      let from = 0;
      for (let layer = 0; layer < n_layer; layer++) {
        for (const buffer of [keys[layer], values[layer]]) {
          for (let head = 0; head < n_head; head++, from += run) {
            buffer?.set(kv.subarray(from, from + run), head * capacity * head_size + start);
          }
        }
      }
      tokens.push(...added);
    },
  };
}
