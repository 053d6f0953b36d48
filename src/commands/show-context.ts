import type { PromptView } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { createDocument } from "../story/document.ts";
import { continuePrompt, storySteering } from "../story/prompt.ts";
import { characters, offset } from "./characters.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { readSource } from "./input.ts";
import { withModel } from "./open-model.ts";
import { writeJson, writeOut } from "./output.ts";
import { steeringOf, tellSteering } from "./steering.ts";
import type { SteeringFlags } from "./steering-flags.ts";

/** The flags of `context`. */
export interface ContextFlags extends SharedFlags, SteeringFlags {
  /** In characters. */
  readonly at?: number;
}

/**
 * `context`: prints what the model would see to go on at a place of a story; the sizes of its parts and what is left
 * out go to stderr. Rejects with a UserError for a place beyond the story, and for a text or a model that cannot be
 * read.
 */
export async function showContext(
  context: CommandContext,
  file: string | undefined,
  flags: ContextFlags,
): Promise<ExitCode> {
  const { text } = await readSource(context, file);
  const length = characters(text);
  const at = flags.at ?? length;
  if (at > length) {
    throw new UserError(`--at ${at} is beyond the story, which has ${length} characters.`, { exitCode: 2 });
  }
  const settings = samplingSettings(flags, context.settings.values);
  const document = createDocument(text);
  const prompt = continuePrompt(document, offset(text, at), steeringOf(flags));
  const { steering } = prompt;
  tellSteering(context, storySteering(document.text).problems, {
    settings,
    ...(steering ? { steering } : {}),
  });
  const view = await withModel(context, flags, ({ engine }) =>
    engine.inspect({ id: context.newId(), task: "continue", ...prompt, choices: 1, settings }),
  );
  if (flags.json) {
    await writeJson(context, viewJson(view));
    return 0;
  }
  await writeOut(context, view.text.endsWith("\n") ? view.text : `${view.text}\n`);
  for (const { origin, name, tokens } of view.segments) {
    context.stderr.write(`${origin}${name === undefined ? "" : ` (${name})`}: ${tokens} tokens\n`);
  }
  for (const { origin, name, size } of view.left) {
    const unit = origin === "story" ? "characters or more" : "tokens";
    context.stderr.write(`left out: ${origin}${name === undefined ? "" : ` (${name})`}: ${size} ${unit}\n`);
  }
  return 0;
}

/** What `context --json` prints: positions in UTF-16 code units of the text. */
function viewJson({ tokens, text, segments, left, against }: PromptView): object {
  return { tokens, text, segments, left, against };
}
