import { execFile, fork } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../../src/engine/engine.ts";
import { type ProcessEngine, startEngine } from "../../../src/engine/process/client.ts";
import type { GenerationEvent } from "../../../src/engine/types.ts";
import { UserError } from "../../../src/errors.ts";
import { asking, choicesOf, collect, only, streamed } from "../desk.ts";

let bundles = "";
const hosts = { fake: "", real: "" };
const open = new Set<ProcessEngine>();

beforeAll(async () => {
  // Inside the checkout, where onnxruntime-node is found.
  bundles = mkdtempSync(join(process.cwd(), "node_modules", ".inkwright-test-"));
  await build({
    entryPoints: {
      fake: new URL("fake-host.ts", import.meta.url).pathname,
      real: new URL("../../../src/engine/process/host.ts", import.meta.url).pathname,
    },
    outdir: bundles,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["onnxruntime-node"],
  });
  hosts.fake = join(bundles, "fake.mjs");
  hosts.real = join(bundles, "real.mjs");
});
afterAll(async () => {
  await Promise.all([...open].map((engine) => engine.close()));
  rmSync(bundles, { recursive: true });
});

async function start(
  folder: string,
  options: Partial<Parameters<typeof startEngine>[1]> = {},
): Promise<ProcessEngine> {
  const engine = await startEngine(folder, { hostFile: hosts.fake, ...options });
  open.add(engine);
  return engine;
}

