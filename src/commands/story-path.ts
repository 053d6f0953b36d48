import { copyFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder } from "../engine/weights/folder.ts";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { resolvePath } from "../files.ts";
import type { CommandContext } from "./context.ts";

/** The sample that opens where no story was named and none was open before. */
const FIRST_SAMPLE = "lighthouse.md";

/**
 * The absolute path of the story to open, without links: the one named, or the last one, or a sample. A sample opens as a copy in
 * the writer's own folder, made once, so that the installation stays as it is.
 *
 * Throws a UserError where that copy cannot be made.
 */
export async function storyPath(context: CommandContext, file: string | undefined): Promise<string> {
  const { settings, installation, cwd } = context;
  const named = file ?? settings.values.last_story ?? join(installation.stories, FIRST_SAMPLE);
  const path = await realPath(resolve(cwd, named));
  return (await isSample(path, installation.stories)) ? ownCopy(context, path) : path;
}

/** The path itself, whatever links lead to it: two editors of one story must know each other. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // A story that is not there yet; its folder may be.
    return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  }
}

/** The writer's folder of stories, absolute; `~` in the setting is the home folder. */
export function storiesFolder(context: CommandContext): string {
  return resolvePath(context.settings.values.stories, { cwd: context.home, home: context.home });
}

async function isSample(path: string, samples: string): Promise<boolean> {
  try {
    return dirname(await realpath(path)) === (await realpath(samples));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

async function ownCopy(context: CommandContext, sample: string): Promise<string> {
  const folder = storiesFolder(context);
  const own = join(folder, basename(sample));
  try {
    await makeFolder(folder);
    await copyFile(sample, own, 1 /* COPYFILE_EXCL: never over the writer's own */);
  } catch (cause) {
    if (errorCode(cause) !== "EEXIST") {
      throw new UserError(`the sample cannot be copied to ${folder}: ${errorMessage(cause)}`, {
        hint: "Name another folder with: inkwright config set stories FOLDER",
        cause,
      });
    }
  }
  return own;
}
