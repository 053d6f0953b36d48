import type { Choice, Engine } from "../engine/types.ts";
import { documentText } from "../story/document.ts";
import { currentDocument } from "../story/history.ts";
import { foldSession } from "./fold.ts";
import type { GenerationRecord, RecordedChoice, SessionRecord } from "./records.ts";

/** Whether a session, folded without a model, gives the story. */
export interface ReplayedStory {
  readonly matches: boolean;
  /** The text that the session gives. */
  readonly text: string;
  /** Where it first differs from the story, in UTF-16 code units; null where it matches. */
  readonly firstDifference: number | null;
  /** Why the session could not be followed to its end; null if it could. */
  readonly problem: string | null;
  readonly generations: number;
}

/** Folds a session and compares the outcome with the story's present text (with `\n` between lines). */
export function replayStory(records: readonly SessionRecord[], story: string): ReplayedStory {
  const { tree, generations, problem } = foldSession(records);
  const text = documentText(currentDocument(tree));
  const matches = problem === null && text === story;
  let at = 0;
  while (at < text.length && at < story.length && text[at] === story[at]) at++;
  return {
    matches,
    text,
    firstDifference: text === story ? null : at,
    problem,
    generations: generations.length,
  };
}

/** The first token in which a generation run again differs from its record. */
export interface TokenDifference {
  /** Index of the choice, and of the token in it. */
  readonly choice: number;
  readonly token: number;
  /** Ids; null where one of the two has no such token. */
  readonly recorded: number | null;
  readonly replayed: number | null;
  /** How much likelier the model now finds its own token than it found the recorded one, in nats; null if unknown. */
  readonly margin: number | null;
}

/** What came of running one generation again. */
export interface VerifiedGeneration {
  readonly id: string;
  /** Tokens compared. */
  readonly tokens: number;
  readonly difference: TokenDifference | null;
  /** The generation was made by another model than the one at hand: it was not run. */
  readonly otherModel: boolean;
  /** A rewrite that was cut short: it was not run, since nobody knows how many candidates it had ranked. */
  readonly cutShort: boolean;
}

/**
 * Runs every generation of a session again, with the recorded prompt ids, settings and seed, and compares tokens.
 *
 * @param options.signal ends it early, with what was verified by then
 * @param options.onProgress told before each generation: how many are done, of how many
 */
export async function verifySession(
  records: readonly SessionRecord[],
  engine: Engine,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, of: number) => void } = {},
): Promise<readonly VerifiedGeneration[]> {
  const generations = records.filter((record) => record.type === "generation");
  const verified: VerifiedGeneration[] = [];
  for (const [index, generation] of generations.entries()) {
    options.onProgress?.(index, generations.length);
    if (options.signal?.aborted) break;
    const outcome = await verifyGeneration(generation, engine, options.signal).catch((error: unknown) => {
      // A record that no engine takes, such as one with settings out of range, gives nothing; the others still count.
      if (error instanceof RangeError || error instanceof TypeError) return nothingOf(generation);
      throw error;
    });
    // What was cut short just now says nothing.
    if (!options.signal?.aborted) verified.push(outcome);
  }
  return verified;
}

/** A generation that could not be run again at all. */
function nothingOf({ id, choices }: GenerationRecord): VerifiedGeneration {
  const recorded = choices[0]?.tokens[0] ?? null;
  const difference = { choice: 0, token: 0, recorded, replayed: null, margin: null };
  return { id, tokens: 0, difference, otherModel: false, cutShort: false };
}

async function verifyGeneration(
  record: GenerationRecord,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<VerifiedGeneration> {
  const { id, task, settings, seed, prompt, selected, after } = record;
  const same: VerifiedGeneration = { id, tokens: 0, difference: null, otherModel: false, cutShort: false };
  // What a server wrote has no token ids to be run again.
  if (record.model.fingerprint !== engine.card.fingerprint || engine.card.remote !== undefined) {
    return { ...same, otherModel: true };
  }
  if (task === "rewrite" && record.cancelled) return { ...same, cutShort: true };
  const request = {
    id,
    task,
    before: prompt.text + (record.blanks ?? ""),
    promptTokens: prompt.tokens,
    ...(prompt.against ? { againstTokens: prompt.against } : {}),
    ...(record.steering ? { steering: record.steering } : {}),
    ...(record.templates ? { templates: record.templates } : {}),
    ...(selected === undefined ? {} : { selected }),
    ...(after === undefined ? {} : { after }),
    choices: record.count,
    settings: { ...settings, seed },
  };
  const replayed: Choice[] = [];
  for await (const event of engine.generate(request, signal)) {
    if (event.type === "choice") replayed.push(event.choice);
  }
  if (task === "continue") replayed.sort((a, b) => a.index - b.index);
  let tokens = 0;
  for (const [index, choice] of record.choices.entries()) {
    const difference = firstDifference(choice, replayed[index], index);
    if (difference) return { ...same, tokens: tokens + difference.token, difference };
    tokens += choice.tokens.length;
  }
  return { ...same, tokens };
}

function firstDifference(
  recorded: RecordedChoice,
  replayed: Choice | undefined,
  choice: number,
): TokenDifference | null {
  const again = replayed?.tokens ?? [];
  // A generation that was cut short is compared as far as it came.
  const length =
    recorded.finish_reason === "cancelled"
      ? recorded.tokens.length
      : Math.max(recorded.tokens.length, again.length);
  for (let token = 0; token < length; token++) {
    const [before, now] = [recorded.tokens[token], again[token]];
    if (before === now) continue;
    const [was, is] = [recorded.logprobs[token], replayed?.logprobs[token]];
    return {
      choice,
      token,
      recorded: before ?? null,
      replayed: now ?? null,
      margin: was === undefined || is === undefined ? null : is - was,
    };
  }
  return null;
}
