/** Steps that a text may go through before the merges, and before it is cut. */
const KNOWN = new Set([
  "Sequence",
  "ByteLevel",
  "Split",
  "Digits",
  "Punctuation",
  "Whitespace",
  "WhitespaceSplit",
  "Replace",
  "NFC",
  "NFD",
  "NFKC",
  "NFKD",
  "Lowercase",
  "Strip",
  "StripAccents",
  "Prepend",
]);

/** Most steps in all, those in sequences counted; the most of any known tokenizer are five. */
const MOST_STEPS = 16;
/** Most steps that put something else into the text, and what each may put, in code units: a text grows 64 times at most. */
const MOST_REPLACED = 3;
const LONGEST_REPLACEMENT = 4;
/** Longest pattern, in code units: three times GPT-4's. */
const LONGEST_PATTERN = 1000;
/** Most repetitions in one branch of a pattern: each more multiplies the time by the length of the text. */
const MOST_REPETITIONS = 2;

/**
 * What is wrong with steps of a tokenizer that strangers may have made (Hugging Face's `pre_tokenizer`, `normalizer`),
 * or null: steps of unknown kinds, so many that a text would take for ever or grow without end, and patterns that
 * could search for ever.
 */
export function problemOfSteps(first: object): string | null {
  const queue: unknown[] = [first];
  let replaced = 0;
  for (let i = 0; i < queue.length; i++) {
    if (queue.length > MOST_STEPS) return `it has more than ${MOST_STEPS} steps`;
    const step = fields(queue[i]);
    if (typeof step.type !== "string" || !KNOWN.has(step.type)) return "it has a step of no known kind";
    if (step.type === "Replace" || step.type === "Prepend") replaced++;
    for (const text of [step.content, step.prepend]) {
      if (text === undefined) continue;
      if (typeof text !== "string" || text.length > LONGEST_REPLACEMENT) return "it makes texts much longer";
    }
    if (step.pattern !== undefined && !isSafe(fields(step.pattern)))
      return "its pattern could search for ever";
    for (const inner of [step.pretokenizers, step.normalizers]) {
      if (Array.isArray(inner)) queue.push(...inner.slice(0, MOST_STEPS));
      if (Array.isArray(inner) && inner.length > MOST_STEPS) return `it has more than ${MOST_STEPS} steps`;
    }
  }
  return replaced > MOST_REPLACED ? "it makes texts much longer" : null;
}

function isSafe({ Regex, String: plain }: Readonly<Record<string, unknown>>): boolean {
  if (typeof Regex !== "string") return typeof plain === "string" && plain.length <= LONGEST_PATTERN;
  return Regex.length <= LONGEST_PATTERN && isSimple(Regex);
}

/**
 * Whether a pattern takes at most the cube of a text's length: it repeats no group, refers back to none, and has few
 * repetitions in each branch. A group in a repetition can take time that doubles with every character.
 */
function isSimple(pattern: string): boolean {
  // Escaped characters and sets are one character each; a backward reference is kept to be found.
  if (/\\(?:[1-9]|k[<'{])/u.test(pattern.replace(/\\\\/gu, ""))) return false;
  const bare = pattern.replace(/\\(?:[pP]\{[^}]*\}|.)/gsu, "x").replace(/\[\^?\]?[^\]]*\]/gu, "x");
  if (/\)(?:[*+]|\{)/u.test(bare)) return false;
  return branches(bare).every(
    (branch) => (branch.match(/[*+]|\{\d*,\d*\}/gu)?.length ?? 0) <= MOST_REPETITIONS,
  );
}

/** The parts of a pattern between the bars that are in no group; a possessive `++` is one repetition. */
function branches(pattern: string): readonly string[] {
  let depth = 0;
  const parts = [""];
  for (const character of pattern.replace(/([*+?])\+/gu, "$1")) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "|" && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${character}`);
  }
  return parts;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
