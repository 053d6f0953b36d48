import { createReadStream, createWriteStream } from "node:fs";
import { readdir, realpath, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Checkpoint, openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { modelName } from "../engine/gpt2/names.ts";
import { readVocabulary } from "../engine/tokenizer-files.ts";
import { UserError } from "../errors.ts";
import { writeError } from "../files.ts";
import { checkRoom, type ImportContext, type ImportedModel, inPlace, newPlace } from "./import-place.ts";

/** Files that a copy has besides the weights, where they are there. `config.json` comes last: it makes a model. */
const FILES: readonly string[] = [
  "tokenizer.json",
  "vocab.json",
  "merges.txt",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "generation_config.json",
  "model.safetensors.index.json",
  "README.md",
  "LICENSE",
  "LICENSE.md",
  "LICENSE.txt",
  "config.json",
];

/** The most that any of {@link FILES} may have, in bytes. */
const LARGEST = 2 ** 26;

/**
 * Brings in the GPT-2 in the folder `from`, in Hugging Face's layout, as `name`; left out, as the folder. A link to it
 * is made, or with `copy` a copy of the files that a model needs, links followed.
 *
 * Throws a UserError for a folder that holds no whole GPT-2, a name that cannot be, a disk that is too small; nothing
 * is left behind then, nor when it is ended.
 */
export async function importFolder(
  from: string,
  name: string | undefined,
  copy: boolean,
  context: ImportContext,
): Promise<ImportedModel> {
  const checkpoint = await openCheckpoint(from);
  await readVocabulary(from);
  const title = name ?? modelName(from).replaceAll("/", "-");
  const place = await newPlace(title, context.folders);
  if (copy) await copyModel(checkpoint, place, title, context);
  else {
    await checkRoom(0, context);
    // Elsewhere Windows lets few people make links to folders.
    await symlink(await realpath(from), place, "junction").catch((cause: unknown) => {
      throw writeError(place, cause);
    });
  }
  return { name: title, folder: place, kind: copy ? "copy" : "link", parameters: checkpoint.parameters };
}

async function copyModel(
  { folder, weights }: Checkpoint,
  place: string,
  name: string,
  context: ImportContext,
): Promise<void> {
  const { onProgress, signal } = context;
  const there = new Set(await readdir(folder));
  const single = there.has("model.safetensors");
  const shards = [...new Set([...weights.values()].map(({ file }) => file))];
  const paths = [
    ...shards,
    ...FILES.filter((one) => there.has(one) && !(single && one === "model.safetensors.index.json")).map(
      (one) => join(folder, one),
    ),
  ];
  const sizes = await Promise.all(paths.map((path) => sizeOf(path, shards.includes(path))));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await checkRoom(total, context);
  await inPlace(place, name, context, async (making) => {
    let done = 0;
    for (const path of paths) {
      const counter = new Transform({
        transform(piece: Uint8Array, _, next) {
          done += piece.length;
          onProgress(Math.min(1, done / total));
          // A file that grows meanwhile would fill the disk.
          next(done > total ? new UserError(`${path} grows while it is copied.`) : null, piece);
        },
      });
      const target = createWriteStream(join(making, basename(path)), {
        flags: "wx",
        flush: true,
      });
      await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), counter, target, { signal });
    }
    await openCheckpoint(making);
    await readVocabulary(making);
  });
}

async function sizeOf(path: string, isWeights: boolean): Promise<number> {
  const found = await stat(path);
  if (found.isFile() && (isWeights || found.size <= LARGEST)) return found.size;
  throw new UserError(
    `${path} is ${found.isFile() ? `${(found.size / 1e6).toFixed(0)} MB large` : "not a file"}, and is not copied.`,
    { hint: "Take it away, or download the model again." },
  );
}
