import type {
  BranchRoot,
  BranchTokens,
  KvCache,
  LanguageModel,
  Likelihood,
  Targets,
} from "../src/engine/language-model.ts";
import { logSumExp, tokenLogprob, tokenRank } from "../src/engine/sampling/likelihood.ts";
import type { ModelCard, Tokenizer } from "../src/engine/types.ts";

/** One run of a fake model: what it read, after how many tokens. */
export interface FakeStep {
  readonly past: number;
  readonly tokens: readonly number[];
  readonly rows: number;
  /** The branches that read them; `past` is then the first one's. */
  readonly branches?: readonly number[];
}

/** A model that is a function of the tokens before, so that a wrong cache shows at once. */
export interface FakeModel extends LanguageModel {
  readonly steps: FakeStep[];
  readonly closed: boolean;
}

/** How a fake model behaves. */
export interface FakeOptions {
  readonly tokenizer: Tokenizer;
  readonly contextLength?: number;
  /** The token that it strongly expects after `sequence`, if any. All others are equal to a hash of the sequence. */
  readonly expects?: (sequence: readonly number[]) => number | undefined;
  /** Happens in each step, before its logits are given. */
  readonly onStep?: (step: FakeStep) => void | Promise<void>;
  /** Id space of the model, where it is larger than the tokenizer's. */
  readonly vocabularySize?: number;
}

/** A model without weights: hashed logits from −2 to 2, and 25 for the token that it expects. */
export function fakeModel(options: FakeOptions): FakeModel {
  const { tokenizer, contextLength = 256, expects, onStep } = options;
  const vocabularySize = options.vocabularySize ?? tokenizer.vocabularySize;
  const steps: FakeStep[] = [];
  const single = new Float32Array(vocabularySize);
  let closed = false;

  function logitsAfter(sequence: readonly number[], into: Float32Array): void {
    let hash = 0x811c_9dc5;
    for (const id of sequence) hash = Math.imul(hash ^ (id + 1), 0x0100_0193);
    for (let id = 0; id < into.length; id++) {
      let own = Math.imul(hash ^ (id + 0x9e37), 0x85eb_ca6b);
      own = Math.imul(own ^ (own >>> 13), 0xc2b2_ae35);
      into[id] = ((own >>> 0) / 2 ** 32) * 4 - 2;
    }
    const favourite = expects?.(sequence);
    if (favourite !== undefined) into[favourite] = 25;
  }

  const open = new Set<KvCache>();
  const likelihood = (sequence: readonly number[], target: number): Likelihood => {
    logitsAfter(sequence, single);
    return { logprob: tokenLogprob(single, target), rank: tokenRank(single, target) };
  };

  async function read(tokens: readonly number[], cache: KvCache, rows: number): Promise<number[]> {
    if (closed) throw new TypeError("the fake model is closed");
    if (open.has(cache)) throw new TypeError("the cache has open branches");
    const held = cache.tokens as number[];
    if (tokens.length === 0 || rows < 1 || rows > tokens.length) {
      throw new RangeError(`${rows} rows of ${tokens.length} tokens`);
    }
    if (held.length + tokens.length > contextLength) {
      throw new RangeError(`${held.length} + ${tokens.length} tokens are more than ${contextLength}`);
    }
    const step = { past: held.length, tokens: [...tokens], rows };
    steps.push(step);
    await onStep?.(step);
    held.push(...tokens);
    return held;
  }

  return {
    contextLength,
    vocabularySize,
    steps,
    get closed() {
      return closed;
    },
    createCache,
    async step(tokens, cache, rows = 1) {
      const held = await read(tokens, cache, rows);
      // As a runtime may, it writes single rows into the same memory each time.
      const logits = rows === 1 ? single : new Float32Array(rows * vocabularySize);
      for (let row = 0; row < rows; row++) {
        const sequence = held.slice(0, held.length - rows + row + 1);
        logitsAfter(sequence, logits.subarray(row * vocabularySize, (row + 1) * vocabularySize));
      }
      return logits;
    },
    async likelihoods(tokens, cache, targets) {
      const held = await read(tokens, cache, targets.length);
      const first = held.length - targets.length + 1;
      return targets.map((target, i) => likelihood(held.slice(0, first + i), target));
    },
    branch(cache, roots) {
      if (open.has(cache)) throw new TypeError("the cache has open branches");
      open.add(cache);
      const shared = [...cache.tokens];
      const all: readonly BranchRoot[] =
        typeof roots === "number" ? Array.from({ length: roots }, () => ({})) : roots;
      const own = all.map((): number[] => []);
      const before = (branch: number): readonly number[] => {
        const root = all[branch]!;
        return root.after === undefined ? shared.slice(0, root.shared) : sequence(root.after);
      };
      const readAll = async (next: readonly BranchTokens[]): Promise<void> => {
        if (closed || !open.has(cache)) throw new TypeError("the fake model's branches are closed");
        const tokens = next.flatMap((one) => one.tokens);
        const branches = next.map(({ branch }) => branch);
        const past = sequence(branches[0] ?? 0).length;
        const step = { past, tokens, rows: next.length, branches };
        steps.push(step);
        await onStep?.(step);
        for (const one of next) {
          own[one.branch]!.push(...one.tokens);
          if (sequence(one.branch).length > contextLength) throw new RangeError("window is full");
        }
      };
      const sequence = (branch: number): number[] => [...before(branch), ...own[branch]!];
      return {
        get lengths() {
          return own.map((tokens) => tokens.length);
        },
        async step(next) {
          await readAll(next);
          const logits = new Float32Array(next.length * vocabularySize);
          next.forEach(({ branch }, row) => {
            logitsAfter(sequence(branch), logits.subarray(row * vocabularySize, (row + 1) * vocabularySize));
          });
          const rows = next.map((_, row) =>
            logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
          );
          return { logits, normalisers: Float32Array.from(rows, logSumExp) };
        },
        async likelihoods(next: readonly (BranchTokens & Targets)[]) {
          await readAll(next);
          return next.map(({ branch, targets }) => {
            const whole = sequence(branch);
            const first = whole.length - targets.length + 1;
            return targets.map((target, i) => likelihood(whole.slice(0, first + i), target));
          });
        },
        truncate(branch, length) {
          own[branch]!.length = length;
        },
        close() {
          open.delete(cache);
        },
      };
    },
    async close() {
      closed = true;
    },
  };
}

