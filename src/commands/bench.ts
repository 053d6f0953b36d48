import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelName } from "../engine/gpt2/names.ts";
import { PRECISIONS, type PrecisionChoice } from "../engine/precision.ts";
import { UserError } from "../errors.ts";
import { weightsFolder } from "../installation.ts";
import { resolveModel } from "../models/library.ts";
import { randomCheckpoint } from "../models/random-checkpoint.ts";
import { SHAPE_NAMES, type ShapeName, shapeName } from "../models/shapes.ts";
import { runBenchChild } from "./bench-child.ts";
import type { BenchCase, BenchJob, BenchOutcome } from "./bench-protocol.ts";
import { type BenchRow, benchRows, benchTable } from "./bench-rows.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { progress, writeJson, writeOut } from "./output.ts";

/** The flags of `bench`. */
export interface BenchFlags {
  readonly model?: string;
  /** Name of a shape, in full or short. */
  readonly shape?: string;
  readonly precision?: readonly PrecisionChoice[];
  /** Left out: {@link PROMPTS}, as far as they fit. */
  readonly prompt?: readonly number[];
  readonly count: readonly number[];
  readonly length: number;
  readonly rounds: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Tokens of the prompts where none are asked for; with a smaller window, the longest that fits into it. */
const PROMPTS = [128, 900];

/** Times that a model is opened, at most: for the time that takes. */
const OPENINGS = 5;

/** `bench`: times a model in each precision. Rejects with a UserError for a model that does not work. */
export async function bench(context: CommandContext, flags: BenchFlags): Promise<ExitCode> {
  const { installation, interrupted, settings, cacheFolder } = context;
  const shape = flags.shape === undefined ? undefined : knownShape(flags.shape);
  const line = progress(context);
  const show = (text: string): void => line.show(text);
  try {
    const folder = await benchFolder(context, flags.model, shape, show);
    const subject = shape === undefined ? { model: modelName(folder) } : { shape };
    const rows: BenchRow[] = [];
    const misfits: { readonly precision: string; readonly error: UserError }[] = [];
    for (const precision of new Set(flags.precision ?? PRECISIONS)) {
      const job: BenchJob = {
        folder,
        precision,
        threads: flags.threads ?? settings.values.threads,
        weightsFolder: shape === undefined ? weightsFolder(cacheFolder) : join(shapesFolder(), ".weights"),
        cases: [],
        length: flags.length,
        rounds: flags.rounds,
      };
      const run = (one: BenchJob): Promise<BenchOutcome> =>
        runBenchChild(installation.benchHost, one, show, interrupted);
      try {
        // The first opening may have to quantise: it is not counted.
        const { contextLength } = await run(job);
        const loads: number[] = [];
        for (let i = 1; i < Math.min(OPENINGS, job.rounds); i++) loads.push((await run(job)).loadMs);
        const full = { ...job, cases: benchCases(flags, contextLength) };
        const outcome = await run(full);
        rows.push(...benchRows(subject, full, outcome, [...loads, outcome.loadMs]));
      } catch (error) {
        if (!(error instanceof UserError) || interrupted.aborted) throw error;
        misfits.push({ precision, error });
      }
    }
    if (rows.length === 0 && misfits[0]) throw misfits[0].error;
    line.clear();
    for (const { precision, error } of misfits)
      context.stderr.write(`inkwright: ${precision} is left out: ${error.message}\n`);
    if (flags.json) await writeJson(context, rows);
    else await writeOut(context, benchTable(rows));
    return 0;
  } finally {
    line.clear();
  }
}

/** What is measured, each once. */
function benchCases({ prompt, count, length }: BenchFlags, contextLength: number): readonly BenchCase[] {
  const longest = Math.max(1, contextLength - length);
  const prompts = new Set(prompt ?? PROMPTS.map((tokens) => Math.min(tokens, longest)));
  return [...new Set(count)].flatMap((many) =>
    [...prompts].map((tokens) => ({ prompt: tokens, count: many })),
  );
}

/** Throws a UserError (exit code 2) for no shape's name. */
function knownShape(name: string): ShapeName {
  const found = shapeName(name);
  if (found !== undefined) return found;
  throw new UserError(`There is no shape "${name}".`, {
    hint: `The shapes are ${SHAPE_NAMES.join(", ")}.`,
    exitCode: 2,
  });
}

function shapesFolder(): string {
  return join(tmpdir(), "inkwright-shapes");
}

/** The checkpoint's folder; one with random weights is made if it is not there. */
async function benchFolder(
  context: CommandContext,
  model: string | undefined,
  shape: ShapeName | undefined,
  show: (text: string) => void,
): Promise<string> {
  if (shape === undefined)
    return resolveModel(model ?? context.settings.values.model, modelFolders(context), context);
  return randomCheckpoint(shape, shapesFolder(), {
    signal: context.interrupted,
    onProgress: (done) => show(`making random weights of the shape ${shape} … ${Math.floor(done * 100)} %`),
  });
}
