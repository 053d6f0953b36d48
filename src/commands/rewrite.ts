import { Text } from "@codemirror/state";
import type { Choice, ModelCard } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { createDocument } from "../story/document.ts";
import { bodyStart } from "../story/front-matter.ts";
import { rewritePrompt, storySteering } from "../story/prompt.ts";
import { styled } from "../story/template.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { tellLimits } from "./first-use.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { type Generation, runGeneration } from "./generation.ts";
import { readSource } from "./input.ts";
import { withModel } from "./open-model.ts";
import { writeJson, writeOut } from "./output.ts";
import { recordGeneration } from "./recording.ts";
import { type CharacterRange, findSelection, type SelectionFlags } from "./selection.ts";
import { steeringOf, tellSteering } from "./steering.ts";
import type { SteeringFlags } from "./steering-flags.ts";
import { warnOfTakes } from "./take-warnings.ts";
import { findTemplate } from "./templates.ts";

/** Which passage is to be rewritten; commander sees to it that at most one is given. */
export interface PassageFlags {
  readonly select?: string;
  readonly range?: CharacterRange;
  /** Name of a template. */
  readonly style?: string;
}

const DEFAULT_COUNT = 3;

/**
 * `rewrite`: prints candidates for a passage of the story, best first; the file stays as it is. Rejects with a
 * UserError for a passage that is not there or not clear, and for a text or a model that cannot be read.
 */
export async function rewritePassage(
  context: CommandContext,
  file: string,
  flags: SharedFlags & PassageFlags & SteeringFlags,
): Promise<ExitCode> {
  const selection = selectionFlags(flags);
  const source = await readSource(context, file);
  const { from, to } = findSelection(source.text, selection);
  const base = samplingSettings(flags, context.settings.values);
  const document = createDocument(source.text);
  if (from < bodyStart(document.text)) {
    throw new UserError("The passage is in the story's front matter, which is not rewritten.", {
      hint: "Choose one of the story itself.",
    });
  }
  const prompt = rewritePrompt(document, { from, to }, steeringOf(flags));
  const { steering } = prompt;
  const style = flags.style === undefined ? null : await findTemplate(context, flags.style);
  const as = style && styled(style, prompt.selected, base);
  const settings = as?.settings ?? base;
  tellSteering(context, storySteering(document.text).problems, {
    settings,
    ...(steering ? { steering } : {}),
  });
  await withModel(context, flags, async ({ engine, line, isNew }) => {
    if (isNew) await tellLimits(context, engine.card);
    const generation = await runGeneration(
      engine,
      {
        id: context.newId(),
        task: "rewrite",
        ...prompt,
        ...(as ? { templates: as.templates } : {}),
        choices: flags.count ?? DEFAULT_COUNT,
        settings,
      },
      context.interrupted,
      (event) => {
        if (event.type === "progress") line.show(`${event.label} … ${Math.round(event.done * 100)} %`);
      },
    );
    line.clear();
    const story = document.text.replace(from, to, Text.empty);
    await warnOfTakes(context, generation.choices, { story, folder: engine.card.folder });
    if (flags.json) await writeJson(context, rewriteJson(generation, engine.card));
    else await printCandidates(context, generation.choices);
    if (flags.record && context.settings.values.record) {
      await recordGeneration(context, source, engine.card, generation, { from, to });
    }
  });
  return 0;
}

function selectionFlags({ select, range }: PassageFlags): SelectionFlags {
  if (select !== undefined) return { select };
  if (range !== undefined) return { range };
  throw new UserError("Which passage? Neither --select nor --range is given.", {
    hint: 'For example: inkwright rewrite story.md --select "It was raining."',
    exitCode: 2,
  });
}

/** What `rewrite --json` prints. */
function rewriteJson({ request, seed, choices }: Generation, card: ModelCard): object {
  return {
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    settings: request.settings,
    seed,
    original: request.selected,
    candidates: choices.map(({ text, tokens, fit, gain, kept, source, logprob, finishReason }) => ({
      text,
      tokens,
      fit: fit ?? null,
      logprob: logprob ?? null,
      gain: gain ?? null,
      kept: kept ?? null,
      source: source ?? null,
      finish_reason: finishReason,
    })),
  };
}

/** Candidates on stdout, an empty line between two; the lines with their number and fit go to stderr. */
async function printCandidates(context: CommandContext, choices: readonly Choice[]): Promise<void> {
  for (const [index, { text, fit }] of choices.entries()) {
    if (index > 0) await writeOut(context, "\n");
    context.stderr.write(`--- ${index + 1}${fit === undefined ? "" : `, fit ${fit.toFixed(3)}`} ---\n`);
    await writeOut(context, text.endsWith("\n") ? text : `${text}\n`);
  }
}
