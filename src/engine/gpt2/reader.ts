import { UserError } from "../../errors.ts";
import type { Likelihood } from "../language-model.ts";
import type { Session, Value, Values } from "../onnx/runtime.ts";
import type { Gpt2Cache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";

/** A token that the model is to read. */
export interface Item {
  readonly token: number;
  /** Its place in its sequence. */
  readonly position: number;
  /** The branch that it belongs to; null for the cache's own sequence. */
  readonly branch: number | null;
  /** Whether the logits that follow it are wanted. */
  readonly wanted?: boolean;
  /** The token that follows it, whose likelihood is wanted. */
  readonly target?: number;
}

/** What a run of the graph is made for, besides filling the cache. */
export interface Wanted {
  /** Logits of the wanted items. # [wanted, vocab_size] */
  readonly logits: Float32Array;
  /** What a log-softmax subtracts from them. # [wanted] */
  readonly normalisers: Float32Array;
  /** Likelihoods of the targets. */
  readonly likelihoods: readonly Likelihood[];
}

/** Reads items into a cache: what branches need of their model. */
export interface Reader {
  /**
   * Reads `items` one after another, a run of the graph for as many as it takes at a time. `sees` says which slots an
   * item of a branch sees. What was read is counted in the cache when all went
   * well; otherwise nothing is.
   */
  read(cache: Gpt2Cache, items: readonly Item[], sees: Sees): Promise<Wanted>;
}

/** Fills `row`, one 0 for each slot: it stays where a token of `branch` sees the slot; elsewhere comes {@link UNSEEN}. */
export type Sees = (branch: number, row: Float32Array) => void;

/** Tokens in one run, at most; fewer where each is scored, for which the graph holds several rows of logits. */
const MOST = 128;
const MOST_SCORED = 64;

/** No token is this unlikely: what is added to the score of a slot that is not seen. */
export const UNSEEN = -1e30;

/**
 * Makes runs of the graph out of items. `uncopied`: whether outputs are kept from being copied (`Session.run`).
 *
 * Models whose attention is not scaled read one token after another. Their scores are large, which leaves float32 few
 * digits, and the shape of a step then shows in the fourth decimal of a log-probability. Read like this, a text gets
 * exactly the log-probabilities that it had when it was written.
 */
export function createReader(config: Gpt2Config, session: Session, uncopied: boolean): Reader {
  const { n_positions, vocab_size } = config;
  const single = !config.scale_attn_weights;
  let memory = new Float32Array(0);
  let zeros = new Float32Array(0);
  let bias = new Float32Array(0);

  /** Memory for rows of logits, the same each time. # [rows, vocab_size] */
  function logitsOf(rows: number): Float32Array {
    if (memory.length < rows * vocab_size) memory = new Float32Array(rows * vocab_size);
    return memory.subarray(0, rows * vocab_size);
  }

  /** What each of `items` sees of the `past` slots in use and of those that the items fill. # [1, 1, items, slots] */
  function attentionBias(items: readonly Item[], past: number, sees: Sees): Value {
    const slots = past + items.length;
    const shape = [1, 1, items.length, slots];
    const size = items.length * slots;
    if (items.every(({ branch }) => branch === null)) {
      if (zeros.length < size) zeros = new Float32Array(Math.max(size, n_positions));
      return { type: "float32", data: zeros.subarray(0, size), shape };
    }
    if (bias.length < size) bias = new Float32Array(2 * size);
    const data = bias.subarray(0, size).fill(0);
    items.forEach(({ branch }, i) => {
      if (branch !== null) sees(branch, data.subarray(i * slots, (i + 1) * slots));
    });
    return { type: "float32", data, shape };
  }

  async function run(
    cache: Gpt2Cache,
    past: number,
    items: readonly Item[],
    sees: Sees,
    { logits, normalisers }: Pick<Wanted, "logits" | "normalisers">,
  ) {
    const places = items.flatMap(({ wanted, target }, i) => (wanted || target !== undefined ? [i] : []));
    const targets = items.flatMap(({ target }) => target ?? []);
    const inputs: Values = {
      input_ids: longs(
        [1, items.length],
        items.map(({ token }) => token),
      ),
      position_ids: longs(
        [1, items.length],
        items.map(({ position }) => position),
      ),
      rows: longs([Math.max(1, places.length)], places.length > 0 ? places : [items.length - 1]),
      scored: longs(
        [targets.length],
        targets.map((_, i) => i),
      ),
      targets: longs([1, targets.length, 1], targets),
      seqlens_k: { type: "int32", data: Int32Array.of(past + items.length - 1), shape: [1] },
      total_sequence_length: { type: "int32", data: Int32Array.of(past + items.length), shape: [] },
      attention_bias: attentionBias(items, past, sees),
      ...cache.past,
    };
    const scores = { logprobs: floats([1, targets.length, 1]), above: floats([1, targets.length, 1]) };
    const outputs: Values = {
      ...(logits.length > 0
        ? {
            logits: { type: "float32", data: logits, shape: [1, places.length, vocab_size] },
            normalisers: { type: "float32", data: normalisers, shape: [1, places.length, 1] },
          }
        : {}),
      ...(targets.length > 0 ? scores : {}),
      ...cache.present,
    };
    await session.run(inputs, outputs, uncopied);
    if (Number.isNaN(logits[0]) || Number.isNaN(scores.logprobs.data[0])) throw damaged();
    return targets.map((_, i): Likelihood => {
      return { logprob: scores.logprobs.data[i]!, rank: scores.above.data[i]! + 1 };
    });
  }

  return {
    async read(cache, items, sees) {
      const slots = cache.tokens.length + (cache.branched ?? 0);
      const wanted = items.filter((item) => item.wanted).length;
      // For all runs, before the first: what they fill is not counted until the last. One more for an even number.
      cache.reserve(slots + items.length + 1);
      const logits = logitsOf(wanted);
      const normalisers = new Float32Array(wanted);
      const likelihoods: Likelihood[] = [];
      const isScored = items.some(({ target }) => target !== undefined);
      const most = single ? 1 : isScored ? MOST_SCORED : MOST;
      let row = 0;
      for (let from = 0; from < items.length; from += most) {
        const part = single ? [items[from]!] : evenly(items.slice(from, from + most), n_positions);
        const end = row + part.filter((item) => item.wanted).length;
        const places = {
          logits: logits.subarray(row * vocab_size, end * vocab_size),
          normalisers: normalisers.subarray(row, end),
        };
        likelihoods.push(...(await run(cache, slots + from, part, sees, places)));
        row = end;
      }
      if (slots !== cache.tokens.length + (cache.branched ?? 0)) {
        throw new TypeError("the cache was cut while a step was reading it");
      }
      return { logits, normalisers, likelihoods };
    },
  };
}

/**
 * An odd number of tokens of the sequence with one more behind it, which is not counted. The kernels multiply rows in
 * pairs and a last one differently, in the seventh digit, which 8-bit activations may turn into a step of theirs: in
 * pairs a text is computed to the same bits however it is cut into runs, and a recorded generation repeats itself.
 */
function evenly(items: readonly Item[], positions: number): readonly Item[] {
  const last = items.at(-1);
  if (items.length % 2 === 0 || last === undefined || last.branch !== null) return items;
  return [...items, { token: 0, position: Math.min(last.position + 1, positions - 1), branch: null }];
}

/** Throws a RangeError for no tokens, and for one that is no id of the vocabulary. */
export function checkTokens(tokens: readonly number[], vocabulary: number): void {
  if (tokens.length === 0) throw new RangeError("a step needs at least one token");
  for (const id of tokens) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
      throw new RangeError(`${id} is not a token id: they go from 0 to ${vocabulary - 1}`);
    }
  }
}

/** Throws a RangeError for no targets, more than `read` tokens have, and ones that are no ids. */
export function checkTargets(targets: readonly number[], read: number, vocabulary: number): void {
  checkTokens(targets, vocabulary);
  if (targets.length > read) throw new RangeError(`${targets.length} targets cannot follow ${read} tokens`);
}

function damaged(): UserError {
  return new UserError("The model computes no numbers: its weights are damaged.", {
    hint: "Download the model again.",
  });
}

function longs(shape: readonly number[], values: readonly number[]): Value {
  return { type: "int64", data: BigInt64Array.from(values, BigInt), shape };
}

function floats(shape: readonly [number, number, number]) {
  return { type: "float32", data: new Float32Array(shape[1]), shape } as const;
}
