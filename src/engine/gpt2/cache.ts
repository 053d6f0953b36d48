import type { KvCache } from "../language-model.ts";
import type { Value } from "../onnx/runtime.ts";
import type { Gpt2Config } from "./config.ts";
import { cachedHeadSize } from "./graph.ts";

/**
 * Keys and values in memory of our own, one row of slots a layer, which the graph reads and fills in place: the
 * tokens of a sequence, then, while branches are open, theirs in the order in which they were read.
 */
export interface Gpt2Cache extends KvCache {
  /** Slots that there is room for. */
  readonly capacity: number;
  /** By their names as inputs and as outputs of the graph. # [1, n_head, capacity, head_size] */
  readonly past: Readonly<Record<string, Value>>;
  readonly present: Readonly<Record<string, Value>>;
  /** Slots that branches have filled. While it is not null, nothing may change the sequence. */
  branched: number | null;
  /** Makes room for `slots` in all. Only what is counted as held or branched is kept. */
  reserve(slots: number): void;
  /** Counts `tokens` as held: the graph has filled their slots. */
  hold(tokens: readonly number[]): void;
}

/**
 * Room for so many windows is asked for at once, the half for branches. The memory is taken from the system only where
 * something is written; asking for more costs a copy.
 */
const WINDOWS = 1.5;

/** An empty cache for a model of this configuration; it takes memory only as it fills. */
export function createCache(config: Gpt2Config): Gpt2Cache {
  const { n_head, n_layer, n_positions } = config;
  const head_size = cachedHeadSize(config);
  const tokens: number[] = [];
  const layers = Array.from({ length: n_layer }, (_, layer) => layer);
  let capacity = 0;
  let branched: number | null = null;
  let buffers: readonly Value[] = [];
  let past: Gpt2Cache["past"] = {};
  let present: Gpt2Cache["present"] = {};

  function grown(old: Value | undefined, to: number): Value {
    const data = new Float32Array(n_head * to * head_size);
    const used = (tokens.length + (branched ?? 0)) * head_size;
    for (let head = 0; old?.type === "float32" && head < n_head; head++) {
      const from = head * capacity * head_size;
      data.set(old.data.subarray(from, from + used), head * to * head_size);
    }
    return { type: "float32", data, shape: [1, n_head, to, head_size] };
  }

  function named(prefix: string): Readonly<Record<string, Value>> {
    const names = layers.flatMap((layer) => [`${prefix}.${layer}.key`, `${prefix}.${layer}.value`]);
    return Object.fromEntries(names.map((name, i) => [name, buffers[i]!]));
  }

  return {
    tokens,
    get capacity() {
      return capacity;
    },
    get past() {
      return past;
    },
    get present() {
      return present;
    },
    get branched() {
      return branched;
    },
    set branched(slots) {
      branched = slots;
    },
    truncate(length) {
      if (branched !== null) throw new TypeError("the cache has open branches");
      if (!Number.isInteger(length) || length < 0 || length > tokens.length) {
        throw new RangeError(`cannot cut a cache of ${tokens.length} tokens to ${length}`);
      }
      tokens.length = length;
    },
    reserve(slots) {
      if (slots <= capacity) return;
      const larger = Math.ceil(WINDOWS * Math.max(n_positions, slots));
      buffers = Array.from({ length: 2 * n_layer }, (_, i) => grown(buffers[i], larger));
      capacity = larger;
      past = named("past");
      present = named("present");
    },
    hold(added) {
      tokens.push(...added);
    },
  };
}
