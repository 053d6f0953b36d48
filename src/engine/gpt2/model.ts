import { UserError } from "../../errors.ts";
import type { Session, Value } from "../onnx/runtime.ts";
import type { KvCache, LanguageModel } from "../types.ts";
import { createCache, type Gpt2Cache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { cachedHeadSize } from "./graph.ts";

/**
 * A GPT-2 over a session that has loaded its graph; the model owns the session and closes it.
 *
 * Steps run one after another in the order in which they were asked for. A step that fails leaves its cache as it was.
 */
export function createModel(config: Gpt2Config, session: Session): LanguageModel {
  const { n_positions, vocab_size } = config;
  /** The caches that this model has made; those of another would be read wrongly. */
  const caches = new WeakMap<KvCache, Gpt2Cache>();
  /** Settles when nothing asked for so far runs any more. */
  let idle: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  async function run(tokens: readonly number[], cache: Gpt2Cache, rows: number): Promise<Float32Array> {
    const past = cache.tokens.length;
    const total = past + tokens.length;
    if (total > n_positions) {
      throw new RangeError(`${past} tokens and ${tokens.length} more are over the limit of ${n_positions}`);
    }
    cache.reserve(total);
    const { logits, new_kv } = await session.run(inputs(config, tokens, cache, rows));
    if (logits === undefined || new_kv === undefined) throw new TypeError("the graph lacks logits or new_kv");
    if (Number.isNaN(logits[0])) {
      throw new UserError("The model computes no numbers: its weights are damaged.", {
        hint: "Download the model again.",
      });
    }
    if (cache.tokens.length !== past) throw new TypeError("the cache was cut while a step was reading it");
    cache.append(tokens, new_kv);
    return logits;
  }

  /**
   * Reads one token after another. For models whose attention is not scaled: their scores are large, which leaves
   * float32 few digits, and the shape of a step then shows in the fourth decimal of a log-probability. Read like this,
   * a text gets exactly the log-probabilities that it had when it was written.
   */
  async function runSingly(tokens: readonly number[], cache: Gpt2Cache, rows: number): Promise<Float32Array> {
    const past = cache.tokens.length;
    const wanted = new Float32Array(rows * vocab_size);
    try {
      for (const [i, token] of tokens.entries()) {
        const logits = await run([token], cache, 1);
        const row = i - (tokens.length - rows);
        if (row >= 0) wanted.set(logits, row * vocab_size);
      }
    } catch (error) {
      cache.truncate(past);
      throw error;
    }
    return wanted;
  }

  return {
    contextLength: n_positions,
    vocabularySize: vocab_size,
    createCache() {
      const cache = createCache(config);
      caches.set(cache, cache);
      return cache;
    },
    async step(tokens, cache, rows = 1) {
      const own = caches.get(cache);
      if (own === undefined) throw new TypeError("the cache was not made by this model");
      if (closing !== undefined) throw new TypeError("the model is closed");
      checkTokens(tokens, vocab_size);
      if (!Number.isInteger(rows) || rows < 1 || rows > tokens.length) {
        throw new RangeError(`${rows} rows of logits cannot come from ${tokens.length} tokens`);
      }
      const read = [...tokens];
      const turn = idle.then(() =>
        config.scale_attn_weights ? run(read, own, rows) : runSingly(read, own, rows),
      );
      idle = turn.catch(() => undefined);
      return turn;
    },
    close() {
      closing ??= idle.then(() => session.close());
      return closing;
    },
  };
}

function checkTokens(tokens: readonly number[], vocabulary: number): void {
  if (tokens.length === 0) throw new RangeError("a step needs at least one token");
  for (const id of tokens) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
      throw new RangeError(`${id} is not a token id: they go from 0 to ${vocabulary - 1}`);
    }
  }
}

/** The graph's inputs, for a batch of one; see `graph.ts`. */
function inputs(
  config: Gpt2Config,
  tokens: readonly number[],
  cache: Gpt2Cache,
  rows: number,
): Readonly<Record<string, Value>> {
  const step = tokens.length;
  const past = cache.tokens.length;
  const all: Record<string, Value> = {
    input_ids: { type: "int64", data: BigInt64Array.from(tokens, BigInt), shape: [1, step] },
    position_ids: { type: "int64", data: range(past, step), shape: [1, step] },
    rows: { type: "int64", data: range(step - rows, rows), shape: [rows] },
    seqlens_k: { type: "int32", data: Int32Array.of(past + step - 1), shape: [1] },
    total_sequence_length: { type: "int32", data: Int32Array.of(past + step), shape: [] },
  };
  const shape = [1, config.n_head, cache.capacity, cachedHeadSize(config)];
  cache.keys.forEach((data, layer) => {
    all[`past.${layer}.key`] = { type: "float32", data, shape };
  });
  cache.values.forEach((data, layer) => {
    all[`past.${layer}.value`] = { type: "float32", data, shape };
  });
  return all;
}

/** `length` whole numbers from `from` on. */
function range(from: number, length: number): BigInt64Array {
  return BigInt64Array.from({ length }, (_, i) => BigInt(from + i));
}
