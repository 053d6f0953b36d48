import { keyProblem, settleKeys } from "./key-conflicts.ts";
import { COMMANDS, type Command, type CommandName, type KeyContext } from "./keymap.ts";
import { PRESETS, type PresetName } from "./presets.ts";
import { describeKeys, parseKey } from "./terminal/keys.ts";

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
 * The keymap of a preset with the writer's own keys. In words: `problems`, what is wrong with these and left out, and
 * `taken`, which keys other commands have lost to them.
 */
export function createKeymap(
  preset: PresetName = "default",
  own: UserKeys = {},
): { readonly keymap: Keymap; readonly problems: readonly string[]; readonly taken: readonly string[] } {
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
  const settled = settleKeys(
    COMMANDS.map((command) => ({ ...command, keys: PRESETS[preset][command.name] ?? command.keys })),
    wanted,
  );
  return {
    keymap: keymapOf(preset, settled.commands),
    problems: [...problems, ...settled.problems],
    taken: settled.taken,
  };
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
