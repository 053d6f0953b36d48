import type { Branches, BranchRoot, Likelihood } from "../language-model.ts";
import type { Gpt2Cache } from "./cache.ts";
import type { Gpt2Config } from "./config.ts";
import { checkTargets, checkTokens, type Item, type Reader, type Sees, UNSEEN } from "./reader.ts";

/** What branches are made of. */
interface Parts {
  readonly config: Gpt2Config;
  readonly cache: Gpt2Cache;
  readonly roots: number | readonly BranchRoot[];
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
export function createBranches({ config, cache, roots, reader, inTurn }: Parts): Branches {
  const { n_positions, vocab_size } = config;
  const sequence = cache.tokens.length;
  const lines = lineages(roots, sequence);
  const count = lines.length;
  if (cache.branched !== null) throw new TypeError("the cache has open branches");
  cache.branched = 0;
  /** The branch of each slot behind the sequence's own. */
  const owners: number[] = [];
  const lengths = Array.from({ length: count }, () => 0);
  let open = true;

  const sees =
    (all: readonly number[]): Sees =>
    (branch, row) => {
      const { shared, line } = lines[branch]!;
      row.fill(UNSEEN, shared, sequence);
      for (let slot = sequence; slot < row.length; slot++) {
        if (!line.includes(all[slot - sequence]!)) row[slot] = UNSEEN;
      }
    };

  /** Tokens before the next one of a branch. */
  function lengthOf(branch: number): number {
    const { shared, line } = lines[branch]!;
    return line.reduce((sum, one) => sum + (lengths[one] ?? 0), shared);
  }

  function check(branch: number, tokens: readonly number[]): void {
    if (!open) throw new TypeError("the branches are closed");
    const length = lengths[branch];
    if (length === undefined) throw new RangeError(`${branch} is none of ${count} branches`);
    checkTokens(tokens, vocab_size);
    const whole = lengthOf(branch) + tokens.length;
    if (whole > n_positions) throw new RangeError(`${whole} tokens are over the limit of ${n_positions}`);
  }

  function itemsOf(branch: number, tokens: readonly number[]): Item[] {
    const from = lengthOf(branch);
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

/** What comes before the tokens of a branch. */
interface Lineage {
  /** Tokens of the cache's own sequence. */
  readonly shared: number;
  /** The branches that it goes on from, and itself. */
  readonly line: readonly number[];
}

function lineages(roots: number | readonly BranchRoot[], sequence: number): readonly Lineage[] {
  if (typeof roots === "number") {
    if (!Number.isInteger(roots) || roots < 1) throw new RangeError(`${roots} branches are not 1 or more`);
    return Array.from({ length: roots }, (_, branch) => ({ shared: sequence, line: [branch] }));
  }
  if (roots.length === 0) throw new RangeError("0 branches are not 1 or more");
  const lines: Lineage[] = [];
  for (const [branch, { shared = sequence, after }] of roots.entries()) {
    const before = after === undefined ? { shared, line: [] } : lines[after];
    if (before === undefined) throw new RangeError(`branch ${branch} cannot go on from branch ${after}`);
    if (!Number.isInteger(before.shared) || before.shared < 0 || before.shared > sequence) {
      throw new RangeError(`branch ${branch} cannot share ${shared} tokens of ${sequence}`);
    }
    lines.push({ shared: before.shared, line: [...before.line, branch] });
  }
  return lines;
}
