import { totalmem } from "node:os";
import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { modelName } from "../engine/gpt2/names.ts";
import { freeMemory } from "../engine/memory.ts";
import { PRECISIONS } from "../engine/precision.ts";
import { usagePath, weightsFolder } from "../installation.ts";
import { resolveModel, sizeOf } from "../models/library.ts";
import { licence, modelReadme, statedLimits } from "../models/readme.ts";
import {
  type MemoryNeeds,
  memoryNeeds,
  type ShelfFolders,
  type ShelvedModel,
  shelf,
} from "../models/shelf.ts";
import { readUsage } from "../models/usage.ts";
import { keptWeights } from "../models/weights.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { notice, table, writeJson, writeOut } from "./output.ts";

/** Where this user's models are, and what is known of them. */
export function shelfFolders(context: CommandContext): ShelfFolders {
  return {
    models: modelFolders(context),
    weights: weightsFolder(context.cacheFolder),
    usage: usagePath(context.dataFolder),
  };
}

/** `models list`: every model that has a name, with what its files say. */
export async function showModels(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const { models } = await shelf(shelfFolders(context));
  if (options.json) {
    await writeJson(context, models.map(listedJson));
    return 0;
  }
  const listing = table<ShelvedModel>(models, [
    { title: "NAME", value: ({ model }) => model.name },
    {
      title: "PARAMETERS",
      value: ({ model: { checkpoint } }) => (checkpoint ? short(checkpoint.parameters) : "-"),
      align: "right",
    },
    {
      title: "CONTEXT",
      value: ({ model: { checkpoint } }) => String(checkpoint?.config.n_positions ?? "-"),
      align: "right",
    },
    { title: "SIZE", value: ({ model }) => `${short(model.size)}B`, align: "right" },
    { title: "KEPT", value: ({ kept }) => kept.join(" ") || "-" },
    { title: "LICENCE", value: (one) => one.licence ?? "-" },
    { title: "LAST USED", value: ({ usage }) => usage?.lastUsed.slice(0, 10) ?? "-" },
    {
      title: "WHERE",
      value: ({ model: { where, folder } }) => (where === "your own" ? folder : where),
    },
  ]);
  await writeOut(context, listing);
  for (const { model } of models) {
    if (model.problem !== undefined) notice(context, `${model.name}: ${model.problem}`);
  }
  return 0;
}

function listedJson(shelved: ShelvedModel): object {
  const { name, folder, where, size, checkpoint, problem, cached } = shelved.model;
  return {
    name,
    parameters: checkpoint?.parameters ?? null,
    context: checkpoint?.config.n_positions ?? null,
    size_bytes: size,
    precisions: shelved.kept,
    licence: shelved.licence,
    last_used: shelved.usage?.lastUsed ?? null,
    where,
    folder,
    ...(cached ? { repo: cached.repo, revision: cached.revision, commit: cached.commit } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** `models info`: one model. Rejects with a UserError for an unknown model and a checkpoint that does not work. */
export async function showModel(
  context: CommandContext,
  name: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const folder = await resolveModel(name, modelFolders(context), context);
  const checkpoint = await openCheckpoint(folder);
  const mark = await fingerprint(checkpoint);
  const usage = (await readUsage(usagePath(context.dataFolder))).get(mark);
  const card = await modelReadme(folder);
  const kept = await keptWeights(weightsFolder(context.cacheFolder));
  const about = {
    name: modelName(folder),
    folder,
    fingerprint: mark,
    parameters: checkpoint.parameters,
    dtype: checkpoint.dtype,
    size_bytes: await sizeOf(folder),
    precisions: kept.filter((one) => one.fingerprint === mark).map(({ scheme }) => scheme),
    licence: await licence(folder),
    memory_bytes: memoryNeeds(checkpoint),
    memory_free_bytes: Math.round(Math.min(await freeMemory(), totalmem())),
    last_used: usage?.lastUsed ?? null,
    speed: Object.entries(usage?.speed ?? {}).map(([precision, { tokensPerSecond, choices }]) => {
      return { precision, tokens_per_second: tokensPerSecond, choices };
    }),
    limits: card === null ? null : statedLimits(card),
    config: checkpoint.config,
  };
  if (options.json) {
    await writeJson(context, about);
    return 0;
  }
  const { config } = about;
  const lines: readonly (readonly [string, string])[] = [
    ["name", about.name],
    ["folder", about.folder],
    ["fingerprint", about.fingerprint],
    ["parameters", `${grouped(about.parameters)} (${about.dtype})`],
    ["size on disk", `${grouped(about.size_bytes)} bytes`],
    ["context", `${config.n_positions} tokens`],
    ["vocabulary", `${grouped(config.vocab_size)} tokens`],
    ["shape", `${config.n_layer} layers, ${config.n_head} heads, width ${config.n_embd}`],
    ["memory", memoryWords(about.memory_bytes, about.memory_free_bytes)],
    ["speed", speedWords(about.speed)],
    ["last used", about.last_used ?? "never"],
    ["licence", about.licence ?? "not stated"],
  ];
  const limits = about.limits === null ? "" : `\nWhat its makers say of its limits:\n\n${about.limits}\n`;
  const rows = lines.map(([title, value]) => `${title.padEnd(14)}${value}`);
  await writeOut(context, `${rows.join("\n")}\n${limits}`);
  return 0;
}

/** What a model needs at each precision, beside what is free: `fp32 903 MB, int8 432 MB; 6.2 GB free`. */
function memoryWords(needs: MemoryNeeds, free: number): string {
  const each = PRECISIONS.map(
    (precision) =>
      `${precision} ${short(needs[precision])}B${needs[precision] > free ? " (too much now)" : ""}`,
  );
  return `${each.join(", ")}; ${short(free)}B free`;
}

function speedWords(
  speed: readonly {
    readonly precision: string;
    readonly tokens_per_second: number;
    readonly choices: number;
  }[],
): string {
  if (speed.length === 0) return "not measured yet";
  return speed
    .map(
      ({ precision, tokens_per_second, choices }) =>
        `${precision} ${tokens_per_second} tokens a second${choices > 1 ? `, ${choices} choices at once` : ""}`,
    )
    .join("; ");
}

/** Three digits and a decimal prefix: 124M, 13.9M, 812. */
function short(value: number): string {
  const [unit, divisor] =
    value >= 1e9 ? ["G", 1e9] : value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["k", 1e3] : ["", 1];
  const scaled = value / Number(divisor);
  return `${unit === "" || scaled >= 100 ? Math.round(scaled) : scaled.toPrecision(3)}${unit}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en-GB");
}