/** Process numbers of the children of a process that still run. */
async function childrenOf(pid: number): Promise<string[]> {
  const listed = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="]);
  const rows = listed.stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  return rows
    .filter(([, parent, stat, name]) => parent === String(pid) && !stat!.startsWith("Z") && name !== "ps")
    .map(([child]) => child!)
    .sort();
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("an engine in a process of its own", () => {
  let engine: ProcessEngine;
  const told: string[] = [];
  beforeAll(async () => {
    engine = await start("tale", { onStatus: (status) => told.push(status) });
  });

  test("has the model's card, and runs elsewhere", () => {
    expect(engine.card).toMatchObject({ name: "fake", folder: "tale" });
    expect(engine.pid).not.toBe(process.pid);
    expect(told).toEqual(["loading tale"]);
  });

  test("sends the events of a generation as they come", async () => {
    const events = await collect(engine.generate(asking("a b", { length: 4, seed: 1 }, { choices: 2 })));
    const kinds = events.map((event) => event.type);
    const tokens = Array.from({ length: 2 * 4 }, () => "token");
    expect(kinds).toEqual(["started", ...tokens, "choice", "choice", "finished"]);
    // An unfinished character at the end is in neither.
    expect(streamed(events)).toBe(choicesOf(events)[0]!.text);
  });

  test("requests wait for each other, and scores come between", async () => {
    const [first, score, second] = await Promise.all([
      collect(engine.generate(asking("a", { length: 3, seed: 1 }))),
      engine.score("a b c", { bos: false }),
      collect(engine.generate(asking("a", { length: 3, seed: 1 }))),
    ]);
    expect(choicesOf(first)).toEqual(choicesOf(second));
    expect(score.tokens.map((token) => token.text).join("")).toBe("a b c");
  });

  test("alternatives come, and a cancel of theirs is heard", async () => {
    const found = await engine.alternatives("a", { count: 3, after: " b" });
    expect(found.alternatives).toHaveLength(3);
    expect(found.standing?.text).toBe(" b");
    const controller = new AbortController();
    const writing = collect(engine.generate(asking("a", { length: 20, seed: 1 })));
    const waiting = engine.alternatives("a b", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(choicesOf(await writing)[0]!.tokens).toHaveLength(20);
    await expect(engine.alternatives("a", { count: 0 })).rejects.toThrow(/count must be/);
  });

  test("progress of a score is told", async () => {
    const done: number[] = [];
    await engine.score("a ".repeat(90), { onProgress: (share) => done.push(share) });
    expect(done.at(-1)).toBe(1);
    expect(done.length).toBeGreaterThan(1);
  });

  test("a cancel is seen within two tokens", async () => {
    const controller = new AbortController();
    const events: GenerationEvent[] = [];
    let afterwards = 0;
    for await (const event of engine.generate(asking("a", { length: 100, seed: 1 }), controller.signal)) {
      events.push(event);
      if (controller.signal.aborted && event.type === "token") afterwards++;
      if (events.length === 5) controller.abort();
    }
    expect(afterwards).toBeLessThanOrEqual(2);
    expect(choicesOf(events)[0]!.finishReason).toBe("cancelled");
    expect(only(events, "finished").cancelled).toBe(true);
  });

  test("a cancel before the request", async () => {
    const events = await collect(engine.generate(asking("a", { length: 100 }), AbortSignal.abort()));
    expect(choicesOf(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "finished", cancelled: true });
  });

  test("a reader that leaves cancels the request", async () => {
    const begin = performance.now();
    for await (const event of engine.generate(asking("a", { length: 10_000 })))
      if (event.type === "token") break;
    await collect(engine.generate(asking("a", { length: 1 })));
    // 10,000 tokens would take 50 s.
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test("mistakes of the caller are thrown at once, those found by the engine come across", async () => {
    expect(() => engine.generate(asking("a", {}, { choices: 0 }))).toThrow("choices must be");
    const failure = await collect(engine.generate(asking("a", {}, { promptTokens: [9999] }))).catch(
      (error) => error,
    );
    expect(failure).not.toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/in the engine: promptTokens must be .* got 9999/),
    });
  });

  test("Ctrl+C, which reaches the whole group of processes, is the program's business", async () => {
    const { pid } = engine;
    process.kill(pid!, "SIGINT");
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 5 })))).length).toBe(1);
    expect(engine.pid).toBe(pid);
  });

  test("killed in the middle of a generation: it fails, says so, and the next request starts a new process", async () => {
    const { pid } = engine;
    const events: GenerationEvent[] = [];
    const generation = async () => {
      for await (const event of engine.generate(asking("a", { length: 200, seed: 1 }))) {
        events.push(event);
        if (events.length === 5) process.kill(pid!, "SIGKILL");
      }
    };
    const failure = await generation().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: "The engine stopped unexpectedly (signal SIGKILL).",
      hint: expect.any(String),
    });
    expect(new Set(events.map((event) => event.type))).toEqual(new Set(["started", "token"]));

    const again = await collect(engine.generate(asking("a", { length: 5, seed: 1 })));
    expect(choicesOf(again)[0]!.tokens.length).toBe(5);
    expect(engine.pid).not.toBe(pid);
    expect(told).toEqual(["loading tale", "loading tale again"]);
  });

  test("killed before the first token: it fails, and the next request is answered", async () => {
    const generation = async () => {
      for await (const event of engine.generate(asking("a b c ".repeat(15), { length: 5 }))) {
        expect(event.type).toBe("started");
        process.kill(engine.pid!, "SIGKILL");
      }
    };
    await expect(generation()).rejects.toThrow("The engine stopped unexpectedly (signal SIGKILL).");
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 5 })))).length).toBe(1);
    told.length = 0;
  });

  test("killed while nothing runs: the next request does not notice", async () => {
    const { pid } = engine;
    process.kill(pid!, "SIGKILL");
    while (engine.pid !== undefined) await sleep(5);
    expect((await engine.score("a b")).tokens.length).toBe(2);
  });

  test("killed during a score", async () => {
    const score = engine.score("a ".repeat(400), { onProgress: () => process.kill(engine.pid!, "SIGKILL") });
    await expect(score).rejects.toThrow("The engine stopped unexpectedly (signal SIGKILL).");
  });
});

