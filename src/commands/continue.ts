import type { ModelCard } from "../engine/types.ts";
import { createDocument } from "../story/document.ts";
import { continuePrompt } from "../story/prompt.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { BrokenGeneration, type Generation, runGeneration } from "./generation.ts";
import { readSource } from "./input.ts";
import { withModel } from "./open-model.ts";
import { writeJson } from "./output.ts";
import { recordGeneration } from "./recording.ts";
import { printer } from "./streaming.ts";

/**
 * `continue`: prints how the text of `file` (or of the pipe) could go on, as it is written; the file stays as it is.
 * An interruption ends the writing, and what had come is kept and recorded. Rejects with a UserError for a text or
 * a model that cannot be read.
 */
export async function continueStory(
  context: CommandContext,
  file: string | undefined,
  flags: SharedFlags,
): Promise<ExitCode> {
  const source = await readSource(context, file);
  const settings = samplingSettings(flags, context.settings.values);
  const { before } = continuePrompt(createDocument(source.text), source.text.length);
  await withModel(context, flags, async ({ engine, loadMs, line }) => {
    const count = flags.count ?? 1;
    const print = printer(context, count);
    if (flags.json) line.show("writing …");
    const end = source.text.length;
    const record = async (generation: Generation): Promise<void> => {
      if (!flags.record || !context.settings.values.record) return;
      await recordGeneration(context, source, engine.card, generation, { from: end, to: end });
    };
    const generation = await runGeneration(
      engine,
      { id: context.newId(), task: "continue", before, choices: count, settings },
      context.interrupted,
      (event) => (flags.json ? undefined : print(event)),
    ).catch(async (error: unknown) => {
      if (!(error instanceof BrokenGeneration)) throw error;
      await record(error.generation);
      throw error.cause;
    });
    line.clear();
    if (flags.json) await writeJson(context, continuationJson(generation, engine.card, loadMs));
    await record(generation);
  });
  return 0;
}

/** What `continue --json` prints. */
function continuationJson(generation: Generation, card: ModelCard, loadMs: number): object {
  const { request, seed, prompt, choices, timing } = generation;
  return {
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    settings: request.settings,
    seed,
    prompt,
    choices: choices.map(({ text, tokens, logprobs, finishReason }) => ({
      text,
      tokens,
      logprobs,
      finish_reason: finishReason,
    })),
    timing: {
      load_ms: loadMs,
      prefill_ms: timing.prefillMs,
      prefill_tokens: timing.prefillTokens,
      decode_ms: timing.decodeMs,
      decode_tokens: timing.decodeTokens,
    },
  };
}
