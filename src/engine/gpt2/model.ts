import type { KvCache, LanguageModel } from "../language-model.ts";
import type { Session } from "../onnx/runtime.ts";
import { createBranches } from "./branches.ts";
import { createCache, type Gpt2Cache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { checkTargets, checkTokens, createReader, type Item, type Sees, type Wanted } from "./reader.ts";

/** Tokens of the sequence itself see all of it. */
const ALL: Sees = () => {};

/**
 * A GPT-2 over a session that has loaded its graph; the model owns the session and closes it. `uncopied`: whether
 * outputs are kept from being copied (`Session.run`).
 *
 * Steps run one after another in the order in which they were asked for. A step that fails leaves its cache as it was.
 */
export function createModel(config: Gpt2Config, session: Session, uncopied: boolean): LanguageModel {
  const { n_positions, vocab_size } = config;
  const reader = createReader(config, session, uncopied);
  /** The caches that this model has made; those of another would be read wrongly. */
  const caches = new WeakMap<KvCache, Gpt2Cache>();
  /** Settles when nothing asked for so far runs any more. */
  let idle: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  /** Does `work` when all that was asked for before is done. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined) throw new TypeError("the model is closed");
    const turn = idle.then(work);
    idle = turn.catch(() => undefined);
    return turn;
  }

  function ownCache(cache: KvCache): Gpt2Cache {
    const own = caches.get(cache);
    if (own === undefined) throw new TypeError("the cache was not made by this model");
    return own;
  }

  /** Items of the cache's own sequence; `rest` gives what is wanted of each. */
  async function append(
    cache: KvCache,
    tokens: readonly number[],
    rest: (place: number) => Pick<Item, "wanted" | "target">,
  ): Promise<Wanted> {
    const own = ownCache(cache);
    checkTokens(tokens, vocab_size);
    const read = [...tokens];
    return inTurn(async () => {
      if (own.branched !== null) throw new TypeError("the cache has open branches");
      const past = own.tokens.length;
      if (past + read.length > n_positions) {
        throw new RangeError(`${past} tokens and ${read.length} more are over the limit of ${n_positions}`);
      }
      const items = read.map((token, i) => ({ token, position: past + i, branch: null, ...rest(i) }));
      const wanted = await reader.read(own, items, ALL);
      own.hold(read);
      return wanted;
    });
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
      if (!Number.isInteger(rows) || rows < 1 || (rows > tokens.length && tokens.length > 0)) {
        throw new RangeError(`${rows} rows of logits cannot come from ${tokens.length} tokens`);
      }
      const first = tokens.length - rows;
      return (await append(cache, tokens, (place) => ({ wanted: place >= first }))).logits;
    },
    async likelihoods(tokens, cache, targets) {
      checkTargets(targets, tokens.length, vocab_size);
      const first = tokens.length - targets.length;
      const follows = targets.slice();
      const rest = (place: number) => (place >= first ? { target: follows[place - first]! } : {});
      return (await append(cache, tokens, rest)).likelihoods;
    },
    branch(cache, roots) {
      return createBranches({ config, cache: ownCache(cache), roots, reader, inTurn });
    },
    close() {
      closing ??= idle.then(() => session.close());
      return closing;
    },
  };
}