describe("a start that fails", () => {
  test("gives the UserError of the engine, with its hint", async () => {
    const failure = await start("damaged").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: "The checkpoint is damaged.",
      hint: "Copy it again.",
      exitCode: 1,
    });
  });

  test("gives our own mistakes with their stack", async () => {
    const failure = await start("mistaken").catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: "in the engine: a mistake of ours",
      cause: expect.stringContaining("TypeError"),
    });
  });

  test("a process that dies while it loads: its last words are told", async () => {
    const failure = await start("dying").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: "The engine did not start (signal SIGKILL).",
      hint: expect.stringMatching(/Memory may not have sufficed.*--precision/),
    });
  });

  test("a bundle that is not there", async () => {
    await expect(start("tale", { hostFile: join(bundles, "none.mjs") })).rejects.toThrow(
      /did not start \(exit code 1\)/,
    );
  });
});

describe("an opening that is cancelled", () => {
  test.each([
    ["ends", "long", "preparing 8-bit weights … 34 %"],
    ["is killed where the process does not listen", "deaf", "preparing"],
  ])("%s, and the process with it", async (_, folder, status) => {
    const controller = new AbortController();
    const before = await childrenOf(process.pid);
    const told: string[] = [];
    const onStatus = (text: string) => {
      told.push(text);
      if (text === status) setTimeout(() => controller.abort(new Error("never mind")), 50);
    };
    const opening = start(folder, { onStatus, signal: controller.signal, graceMs: 300 });
    await expect(opening).rejects.toThrow("never mind");
    expect(told).toEqual([`loading ${folder}`, status]);
    expect((await childrenOf(process.pid)).filter((child) => !before.includes(child))).toEqual([]);
  });

  test("before it began", async () => {
    const signal = AbortSignal.abort(new Error("never mind"));
    await expect(start("tale", { signal })).rejects.toThrow("never mind");
  });
});

describe("reading ahead", () => {
  const long = "a b c ".repeat(15).trim();

  test("leaves one token to a generation", async () => {
    const engine = await start("tale");
    await engine.prepare(asking(long, { length: 3 }));
    const { prompt, reusedTokens } = only(
      await collect(engine.generate(asking(long, { length: 3 }))),
      "started",
    );
    expect(reusedTokens).toBe(prompt.tokens.length - 1);
    await engine.close();
  });

  test("a process that dies over it is not started anew until somebody waits for it", async () => {
    const told: string[] = [];
    const engine = await start("tale", { onStatus: (status) => told.push(status) });
    const ahead = engine.prepare(asking(long));
    process.kill(engine.pid!, "SIGKILL");
    await expect(ahead).rejects.toThrow("stopped unexpectedly");
    for (let i = 0; i < 5; i++) await engine.prepare(asking(long));
    expect(engine.pid).toBeUndefined();
    expect(told).toEqual(["loading tale"]);
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 3 })))).length).toBe(1);
    expect(told).toEqual(["loading tale", "loading tale again"]);
    await engine.close();
  });
});

describe("a process that stands still", () => {
  test("is killed when it does not answer a cancel, and the next request starts a new one", async () => {
    const engine = await start("tale", { patienceMs: 300 });
    const pid = engine.pid!;
    const controller = new AbortController();
    const generation = async () => {
      for await (const event of engine.generate(asking("a", { length: 100 }), controller.signal)) {
        if (event.type !== "token" || controller.signal.aborted) continue;
        process.kill(pid, "SIGSTOP");
        controller.abort();
      }
    };
    await expect(generation()).rejects.toMatchObject({
      message: "The engine did not answer for 0 s and was ended.",
      hint: expect.stringContaining("Ask again"),
    });
    expect(choicesOf(await collect(engine.generate(asking("a", { length: 3 })))).length).toBe(1);
    expect(engine.pid).not.toBe(pid);
    await engine.close();
  });

  test("but one that is slow to end, and says something meanwhile, is let", async () => {
    const engine = await start("tale", { patienceMs: 300 });
    const { pid } = engine;
    const running = collect(engine.generate(asking("a", { length: 110 })));
    // Waits behind the first, for longer than 300 ms, and is cancelled meanwhile.
    const waiting = await collect(engine.generate(asking("a"), AbortSignal.abort()));
    expect(waiting.at(-1)).toMatchObject({ type: "finished", cancelled: true });
    expect(choicesOf(await running)[0]!.tokens.length).toBe(110);
    expect(engine.pid).toBe(pid);
    await engine.close();
  });
});

