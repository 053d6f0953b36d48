import { UserError } from "../errors.ts";
import { parseSetting, SETTING_KEYS, SETTINGS, type SettingKey, settingKey } from "../settings.ts";
import { createKeymap } from "../ui/bindings.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { table, writeJson, writeOut } from "./output.ts";

/** `config list`: every setting with its value, where it comes from and what it does. */
export async function listConfig(
  context: CommandContext,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const { settings } = context;
  if (options.json) {
    await writeJson(context, settings.values);
    return 0;
  }
  const listing = table<SettingKey>(SETTING_KEYS, [
    { title: "KEY", value: (key) => key },
    { title: "VALUE", value: (key) => JSON.stringify(settings.values[key]) },
    { title: "SET", value: (key) => (settings.has(key) ? "yes" : "-") },
    { title: "WHAT IT IS", value: (key) => SETTINGS[key].description },
  ]);
  await writeOut(context, listing);
  return 0;
}

/** `config get`: one value; texts as they are, everything else as JSON. Throws a UserError for an unknown key. */
export async function getConfig(
  context: CommandContext,
  key: string,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const value = context.settings.values[settingKey(key)];
  if (options.json) await writeJson(context, value);
  else await writeOut(context, `${typeof value === "string" ? value : JSON.stringify(value)}\n`);
  return 0;
}

/** `config set`. Throws a UserError for an unknown key, a value that does not fit, and a file that can't be written. */
export async function setConfig(context: CommandContext, key: string, value: string): Promise<ExitCode> {
  const known = settingKey(key);
  const parsed = parseSetting(known, value);
  const keys = known === "keys" ? parseSetting("keys", value) : {};
  const {
    problems: [problem],
    taken,
  } = createKeymap(context.settings.values.keymap, keys);
  if (problem !== undefined)
    throw new UserError(`${problem}.`, { exitCode: 2, hint: "Nothing was changed." });
  context.settings.set(known, parsed);
  for (const news of taken) context.stderr.write(`inkwright: ${news}\n`);
  return 0;
}

/** `config unset`: back to the default. Throws a UserError for an unknown key. */
export async function unsetConfig(context: CommandContext, key: string): Promise<ExitCode> {
  context.settings.unset(settingKey(key));
  return 0;
}

/** `config path`: where the settings file is, or will be. */
export async function showConfigPath(context: CommandContext): Promise<ExitCode> {
  await writeOut(context, `${context.settings.path}\n`);
  return 0;
}
