import type { Command, CommandName, KeyContext } from "./keymap.ts";
import { describeKeys, parseKey } from "./terminal/keys.ts";

/** Keys by the command's name, canonical; a key may be a sequence. */
export type KeysByName = ReadonlyMap<string, readonly string[]>;

/** What becomes of the commands once the writer's own keys have their places. */
export interface SettledKeys {
  readonly commands: readonly Command[];
  /** What was refused, in words. */
  readonly problems: readonly string[];
  /** What was taken from other commands, in words. */
  readonly taken: readonly string[];
}

/**
 * Gives commands the writer's own keys in place of the preset's. A key that another command has in the preset is taken
 * from that one, and so is one that a new sequence begins with. Refused is what would never be reached: a key that is
 * given twice or begins a sequence, and what would leave no key to quit with.
 */
export function settleKeys(preset: readonly Command[], own: KeysByName): SettledKeys {
  const problems: string[] = [];
  const taken: string[] = [];
  const accepted: Binding[] = [];
  // What quits comes first: whatever is refused it, its own keys in the preset are still there.
  const names = [...own.keys()].sort((a, b) => Number(b === "quit") - Number(a === "quit"));
  for (const command of names.flatMap((name) => preset.find((one) => one.name === name) ?? [])) {
    for (const key of own.get(command.name) ?? []) {
      const problem = refusal(command, key, preset, own, accepted);
      if (problem === null) accepted.push({ command, key });
      else problems.push(`keys.${command.name}: ${problem}`);
    }
  }
  const ownKeys = (name: CommandName): readonly string[] | null => {
    const keys = accepted.flatMap(({ command, key }) => (command.name === name ? [key] : []));
    return keys.length > 0 || own.get(name)?.length === 0 ? keys : null;
  };
  const commands = preset.map((command): Command => {
    const keys = ownKeys(command.name);
    if (keys) return { ...command, keys };
    const takers = new Map(
      command.keys.flatMap((key) => {
        const taker = accepted.find((one) => one.command !== command && takes(one, { command, key }));
        return taker ? [[key, taker]] : [];
      }),
    );
    const left = command.keys.filter((key) => !takers.has(key));
    const rest = left[0] === undefined ? "has no other key" : `keeps ${left.map(describeKeys).join(", ")}`;
    for (const [key, taker] of takers) {
      const where = taker.key === key ? "" : `, as ${describeKeys(taker.key)} begins with it`;
      taken.push(
        `keys.${taker.command.name}: ${describeKeys(key)} is taken from ${command.name}${where}: it ${rest}`,
      );
    }
    return { ...command, keys: left };
  });
  return { commands, problems, taken };
}

/** What is wrong with the name of a key, as the end of a sentence; null if nothing is. */
export function keyProblem(keys: string, context: KeyContext): string | null {
  const all = keys.trim().toLowerCase().split(/\s+/u);
  for (const [place, key] of all.entries()) {
    try {
      const { name, ctrl, alt, super: meta } = parseKey(key);
      const plain = !ctrl && !alt && !meta;
      if (plain && [...name].length === 1 && place === 0 && context !== "controls" && context !== "takes")
        return `"${key}" is typed into the story`;
      const same = ctrl ? SAME[name] : undefined;
      if (same !== undefined) return `"${key}" is ${same} on most terminals`;
      if (plain && name === "escape" && (context === "anywhere" || all.length > 1))
        return `"${key}" leaves what is open, and before another key it is Alt on most terminals`;
    } catch {
      return `"${key}" is not the name of a key, such as ctrl+k, alt+up or f6`;
    }
  }
  return null;
}

/** What a terminal without a newer protocol for keys sends for Ctrl and these: the same byte as for another key. */
const SAME: Readonly<Record<string, string>> = { m: "Enter", i: "Tab", "[": "Esc", h: "Ctrl+Backspace" };

interface Binding {
  readonly command: Command;
  readonly key: string;
}

/** Why a command cannot have a key of the writer's; null if it can. */
function refusal(
  command: Command,
  key: string,
  preset: readonly Command[],
  own: KeysByName,
  accepted: readonly Binding[],
): string | null {
  const binding = { command, key };
  for (const other of accepted) {
    if (other.command === command) continue;
    if (rivals(binding, other) && key === other.key)
      return `${describeKeys(key)} is given to ${other.command.name} already`;
    if (hides(binding, other) || hides(other, binding))
      return `${describeKeys(key)} does not go with ${describeKeys(other.key)} of ${other.command.name}`;
  }
  for (const other of preset) {
    if (other === command || own.has(other.name)) continue;
    const longer = other.keys.find((one) => hides({ command: other, key: one }, binding));
    if (longer !== undefined) return `${describeKeys(key)} begins ${describeKeys(longer)} of ${other.name}`;
  }
  const quit = preset.find(({ name }) => name === "quit");
  if (!quit || quit === command || accepted.some((one) => one.command === quit)) return null;
  const all = [...accepted, binding];
  const left = quit.keys.some((one) => !all.some((taker) => takes(taker, { command: quit, key: one })));
  return left ? null : `${describeKeys(key)} is needed to quit with`;
}

/** Whether a new key takes one of the preset's away. */
function takes(mine: Binding, its: Binding): boolean {
  return (mine.key === its.key && rivals(mine, its)) || hides(mine, its);
}

/** Whether two commands with one key would be in each other's way. What is nearer to the writer than the story may be. */
function rivals({ command: { context } }: Binding, { command: other }: Binding): boolean {
  const story = (one: KeyContext): boolean => one === "story" || one === "anywhere";
  return context === other.context || (story(context) && story(other.context));
}

/** Whether a sequence keeps a key from being reached: it begins with it. Cutting has its own way out of that. */
function hides(sequence: Binding, { command, key }: Binding): boolean {
  const both = [sequence.command.context, command.context];
  const meet =
    both[0] === both[1] ||
    both.includes("anywhere") ||
    both.every((context) => context === "story" || context === "offer") ||
    both.every((context) => context === "panel" || context === "takes");
  return meet && command.name !== "cut" && sequence.key.startsWith(`${key} `);
}
