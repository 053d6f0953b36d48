import { basename, dirname, extname, join } from "node:path";
import { UserError } from "../errors.ts";
import { resolvePath } from "../files.ts";
import { allBackups, type Backup, listBackups, restoreBackup } from "../sessions/backups.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { table, writeJson, writeOut } from "./output.ts";

/** The flags of `backups`. */
export interface BackupsFlags {
  /** Number in the list of the one to restore. */
  readonly restore?: number;
  /** Where to. */
  readonly to?: string;
  readonly json?: boolean;
}

/** Folder of backups in the data folder. */
export function backupsFolder(dataFolder: string): string {
  return join(dataFolder, "backups");
}

/** `backups`: lists earlier states of a story's file, or of all; brings one back as a file of its own. */
export async function showBackups(
  context: CommandContext,
  file: string | undefined,
  flags: BackupsFlags,
): Promise<ExitCode> {
  const root = backupsFolder(context.dataFolder);
  const story = file === undefined ? null : resolvePath(file, context);
  const found = await (story === null ? allBackups(root) : listBackups(root, story));
  if (flags.restore !== undefined) return restore(context, found, flags);
  if (flags.json) {
    await writeJson(
      context,
      found.map((backup, i) => ({ number: i + 1, ...backup, at: new Date(backup.at).toISOString() })),
    );
    return 0;
  }
  if (found.length === 0) {
    await writeOut(context, story === null ? "No backups are kept.\n" : `No backups of ${file} are kept.\n`);
    return 0;
  }
  const listing = table<Backup>(found, [
    { title: "N", value: (backup) => String(found.indexOf(backup) + 1), align: "right" },
    { title: "SAVED OVER", value: ({ at }) => new Date(at).toISOString().slice(0, 16).replace("T", " ") },
    { title: "BYTES", value: ({ size }) => String(size), align: "right" },
    { title: "STORY", value: (backup) => backup.story },
  ]);
  await writeOut(context, listing);
  return 0;
}

async function restore(
  context: CommandContext,
  found: readonly Backup[],
  { restore: number = 0, to, json }: BackupsFlags,
): Promise<ExitCode> {
  const backup = found[number - 1];
  if (!backup) {
    throw new UserError(`There is no backup number ${number}: ${found.length} are listed.`, { exitCode: 2 });
  }
  const ending = extname(backup.story);
  const time = new Date(backup.at).toISOString().slice(0, 16).replaceAll(":", "");
  const beside = join(dirname(backup.story), `${basename(backup.story, ending)} ${time}${ending}`);
  const target = to === undefined ? beside : resolvePath(to, context);
  await restoreBackup(backup, target);
  if (json) await writeJson(context, { restored: target });
  else await writeOut(context, `${target}\n`);
  return 0;
}
