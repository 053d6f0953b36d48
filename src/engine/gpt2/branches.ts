import type { Branches, Likelihood } from "../language-model.ts";
import type { Gpt2Cache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { checkTargets, checkTokens, type Item, type Reader, type Sees, UNSEEN } from "./reader.ts";

/** What branches are made of. */
interface Parts {
  readonly config: Gpt2Config;
  readonly cache: Gpt2Cache;
  readonly count: number;
  readonly reader: Reader;
  /** Waits for all earlier runs of the model. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A slot of no branch any more. */
const NOBODY = -1;

/**
 * Sequences that go on from a cache. Their tokens lie behind its own, in the order in which they were read, and the
 * attention bias hides from each what is not its own: a tree of texts in one row of slots, which the graph reads
 * once for all of them (tree attention; Miao et al., "SpecInfer", 2023).
 */
export function createBranches({ config, cache, count, reader, inTurn }: Parts): Branches {
  const { n_positions, vocab_size } = config;
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} branches are not 1 or more`);
  if (cache.branched !== null) throw new TypeError("the cache has open branches");
  cache.branched = 0;
  const shared = cache.tokens.length;
  /** The branch of each slot behind the shared ones. */
  const owners: number[] = [];
  const lengths = Array.from({ length: count }, () => 0);
  let open = true;

  const sees =
    (all: readonly number[]): Sees =>
    (branch, row) => {
      for (let slot = 0; slot < row.length; slot++) row[slot] = all[slot] === branch ? 0 : UNSEEN;
    };

  function check(branch: number, tokens: readonly number[]): void {
    if (!open) throw new TypeError("the branches are closed");
    const length = lengths[branch];
    if (length === undefined) throw new RangeError(`${branch} is none of ${count} branches`);
    checkTokens(tokens, vocab_size);
    if (shared + length + tokens.length > n_positions) {
      throw new RangeError(`${shared + length + tokens.length} tokens are over the limit of ${n_positions}`);
    }
  }

  function itemsOf(branch: number, tokens: readonly number[]): Item[] {
    const from = shared + (lengths[branch] ?? 0);
    return tokens.map((token, i) => ({ token, position: from + i, branch }));
  }

  async function read(items: readonly Item[]) {
    const added = items.map(({ branch }) => branch ?? NOBODY);
    const found = await reader.read(cache, items, sees([...owners, ...added]));
    owners.push(...added);
    cache.branched = owners.length;
    for (const branch of added) lengths[branch] = (lengths[branch] ?? 0) + 1;
    return found;
  }

  return {
    lengths,
    async step(next) {
      for (const { branch, tokens } of next) check(branch, tokens);
      return inTurn(async () => {
        const items = next.flatMap(({ branch, tokens }) =>
          itemsOf(branch, tokens).map((item, i) => ({ ...item, wanted: i === tokens.length - 1 })),
        );
        return read(items);
      });
    },
    async likelihoods(next) {
      for (const { branch, tokens, targets } of next) {
        check(branch, tokens);
        checkTargets(targets, tokens.length, vocab_size);
      }
      return inTurn(async () => {
        const items = next.flatMap(({ branch, tokens, targets }) => {
          const first = tokens.length - targets.length;
          return itemsOf(branch, tokens).map((item, i) => {
            const target = targets[i - first];
            return target === undefined ? item : { ...item, target };
          });
        });
        const { likelihoods } = await read(items);
        let from = 0;
        return next.map(({ targets }): readonly Likelihood[] => {
          from += targets.length;
          return likelihoods.slice(from - targets.length, from);
        });
      });
    },
    truncate(branch, length) {
      const had = lengths[branch];
      if (had === undefined || !Number.isInteger(length) || length < 0 || length > had) {
        throw new RangeError(`cannot cut branch ${branch} of ${had} tokens to ${length}`);
      }
      for (let slot = owners.length - 1; (lengths[branch] ?? 0) > length; slot--) {
        if (owners[slot] !== branch) continue;
        owners[slot] = NOBODY;
        lengths[branch] = (lengths[branch] ?? 0) - 1;
      }
      while (owners.at(-1) === NOBODY) owners.pop();
      cache.branched = owners.length;
    },
    close() {
      if (!open) return;
      open = false;
      cache.branched = null;
    },
  };
}
