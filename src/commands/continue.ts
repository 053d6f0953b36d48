import type { Text } from "@codemirror/state";
import type { ModelCard } from "../engine/types.ts";
import { type Copied, copiedFromStory } from "../story/copying.ts";
import { createDocument } from "../story/document.ts";
import { continuePrompt, storySteering } from "../story/prompt.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { tellLimits } from "./first-use.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { BrokenGeneration, type Generation, runGeneration } from "./generation.ts";
import { readSource } from "./input.ts";
import { withModel } from "./open-model.ts";
import { writeJson } from "./output.ts";
import { recordGeneration } from "./recording.ts";
import { steeringOf, tellSteering } from "./steering.ts";
import type { SteeringFlags } from "./steering-flags.ts";
import { printer } from "./streaming.ts";
import { warnOfTakes } from "./take-warnings.ts";

/**
 * `continue`: prints how the text of `file` (or of the pipe) could go on, as it is written; the file stays as it is.
 * An interruption ends the writing, and what had come is kept and recorded. Rejects with a UserError for a text or
 * a model that cannot be read.
 */
export async function continueStory(
  context: CommandContext,
  file: string | undefined,
  flags: SharedFlags & SteeringFlags,
): Promise<ExitCode> {
  const source = await readSource(context, file);
  const settings = samplingSettings(flags, context.settings.values);
  const document = createDocument(source.text);
  const { before, steering } = continuePrompt(document, source.text.length, steeringOf(flags));
  const told = steering ? { steering } : {};
  tellSteering(context, storySteering(document.text).problems, { settings, ...told });
  await withModel(context, flags, async ({ engine, loadMs, line, isNew }) => {
    if (isNew) await tellLimits(context, engine.card);
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
      { id: context.newId(), task: "continue", before, choices: count, settings, ...told },
      context.interrupted,
      (event) => (flags.json ? undefined : print(event)),
    ).catch(async (error: unknown) => {
      if (!(error instanceof BrokenGeneration)) throw error;
      await record(error.generation);
      throw error.cause;
    });
    line.clear();
    const { folder } = engine.card;
    await warnOfTakes(context, generation.choices, { story: document.text, folder });
    if (flags.json)
      await writeJson(context, continuationJson(generation, engine.card, loadMs, document.text));
    await record(generation);
  });
  return 0;
}

/** What `continue --json` prints. */
function continuationJson(generation: Generation, card: ModelCard, loadMs: number, story: Text): object {
  const { request, seed, prompt, choices, timing } = generation;
  return {
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    settings: request.settings,
    seed,
    prompt,
    choices: choices.map(({ text, tokens, logprobs, finishReason, bans, loops, missing }) => ({
      text,
      tokens,
      logprobs,
      finish_reason: finishReason,
      ...(bans === undefined ? {} : { bans }),
      ...(loops === undefined ? {} : { loops }),
      ...(missing === undefined ? {} : { missing }),
      ...copiedJson(copiedFromStory(text, story)),
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

function copiedJson(copied: Copied | null): object {
  return copied ? { copied } : {};
}
