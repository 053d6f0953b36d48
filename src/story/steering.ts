import { parse } from "yaml";
import { activeLore, keyPattern, type LoreEntry } from "./lore.ts";

/** What a writer tells the model besides the story. */
export interface StorySteering {
  /** Always in front of the story. */
  readonly memory: string;
  /** The author's note, and how many paragraphs of the story stand behind it. */
  readonly note: string;
  readonly noteParagraphs: number;
  readonly lore: readonly LoreEntry[];
  /** What the text is to be led away from. */
  readonly avoid: string;
  readonly ban: readonly { readonly text: string; readonly exact?: boolean }[];
  readonly bias: readonly { readonly text: string; readonly weight: number }[];
  readonly include: readonly string[];
}

/** Nothing but the story. */
export const NO_STEERING: StorySteering = {
  memory: "",
  note: "",
  noteParagraphs: 3,
  lore: [],
  avoid: "",
  ban: [],
  bias: [],
  include: [],
};

/** What front matter says, and what is wrong with it, as sentences. What is wrong is left out. */
export interface ParsedSteering {
  readonly steering: StorySteering;
  readonly problems: readonly string[];
}

/** Paragraphs in which the keys of lore are looked for, where an entry does not say. */
const LORE_DEPTH = 8;

/** Memory and notes come before lore of any ordinary priority. */
const MEMORY_PRIORITY = 1000;
const NOTE_PRIORITY = 900;

const MOST_BIAS = 100;

/** Reads the YAML of a story's front matter. Keys of other programs are passed over. */
export function parseSteering(source: string): ParsedSteering {
  const problems: string[] = [];
  let found: unknown;
  try {
    found = parse(source, { logLevel: "error" });
  } catch (error) {
    const [first = ""] = String(error instanceof Error ? error.message : error).split("\n");
    return { steering: NO_STEERING, problems: [`the front matter is not YAML: ${first.replace(/:$/u, "")}`] };
  }
  if (found === null || found === undefined) return { steering: NO_STEERING, problems };
  if (!isObject(found)) {
    return {
      steering: NO_STEERING,
      problems: ["the front matter must be names with values, such as note: …"],
    };
  }
  const text = (name: string, value: unknown): string => {
    if (value === undefined || value === null) return "";
    if (typeof value === "string" || typeof value === "number") return String(value).trim();
    problems.push(`${name} must be a text`);
    return "";
  };
  const note = isObject(found.note) ? found.note : { text: found.note };
  const steering: StorySteering = {
    memory: text("memory", found.memory),
    note: text("note", note.text),
    noteParagraphs: whole("note's paragraphs", note.paragraphs, NO_STEERING.noteParagraphs, problems),
    lore: list(found.lore).flatMap((entry, i) => loreOf(entry, i + 1, problems)),
    avoid: text("avoid", found.avoid),
    ban: list(found.ban).flatMap((entry, i) => banOf(entry, i + 1, problems)),
    bias: biasOf(found.bias, problems),
    include: texts("include", found.include, problems),
  };
  return { steering, problems };
}

/** Both: texts of `over` take the place of those of `base`, lists come after theirs. */
export function mergeSteering(base: StorySteering, over: StorySteering): StorySteering {
  if (over === NO_STEERING) return base;
  return {
    memory: over.memory || base.memory,
    note: over.note || base.note,
    noteParagraphs: over.note ? over.noteParagraphs : base.noteParagraphs,
    lore: [...base.lore, ...over.lore],
    avoid: over.avoid || base.avoid,
    ban: [...base.ban, ...over.ban],
    bias: [...base.bias, ...over.bias],
    include: [...base.include, ...over.include],
  };
}

/**
 * What is asked of the engine, as its `Steering`, for a place with `before` in front of it: memory and the lore that
 * `before` and `selected` call for, the note, and the words that are forbidden, favoured and demanded.
 */
export function steeringAt(steering: StorySteering, before: string, selected = "") {
  const { memory, note, noteParagraphs, lore, avoid, ban, bias, include } = steering;
  const met = activeLore(lore, before + selected);
  const entries = [
    { origin: "memory", text: memory, priority: MEMORY_PRIORITY } as const,
    ...met.map(({ name, text, priority }) => ({ origin: "lore", name, text, priority }) as const),
    { origin: "note", text: note, priority: NOTE_PRIORITY, paragraphs: noteParagraphs } as const,
  ].filter(({ text }) => text.trim() !== "");
  return { entries, avoid, ban, bias, include };
}

function loreOf(entry: unknown, number: number, problems: string[]): readonly LoreEntry[] {
  const name = `lore ${number}`;
  if (!isObject(entry) || typeof entry.text !== "string" || entry.text.trim() === "") {
    problems.push(`${name} must have keys and a text`);
    return [];
  }
  const keys = texts(`${name}'s keys`, entry.keys, problems);
  const all = texts(`${name}'s all`, entry.all, problems);
  const not = texts(`${name}'s not`, entry.not, problems);
  const always = entry.always === true;
  if (!always && keys.length + all.length === 0) {
    problems.push(`${name} has no keys, and is not always on`);
    return [];
  }
  for (const key of [...keys, ...all, ...not]) {
    try {
      keyPattern(key);
    } catch {
      problems.push(
        `${name} has a key that is no regular expression, or one with look-around or references back: ${key}`,
      );
      return [];
    }
  }
  return [
    {
      name: typeof entry.name === "string" ? entry.name : (keys[0] ?? all[0] ?? name),
      text: entry.text.trim(),
      keys,
      all,
      not,
      priority: finite(`${name}'s priority`, entry.priority, 0, problems),
      depth: whole(`${name}'s depth`, entry.depth, LORE_DEPTH, problems),
      always,
    },
  ];
}

function banOf(entry: unknown, number: number, problems: string[]): StorySteering["ban"] {
  if (typeof entry === "string" && entry.trim() !== "") return [{ text: entry.trim() }];
  if (isObject(entry) && typeof entry.text === "string" && entry.text.trim() !== "") {
    return [{ text: entry.text.trim(), ...(entry.exact === true ? { exact: true } : {}) }];
  }
  problems.push(`ban ${number} must be a phrase`);
  return [];
}

function biasOf(value: unknown, problems: string[]): StorySteering["bias"] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) {
    problems.push("bias must be phrases with weights, such as sea: 2");
    return [];
  }
  return Object.entries(value).flatMap(([text, weight]) => {
    if (text.trim() !== "" && typeof weight === "number" && Math.abs(weight) <= MOST_BIAS) {
      return [{ text: text.trim(), weight }];
    }
    problems.push(`the bias of ${text} must be a number from -${MOST_BIAS} to ${MOST_BIAS}`);
    return [];
  });
}

function texts(name: string, value: unknown, problems: string[]): readonly string[] {
  return list(value).flatMap((one) => {
    if ((typeof one === "string" && one.trim() !== "") || typeof one === "number")
      return [String(one).trim()];
    problems.push(`${name} must be texts`);
    return [];
  });
}

function whole(name: string, value: unknown, otherwise: number, problems: string[]): number {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  problems.push(`${name} must be a whole number from 1`);
  return otherwise;
}

function finite(name: string, value: unknown, otherwise: number, problems: string[]): number {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  problems.push(`${name} must be a number`);
  return otherwise;
}

function list(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
