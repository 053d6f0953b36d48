import type { Score } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { readSource } from "./input.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { writeJson, writeOut } from "./output.ts";

/** The flags of `eval perplexity`. */
export interface PerplexityFlags extends ModelFlags {
  readonly text: string;
  readonly window?: number;
  readonly stride?: number;
  readonly json?: boolean;
}

/**
 * `eval perplexity`: how well the model foresees a long text, read in windows. Rejects with a UserError for a text or
 * a model that cannot be read, a text too short to score, and a window that the model cannot read.
 */
export async function evalPerplexity(context: CommandContext, flags: PerplexityFlags): Promise<ExitCode> {
  const { text } = await readSource(context, flags.text);
  const report = await withModel(context, flags, async ({ engine, line }) => {
    const { name, contextLength, precision, runtime } = engine.card;
    const { window = contextLength } = flags;
    const { stride = Math.max(1, Math.floor(window / 2)) } = flags;
    if (window > contextLength) {
      throw new UserError(`A window of ${window} tokens is more than ${name} can read: ${contextLength}.`, {
        exitCode: 2,
      });
    }
    if (stride > window) {
      throw new UserError(`A stride of ${stride} tokens would skip some: the window has ${window}.`, {
        exitCode: 2,
      });
    }
    const score = await engine.score(text, {
      window,
      stride,
      signal: context.interrupted,
      onProgress: (done) => line.show(`reading … ${Math.floor(done * 100)} %`),
    });
    context.interrupted.throwIfAborted();
    return { model: name, precision, runtime, window, stride, ...figures(score) };
  });
  if (report.tokens === 0) throw new UserError("The text is too short: no token follows another.");
  if (flags.json) await writeJson(context, report);
  else await writeOut(context, listing(report));
  return 0;
}

function figures({ tokens, nll, perplexity, bitsPerCharacter }: Score) {
  const scored = tokens.filter((token) => token.logprob !== null).length;
  return { tokens: scored, nll, perplexity, bits_per_character: bitsPerCharacter };
}

function listing(
  report: ReturnType<typeof figures> & Record<"model" | "precision", string> & Windows,
): string {
  return `${report.model}, ${report.precision}: windows of ${report.window} tokens, stride ${report.stride}
tokens              ${report.tokens}
nll                 ${report.nll.toFixed(3)} nats
perplexity          ${report.perplexity.toFixed(3)}
bits per character  ${report.bits_per_character.toFixed(4)}
`;
}

interface Windows {
  readonly window: number;
  readonly stride: number;
}