describe("memory that runs out", () => {
  test("in a step: the request fails, the process stays", async () => {
    const engine = await start("starving");
    const { pid } = engine;
    for (let i = 0; i < 2; i++) {
      const failure = await collect(engine.generate(asking("a"))).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect(failure).toMatchObject({
        message: "There is not enough memory for the model.",
        hint: expect.stringContaining("--precision"),
      });
    }
    expect(engine.pid).toBe(pid);
    await engine.close();
  });

  test.each([
    ["with the process's own words", "starved", "SIGABRT", (_: number) => {}],
    ["by the system's hand", "tale", "SIGKILL", (pid: number) => process.kill(pid, "SIGKILL")],
  ])("and ends the process %s: the message says what to choose", async (_, folder, signal, then) => {
    const engine = await start(folder);
    const events = collect(engine.generate(asking("a", { length: 100 })));
    then(engine.pid!);
    await expect(events).rejects.toMatchObject({
      message: `The engine stopped unexpectedly (signal ${signal}).`,
      hint: expect.stringMatching(/^Memory may not have sufficed\..* lower precision/),
    });
    await engine.close();
  });
});

describe("close", () => {
  test("ends what runs as cancelled, then the process", async () => {
    const engine = await start("tale");
    const pid = engine.pid!;
    const events: GenerationEvent[] = [];
    let closed: Promise<void> | null = null;
    for await (const event of engine.generate(asking("a", { length: 500, seed: 1 }))) {
      events.push(event);
      if (events.length === 4) closed = engine.close();
    }
    await closed;
    expect(only(events, "finished").cancelled).toBe(true);
    expect(choicesOf(events)[0]!.finishReason).toBe("cancelled");
    expect(isRunning(pid)).toBe(false);
    expect(() => engine.generate(asking("a"))).toThrow("closed");
  });

  test("kills a process that does not listen", async () => {
    const engine = await start("stubborn", { graceMs: 100 });
    const pid = engine.pid!;
    const events = collect(engine.generate(asking("a")));
    await sleep(100);
    await engine.close();
    expect(isRunning(pid)).toBe(false);
    expect((await events).at(-1)).toMatchObject({ type: "finished", cancelled: true });
  });

  test("a process whose program has gone ends by itself", async () => {
    const child = fork(hosts.fake, [], { serialization: "advanced", execArgv: [], stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
    const heard = new Promise((resolve) => child.on("message", resolve));
    child.send({ type: "open", folder: "tale", options: {} });
    await heard;
    child.send({ type: "generate", request: 1, generation: asking("a", { length: 10_000 }) });
    await sleep(50);
    child.disconnect();
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});

test("a real model writes the same here and in its process", async () => {
  const folder = new URL("../../fixtures/checkpoints/plain", import.meta.url).pathname;
  const here = await openEngine(folder, { threads: 1 });
  const there = await start(folder, { hostFile: new URL(`file://${hosts.real}`), threads: 1 });
  expect(there.card).toEqual(here.card);
  for (const settings of [
    { greedy: true, length: 24 },
    { seed: 11, length: 24 },
  ]) {
    const request = asking("The lighthouse keeper had not spoken to anyone for", settings, { choices: 2 });
    const [mine, its] = [await collect(here.generate(request)), await collect(there.generate(request))];
    expect(choicesOf(its)).toEqual(choicesOf(mine));
  }
  expect(await there.score("The keeper slept.", { bos: true })).toEqual(
    await here.score("The keeper slept.", { bos: true }),
  );
  await here.close();
  await there.close();
  expect(existsSync(hosts.real)).toBe(true);
});
