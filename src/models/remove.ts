import { lstat, rm, unlink } from "node:fs/promises";
import { errorMessage, UserError } from "../errors.ts";
import { removeCached } from "./hub/cache.ts";
import { type NamedModel, sizeOf } from "./library.ts";

/**
 * Deletes a model and returns how many bytes that freed. Of a link only the link goes; what was downloaded goes as far
 * as no other snapshot uses it. Throws a UserError for a model of the installation, for a folder of the user's own
 * without `force`, and for what cannot be deleted.
 */
export async function removeModel(model: NamedModel, force: boolean): Promise<number> {
  const { name, folder } = model;
  if (model.where === "in the box") {
    throw new UserError(`${name} is part of Inkwright and stays.`, {
      hint: "Another model is opened with: inkwright models use NAME",
    });
  }
  const size = await sizeOf(folder);
  try {
    if (model.cached) {
      await removeCached(model.cached);
      return size;
    }
    if ((await lstat(folder)).isSymbolicLink()) {
      await unlink(folder);
      return 0;
    }
    if (!force) {
      throw new UserError(`${name} is a folder of your own: ${folder}`, {
        hint: `To delete it with all that is in it (${(size / 1e6).toFixed(1)} MB): inkwright models remove ${name} --force`,
      });
    }
    await rm(folder, { recursive: true });
    return size;
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${folder} cannot be deleted (${errorMessage(cause)}).`, {
      hint: "Close what uses it, or change its folder's permissions.",
      cause,
    });
  }
}
