import { type FileHandle, mkdtemp, open, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../engine/weights/folder.ts";
import { errorCode, UserError } from "../errors.ts";
import { isThere } from "./library.ts";
import { createNoise } from "./noise.ts";
import { POSITIONS, SHAPES, type Shape, type ShapeName, tensorsOf, VOCABULARY } from "./shapes.ts";
import { standInTokenizer } from "./stand-in-tokenizer.ts";

/** How {@link randomCheckpoint} is watched and ended. */
export interface MakingOptions {
  /** Told of the share that is written, 0 to 1. */
  readonly onProgress: (done: number) => void;
  /** Ends the writing, which then rejects with the signal's reason and leaves nothing. */
  readonly signal: AbortSignal;
}

/**
 * The folder of a checkpoint with random weights of the shape `name` in `parent`, made unless it is there: in Hugging
 * Face's layout, float32, the same numbers every time. It costs an engine what a trained one does. Throws a UserError
 * where the disk has no room for it.
 */
export async function randomCheckpoint(
  name: ShapeName,
  parent: string,
  options: MakingOptions,
): Promise<string> {
  const folder = join(parent, name);
  if (await isThere(join(folder, "model.safetensors"))) return folder;
  const shape = SHAPES[name];
  await makeFolder(parent);
  await checkRoom(parent, 4 * numbersIn(tensorsOf(shape)));
  const making = await mkdtemp(join(parent, `.${name}-`));
  try {
    await writeFile(join(making, "config.json"), JSON.stringify(configOf(shape), null, 2));
    await writeFile(join(making, "tokenizer.json"), JSON.stringify(standInTokenizer()));
    const file = await open(join(making, "model.safetensors"), "wx");
    try {
      await writeWeights(file, shape, options);
    } finally {
      await file.close();
    }
    await rename(making, folder).catch((error: unknown) => {
      // Another process was faster, with the same numbers.
      if (errorCode(error) !== "ENOTEMPTY" && errorCode(error) !== "EEXIST") throw error;
    });
    return folder;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const wanted = bytes + 50e6;
  if (bavail * bsize >= wanted) return;
  throw new UserError(
    `The weights take ${Math.ceil(wanted / 1e6)} MB, and ${Math.floor((bavail * bsize) / 1e6)} MB are free in ${folder}.`,
    { hint: "Make room there, or name another folder in TMPDIR." },
  );
}

function configOf(shape: Shape): object {
  return {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    vocab_size: VOCABULARY,
    n_positions: POSITIONS,
    n_ctx: POSITIONS,
    ...shape,
    activation_function: "gelu_new",
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
    bos_token_id: VOCABULARY - 1,
    eos_token_id: VOCABULARY - 1,
  };
}

/**
 * Mean of a tensor's numbers, and their standard deviation times the root of its inputs, by the end of its name.
 *
 * Greedy decoding should be lively and safe from rounding. A last norm of mixed signs keeps a token from predicting
 * itself through the tied head, and positions that weigh more than tokens keep it from going in circles. What the
 * layers add is modest, and the less the more of them there are: otherwise all places of a long text come to look
 * alike (Dong et al., "Attention is not all you need", 2021).
 */
const NUMBERS: readonly (readonly [ending: string, mean: number, factor: number])[] = [
  ["ln_f.weight", 0, 1],
  ["ln_1.weight", 1, 0.02],
  ["ln_2.weight", 1, 0.02],
  ["bias", 0, 0.01],
  ["wte.weight", 0, 3.3],
  ["wpe.weight", 0, 6.6],
  ["c_attn.weight", 0, 0.83],
  ["c_fc.weight", 0, 0.55],
  ["c_proj.weight", 0, 0.66],
];

/** Format: https://github.com/huggingface/safetensors#format */
async function writeWeights(
  file: FileHandle,
  shape: Shape,
  { onProgress, signal }: MakingOptions,
): Promise<void> {
  const tensors = tensorsOf(shape);
  const header: Record<string, object> = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, sizes] of tensors) {
    const start = end;
    end += 4 * product(sizes);
    header[`transformer.${name}`] = { dtype: "F32", shape: sizes, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const padded = Buffer.from(json.padEnd(8 * Math.ceil(json.length / 8)));
  await file.write(new Uint8Array(BigUint64Array.of(BigInt(padded.length)).buffer));
  await file.write(padded);
  const noise = createNoise();
  let written = 0;
  for (const [name, sizes] of tensors) {
    const [, mean, factor] = NUMBERS.find(([ending]) => name.endsWith(ending)) ?? ["", 0, 0];
    const layers = name.includes("c_proj.weight") ? shape.n_layer : 1;
    for (const piece of noise(product(sizes), mean, factor / Math.sqrt(inputs(name, sizes)) / layers)) {
      signal.throwIfAborted();
      await writeAll(file, new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
      written += piece.byteLength;
      onProgress(written / end);
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** How many numbers a weight's products add up; 1 for what is no matrix. Embeddings are [ids, width]. */
function inputs(name: string, sizes: readonly number[]): number {
  const [first = 1, last = 1] = sizes;
  if (sizes.length === 1) return 1;
  return name.startsWith("h.") ? first : last;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function numbersIn(tensors: ReturnType<typeof tensorsOf>): number {
  return tensors.reduce((all, [, sizes]) => all + product(sizes), 0);
}
