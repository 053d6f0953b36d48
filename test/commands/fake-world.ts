import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { Interrupted } from "../../src/commands/context.ts";
import { main } from "../../src/commands/main.ts";
import type { EngineOptions } from "../../src/engine/engine.ts";
import { FAKE_CARD, FakeEngine } from "../fake-engine.ts";

/** What a command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command line is run. */
export interface RunOptions {
  /** What comes through standard input; without it, standard input is a terminal. */
  readonly stdin?: string | Uint8Array;
  /** Told of everything that reaches stdout, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A folder of its own, a clock that stands, and a fake engine, for command lines in this process. */
export class FakeWorld {
  readonly cwd: string = mkdtempSync(join(tmpdir(), "inkwright-commands-"));
  readonly engine = new FakeEngine();
  /** The folders of the models that were opened. */
  readonly opened: string[] = [];
  /** How each of them was opened. */
  readonly openedWith: EngineOptions[] = [];
  readonly env: Record<string, string> = {
    INKWRIGHT_CONFIG_DIR: join(this.cwd, "config"),
    INKWRIGHT_DATA_DIR: join(this.cwd, "data"),
    INKWRIGHT_CACHE_DIR: join(this.cwd, "cache"),
  };
  now = new Date("2026-03-04T05:06:07.000Z");
  interruption = new AbortController();
  #ids = 0;

  constructor() {
    onTestFinished(() => rmSync(this.cwd, { recursive: true, force: true }));
    this.know();
  }

  /** The fake model was used before: nothing is told of its limits. */
  know(): void {
    mkdirSync(join(this.cwd, "data"));
    const usage = { [FAKE_CARD.fingerprint]: { lastUsed: this.now.toISOString(), speed: {} } };
    writeFileSync(join(this.cwd, "data", "models-used.json"), JSON.stringify(usage));
  }

  interrupt(by: "SIGINT" | "EPIPE"): void {
    this.interruption.abort(new Interrupted(by));
  }

  async run(args: readonly string[], { stdin, onOutput = () => {} }: RunOptions = {}): Promise<Outcome> {
    const out: string[] = [];
    const err: string[] = [];
    const sink = (chunks: string[], tell: (text: string) => void) =>
      new Writable({
        decodeStrings: false,
        write(chunk, _encoding, done) {
          chunks.push(String(chunk));
          tell(String(chunk));
          done();
        },
      });
    const input =
      stdin === undefined
        ? Object.assign(new PassThrough(), { isTTY: true })
        : Readable.from([Buffer.from(stdin)]);
    const code = await main(args, {
      stdin: input,
      stdout: sink(out, onOutput),
      stderr: sink(err, () => {}),
      env: this.env,
      cwd: this.cwd,
      home: join(this.cwd, "home"),
      platform: "linux",
      now: () => this.now,
      newId: () => `generation-${++this.#ids}`,
      watch: () => this.interruption.signal,
      openEngine: async (folder, options) => {
        this.opened.push(folder);
        this.openedWith.push(options);
        return this.engine;
      },
    });
    return { code, stdout: out.join(""), stderr: err.join("") };
  }
}
