import { type Cursor, NUMBER_BYTES, type NumberType } from "./cursor.ts";

/** A value of a GGUF's metadata. */
export type MetadataValue = number | string | boolean | readonly (number | boolean)[] | readonly string[];

/** A GGUF's metadata by its keys, of those that were asked for. */
export type Metadata = ReadonlyMap<string, MetadataValue>;

/** The types of values, by the numbers that stand for them. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
const TYPES: readonly (NumberType | "bool" | "string" | "array")[] = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "f32",
  "bool",
  "string",
  "array",
  "u64",
  "i64",
  "f64",
];

/** The longest key, in bytes: the format's own limit. */
const LONGEST_KEY = 2 ** 16 - 1;
/** The longest text that is kept, in bytes: licences and chat templates are far shorter, tokens too. */
const LONGEST_TEXT = 2 ** 20;
/** Most items of a list that is kept: 16 times the largest vocabulary. */
const MOST_ITEMS = 2 ** 22;
/** How deep lists can lie in lists; no known file has any. */
const DEEPEST = 4;

/**
 * Reads `count` keys with their values, of which those that `isKept` names are returned; the others cost no memory.
 * Throws what the cursor throws, and for a type that is none, a key that comes twice and lists of impossible length.
 */
export function readMetadata(cursor: Cursor, count: number, isKept: (key: string) => boolean): Metadata {
  const kept = new Map<string, MetadataValue>();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const key = cursor.text("a key", LONGEST_KEY);
    if (seen.has(key)) throw cursor.damaged(`the key ${show(key)} comes twice`);
    seen.add(key);
    const type = readType(cursor, show(key));
    if (isKept(key)) kept.set(key, readValue(cursor, type, show(key)));
    else skipValue(cursor, type, show(key), 0);
  }
  return kept;
}

function readType(cursor: Cursor, key: string): (typeof TYPES)[number] {
  const code = cursor.number("u32", `the type of ${key}`);
  const type = TYPES[code];
  if (type === undefined) throw cursor.damaged(`${key} has the type ${code}, which is none`);
  return type;
}

function readValue(cursor: Cursor, type: (typeof TYPES)[number], key: string): MetadataValue {
  switch (type) {
    case "array":
      return readList(cursor, key);
    case "string":
      return cursor.text(key, LONGEST_TEXT);
    case "bool":
      return cursor.number("u8", key) !== 0;
    default:
      return cursor.number(type, key);
  }
}

function readList(cursor: Cursor, key: string): MetadataValue {
  const type = readType(cursor, `the items of ${key}`);
  const length = cursor.size(`the length of ${key}`);
  if (length > MOST_ITEMS) throw cursor.damaged(`${key} has ${length} items, more than ${MOST_ITEMS}`);
  if (type === "array") throw cursor.damaged(`${key} is a list of lists`);
  cursor.need(length * smallest(type), key);
  if (type === "string") return Array.from({ length }, () => cursor.text(`an item of ${key}`, LONGEST_TEXT));
  if (type === "bool") return Array.from({ length }, () => cursor.number("u8", key) !== 0);
  return Array.from({ length }, () => cursor.number(type, key));
}

function skipValue(cursor: Cursor, type: (typeof TYPES)[number], key: string, depth: number): void {
  if (type === "string") cursor.skipText(key);
  else if (type !== "array") cursor.skip(smallest(type), key);
  else {
    if (depth === DEEPEST) throw cursor.damaged(`${key} has lists in lists, more than ${DEEPEST} deep`);
    const items = readType(cursor, `the items of ${key}`);
    const length = cursor.size(`the length of ${key}`);
    if (items === "string" || items === "array") {
      for (let i = 0; i < length; i++) skipValue(cursor, items, key, depth + 1);
    } else cursor.skip(length * smallest(items), key);
  }
}

/** Bytes that a value takes at least. */
function smallest(type: (typeof TYPES)[number]): number {
  if (type === "array") return 12;
  if (type === "string") return 8;
  return type === "bool" ? 1 : NUMBER_BYTES[type];
}

/** A key as messages quote it. */
function show(key: string): string {
  return `"${key.length > 80 ? `${key.slice(0, 80)}…` : key}"`;
}
