import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { errorMessage, UserError } from "../../errors.ts";
import { readBounded } from "../bounded-file.ts";
import type { ModelCard } from "../types.ts";
import { type Gpt2Config, readConfig } from "./config.ts";
import { readSafetensors, type SafetensorsFile, type StoredTensor } from "./safetensors.ts";
import { countParameters, expectedTensors } from "./tensors.ts";

/** One trained tensor and where it lies. */
export interface Weight {
  readonly type: ModelCard["dtype"];
  readonly shape: readonly number[];
  /** Path of the file. */
  readonly file: string;
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** A GPT-2's folder, read and checked: all that is needed is there, and has the shape that it should have. */
export interface Checkpoint {
  readonly folder: string;
  readonly config: Gpt2Config;
  /**
   * The trained tensors by name, without the prefix `transformer.` that some checkpoints have.
   * `lm_head.weight` is among them only where the head is not `wte`.
   */
  readonly weights: ReadonlyMap<string, Weight>;
  /** Type of `wte`, which stands for all. */
  readonly dtype: ModelCard["dtype"];
  /** Trained numbers; a tied head counts once, mask buffers never. */
  readonly parameters: number;
}

/** Names of element types, in safetensors and here. */
const TYPES: ReadonlyMap<string, ModelCard["dtype"]> = new Map([
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
]);

const SINGLE = "model.safetensors";
/** Where it says in which files the weights are, if there are several. */
export const INDEX = "model.safetensors.index.json";
const PREFIX = "transformer.";
/** The most that an index may have, in bytes: that of gpt2-xl has 40,000. */
const MOST_INDEX = 2 ** 24;
/** Most files that the weights may be in; each is opened at once with the others. */
const MOST_SHARDS = 500;
const AGAIN = "Download the model again.";

const index = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Reads the configuration and the headers of the weights in `folder`; the weights stay where they are.
 *
 * Throws a UserError that names the file and the tensor for anything missing, damaged or of the wrong shape.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const config = await readConfig(folder);
  const stored = collect(await readFiles(folder));
  const separateHead = !config.tie_word_embeddings && stored.has("lm_head.weight");
  const shapes = expectedTensors(config, separateHead);
  const weights = new Map<string, Weight>();
  for (const [name, shape] of shapes) weights.set(name, checked(folder, name, shape, stored.get(name)));
  const dtype = weights.get("wte.weight")?.type ?? "float32";
  return { folder, config, weights, dtype, parameters: countParameters(shapes) };
}

async function readFiles(folder: string): Promise<readonly SafetensorsFile[]> {
  const present = new Set(await readdir(folder));
  if (present.has(SINGLE)) return [await readSafetensors(join(folder, SINGLE))];
  if (!present.has(INDEX)) throw noWeights(folder, present);
  const names = await shardNames(join(folder, INDEX));
  const missing = names.filter((name) => !present.has(name));
  if (missing.length > 0) {
    throw new UserError(
      `The model in ${folder} is incomplete: ${missing.join(", ")} of its ${names.length} files of weights ` +
        `${missing.length === 1 ? "is" : "are"} missing.`,
      { hint: AGAIN },
    );
  }
  const files: SafetensorsFile[] = [];
  for (const name of names) files.push(await readSafetensors(join(folder, name)));
  return files;
}

/**
 * The files that an index of weights names, sorted. Throws a UserError for a damaged one, and for names outside its
 * folder.
 */
export async function shardNames(path: string): Promise<readonly string[]> {
  const text = (await readBounded(path, MOST_INDEX)).toString("utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON (${errorMessage(error)}).`, { hint: AGAIN, cause: error });
  }
  const { data } = index.safeParse(json);
  const names = [...new Set(Object.values(data?.weight_map ?? {}))].sort();
  if (names.length === 0) {
    throw new UserError(`${path} lists no weights: it has no "weight_map".`, { hint: AGAIN });
  }
  const outside = names.find((name) => name !== basename(name) || /[/\\\0]|^\.{0,2}$/.test(name));
  if (outside !== undefined) {
    throw new UserError(`${path} names weights outside the model's folder: "${outside.slice(0, 100)}".`, {
      hint: AGAIN,
    });
  }
  if (names.length > MOST_SHARDS)
    throw new UserError(`${path} names ${names.length} files.`, { hint: AGAIN });
  return names;
}

function noWeights(folder: string, present: ReadonlySet<string>): UserError {
  const pickled = [...present].find((name) => /^pytorch_model.*\.(bin|json)$/.test(name));
  if (pickled === undefined) {
    return new UserError(`The model in ${folder} has no weights: there is no ${SINGLE}.`, { hint: AGAIN });
  }
  return new UserError(
    `The weights in ${folder} are in PyTorch's pickle format (${pickled}), which is refused: such a file can run any program.`,
    { hint: `Download the model with its ${SINGLE}, or convert it with Hugging Face's safetensors.` },
  );
}

/** All tensors by their names without prefix; where a name comes twice, the first one counts. */
function collect(files: readonly SafetensorsFile[]): ReadonlyMap<string, StoredTensor> {
  const stored = new Map<string, StoredTensor>();
  for (const file of files) {
    for (const [name, tensor] of file.tensors) {
      const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
      if (!stored.has(bare)) stored.set(bare, tensor);
    }
  }
  return stored;
}

function checked(
  folder: string,
  name: string,
  shape: readonly number[],
  tensor: StoredTensor | undefined,
): Weight {
  const wanted = `[${shape.join(", ")}]`;
  if (tensor === undefined) {
    throw new UserError(`The model in ${folder} is incomplete: the tensor "${name}" ${wanted} is missing.`, {
      hint: AGAIN,
    });
  }
  const found = `[${tensor.shape.join(", ")}]`;
  if (found !== wanted) {
    throw new UserError(
      `"${name}" in ${tensor.file} has the shape ${found}; by config.json it should be ${wanted}.`,
      { hint: "config.json and the weights belong to different models: download both again." },
    );
  }
  const type = TYPES.get(tensor.dtype);
  if (type === undefined) {
    throw new UserError(`"${name}" in ${tensor.file} is stored as ${tensor.dtype}, which is not supported.`, {
      hint: `Supported are ${[...TYPES.keys()].join(", ")}: get the model in one of these.`,
    });
  }
  return { type, shape, file: tensor.file, offset: tensor.offset, length: tensor.length };
}
