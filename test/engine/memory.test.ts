import { expect, it } from "vitest";
import {
  checkMemory,
  freeMemory,
  type ModelSize,
  memoryNeeded,
  weightBytes,
} from "../../src/engine/memory.ts";
import { choosePrecision } from "../../src/engine/precision.ts";

const GPT2: ModelSize = { vocab_size: 50257, n_positions: 1024, n_embd: 768, n_layer: 12, n_inner: 3072 };
const MEDIUM: ModelSize = { ...GPT2, n_embd: 1024, n_layer: 24, n_inner: 4096 };
const XL: ModelSize = { vocab_size: 50257, n_positions: 1024, n_embd: 1600, n_layer: 48, n_inner: 6400 };

it("counts the weights: those of GPT-2 are its parameters but for the positions", () => {
  expect(weightBytes(GPT2, "fp32")).toBe(4 * (124_439_808 - 1024 * 768));
  expect(weightBytes(XL, "fp32")).toBe(4 * (1_557_611_200 - 1024 * 1600));
  expect(weightBytes(GPT2, "int8")).toBeLessThan(0.26 * weightBytes(GPT2, "fp32"));
  expect(weightBytes(GPT2, "int4")).toBeLessThan(weightBytes(GPT2, "int8"));
});

it.each([
  ["gpt2", "fp32", GPT2, 903],
  ["gpt2", "int8", GPT2, 432],
  ["gpt2", "int4", GPT2, 387],
  ["gpt2-medium", "fp32", MEDIUM, 2009],
  ["gpt2-medium", "int8", MEDIUM, 796],
] as const)("needs what was measured: %s in %s", (_, precision, size, megabytes) => {
  const needed = memoryNeeded(size, precision) / 1e6;
  expect(needed).toBeGreaterThan(0.97 * megabytes);
  expect(needed).toBeLessThan(1.03 * megabytes);
});

const linux = (files: Record<string, string>) =>
  freeMemory({ read: async (path) => files[path] ?? null, platform: "linux", free: 1000, total: 9000 });

it.each([
  ["what is available", {}, 4_096_000],
  ["no limit", { "/sys/fs/cgroup/memory.max": "max\n" }, 4_096_000],
  [
    "a group of version 2, whose file cache can be dropped",
    {
      "/sys/fs/cgroup/memory.max": "3000000\n",
      "/sys/fs/cgroup/memory.current": "1000000\n",
      "/sys/fs/cgroup/memory.stat": "anon 5\ninactive_file 200000\n",
    },
    2_200_000,
  ],
  [
    "a limit of a group above",
    {
      "/proc/self/cgroup": "0::/user/story\n",
      "/sys/fs/cgroup/user/memory.max": "2000000\n",
      "/sys/fs/cgroup/user/memory.current": "500000\n",
      "/sys/fs/cgroup/user/story/memory.max": "max\n",
    },
    1_500_000,
  ],
  [
    "a group of version 1",
    {
      "/proc/self/cgroup": "5:cpu:/\n4:memory:/docker/x\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "900000\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "100000\n",
    },
    800_000,
  ],
])("finds the free memory of Linux: %s", async (_, files, bytes) => {
  const meminfo = "MemTotal: 9000 kB\nMemFree: 100 kB\nMemAvailable:    4000 kB\n";
  expect(await linux({ "/proc/meminfo": meminfo, ...files })).toBe(bytes);
});

it("trusts other systems", async () => {
  const system = { read: async () => null, free: 1000, total: 9000 };
  expect(await freeMemory({ ...system, platform: "win32" })).toBe(1000);
  expect(await freeMemory({ ...system, platform: "darwin" })).toBe(4500);
  expect(await freeMemory({ ...system, platform: "linux" })).toBe(1000);
});

it("says what is needed, what is free and what would fit", () => {
  expect(() => checkMemory("xl", XL, "int8", 4e9)).not.toThrow();
  expect(() => checkMemory("xl", XL, "fp32", 4e9)).toThrow(
    /xl in fp32 needs [67]\.\d GB of memory, and 4\.0 GB are free/,
  );
  expect(() => checkMemory("xl", XL, "fp32", 4e9)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("--precision int8 (") }),
  );
  expect(() => checkMemory("xl", XL, "int4", 3e8)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("a smaller model") }),
  );
});

it("chooses float32 for small models, 8 bits for others, and less where memory is short", () => {
  expect(choosePrecision("auto", 7e6)).toBe("fp32");
  expect(choosePrecision("auto", 124e6)).toBe("int8");
  const fits = (free: number) => (precision: "fp32" | "int8" | "int4") => memoryNeeded(XL, precision) <= free;
  expect(choosePrecision("auto", 1.5e9, fits(1.9e9))).toBe("int4");
  expect(choosePrecision("auto", 1.5e9, fits(1e8))).toBe("int8");
  expect(choosePrecision("fp32", 1.5e9, fits(1e8))).toBe("fp32");
});
