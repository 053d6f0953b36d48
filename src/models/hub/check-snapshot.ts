import { basename, join } from "node:path";
import { INDEX, openCheckpoint, shardNames } from "../../engine/gpt2/checkpoint.ts";
import { readConfig } from "../../engine/gpt2/config.ts";
import { openTokenizer } from "../../engine/tokenizer.ts";
import { UserError } from "../../errors.ts";
import type { HubFile, Listing } from "./listing.ts";
import type { Storage } from "./snapshot.ts";

const HINT = "It is so on the hub: ask its owner. What was here before stays as it is.";

/**
 * Looks at a file that came, before the gigabytes do: whether it is a GPT-2 at all, and whether the hub has all of its
 * weights. Throws a UserError where not.
 */
export async function checkEarly(
  { snapshot }: Storage,
  { repo, files }: Listing,
  { path }: HubFile,
): Promise<void> {
  if (path === "config.json") await readConfig(snapshot);
  if (path !== INDEX) return;
  const missing = (await shardNames(join(snapshot, INDEX))).filter(
    (name) => !files.some((file) => file.path === name),
  );
  if (missing.length === 0) return;
  const some = missing.slice(0, 3).join(", ") + (missing.length > 3 ? ", …" : "");
  throw new UserError(`${repo} is incomplete: there is no ${some}, which ${basename(INDEX)} names.`, {
    hint: HINT,
  });
}

/** Whether all that came is a model that can be opened. Throws a UserError that says what is wrong with it. */
export async function checkWhole({ snapshot }: Storage, { repo }: Listing): Promise<void> {
  try {
    await openCheckpoint(snapshot);
    await openTokenizer(snapshot);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${repo} came whole, but it cannot be opened. ${error.message}`, {
      hint: HINT,
      cause: error,
    });
  }
}
