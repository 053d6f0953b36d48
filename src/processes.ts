import { readFileSync } from "node:fs";
import { errorCode } from "./errors.ts";

/**
 * Whether a process of this machine runs: signal 0 only asks. One that we may not ask (EPERM) does run; one that has
 * ended, but whose parent does not want to know, does not.
 */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Whether a process is only an entry in the system's table (a zombie), as far as Linux tells: proc_pid_stat(5). */
function hasEnded(pid: number): boolean {
  try {
    // The name in parentheses may hold anything; the state is the letter behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
