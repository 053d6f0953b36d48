import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NUMERIC_SETTINGS, settingProblem } from "../engine/settings.ts";
import { errorMessage, UserError } from "../errors.ts";
import { parseTemplate, type StyleTemplate } from "../story/template.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { notice, table, writeJson, writeOut } from "./output.ts";

/** The styles that there are. */
export interface FoundTemplates {
  /** By name; the user's own take the place of those in the box. */
  readonly templates: readonly StyleTemplate[];
  /** What is wrong with files, in words. */
  readonly problems: readonly string[];
}

/** Where the templates are: those in the box, then the user's own, beside the settings file. */
function foldersOf({ installation, settings }: Pick<CommandContext, "installation" | "settings">) {
  return [
    join(installation.root, "templates", "rewrite"),
    join(dirname(settings.path), "templates", "rewrite"),
  ];
}

/** Reads all templates. One that cannot be used is left out and told of. */
export async function readTemplates(
  context: Pick<CommandContext, "installation" | "settings">,
): Promise<FoundTemplates> {
  const found = new Map<string, StyleTemplate>();
  const problems: string[] = [];
  for (const folder of foldersOf(context)) {
    const names = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => name.endsWith(".txt")).sort()) {
      const name = basename(file, ".txt");
      try {
        const template = parseTemplate(name, await readFile(join(folder, file), "utf8"));
        checkSettings(template);
        found.set(name, template);
      } catch (error) {
        problems.push(`the template ${join(folder, file)} cannot be used: ${errorMessage(error)}`);
      }
    }
  }
  return { templates: [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

function checkSettings({ settings }: StyleTemplate): void {
  for (const [key, value] of Object.entries(settings)) {
    const row = NUMERIC_SETTINGS.find((one) => one.key === key);
    if (!row) throw new Error(`no setting is called ${key}`);
    const problem = settingProblem(row, value);
    if (problem) throw new Error(`${key} ${problem}`);
  }
}

/** The template of a name. Rejects with a UserError (exit code 2) that lists the names. */
export async function findTemplate(context: CommandContext, name: string): Promise<StyleTemplate> {
  const { templates, problems } = await readTemplates(context);
  for (const problem of problems) notice(context, `${problem}.`);
  const found = templates.find((template) => template.name === name);
  if (found) return found;
  throw new UserError(`No style is called "${name}".`, {
    hint: `The styles are ${templates.map((template) => template.name).join(", ")}.`,
    exitCode: 2,
  });
}

/** `styles`: the styles of rewriting, and where their files are. */
export async function showStyles(
  context: CommandContext,
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  const { templates, problems } = await readTemplates(context);
  for (const problem of problems) notice(context, `${problem}.`);
  if (json) {
    await writeJson(context, templates);
    return 0;
  }
  const listing = table(templates, [
    { title: "STYLE", value: ({ name }) => name },
    { title: "WHAT IT DOES", value: ({ about }) => about },
  ]);
  await writeOut(context, listing);
  const own = foldersOf(context).at(-1);
  context.stderr.write(`Your own, and changed ones, go to ${own} as NAME.txt.\n`);
  return 0;
}
