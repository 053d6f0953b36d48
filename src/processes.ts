import { errorCode } from "./errors.ts";

/** Whether a process of this machine runs: signal 0 only asks. One that we may not ask (EPERM) does run. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
