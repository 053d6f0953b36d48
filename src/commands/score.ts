import type { Score, ScoredToken } from "../engine/types.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { readSource } from "./input.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { table, writeJson, writeOut } from "./output.ts";

/** The flags of `score`. */
export interface ScoreFlags extends ModelFlags {
  readonly bos?: boolean;
  readonly json?: boolean;
}

/**
 * `score`: prints the log-probability and rank of every token, and what they make together. Rejects with a UserError
 * for a text or a model that cannot be read.
 */
export async function scoreText(
  context: CommandContext,
  file: string | undefined,
  flags: ScoreFlags,
): Promise<ExitCode> {
  const source = await readSource(context, file);
  const score = await withModel(context, flags, ({ engine, line }) =>
    engine.score(source.text, {
      bos: flags.bos ?? false,
      signal: context.interrupted,
      onProgress: (done) => line.show(`scoring … ${Math.round(done * 100)} %`),
    }),
  );
  context.interrupted.throwIfAborted();
  if (flags.json) await writeJson(context, scoreJson(score));
  else await writeOut(context, scoreTable(score));
  return 0;
}

function scoreJson({ tokens, nll, perplexity, bitsPerCharacter }: Score): object {
  return { tokens, nll, perplexity, bits_per_character: bitsPerCharacter };
}

function scoreTable(score: Score): string {
  const listing = table<ScoredToken>(score.tokens, [
    { title: "ID", value: (token) => String(token.id), align: "right" },
    { title: "LOGPROB", value: (token) => token.logprob?.toFixed(3) ?? "-", align: "right" },
    { title: "RANK", value: (token) => token.rank?.toString() ?? "-", align: "right" },
    { title: "TOKEN", value: (token) => JSON.stringify(token.text) },
  ]);
  const scored = score.tokens.filter((token) => token.logprob !== null).length;
  if (scored === 0) return `${listing}\nnothing to score: no token follows another\n`;
  return `${listing}
${scored} of ${score.tokens.length} tokens scored
nll                 ${score.nll.toFixed(3)} nats
perplexity          ${score.perplexity.toFixed(3)}
bits per character  ${score.bitsPerCharacter.toFixed(3)}
`;
}
