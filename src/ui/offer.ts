import type { ChangeSet, Text } from "@codemirror/state";
import type { SamplingSettings } from "../engine/settings.ts";
import type { Choice, GenerationEvent, ModelCard, Steering } from "../engine/types.ts";
import type { GenerationRecord, RecordedChoice } from "../sessions/records.ts";
import type { GenerationId } from "../story/passages.ts";
import { recordedPrompt, recordedSteering } from "../story/prompt.ts";
import type { StyleTemplate } from "../story/template.ts";

/** One continuation or candidate on offer; grows while it streams. */
export interface OfferedChoice {
  readonly generation: GenerationId;
  /** Index among its generation's choices. */
  readonly index: number;
  readonly text: string;
  /** The finished choice; null while it streams. */
  readonly finished: Choice | null;
}

/** One request to the engine on behalf of an offer, as far as it has come. */
export interface Running {
  readonly id: GenerationId;
  readonly request: Pick<GenerationRecord, "selected" | "after" | "blanks" | "begin">;
  readonly settings: SamplingSettings;
  readonly steering?: Steering;
  /** It was told to stop, and has not ended yet. */
  readonly stopping?: true;
  /** Choices asked for. */
  readonly count: number;
  readonly started: Extract<GenerationEvent, { type: "started" }> | null;
  readonly arrived: readonly RecordedChoice[];
  /** Tokens since the stream began, for the speed shown. */
  readonly tokens: number;
}

/**
 * Text that the model proposes, shown in the page as ghost text but not part of the story.
 *
 * For a continuation `from` equals `to`; for a rewrite they bound the passage that would be replaced. Both are in
 * UTF-16 code units of the story and move with its edits.
 */
export interface Offer {
  readonly task: "continue" | "rewrite";
  readonly from: number;
  readonly to: number;
  readonly choices: readonly OfferedChoice[];
  /** Index into `choices` of the one shown. */
  readonly shown: number;
  /** UTF-16 code units of the shown choice that were already accepted, word by word. */
  readonly taken: number;
  /** The generation in progress, if one is. */
  readonly running: Running | null;
  /** What a rewrite is doing, 0 to 1; null while there is nothing to report. */
  readonly progress: { readonly done: number; readonly label: string } | null;
  /** The template that a rewrite is written after; null for the story itself. */
  readonly style: StyleTemplate | null;
  /** What stands between the offered text and a story that goes on behind it: nothing, a space, a blank line. */
  readonly joint: "" | " " | "\n\n";
  /** Generations whose outcome is recorded already: they were put on offer again. */
  readonly recalled?: readonly GenerationId[];
  /** What each choice begins with: words that were chosen, and not written with it. */
  readonly begin: string;
}

/** An empty offer at a place, waiting for its first generation. */
export function emptyOffer(task: Offer["task"], from: number, to: number, joint: Offer["joint"] = ""): Offer {
  return {
    task,
    from,
    to,
    choices: [],
    shown: 0,
    taken: 0,
    running: null,
    progress: null,
    joint,
    begin: "",
    style: null,
  };
}

