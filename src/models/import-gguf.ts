import { type FileHandle, open, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { readVocabulary } from "../engine/tokenizer-files.ts";
import { UserError } from "../errors.ts";
import { writeNumbers } from "./gguf/numbers.ts";
import { type CheckpointPlan, planCheckpoint } from "./gguf/plan.ts";
import { type GgufFile, readGguf } from "./gguf/reader.ts";
import { tokenizerText } from "./gguf/tokenizer.ts";
import { checkRoom, type ImportContext, type ImportedModel, inPlace, newPlace } from "./import-place.ts";

/** Endings of files that hold weights otherwise, with what to do instead. */
const OTHERS: Readonly<Record<string, string>> = {
  ".safetensors": "Give the folder that it is in, with config.json and tokenizer.json beside it.",
  ".bin": "PyTorch's pickle format can run any program and is refused; get the model as model.safetensors.",
  ".pt": "PyTorch's pickle format can run any program and is refused; get the model as model.safetensors.",
  ".pth": "PyTorch's pickle format can run any program and is refused; get the model as model.safetensors.",
  ".ckpt": "Checkpoints of TensorFlow and PyTorch are not read; get the model as model.safetensors.",
};

/**
 * Makes a checkpoint in Hugging Face's layout from the GPT-2 in the GGUF file `path`, among the user's own models as
 * `name`; left out, as the file. Every number is exactly the one in the file.
 *
 * Throws a UserError for a file that holds no whole GPT-2, a name that cannot be, a disk that is too small; nothing is
 * left behind then, nor when it is ended.
 */
export async function importGguf(
  path: string,
  name: string | undefined,
  context: ImportContext,
): Promise<ImportedModel> {
  const hint = OTHERS[extname(path).toLowerCase()];
  if (hint !== undefined) throw new UserError(`${basename(path)} is not a GGUF file.`, { hint });
  const title = name ?? basename(path).replace(/\.gguf$/i, "");
  const file = await readGguf(path);
  const handle = await open(path, "r");
  try {
    const plan = await planCheckpoint(file, handle);
    const tokenizer = tokenizerText(file);
    const place = await newPlace(title, context.folders);
    await checkRoom(plan.size + tokenizer.length, context);
    await inPlace(place, title, context, async (making) => {
      await writeWeights(join(making, "model.safetensors"), handle, plan, context);
      const card = readme(file);
      if (card !== null) await writeFile(join(making, "README.md"), card);
      await writeFile(join(making, "tokenizer.json"), tokenizer);
      await writeFile(join(making, "generation_config.json"), generationConfig(plan));
      // A folder counts as a model once it has this file.
      await writeFile(join(making, "config.json"), plan.config);
      await openCheckpoint(making);
      await checkVocabulary(making, file);
    });
    return { name: title, folder: place, kind: "gguf", parameters: plan.parameters };
  } finally {
    await handle.close();
  }
}

async function writeWeights(
  path: string,
  source: FileHandle,
  { header, tensors, size }: CheckpointPlan,
  { onProgress, signal }: ImportContext,
): Promise<void> {
  const target = await open(path, "wx");
  try {
    await target.writeFile(header);
    let done = header.length;
    for (const { tensor, turned, offset } of tensors) {
      await writeNumbers(source, tensor, { file: target, offset, turned }, (bytes) => {
        signal.throwIfAborted();
        done += bytes;
        onProgress(done / size);
      });
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

async function checkVocabulary(folder: string, file: GgufFile): Promise<void> {
  const { ids } = await readVocabulary(folder);
  const rows = file.tensors.get("token_embd.weight")?.shape[0] ?? 0;
  const most = Object.values(ids).reduce((largest, id) => Math.max(largest, id), 0);
  if (most < rows) return;
  throw new UserError(
    `The tokenizer in ${basename(file.path)} has token ${most}, and the model only ${rows} tokens.`,
    { hint: "Convert the model again with llama.cpp's convert_hf_to_gguf.py." },
  );
}

function generationConfig({ config }: CheckpointPlan): string {
  const { bos_token_id, eos_token_id } = JSON.parse(config) as Readonly<Record<string, unknown>>;
  return `${JSON.stringify({ bos_token_id, eos_token_id }, null, 2)}\n`;
}

/** A model card with the licence that the file states; null where it states none. */
function readme(file: GgufFile): string | null {
  const [licence, name] = ["license", "name"].map((key) => line(file.metadata.get(`general.${key}`)));
  if (!licence) return null;
  return `---\nlicense: ${licence}\n---\n\n# ${name || basename(file.path)}\n\nMade from ${basename(file.path)}.\n`;
}

/** A text of a stranger on one line, as a value of YAML and a heading can hold it. */
function line(value: unknown): string {
  if (typeof value !== "string") return "";
  return value
    .replace(/[^\p{L}\p{N}.,+()/_-]+/gu, " ")
    .trim()
    .slice(0, 100);
}
