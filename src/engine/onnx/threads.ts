import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * How many threads compute fastest: one a physical core. A second thread on the same core only waits for the same
 * memory and the same arithmetic units.
 */
export function defaultThreads(): number {
  const logical = availableParallelism();
  return Math.max(1, Math.min(logical, physicalCores(logical)));
}

/**
 * Cores in the text of Linux's `/proc/cpuinfo`: pairs of `physical id` and `core id` that differ. Undefined where it
 * does not say (other processors than x86).
 */
export function countCores(cpuinfo: string): number | undefined {
  const cores = new Set<string>();
  for (const processor of cpuinfo.split(/\n\s*\n/)) {
    const chip = /^physical id\s*:\s*(\d+)$/m.exec(processor)?.[1];
    const core = /^core id\s*:\s*(\d+)$/m.exec(processor)?.[1];
    if (chip !== undefined && core !== undefined) cores.add(`${chip}:${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}

function physicalCores(logical: number): number {
  if (process.platform === "linux") return countCores(readIfThere("/proc/cpuinfo")) ?? logical;
  // Elsewhere nothing says it without a native call: x64 processors mostly run two threads a core, others one.
  return process.arch === "x64" && logical >= 4 ? Math.ceil(logical / 2) : logical;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