/** What a model of `text` expects: the token of `text` at each place, whatever came before. */
export function expecting(text: string, tokenizer: Tokenizer, end = false): FakeOptions["expects"] {
  const ids = tokenizer.encode(text);
  if (end && tokenizer.endOfText !== null) ids.push(tokenizer.endOfText);
  return (sequence) => ids[sequence.length];
}

/** The card of a fake model. */
export function fakeCard(model: LanguageModel): ModelCard {
  return {
    name: "fake",
    folder: "fake",
    fingerprint: "0123456789abcdef",
    parameters: 0,
    contextLength: model.contextLength,
    vocabularySize: model.vocabularySize,
    layers: 0,
    heads: 0,
    width: 0,
    dtype: "float32",
    precision: "fp32",
    runtime: "fake",
  };
}

/**
 * A tokenizer of the words of `text`, each with and without a space in front, of all bytes, and of `<|endoftext|>`,
 * id 0. What is no such word becomes bytes.
 */
export function wordTokenizer(text: string): Tokenizer {
  const utf8 = new TextEncoder();
  const words = [...new Set(text.match(/[A-Za-z]+/g) ?? [])].flatMap((word) => [word, ` ${word}`]);
  const table = [
    utf8.encode("<|endoftext|>"),
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...words.map((word) => utf8.encode(word)),
  ];
  const ids = new Map(words.map((word, index) => [word, 257 + index]));
  return {
    vocabularySize: table.length,
    endOfText: 0,
    infill: null,
    encode: (story) =>
      (story.match(/ ?[A-Za-z]+|[\s\S]/gu) ?? []).flatMap((piece) => {
        const id = ids.get(piece);
        return id === undefined ? Array.from(utf8.encode(piece), (byte) => byte + 1) : [id];
      }),
    bytes: (id) => {
      const bytes = table[id];
      if (!bytes) throw new RangeError(`no token ${id}`);
      return bytes;
    },
    decode: (tokens) => Buffer.concat(tokens.map((id) => table[id]!)).toString("utf8"),
  };
}

function createCache(): KvCache {
  const tokens: number[] = [];
  return {
    tokens,
    truncate(length) {
      if (length > tokens.length) throw new RangeError(`${length} is more than the ${tokens.length} held`);
      tokens.length = length;
    },
  };
}
