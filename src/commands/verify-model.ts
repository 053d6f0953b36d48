import { modelName } from "../engine/gpt2/names.ts";
import { completeSettings } from "../engine/settings.ts";
import { errorMessage } from "../errors.ts";
import { type Check, checkFiles } from "../models/check/checks.ts";
import type { KnownContinuation } from "../models/known.ts";
import { resolveModel } from "../models/library.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { runGeneration } from "./generation.ts";
import { withModel } from "./open-model.ts";
import { progress, writeJson, writeOut } from "./output.ts";

/** Tokens that a model writes to show that it works, where no continuation of it is known. */
const TRIAL_TOKENS = 8;

/** What a model is asked to continue then. */
const TRIAL_PROMPT = "Once upon a time";

/** A model whose files are wrong is not asked to write. */
const NOT_TRIED: Check = {
  check: "continuation",
  passed: null,
  told: "not tried, since its files are wrong",
};

/**
 * `models verify`: looks at all of a model's files, then has it write greedily, and compares what it writes where its
 * continuation is known. Code 1 where something is wrong. Rejects with a UserError for an unknown model.
 */
export async function verifyModel(
  context: CommandContext,
  name: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const folder = await resolveModel(name, modelFolders(context), context);
  const line = progress(context);
  const { checks, known } = await checkFiles(folder, {
    onProgress: (what, bytes) => line.show(`${what}: ${Math.round(bytes / 1e6)} MB read …`),
    signal: context.interrupted,
  }).finally(() => line.clear());
  const sound = checks.every(({ passed }) => passed !== false);
  const all = [...checks, sound ? await checkContinuation(context, folder, known) : NOT_TRIED];
  const passed = all.every((check) => check.passed !== false);
  if (options.json) await writeJson(context, { name: modelName(folder), folder, passed, checks: all });
  else {
    const mark = ({ passed }: Check): string => (passed === null ? "-" : passed ? "ok" : "WRONG");
    const lines = all.map((check) => `${check.check.padEnd(14)}${mark(check).padEnd(7)}${check.told}`);
    await writeOut(context, `${lines.join("\n")}\n`);
  }
  return passed ? 0 : 1;
}

async function checkContinuation(
  context: CommandContext,
  folder: string,
  known: KnownContinuation | null,
): Promise<Check> {
  try {
    const flags = { model: folder, tried: true, ...(known ? { precision: "fp32" as const } : {}) };
    const text = await withModel(context, flags, ({ engine }) => greedy(context, engine, known));
    context.interrupted.throwIfAborted();
    if (known === null) {
      return {
        check: "continuation",
        passed: null,
        told: `none is known; it writes ${JSON.stringify(text)}`,
      };
    }
    const same = text.startsWith(known.continuation);
    const told = same
      ? `as in ${known.source}`
      : `${JSON.stringify(text)} instead of ${JSON.stringify(known.continuation)} (${known.source})`;
    return { check: "continuation", passed: same, told };
  } catch (error) {
    context.interrupted.throwIfAborted();
    return { check: "continuation", passed: false, told: errorMessage(error) };
  }
}

async function greedy(
  context: CommandContext,
  engine: Parameters<typeof runGeneration>[0],
  known: KnownContinuation | null,
): Promise<string> {
  // A token has at least one character: so many are surely enough.
  const length = known ? Math.min(known.continuation.length, engine.card.contextLength >> 1) : TRIAL_TOKENS;
  const settings = completeSettings({ greedy: true, length });
  const before = known?.prompt ?? TRIAL_PROMPT;
  const request = { id: context.newId(), task: "continue", before, choices: 1, settings } as const;
  const { choices } = await runGeneration(engine, request, context.interrupted);
  return choices[0]?.text ?? "";
}