/** What must stand between text put in at `pos` and the story behind it, so that no two words run together. */
export function jointAt(text: Text, pos: number): Offer["joint"] {
  const line = text.lineAt(pos);
  const next = line.text.slice(pos - line.from);
  if (next === "" || !/^[\p{L}\p{N}\p{Ps}\p{Pi}"'#*_—–]/u.test(next)) return "";
  return pos === line.from ? "\n\n" : " ";
}

/** The part of the shown choice that is still on offer, with what joins it to the story behind it. */
export function remainingText(offer: Offer): string {
  const text = offer.choices[offer.shown]?.text.slice(offer.taken) ?? "";
  if (text === "" || offer.joint === "") return text;
  return offer.joint === " " ? text.replace(/(?<=\S)$/u, " ") : text.replace(/\n*$/u, "\n\n");
}

/** The next word of what is on offer, with the white space before it; empty when nothing is left. */
export function nextOfferedWord(offer: Offer): string {
  return /^\s*\S+|^\s+$/u.exec(remainingText(offer))?.[0] ?? "";
}

/**
 * The offer after the story changed. A continuation stays behind text typed at its place. A rewrite whose passage
 * was touched no longer fits anything: null.
 */
export function mapOffer(offer: Offer, changes: ChangeSet): Offer | null {
  if (offer.from === offer.to) {
    const at = changes.mapPos(offer.from, 1);
    return { ...offer, from: at, to: at };
  }
  if (changes.touchesRange(offer.from + 1, offer.to - 1)) return null;
  const from = changes.mapPos(offer.from, 1);
  const to = changes.mapPos(offer.to, -1);
  return from < to ? { ...offer, from, to } : null;
}

/** The offer after one event of the generation `id`; events of any other generation change nothing. */
export function receiveEvent(offer: Offer, id: GenerationId, event: GenerationEvent): Offer {
  const { running } = offer;
  if (running?.id !== id) return offer;
  switch (event.type) {
    case "started":
      return { ...offer, running: { ...running, started: event } };
    case "progress":
      return { ...offer, progress: { done: event.done, label: event.label } };
    case "token":
      return {
        ...changeChoice(offer, id, event.choice, (choice) => ({ ...choice, text: choice.text + event.text })),
        running: {
          ...running,
          tokens: running.tokens + 1,
          arrived: appendToken(running.arrived, event),
        },
      };
    case "choice":
      return {
        ...changeChoice(offer, id, event.choice.index, (choice) => ({
          ...choice,
          text: offer.begin + event.choice.text,
          finished: event.choice,
        })),
        running: {
          ...running,
          arrived: replaceAt(running.arrived, event.choice.index, recordedChoice(event.choice)),
        },
      };
    case "finished":
      return { ...offer, running: null, progress: null };
  }
}

/** The record of a generation that ended, or of as much of it as arrived; null if it never started. */
export function generationRecord(
  offer: Offer,
  card: ModelCard,
  runtime: string,
  at: string,
  end: Pick<GenerationRecord, "timing" | "cancelled">,
): GenerationRecord | null {
  const { running } = offer;
  if (!running?.started) return null;
  return {
    type: "generation",
    at,
    id: running.id,
    task: offer.task,
    place: { from: offer.from, to: offer.to },
    ...running.request,
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    runtime,
    settings: running.settings,
    seed: running.started.seed,
    count: running.count,
    prompt: recordedPrompt(running.started.prompt),
    ...recordedSteering(running.steering),
    choices: running.arrived,
    ...end,
  };
}

function changeChoice(
  offer: Offer,
  generation: GenerationId,
  index: number,
  change: (choice: OfferedChoice) => OfferedChoice,
): Offer {
  const at = offer.choices.findIndex((choice) => choice.generation === generation && choice.index === index);
  if (at >= 0) {
    const choices = offer.choices.map((choice, i) => (i === at ? change(choice) : choice));
    return { ...offer, choices };
  }
  return {
    ...offer,
    choices: [...offer.choices, change({ generation, index, text: offer.begin, finished: null })],
  };
}

function recordedChoice(choice: Choice): RecordedChoice {
  return {
    text: choice.text,
    tokens: choice.tokens,
    logprobs: choice.logprobs,
    finish_reason: choice.finishReason,
    ...(choice.fit === undefined ? {} : { fit: choice.fit }),
    ...(choice.logprob === undefined ? {} : { logprob: choice.logprob }),
  };
}

function appendToken(
  arrived: readonly RecordedChoice[],
  event: Extract<GenerationEvent, { type: "token" }>,
): readonly RecordedChoice[] {
  const soFar = arrived[event.choice] ?? { text: "", tokens: [], logprobs: [], finish_reason: "cancelled" };
  return replaceAt(arrived, event.choice, {
    ...soFar,
    text: soFar.text + event.text,
    tokens: event.id === null ? soFar.tokens : [...soFar.tokens, event.id],
    logprobs: event.logprob === null ? soFar.logprobs : [...soFar.logprobs, event.logprob],
  });
}

function replaceAt<T>(list: readonly T[], index: number, value: T): readonly T[] {
  const copy = [...list];
  copy[index] = value;
  return copy;
}
