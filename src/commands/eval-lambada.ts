import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Engine } from "../engine/types.ts";
import { errorMessage, UserError } from "../errors.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { writeJson, writeOut } from "./output.ts";

/** The flags of `eval lambada`. */
export interface LambadaFlags extends ModelFlags {
  readonly file: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** A passage and the word that is to be foreseen. */
export interface Cloze {
  readonly before: string;
  /** The last word, with the space before it. */
  readonly word: string;
}

/**
 * `eval lambada`: how often the model foresees the last word of a passage (Paperno et al. 2016, OpenAI's version of
 * the test set). Rejects with a UserError for a file that is no such set, and for a model that cannot be read.
 */
export async function evalLambada(context: CommandContext, flags: LambadaFlags): Promise<ExitCode> {
  const all = parseLambada(await readSet(context, flags.file), flags.file);
  const passages = all.slice(0, flags.limit);
  const report = await withModel(context, flags, async ({ engine, line }) => {
    let right = 0;
    let nll = 0;
    for (const [n, cloze] of passages.entries()) {
      line.show(`passage ${n + 1} of ${passages.length}: ${right} foreseen`);
      const answer = await foresee(engine, cloze, context.interrupted);
      if (answer.foreseen) right++;
      nll += answer.nll;
    }
    const { name, precision, runtime } = engine.card;
    const n = passages.length;
    return { model: name, precision, runtime, n, accuracy: right / n, perplexity: Math.exp(nll / n) };
  });
  if (flags.json) await writeJson(context, report);
  else {
    await writeOut(
      context,
      `${report.model}, ${report.precision}: last words of ${report.n} passages
accuracy    ${(report.accuracy * 100).toFixed(2)} %
perplexity  ${report.perplexity.toFixed(2)}
`,
    );
  }
  return 0;
}

/**
 * The passages of a set in JSON lines, `{"text"}` each. The last word is what follows the last space. Curly quotes are
 * made straight, as in OpenAI's preparation of the set. Throws a UserError that names a line without a passage.
 */
export function parseLambada(lines: string, name: string): Cloze[] {
  const passages = lines.split("\n").flatMap((line, index): Cloze[] => {
    if (line.trim() === "") return [];
    const text = straight(textOf(line)).trim();
    const space = text.lastIndexOf(" ");
    if (space > 0) return [{ before: text.slice(0, space), word: text.slice(space) }];
    throw new UserError(`Line ${index + 1} of ${name} is no passage.`, {
      hint: 'Each line is an object such as {"text": "words, the last of which is asked for"}.',
    });
  });
  if (passages.length > 0) return passages;
  throw new UserError(`There are no passages in ${name}.`);
}

/** Whether each token of the word is the likeliest after the passage and those before it, and −log of its probability. */
async function foresee(engine: Engine, { before, word }: Cloze, signal: AbortSignal) {
  const { tokens, nll } = await engine.score(word, { before, signal });
  signal.throwIfAborted();
  return { foreseen: tokens.every((token) => token.rank === 1), nll };
}

function straight(text: string): string {
  return text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'");
}

/** The text of a line; empty where it has none. */
function textOf(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("text" in value)) return "";
    return typeof value.text === "string" ? value.text : "";
  } catch {
    return "";
  }
}

async function readSet(context: CommandContext, file: string): Promise<string> {
  try {
    return await readFile(resolve(context.cwd, file), "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${errorMessage(error)}.`, { cause: error });
  }
}
