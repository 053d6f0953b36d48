import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";

/** The process that is to stop. */
export interface Stoppable {
  readonly pid: number;
  readonly platform: string;
  kill(pid: number, signal: string): unknown;
}

/**
 * Stops the program and whatever the shell started with it, as Ctrl+Z does in other programs: the signal SIGTSTP to the
 * process group, which gives the terminal back first. `fg` in the shell goes on.
 *
 * Rejects with a UserError where nobody could go on with it: on Windows, and where no shell started the program.
 */
export async function suspend(target: Stoppable): Promise<void> {
  if (target.platform === "win32") throw alone("This system cannot stop a program.");
  if (await leadsSession(target)) throw alone("No shell started Inkwright that could go on with it.");
  target.kill(0, "SIGTSTP");
}

function alone(message: string): UserError {
  return new UserError(message, { hint: "Open another terminal instead." });
}

/**
 * Whether the process group's leader leads the session too: the terminal belongs to no shell then, and nobody would
 * ever wake what has stopped.
 */
async function leadsSession({ pid, platform }: Stoppable): Promise<boolean> {
  if (platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // pid (name) state parent group session …; the name may hold anything.
    const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === session;
  }
  const ask = promisify(execFile);
  const { stdout: group } = await ask("ps", ["-o", "pgid=", "-p", String(pid)]);
  const { stdout: state } = await ask("ps", ["-o", "stat=", "-p", group.trim()]);
  return state.includes("s");
}
