import { existsSync } from "node:fs";
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

/** The story named in the header lies beside the session. */
function storyOf(path: string, { records }: Session): string | null {
  const header = records.find((record) => record.type === "header");
  if (header?.type !== "header" || header.story === null) return null;
  return join(dirname(path), basename(header.story));
}
