import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { readSession, type Session } from "../sessions/read.ts";
import { sessionPath } from "../sessions/recorder.ts";
import type { CommandContext } from "./context.ts";
import { notice } from "./output.ts";

/** How the names of sessions end. */
export const SESSION_SUFFIX = ".session.jsonl";

/** A session that was read, and the story that it belongs to. */
export interface SessionFile extends Session {
  /** Absolute path. */
  readonly path: string;
  /** Absolute path of the story; null for generations from a pipe. It need not exist. */
  readonly story: string | null;
}

/**
 * The session that `file` is, or that of the story that `file` is. Damaged lines are told on stderr. Throws a
 * UserError where there is no session.
 */
export async function openSession(context: CommandContext, file: string): Promise<SessionFile> {
  const named = resolve(context.cwd, file);
  const isSession = named.endsWith(SESSION_SUFFIX);
  const path = isSession ? named : sessionPath(named);
  if (!existsSync(path)) {
    throw new UserError(
      isSession ? `There is no session ${file}.` : `${file} has no session (${basename(path)}).`,
      {
        hint: "A session begins with the first edit or generation; inkwright sessions list shows those that are here.",
      },
    );
  }
  const session = await readSession(path);
  if (session.damagedLines > 0) {
    notice(context, `${basename(path)}: ${session.damagedLines} damaged lines were passed over.`);
  }
  return { ...session, path, story: isSession ? storyOf(path, session) : named };
}

/**
 * The story beside a session: the one that the header names, or, where both were renamed together, the one whose
 * session is called so.
 */
function storyOf(path: string, { records }: Session): string | null {
  const header = records.find((record) => record.type === "header");
  if (header?.type !== "header" || header.story === null) return null;
  const named = join(dirname(path), basename(header.story));
  if (sessionPath(named) === path) return named;
  const renamed = readdirSync(dirname(path))
    .map((name) => join(dirname(path), name))
    .find((other) => other !== path && sessionPath(other) === path);
  return renamed ?? named;
}
