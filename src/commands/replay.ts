import { basename } from "node:path";
import { PRECISIONS, type Precision } from "../engine/precision.ts";
import { UserError } from "../errors.ts";
import type { GenerationRecord, SessionRecord } from "../sessions/records.ts";
import {
  type ReplayedStory,
  replayStory,
  type VerifiedGeneration,
  verifySession,
} from "../sessions/replay.ts";
import { readStory } from "../sessions/story-file.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { excerpt, notice, writeJson, writeOut } from "./output.ts";
import { openSession, type SessionFile } from "./session-file.ts";

/** The flags of `sessions replay`. */
export interface ReplayFlags extends ModelFlags {
  readonly verify?: boolean;
  readonly json?: boolean;
}

/**
 * `sessions replay`: applies the recorded edits and compares with the story; with `verify` also runs every generation
 * again and compares its tokens. Resolves to 1 where anything differs or could not be compared. Rejects with a
 * UserError for no session, a story or a model that cannot be read.
 */
export async function replaySession(
  context: CommandContext,
  file: string,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const session = await openSession(context, file);
  const replayed = await replayedStory(session);
  if (!flags.json) await writeOut(context, storyReport(session, replayed));
  const verified = flags.verify ? await verify(context, session.records, flags) : null;
  if (flags.json) await writeJson(context, report(session, replayed, verified));
  else if (verified) await writeOut(context, verified.map(verdict).join(""));
  const differs = verified?.some(({ difference, otherModel }) => difference !== null || otherModel) ?? false;
  return (replayed?.matches ?? true) && !differs ? 0 : 1;
}

/** What the session gives, compared with its story; null where it has no story. */
async function replayedStory({ story, records }: SessionFile): Promise<ReplayedStory | null> {
  if (story === null) return null;
  const { exists, text } = await readStory(story);
  if (!exists) throw new UserError(`The story ${story} is not there to be compared.`);
  return replayStory(records, text);
}

/** How a generation was made, as far as another model would have to be opened for it. */
interface Maker {
  readonly name: string;
  /** Null where the record does not tell. */
  readonly precision: Precision | null;
}

/**
 * Runs the generations again, each with the model of its recorded name in its recorded precision; what `flags` name
 * takes the place of both.
 */
async function verify(
  context: CommandContext,
  records: readonly SessionRecord[],
  flags: ReplayFlags,
): Promise<readonly VerifiedGeneration[]> {
  const generations = records.filter((record) => record.type === "generation");
  const makers = new Map<string, { readonly maker: Maker; readonly its: GenerationRecord[] }>();
  for (const generation of generations) {
    const maker = {
      name: flags.model ?? generation.model.name,
      precision: recordedPrecision(generation.runtime),
    };
    const key = JSON.stringify(flags.precision === undefined ? maker : maker.name);
    const group = makers.get(key) ?? { maker, its: [] };
    group.its.push(generation);
    makers.set(key, group);
  }
  const verified = new Map<string, VerifiedGeneration>();
  for (const { maker, its } of makers.values()) {
    const precision = flags.precision ?? maker.precision;
    const opening = { ...flags, model: maker.name, ...(precision === null ? {} : { precision }) };
    const verifying = withModel(context, opening, ({ engine, line }) =>
      verifySession(its, engine, {
        signal: context.interrupted,
        onProgress: (done, of) => line.show(`${maker.name}: generation ${done + 1} of ${of} …`),
      }),
    );
    const outcomes = await verifying.catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      notice(context, `${error.message} --model NAME verifies with another one.`);
      return its.map(({ id }) => ({ id, tokens: 0, difference: null, otherModel: true, cutShort: false }));
    });
    context.interrupted.throwIfAborted();
    for (const outcome of outcomes) verified.set(outcome.id, outcome);
  }
  if (makers.size === 0)
    notice(context, "There is nothing to verify: nothing was generated in this session.");
  return generations.flatMap(({ id }) => verified.get(id) ?? []);
}

/** The precision that a record's `runtime` ends the engine's part with. */
function recordedPrecision(runtime: string): Precision | null {
  const words = runtime.split(/[,;] */);
  return PRECISIONS.find((precision) => words.includes(precision)) ?? null;
}

function storyReport({ story }: SessionFile, replayed: ReplayedStory | null): string {
  if (story === null || replayed === null)
    return "These generations came from a pipe: there is no story to compare.\n";
  const name = basename(story);
  if (replayed.problem !== null)
    return `${name}: the session cannot be followed to its end: ${replayed.problem}\n`;
  if (replayed.matches) return `${name}: the story matches its session\n`;
  const at = replayed.firstDifference ?? 0;
  const line = replayed.text.slice(0, at).split("\n").length;
  const there = excerpt(replayed.text.slice(at, at + 200), 40);
  return `${name}: the story differs from its session from line ${line} on, where the session has "${there}"\n`;
}

function verdict({ id, tokens, difference, otherModel, cutShort }: VerifiedGeneration): string {
  if (otherModel) return `${id}: not run, its model is not here or has another fingerprint\n`;
  if (cutShort) return `${id}: not run, the rewrite was cut short\n`;
  if (difference === null) return `${id}: the same ${tokens} tokens\n`;
  const { choice, token, recorded, replayed, margin } = difference;
  const apart = margin === null ? "" : `, ${margin.toFixed(6)} nats apart`;
  const names = `recorded ${recorded ?? "nothing"}, now ${replayed ?? "nothing"}`;
  return `${id}: choice ${choice + 1} differs from token ${token + 1} on: ${names}${apart}\n`;
}

/** What `sessions replay --json` prints. */
function report(
  { path, story }: SessionFile,
  replayed: ReplayedStory | null,
  verified: readonly VerifiedGeneration[] | null,
): object {
  return {
    session: path,
    story,
    matches: replayed?.matches ?? null,
    first_difference: replayed?.firstDifference ?? null,
    problem: replayed?.problem ?? null,
    ...(verified === null
      ? {}
      : {
          verified: verified.map(({ id, tokens, difference, otherModel, cutShort }) => ({
            id,
            tokens,
            difference,
            other_model: otherModel,
            cut_short: cutShort,
          })),
        }),
  };
}
