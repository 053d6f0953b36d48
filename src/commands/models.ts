import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { openCheckpoint } from "../engine/gpt2/checkpoint.ts";
import { fingerprint } from "../engine/gpt2/fingerprint.ts";
import { type ListedModel, listModels, resolveModel, sizeOf } from "../models/library.ts";
import { type CommandContext, type ExitCode, modelFolders } from "./context.ts";
import { notice, table, writeJson, writeOut } from "./output.ts";

/** `models list`: every model that has a name, with what its files say. */
export async function showModels(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const models = await listModels(modelFolders(context));
  if (options.json) {
    await writeJson(context, models.map(listedJson));
    return 0;
  }
  const listing = table<ListedModel>(models, [
    { title: "NAME", value: (model) => model.name },
    {
      title: "PARAMETERS",
      value: ({ checkpoint }) => (checkpoint ? short(checkpoint.parameters) : "-"),
      align: "right",
    },
    {
      title: "CONTEXT",
      value: ({ checkpoint }) => String(checkpoint?.config.n_positions ?? "-"),
      align: "right",
    },
    { title: "SIZE", value: (model) => `${short(model.size)}B`, align: "right" },
    { title: "WHERE", value: (model) => (model.where === "in the box" ? "in the box" : model.folder) },
  ]);
  await writeOut(context, listing);
  for (const { name, problem } of models) if (problem !== undefined) notice(context, `${name}: ${problem}`);
  return 0;
}

function listedJson({ name, folder, where, size, checkpoint, problem }: ListedModel): object {
  return {
    name,
    parameters: checkpoint?.parameters ?? null,
    context: checkpoint?.config.n_positions ?? null,
    size_bytes: size,
    where,
    folder,
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
  const about = {
    name: basename(folder),
    folder,
    fingerprint: await fingerprint(checkpoint),
    parameters: checkpoint.parameters,
    dtype: checkpoint.dtype,
    size_bytes: await sizeOf(folder),
    licence: await licenceOf(folder),
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
    ["licence", about.licence ?? "not stated"],
  ];
  await writeOut(context, `${lines.map(([title, value]) => `${title.padEnd(14)}${value}`).join("\n")}\n`);
  return 0;
}

/** The licence in a model card's front matter (`license: mit`), as on the Hugging Face hub; null where none is. */
async function licenceOf(folder: string): Promise<string | null> {
  const card = await readFile(join(folder, "README.md"), "utf8").catch(() => "");
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? "";
  return /^licen[cs]e:\s*["']?([^"'\r\n]+?)["']?\s*$/m.exec(front)?.[1] ?? null;
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
