import { readFile } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { UserError } from "../errors.ts";
import type { Gpt2Config } from "./gpt2/config.ts";
import { PRECISIONS, type Precision } from "./precision.ts";
import { type BlockFormat, INT4, INT8 } from "./weights/scheme.ts";

/** The sizes that memory depends on. */
export type ModelSize = Pick<Gpt2Config, "vocab_size" | "n_positions" | "n_embd" | "n_layer" | "n_inner">;

/** Bytes of a number of a matrix: float32, or a whole number and its share of the block's float32 scale. */
function bytesOf(format: BlockFormat | null): number {
  return format === null ? 4 : format.bits / 8 + 4 / format.blockSize;
}

/** Bytes of the weights that every token reads: the layers and the head, which the embeddings share. */
export function weightBytes(
  { vocab_size, n_embd, n_layer, n_inner }: ModelSize,
  precision: Precision,
): number {
  const scheme = precision === "fp32" ? null : precision === "int8" ? INT8 : INT4;
  const body = n_layer * (4 * n_embd ** 2 + 2 * n_embd * n_inner);
  const plain = n_layer * (9 * n_embd + n_inner) + 2 * n_embd;
  return (
    body * bytesOf(scheme?.body ?? null) + vocab_size * n_embd * bytesOf(scheme?.head ?? null) + 4 * plain
  );
}

/** Bytes of the keys and values of so many tokens. */
export function cacheBytes({ n_embd, n_layer }: ModelSize, tokens: number): number {
  return 2 * 4 * n_layer * n_embd * tokens;
}

/** Node, the runtime and the smallest tokenizer, in bytes. */
const PROGRAM = 140e6;

/** Bytes of the tokenizer for each token id. */
const TOKEN_ENTRY = 1500;

/** What the runtime takes besides, for a float32 head: this share of the head's own bytes. */
const FLOAT_HEAD = 0.75;

/** Tokens of a prompt that are computed at once. */
const CHUNK = 64;

/**
 * Bytes that a model takes while it writes at the end of a full window. With the constants above it comes to within
 * 2 % of the greatest resident size measured for the shapes gpt2 (fp32 903 MB, int8 432 MB, int4 387 MB) and
 * gpt2-medium (fp32 2,009 MB, int8 796 MB) after 1,000 tokens.
 */
export function memoryNeeded(config: ModelSize, precision: Precision): number {
  const { vocab_size, n_positions, n_embd, n_inner } = config;
  const program = PROGRAM + TOKEN_ENTRY * vocab_size;
  const head = precision === "fp32" ? FLOAT_HEAD * 4 * vocab_size * n_embd : 0;
  const positions = 4 * n_positions * n_embd;
  const chunk = 4 * CHUNK * (2 * n_inner + 8 * n_embd + n_positions) + 8 * vocab_size;
  const own = weightBytes(config, precision) + head + positions;
  return Math.ceil(program + own + cacheBytes(config, n_positions) + chunk);
}

/** Where {@link freeMemory} learns about the machine. */
export interface MemorySource {
  /** A file's text; null where it cannot be read. */
  readonly read: (path: string) => Promise<string | null>;
  /** As in `process.platform`. */
  readonly platform: string;
  /** Bytes, as `os.freemem` and `os.totalmem` tell them. */
  readonly free: number;
  readonly total: number;
}

/**
 * Bytes that a program can still take. Linux: `MemAvailable` of proc(5), or what the control group allows (cgroups(7))
 * if that is less. macOS counts as free only what nothing was ever kept in, so at least half of the memory is taken to
 * be free there. Elsewhere what the system says.
 */
export async function freeMemory(source: MemorySource = thisMachine()): Promise<number> {
  const { platform, free, total, read } = source;
  if (platform === "darwin") return Math.max(free, total / 2);
  if (platform !== "linux") return free;
  const available = /^MemAvailable:\s+(\d+) kB/m.exec((await read("/proc/meminfo")) ?? "")?.[1];
  return Math.min(available === undefined ? free : Number(available) * 1024, await groupAllowance(read));
}

function thisMachine(): MemorySource {
  const read = (path: string) => readFile(path, "utf8").catch(() => null);
  return { read, platform: process.platform, free: freemem(), total: totalmem() };
}

/** Names of the files of a control group: the limit, what is taken, and of that the line with what can be dropped. */
const GROUP_FILES = {
  v2: { limit: "memory.max", used: "memory.current", droppable: /^inactive_file (\d+)/m },
  v1: {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    droppable: /^total_inactive_file (\d+)/m,
  },
} as const;

/** What the control group of this process and those above it leave; Infinity without a limit. */
async function groupAllowance(read: MemorySource["read"]): Promise<number> {
  const groups = (await read("/proc/self/cgroup")) ?? "";
  const own = [
    [GROUP_FILES.v2, "/sys/fs/cgroup", /^0::(.*)$/m.exec(groups)?.[1] ?? "/"],
    [GROUP_FILES.v1, "/sys/fs/cgroup/memory", /^\d+:(?:.*,)?memory(?:,.*)?:(.*)$/m.exec(groups)?.[1] ?? "/"],
  ] as const;
  let least = Number.POSITIVE_INFINITY;
  for (const [files, root, path] of own) {
    const parts = path.split("/").filter((part) => part !== "" && part !== "..");
    for (let depth = parts.length; depth >= 0; depth--) {
      const folder = [root, ...parts.slice(0, depth)].join("/");
      const limit = Number.parseInt((await read(`${folder}/${files.limit}`)) ?? "", 10);
      if (Number.isNaN(limit)) continue;
      const used = Number.parseInt((await read(`${folder}/${files.used}`)) ?? "", 10) || 0;
      const stat = (await read(`${folder}/memory.stat`)) ?? "";
      const droppable = Number(files.droppable.exec(stat)?.[1] ?? 0);
      least = Math.min(least, Math.max(0, limit - used + droppable));
    }
  }
  return least;
}

/**
 * Throws a UserError where a model takes more than `free` bytes, which says how much is missing and which precision
 * would fit.
 */
export function checkMemory(name: string, config: ModelSize, precision: Precision, free: number): void {
  const needed = memoryNeeded(config, precision);
  if (needed <= free) return;
  const fitting = PRECISIONS.filter((other) => memoryNeeded(config, other) <= free);
  const [best] = fitting;
  throw new UserError(
    `${name} in ${precision} needs ${megabytes(needed)} of memory, and ${megabytes(free)} are free.`,
    {
      hint:
        best === undefined
          ? "Close other programs, or choose a smaller model."
          : `It fits with --precision ${best} (${megabytes(memoryNeeded(config, best))}). Or close other programs.`,
    },
  );
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
