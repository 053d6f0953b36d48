import { join } from "node:path";
import { type Checkpoint, openCheckpoint } from "../../engine/gpt2/checkpoint.ts";
import { openTokenizer } from "../../engine/tokenizer.ts";
import { errorMessage } from "../../errors.ts";
import { KNOWN_CONTINUATIONS, type KnownContinuation } from "../known.ts";
import { hashedFiles, hashOf } from "./hashes.ts";
import { unfinite } from "./numbers.ts";

/** One thing that was looked at. `passed` is null where there was nothing to compare with. */
export interface Check {
  readonly check: "hashes" | "shapes" | "numbers" | "tokenizer" | "continuation";
  readonly passed: boolean | null;
  /** What was found. */
  readonly told: string;
}

/** What {@link checkModel} tells while it works, and what ends it. */
export interface CheckOptions {
  readonly onProgress?: (what: string, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What was found of a model's files, and what its continuation should be, where one is known. */
export interface FileChecks {
  readonly checks: readonly Check[];
  readonly known: KnownContinuation | null;
}

/** Characters of every kind, to see that a tokenizer loses nothing. */
const SAMPLE = "“Don’t,” she said — twice.\n\n  Ünïcode, 日本語, 🙂\tand 1,234.5 tabs.";

/**
 * Looks at all of a model's files: their hashes where those are known, that every tensor is there in its shape, that
 * all numbers are finite, and that the tokenizer gives texts back. Rejects only with the signal's reason.
 */
export async function checkFiles(folder: string, options: CheckOptions = {}): Promise<FileChecks> {
  const { check: hashes, sha256 } = await checkHashes(folder, options);
  const checks: Check[] = [hashes];
  const checkpoint = await attempt("shapes", checks, options, async () => {
    const found = await openCheckpoint(folder);
    return { told: `${found.weights.size} tensors, all in their shapes`, value: found };
  });
  if (checkpoint) {
    await attempt("numbers", checks, options, () => checkNumbers(checkpoint, options));
    await attempt("tokenizer", checks, options, () => checkTokenizer(folder, checkpoint));
  }
  return { checks, known: KNOWN_CONTINUATIONS.find((one) => one.sha256 === sha256) ?? null };
}

/** Adds what came of a look: what it tells, or the failure that it threw. */
async function attempt<T>(
  check: Check["check"],
  checks: Check[],
  { signal }: CheckOptions,
  look: () => Promise<{ readonly told: string; readonly value: T }>,
): Promise<T | null> {
  try {
    const { told, value } = await look();
    checks.push({ check, passed: true, told });
    return value;
  } catch (error) {
    signal?.throwIfAborted();
    checks.push({ check, passed: false, told: errorMessage(error) });
    return null;
  }
}

async function checkHashes(
  folder: string,
  { onProgress = () => {}, signal }: CheckOptions,
): Promise<{ readonly check: Check; readonly sha256: string | null }> {
  let [sha256, bytes]: [string | null, number] = [null, 0];
  const watch = {
    onBytes: (more: number) => {
      bytes += more;
      onProgress("hashes", bytes);
    },
    ...(signal ? { signal } : {}),
  };
  try {
    const files = await hashedFiles(folder);
    const wrong: string[] = [];
    for (const file of files) {
      const found = await hashOf(file, watch);
      if (found !== file.expected) wrong.push(file.name);
      if (file.name === "model.safetensors") sha256 = found;
    }
    sha256 ??= await hashOf({ path: join(folder, "model.safetensors"), kind: "sha256" }, watch).catch(
      () => null,
    );
    const from = [...new Set(files.map(({ source }) => source))].join(" and ");
    const told =
      wrong.length > 0
        ? `not as published by ${from}: ${wrong.join(", ")}`
        : files.length > 0
          ? `${files.length} files as published by ${from}`
          : "no hashes are published with these files";
    return {
      check: { check: "hashes", passed: files.length === 0 ? null : wrong.length === 0, told },
      sha256,
    };
  } catch (error) {
    signal?.throwIfAborted();
    return { check: { check: "hashes", passed: false, told: errorMessage(error) }, sha256: null };
  }
}

async function checkNumbers(
  checkpoint: Checkpoint,
  { onProgress = () => {}, signal }: CheckOptions,
): Promise<{ readonly told: string; readonly value: null }> {
  let bytes = 0;
  const bad = await unfinite(checkpoint, {
    onBytes(more) {
      bytes += more;
      onProgress("numbers", bytes);
    },
    ...(signal ? { signal } : {}),
  });
  if (bad) throw new Error(`${bad.count} numbers of “${bad.name}” are infinite or none at all`);
  return { told: "all weights are finite", value: null };
}

async function checkTokenizer(
  folder: string,
  { config }: Checkpoint,
): Promise<{ readonly told: string; readonly value: null }> {
  const tokenizer = await openTokenizer(folder);
  const ids = tokenizer.encode(SAMPLE);
  if (tokenizer.decode(ids) !== SAMPLE) throw new Error("the tokenizer does not give a text back as it was");
  const beyond = ids.find((id) => id >= config.vocab_size);
  if (beyond !== undefined)
    throw new Error(`the tokenizer knows token ${beyond}, and the model only ${config.vocab_size} tokens`);
  return { told: `${tokenizer.vocabularySize} tokens, texts come back as they were`, value: null };
}
