import { createOfferedText } from "../offered-text.ts";
import { findPhrases } from "../phrases.ts";
import { endsSentence } from "../sentences.ts";
import type { SamplingSettings } from "../settings.ts";
import type { Choice, FinishReason, GenerationEvent, Steering } from "../types.ts";
import { withoutControls } from "./foreign-text.ts";
import type { RemotePrompt } from "./remote-prompt.ts";
import type { ToldChoice } from "./replies.ts";
import { createTextGuard, type TextVerdict } from "./text-guard.ts";

/** One choice while a server writes it. */
export interface ChoiceText {
  readonly index: number;
  readonly ended: boolean;
  /** Something of it has come. */
  readonly begun: boolean;
  /** It began in the middle of a word, where the story has a space: its text fits nowhere. */
  readonly misbegun: boolean;
  /** Takes a piece and gives the events of what became certain with it. */
  push(piece: ToldChoice): readonly GenerationEvent[];
  /** Ends it with what has come. */
  end(reason: FinishReason): readonly GenerationEvent[];
  /** The whole choice; null while it grows, and where it was cancelled before it had anything. */
  choice(): Choice | null;
}

/** What a choice is written by. */
export interface ChoiceOptions {
  readonly settings: SamplingSettings;
  readonly steering: Steering;
  readonly prompt: RemotePrompt;
  /** Tokens at most. */
  readonly longest: number;
  /** Spaces and tabs that the model writes and the story has already. */
  readonly blanks: number;
}

/** Tokens beyond the longest that a server may write before it is told to stop: some count otherwise. */
const PATIENCE = 16;

const encoder = new TextEncoder();

/** A choice without any text. */
export function createChoiceText(index: number, options: ChoiceOptions): ChoiceText {
  const { settings, steering, prompt, longest, blanks } = options;
  const offered = createOfferedText(settings.stop, blanks);
  const guard = createTextGuard(settings, steering, prompt.text);
  const tokens: { readonly id: number | null; readonly logprob: number | null; readonly end: number }[] = [];
  const back = { ban: 0, loop: 0 };
  /** What has come and was not taken away. */
  let text = "";
  let told = 0;
  let count = 0;
  let begun = false;
  /** White space in front is left out. */
  let atStart = prompt.isNew;
  let first = true;
  let misbegun = false;
  let half = "";
  let finishReason: FinishReason | null = null;

  /** What a piece adds; without white space in front of a story that begins, and without half a character. */
  function added(piece: string): string {
    let next = half + withoutControls(piece);
    half = /[\ud800-\udbff]$/u.exec(next)?.[0] ?? "";
    next = next.slice(0, next.length - half.length);
    if (!atStart) return next;
    next = next.trimStart();
    atStart = next === "";
    return next;
  }

  function certain(sure: number): string {
    const more = text.slice(told, Math.max(told, sure));
    told += more.length;
    return more;
  }

  /** Ends the choice where the guard says or has said; else at its end, for `reason`. */
  function finish(reason: FinishReason, said: TextVerdict["end"] = null): string {
    text += offered.end();
    const end = said ?? guard(text, true).end;
    if (end) back[end.reason]++;
    text = text.slice(0, Math.max(told, end?.at ?? text.length));
    finishReason = end ? "stop" : reason;
    return certain(text.length);
  }

  return {
    index,
    get ended() {
      return finishReason !== null;
    },
    get begun() {
      return begun;
    },
    get misbegun() {
      return misbegun;
    },
    push(piece) {
      begun = true;
      if (finishReason !== null || misbegun) return [];
      const fresh = added(piece.text);
      if (blanks > 0 && first && fresh !== "") {
        first = false;
        misbegun = !/^\s/u.test(fresh);
        if (misbegun) return [];
      }
      count += piece.tokens.length > 0 ? piece.tokens.length : fresh === "" ? 0 : 1;
      text += offered.push(encoder.encode(fresh));
      for (const { id, logprob, text: own } of piece.tokens) {
        tokens.push({ id, logprob, end: (tokens.at(-1)?.end ?? 0) + own.length });
      }
      const verdict = guard(text, false);
      let shown = "";
      if (verdict.end !== null) shown = finish("stop", verdict.end);
      else if (offered.stopped) shown = finish("stop");
      else if (piece.finish !== null) shown = finish(reasonOf(piece.finish, settings.stop));
      else if (isEnough(text, count, settings) || count > longest + PATIENCE) shown = finish("length");
      else shown = certain(verdict.sure);
      return eventsOf(index, piece, shown);
    },
    end(reason) {
      if (finishReason !== null) return [];
      const shown = finish(reason);
      return shown === "" ? [] : [{ type: "token", choice: index, id: null, logprob: null, text: shown }];
    },
    choice() {
      if (finishReason === null || (finishReason === "cancelled" && text === "")) return null;
      const kept =
        back.ban + back.loop > 0 ? tokens.filter(({ end }) => end <= text.length + blanks) : tokens;
      const missing = (steering.include ?? []).filter(
        (phrase) => findPhrases([{ text: phrase }]).find(text, true) === null,
      );
      return {
        index,
        text,
        tokens: kept.flatMap(({ id }) => (id === null ? [] : [id])),
        logprobs: kept.flatMap(({ logprob }) => (logprob === null ? [] : [logprob])),
        finishReason,
        ...(back.ban > 0 ? { bans: back.ban } : {}),
        ...(back.loop > 0 ? { loops: back.loop } : {}),
        ...(missing.length > 0 ? { missing } : {}),
      };
    },
  };
}

/** A piece's tokens as events; the text that became certain comes with the last. */
function eventsOf(choice: number, { tokens }: ToldChoice, text: string): readonly GenerationEvent[] {
  if (tokens.length === 0) {
    return text === "" ? [] : [{ type: "token", choice, id: null, logprob: null, text }];
  }
  return tokens.map(({ id, logprob }, i) => ({
    type: "token",
    choice,
    id,
    logprob,
    text: i === tokens.length - 1 ? text : "",
  }));
}

function isEnough(text: string, count: number, settings: SamplingSettings): boolean {
  const { length, finish_sentence, exact_length } = settings;
  return finish_sentence && !exact_length && count >= length && endsSentence(text);
}

/** Servers call a stop string and the model's own end the same; without stop strings it is the latter. */
function reasonOf(finish: string, stop: readonly string[]): FinishReason {
  if (finish === "length") return "length";
  return stop.length > 0 && finish !== "eos_token" ? "stop" : "end";
}
