import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import Conf from "conf";
import { errorMessage, UserError } from "./errors.ts";
import { checkedSettings, isSettingKey, type SettingKey, type Settings } from "./settings.ts";

/** The user's settings, read once and passed down. */
export interface SettingsStore {
  /** What is in force; a new object after each change. */
  readonly values: Settings;
  /** The settings file; it exists once something was set. */
  readonly path: string;
  /** What was wrong with the file, one sentence each. */
  readonly problems: readonly string[];
  /** Whether the file sets `key`. */
  has(key: SettingKey): boolean;
  /**
   * Changes one setting and writes the file. Throws a TypeError for a value of the wrong kind and a UserError when
   * the file cannot be written.
   */
  set<K extends SettingKey>(key: K, value: Settings[K]): void;
  /** Back to the default. Throws a UserError as `set` does. */
  unset(key: SettingKey): void;
}

/** Where settings are kept. */
export interface SettingsPlace {
  /** Folder of config.json; without it the system's folder for settings, which honours `XDG_CONFIG_HOME`. */
  readonly folder?: string | undefined;
  readonly now: () => Date;
}

type Stored = Record<string, unknown>;

/**
 * Reads config.json. A damaged file never stops the program: one that is no JSON object is set aside as
 * `config.json.damaged-<time>` and the defaults hold; a bad value falls back to its own default and is taken out of
 * the file, of which a copy is kept aside. `problems` tells what happened.
 */
export function openSettings({ folder, now }: SettingsPlace): SettingsStore {
  const problems: string[] = [];
  const aside = (path: string) => `${path}.damaged-${now().toISOString().replaceAll(/[:.]/g, "-")}`;
  let damage: string | undefined;
  const readObject = (text: string): Stored => {
    try {
      return storedObject(JSON.parse(text));
    } catch (error) {
      damage = errorMessage(error);
      return {};
    }
  };
  let conf: Conf<Stored>;
  try {
    conf = new Conf<Stored>({
      projectName: "inkwright",
      projectSuffix: "",
      accessPropertiesByDotNotation: false,
      deserialize: readObject,
      serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
      ...(folder ? { cwd: folder } : {}),
    });
  } catch (cause) {
    problems.push(`The settings cannot be read (${errorMessage(cause)}); the defaults are used.`);
    return unreadable(join(folder ?? "", "config.json"), problems, cause);
  }
  if (damage !== undefined) {
    const where = aside(conf.path);
    const kept = done(() => renameSync(conf.path, where)) ? `; it is kept as ${where}` : "";
    problems.push(`${conf.path} cannot be read (${damage}); the defaults are used${kept}.`);
  }
  const found = conf.store;
  const { bad } = checkedSettings(found);
  problems.push(...[...bad.values()].map((problem) => `${conf.path}: ${problem}; the default is used.`));
  for (const key of Object.keys(found)) {
    if (!isSettingKey(key)) problems.push(`${conf.path}: no setting is called "${key}".`);
  }
  if (bad.size > 0) {
    const where = aside(conf.path);
    const kept = done(() => {
      copyFileSync(conf.path, where);
      for (const key of bad.keys()) conf.delete(key);
    });
    if (kept) problems.push(`The file as it was is kept as ${where}.`);
  }
  return writable(conf, problems);
}

function storedObject(value: unknown): Stored {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new SyntaxError("it holds no JSON object");
}

/** Whether `action` could be done; in a folder that cannot be written it could not. */
function done(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function writable(conf: Conf<Stored>, problems: readonly string[]): SettingsStore {
  let values = checkedSettings(conf.store).values;
  const change = (write: () => void): void => {
    try {
      write();
    } catch (cause) {
      throw notWritten(conf.path, cause);
    }
    values = checkedSettings(conf.store).values;
  };
  return {
    get values() {
      return values;
    },
    path: conf.path,
    problems,
    has: (key) => conf.has(key),
    set(key, value) {
      for (const problem of checkedSettings({ [key]: value }).bad.values()) throw new TypeError(problem);
      change(() => conf.set(key, value));
    },
    unset: (key) => change(() => conf.delete(key)),
  };
}

function unreadable(path: string, problems: readonly string[], cause: unknown): SettingsStore {
  const fail = (): never => {
    throw notWritten(path, cause);
  };
  return { values: checkedSettings({}).values, path, problems, has: () => false, set: fail, unset: fail };
}

function notWritten(path: string, cause: unknown): UserError {
  return new UserError(`The settings cannot be written to ${path} (${errorMessage(cause)}).`, {
    hint: "Check the permissions of that folder, or name another in INKWRIGHT_CONFIG_DIR.",
    cause,
  });
}
