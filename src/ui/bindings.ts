import { COMMANDS, type Command, type CommandName, type KeyContext } from "./keymap.ts";
import { PRESETS, type PresetName } from "./presets.ts";
import { describeKey, parseKey } from "./terminal/keys.ts";

/** The keys in force: a preset with the writer's own changes. */
export interface Keymap {
  readonly preset: PresetName;
  /** Every command with its keys; the first is shown in hints. A key may be a sequence: `ctrl+x ctrl+e`. */
  readonly commands: readonly Command[];
  /**
   * What a sequence of keys stands for where these contexts are active, the first one that knows it; and whether a
   * longer one begins with it.
   */
  lookUp(
    keys: readonly string[],
    contexts: readonly KeyContext[],
  ): { readonly command: CommandName | null; readonly more: boolean };
}

/** The writer's own keys: by the command's name, one key, several, or null for none. */
export type UserKeys = Readonly<Record<string, string | readonly string[] | null>>;

/**
 * The keymap of a preset with the writer's own keys, and what is wrong with these, in words: what is wrong is left out.
 * A key that is given to another command in the same context is taken from the one that has it in the preset.
 */
export function createKeymap(
  preset: PresetName = "default",
  own: UserKeys = {},
): { readonly keymap: Keymap; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const wanted = new Map<string, readonly string[]>();
  for (const [name, given] of Object.entries(own)) {
    const command = COMMANDS.find((one) => one.name === name);
    if (!command) {
      problems.push(`keys: no command is called "${name}"; inkwright keys lists them`);
      continue;
    }
    const keys = typeof given === "string" ? [given] : (given ?? []);
    const good = keys.flatMap((key) => {
      const problem = keyProblem(key, command.context);
      if (problem !== null) problems.push(`keys.${name}: ${problem}`);
      return problem === null ? [canonical(key)] : [];
    });
    if (name === "quit" && good.length === 0) problems.push("keys.quit: one key must be left to quit with");
    else if (good.length > 0 || keys.length === 0) wanted.set(name, good);
  }
  const taken = new Map<string, string>();
  for (const [name, keys] of wanted) {
    const context = COMMANDS.find((one) => one.name === name)?.context;
    for (const key of keys) {
      const other = taken.get(`${context} ${key}`);
      if (other !== undefined)
        problems.push(`keys.${name}: ${describeKeys(key)} is given to ${other} already`);
      else taken.set(`${context} ${key}`, name);
    }
  }
  const commands = COMMANDS.map((command): Command => {
    const keys = wanted.get(command.name) ?? PRESETS[preset][command.name] ?? command.keys;
    const left = keys.filter(
      (key) => (taken.get(`${command.context} ${key}`) ?? command.name) === command.name,
    );
    // What would have no key to quit with keeps the preset's, whoever else wants it.
    return { ...command, keys: left.length === 0 && command.name === "quit" ? command.keys : left };
  });
  return { keymap: keymapOf(preset, commands), problems };
}

/** A key or a sequence of keys as help texts print it: `Ctrl+X Ctrl+E`. */
export function describeKeys(keys: string): string {
  return keys.split(" ").map(describeKey).join(" ");
}

/** The key of a command as hints name it; empty where it has none. */
export function hint({ commands }: Keymap, name: CommandName): string {
  const [key] = commands.find((command) => command.name === name)?.keys ?? [];
  return key === undefined ? "" : describeKeys(key);
}

/** The keymap of the program as it comes. */
export const DEFAULT_KEYMAP: Keymap = createKeymap().keymap;

function keymapOf(preset: PresetName, commands: readonly Command[]): Keymap {
  const byKeys = new Map<string, CommandName>();
  const beginnings = new Set<string>();
  for (const { name, context, keys } of commands) {
    for (const key of keys) {
      if (!byKeys.has(`${context} ${key}`)) byKeys.set(`${context} ${key}`, name);
      const parts = key.split(" ");
      for (let length = 1; length < parts.length; length++) {
        beginnings.add(`${context} ${parts.slice(0, length).join(" ")}`);
      }
    }
  }
  return {
    preset,
    commands,
    lookUp(keys, contexts) {
      const sequence = keys.join(" ");
      const found = contexts.map((context) => `${context} ${sequence}`);
      const command = found.map((key) => byKeys.get(key)).find((name) => name !== undefined);
      return { command: command ?? null, more: found.some((key) => beginnings.has(key)) };
    },
  };
}

/** What is wrong with a key of the writer's, as the end of a sentence; null if nothing is. */
function keyProblem(keys: string, context: KeyContext): string | null {
  for (const [place, key] of keys.trim().split(/\s+/u).entries()) {
    try {
      const { name, ctrl, alt, super: meta } = parseKey(key.toLowerCase());
      const types = [...name].length === 1 && !ctrl && !alt && !meta;
      if (types && place === 0 && context !== "controls") return `"${key}" is typed into the story`;
    } catch {
      return `"${key}" is not the name of a key, such as ctrl+k, alt+up or f6`;
    }
  }
  return null;
}

/** The name that the parser of the terminal's input gives to a key. */
function canonical(keys: string): string {
  return keys
    .trim()
    .toLowerCase()
    .split(/\s+/u)
    .map((key) => {
      const { name, shift, ctrl, alt, super: meta } = parseKey(key);
      const held = { shift, ctrl, alt, super: meta };
      return [...(["shift", "ctrl", "alt", "super"] as const).filter((one) => held[one]), name].join("+");
    })
    .join(" ");
}
