import type { Alternative, ModelCard } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { createDocument } from "../story/document.ts";
import { continuePrompt } from "../story/prompt.ts";
import { characters, offset } from "./characters.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { readSource } from "./input.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { table, writeJson, writeOut } from "./output.ts";

/** The flags of `alternatives`. */
export interface AlternativesFlags extends ModelFlags {
  /** In characters. */
  readonly at?: number;
  readonly count?: number;
  readonly json?: boolean;
}

/**
 * `alternatives`: prints the likeliest next tokens at a place of a story, and how likely the one that stands there is.
 * Rejects with a UserError for a place beyond the story, and for a text or a model that cannot be read.
 */
export async function showAlternatives(
  context: CommandContext,
  file: string | undefined,
  flags: AlternativesFlags,
): Promise<ExitCode> {
  const { text } = await readSource(context, file);
  const length = characters(text);
  const at = flags.at ?? length;
  if (at > length) {
    throw new UserError(`--at ${at} is beyond the story, which has ${length} characters.`, { exitCode: 2 });
  }
  const { before, after, steering } = continuePrompt(createDocument(text), offset(text, at));
  const { card, found } = await withModel(context, flags, async ({ engine }) => ({
    card: engine.card,
    found: await engine.alternatives(before, {
      after,
      ...(flags.count === undefined ? {} : { count: flags.count }),
      length: context.settings.values.length,
      ...(steering ? { steering } : {}),
      signal: context.interrupted,
    }),
  }));
  const { alternatives, standing } = found;
  if (flags.json) {
    await writeJson(context, {
      model: modelJson(card),
      at,
      alternatives: alternatives.map(tokenJson),
      standing: standing && { ...tokenJson(standing), rank: standing.rank },
    });
    return 0;
  }
  const rows = alternatives.map((one, i) => ({ ...one, rank: i + 1 }));
  const isListed = rows.some(({ id }) => id === standing?.id);
  await writeOut(
    context,
    table(standing && !isListed ? [...rows, standing] : rows, [
      {
        title: "RANK",
        value: ({ id, rank }) => String(id === standing?.id ? standing.rank : rank),
        align: "right",
      },
      {
        title: "CHANCE",
        value: ({ logprob }) => `${(100 * Math.exp(logprob)).toFixed(2)} %`,
        align: "right",
      },
      { title: "TOKEN", value: ({ text: piece }) => JSON.stringify(piece) },
      { title: "", value: ({ id }) => (id === standing?.id ? "stands here" : "") },
    ]),
  );
  return 0;
}

function modelJson({ name, fingerprint, parameters }: ModelCard): object {
  return { name, fingerprint, parameters };
}

function tokenJson({ id, text, logprob }: Alternative): object {
  return { id, text, logprob, probability: Math.exp(logprob) };
}
