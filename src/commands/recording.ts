import { basename, join } from "node:path";
import type { Choice, ModelCard } from "../engine/types.ts";
import { makeFolder } from "../engine/weights/folder.ts";
import { errorMessage } from "../errors.ts";
import { openRecorder, sessionPath } from "../sessions/recorder.ts";
import type { GenerationRecord, OutcomeRecord, RecordedChoice, SessionRecord } from "../sessions/records.ts";
import { openStory } from "../sessions/restore.ts";
import { blanksAfter, recordedPrompt, recordedSteering } from "../story/prompt.ts";
import type { CommandContext } from "./context.ts";
import type { Generation } from "./generation.ts";
import type { Source } from "./input.ts";
import { notice } from "./output.ts";
import type { Span } from "./selection.ts";
import { takeStory } from "./story-lock.ts";

/**
 * Appends a generation and the outcome `kept` to the story's session; one from a pipe goes to the day's own session
 * (UTC) in the data folder. What cannot be recorded is told on stderr and stops nothing.
 */
export async function recordGeneration(
  context: CommandContext,
  source: Source,
  card: ModelCard,
  generation: Generation,
  place: Span,
): Promise<void> {
  try {
    const path = source.file === null ? await pipeSession(context) : sessionPath(source.file);
    const at = context.now().toISOString();
    await append(context, source.file, path, [
      generationRecord(context, card, generation, source.file === null ? null : place, at),
      { type: "outcome", at, generation: generation.request.id, outcome: "kept" } satisfies OutcomeRecord,
    ]);
  } catch (error) {
    notice(context, `This generation could not be recorded: ${errorMessage(error)}`);
  }
}

async function pipeSession({ dataFolder, now }: CommandContext): Promise<string> {
  const folder = join(dataFolder, "sessions");
  await makeFolder(folder);
  return join(folder, `pipe-${now().toISOString().slice(0, 10)}.session.jsonl`);
}

/**
 * Appends records. Where no editor has the story open, the session is first brought up to the story's text, so that
 * the generation's place means something.
 */
async function append(
  context: CommandContext,
  story: string | null,
  path: string,
  records: readonly SessionRecord[],
): Promise<void> {
  const recorder = openRecorder(path, {
    app: `inkwright ${context.installation.version}`,
    story: story === null ? null : basename(story),
    now: context.now,
  });
  const lock = story === null ? null : await takeStory(story, context.now);
  try {
    if (story !== null && lock?.held) {
      for (const record of (await openStory(story, context.now)).records) recorder.append(record);
    }
    for (const record of records) recorder.append(record);
    await recorder.close();
  } finally {
    if (lock?.held) await lock.release();
  }
}

function generationRecord(
  { installation }: CommandContext,
  card: ModelCard,
  { request, seed, prompt, choices, timing, cancelled }: Generation,
  place: Span | null,
  at: string,
): GenerationRecord {
  return {
    type: "generation",
    at,
    id: request.id,
    task: request.task,
    place,
    ...(request.selected === undefined ? {} : { selected: request.selected }),
    ...(request.after === undefined ? {} : { after: request.after }),
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    runtime: `inkwright ${installation.version}; ${card.runtime}; node ${process.versions.node}`,
    settings: request.settings,
    seed,
    count: request.choices,
    prompt: recordedPrompt(prompt),
    ...recordedSteering(request.steering),
    ...(request.templates ? { templates: request.templates } : {}),
    ...blanksAfter(request.before),
    choices: choices.map(recordedChoice),
    timing,
    ...(cancelled ? { cancelled } : {}),
  };
}

function recordedChoice({ text, tokens, logprobs, finishReason, fit, logprob }: Choice): RecordedChoice {
  return {
    text,
    tokens,
    logprobs,
    finish_reason: finishReason,
    ...(fit === undefined ? {} : { fit }),
    ...(logprob === undefined ? {} : { logprob }),
  };
}
