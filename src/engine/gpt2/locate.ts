import { realpath } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { UserError } from "../../errors.ts";
import type { ExternalData } from "../onnx/builder.ts";
import type { Weight } from "./checkpoint.ts";

/** Weights as a graph refers to them, with the folder to which their locations are relative. */
export interface LocatedWeights {
  readonly folder: string;
  readonly weights: ReadonlyMap<string, ExternalData>;
}

/**
 * Where the weights really are. The runtime refuses absolute paths and whatever leads out of the folder it is given,
 * links too; but Hugging Face's download cache consists of links. So the links are followed here, and the folder is
 * the nearest one that holds all the files.
 *
 * Throws a UserError if the files have no folder in common (drives of Windows).
 */
export async function locate(weights: ReadonlyMap<string, Weight>): Promise<LocatedWeights> {
  const paths = new Map<string, string>();
  for (const { file } of weights.values()) {
    if (!paths.has(file)) paths.set(file, await realpath(file));
  }
  const folder = commonFolder([...paths.values()]);
  const located = new Map<string, ExternalData>();
  for (const [name, { type, shape, file, offset, length }] of weights) {
    const location = relative(folder, paths.get(file) ?? file).replaceAll(sep, "/");
    located.set(name, { type, shape, location, offset, length });
  }
  return { folder, weights: located };
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? "/");
  for (const path of paths) {
    while (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
      const parent = dirname(folder);
      if (parent === folder) {
        throw new UserError(`The model's files lie on different drives: ${paths.join(", ")}.`, {
          hint: "Put them into one folder.",
        });
      }
      folder = parent;
    }
  }
  return folder;
}
