import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { SamplingSettings } from "../engine/settings.ts";
import { errorCode, errorMessage, UserError } from "../errors.ts";
import { modelReadmes } from "../models/readme.ts";
import { type ExportFormat, exportSession as exported } from "../sessions/export.ts";
import { foldSession } from "../sessions/fold.ts";
import { readSession } from "../sessions/read.ts";
import type { GenerationRecord, OutcomeRecord, SessionRecord } from "../sessions/records.ts";
import { DEFAULTS } from "../settings.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { excerpt, notice, table, writeJson, writeOut } from "./output.ts";
import { openSession, SESSION_SUFFIX } from "./session-file.ts";
import { storiesFolder } from "./story-path.ts";

/** One line of `sessions list`. */
interface SessionSummary {
  readonly session: string;
  readonly story: string | null;
  readonly generations: number;
  readonly accepted: number;
  /** ISO 8601 time of the last record; null for an empty session. */
  readonly last: string | null;
}

/** `sessions list`: the sessions in a folder, or in that of the user's stories. Rejects with a UserError for no folder. */
export async function listSessions(
  context: CommandContext,
  folder: string | undefined,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const path = folder === undefined ? storiesFolder(context) : resolve(context.cwd, folder);
  const summaries: SessionSummary[] = [];
  for (const name of await sessionNames(path, folder === undefined)) {
    try {
      summaries.push(summary(name, (await readSession(join(path, name))).records));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notice(context, error.message);
    }
  }
  if (options.json) {
    await writeJson(context, summaries);
    return 0;
  }
  if (summaries.length === 0) notice(context, `There are no sessions in ${path}.`);
  else await writeOut(context, summaryTable(summaries));
  return 0;
}

/** Names of the sessions in a folder, sorted. The user's folder of stories need not exist yet. */
async function sessionNames(folder: string, mayBeMissing: boolean): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(SESSION_SUFFIX)).sort();
  } catch (cause) {
    if (mayBeMissing && errorCode(cause) === "ENOENT") return [];
    throw new UserError(`${folder} cannot be listed (${errorMessage(cause)}).`, { cause });
  }
}

function summary(session: string, records: readonly SessionRecord[]): SessionSummary {
  const header = records.find((record) => record.type === "header");
  return {
    session,
    story: header?.type === "header" ? header.story : null,
    generations: records.filter((record) => record.type === "generation").length,
    accepted: records.filter((record) => record.type === "outcome" && record.outcome === "accepted").length,
    last: records.at(-1)?.at ?? null,
  };
}

function summaryTable(summaries: readonly SessionSummary[]): string {
  return table<SessionSummary>(summaries, [
    { title: "SESSION", value: ({ session }) => session },
    { title: "GENERATIONS", value: ({ generations }) => String(generations), align: "right" },
    { title: "ACCEPTED", value: ({ accepted }) => String(accepted), align: "right" },
    { title: "LAST", value: ({ last }) => (last === null ? "-" : minute(last)) },
  ]);
}

/** `2026-03-04T05:06:07Z` as `2026-03-04 05:06`, UTC. */
function minute(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}

/** `sessions show`: what was generated, and what became of it. Rejects with a UserError for no session. */
export async function showSession(
  context: CommandContext,
  file: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const { path, records } = await openSession(context, file);
  const { generations, outcomes } = foldSession(records);
  if (options.json) {
    const listed = generations.map((generation) => ({
      ...generation,
      outcome: outcomes.get(generation.id) ?? null,
    }));
    await writeJson(context, { session: path, generations: listed });
    return 0;
  }
  for (const [index, generation] of generations.entries()) {
    if (index > 0) await writeOut(context, "\n");
    await writeOut(context, described(generation, outcomes.get(generation.id)));
  }
  if (generations.length === 0) notice(context, "Nothing was generated in this session.");
  return 0;
}

function described(generation: GenerationRecord, outcome: OutcomeRecord | undefined): string {
  const { at, task, model, seed, settings, choices } = generation;
  const changed = changedSettings(settings);
  const lines = [
    `${at}  ${task}  ${model.name} ${model.fingerprint}  seed ${seed}`,
    ...(changed.length > 0 ? [`  settings  ${changed.join(", ")}`] : []),
    ...(generation.selected === undefined ? [] : [`  original  ${excerpt(generation.selected, 80)}`]),
    ...choices.map(({ text, finish_reason }, index) => {
      const taken = outcome?.outcome === "accepted" && (outcome.choice ?? 0) === index ? "*" : " ";
      return `  ${taken} ${index + 1}  ${excerpt(text, 80)}  (${finish_reason})`;
    }),
    `  ${outcome?.outcome ?? "open"}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The settings that are not the defaults, as `name value`; the seed has a place of its own. */
function changedSettings(settings: SamplingSettings): readonly string[] {
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULTS };
  return Object.entries(settings)
    .filter(([key, value]) => key !== "seed" && JSON.stringify(value) !== JSON.stringify(defaults[key]))
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`);
}

/** `sessions export`: the session as one document on stdout. Rejects with a UserError for no session. */
export async function exportSession(
  context: CommandContext,
  file: string,
  format: ExportFormat,
): Promise<ExitCode> {
  const { records } = await openSession(context, file);
  const cards = format === "html" ? await modelReadmes(modelFolders(context)) : undefined;
  await writeOut(context, exported(records, format, cards));
  return 0;
}
