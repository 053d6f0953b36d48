import { type Bias, phraseBias } from "./bias.ts";
import { createDemands, type Demands } from "./demands.ts";
import { createGuard, type Guard } from "./guard.ts";
import { createOfferedText } from "./offered-text.ts";
import type { EngineParts } from "./parts.ts";
import type { Prompt } from "./prompt.ts";
import type { Change } from "./sample-tokens.ts";
import type { Edits, SampledToken } from "./sampling/sampler.ts";
import { endsSentence } from "./sentences.ts";
import type { SamplingSettings } from "./settings.ts";
import { without } from "./token-marks.ts";
import type { Choice, FinishReason, GenerationEvent, Steering } from "./types.ts";

/** With `finish_sentence`, the tokens that may be added to `length` until the sentence ends. */
export const SENTENCE_TOKENS = 20;

/** How often a choice is taken back at most; then it ends before what it may not hold. */
const MOST_BACK = 500;

/** One choice while it is written. */
export interface ChoiceWriter {
  readonly index: number;
  readonly ended: boolean;
  /** Tokens that stand; those drawn beyond them are to be taken back before the next draw. */
  readonly length: number;
  /** What is changed for its next draw. */
  change(): Change | undefined;
  /** Takes the next token; gives the events of those that stay for sure, none for an end of text. */
  write(token: SampledToken): readonly GenerationEvent[];
  cancel(): void;
  /** The whole choice; null if it was cancelled before it had anything. */
  choice(): Choice | null;
}

/** What a choice is written by. */
export interface WriterOptions {
  readonly settings: SamplingSettings;
  readonly steering: Steering;
  readonly prompt: Prompt;
}

/** A choice without any token. Throws a UserError where it cannot hold what it must include. */
export function writeChoice(index: number, options: WriterOptions, parts: EngineParts): ChoiceWriter {
  const { settings, steering, prompt } = options;
  const { tokenizer } = parts;
  const offered = createOfferedText(settings.stop, prompt.blanks);
  const guard = createGuard(options, tokenizer);
  const demands = createDemands(steering.include ?? [], settings, tokenizer);
  const bias = steering.bias && steering.bias.length > 0 ? phraseBias(steering.bias, tokenizer) : null;
  const bend = createBend({ settings, guard, demands, bias }, parts);
  const tokens: number[] = [];
  const logprobs: number[] = [];
  const others: SampledToken["alternatives"][] = [];
  /** Tokens that have been told. */
  let told = 0;
  const back = { ban: 0, loop: 0 };
  let finishReason: FinishReason | null = null;

  function cutTo(length: number): void {
    tokens.length = length;
    logprobs.length = length;
    others.length = length;
  }

  /** Tells the tokens that stay for sure; `last`: all do, since the choice ends. */
  function tell(sure: number, last: FinishReason | null): GenerationEvent[] {
    const events: GenerationEvent[] = [];
    while (told < sure && finishReason === null) {
      const [id, logprob, alternatives] = [tokens[told]!, logprobs[told]!, others[told]];
      told++;
      let text = offered.push(tokenizer.bytes(id));
      if (offered.stopped) {
        finishReason = "stop";
        cutTo(told);
      } else if (told === sure && last !== null) {
        finishReason = last;
      }
      if (finishReason !== null) text += offered.end();
      const more = alternatives === undefined ? {} : { alternatives };
      events.push({ type: "token", choice: index, id, logprob, text, ...more });
    }
    if (last !== null && finishReason === null) {
      finishReason = last;
      offered.end();
    }
    return events;
  }

  return {
    index,
    get ended() {
      return finishReason !== null;
    },
    get length() {
      return tokens.length;
    },
    change: () => bend.change(tokens, prompt),
    write(token) {
      const isEnd = token.id === tokenizer.endOfText;
      if (!isEnd) {
        tokens.push(token.id);
        logprobs.push(token.logprob);
        others.push(token.alternatives);
      }
      const ended = isEnd || isLongEnough(tokens, settings, parts);
      const verdict = guard?.look(tokens, ended) ?? { type: "goOn", sure: tokens.length };
      if (verdict.type === "goOn") {
        return tell(ended ? tokens.length : verdict.sure, ended ? (isEnd ? "end" : "length") : null);
      }
      const keep = Math.max(told, verdict.keep);
      const taken = tokens[keep] ?? token.id;
      cutTo(Math.min(keep, tokens.length));
      back[verdict.reason]++;
      if (back.ban + back.loop > MOST_BACK) return tell(tokens.length, "stop");
      bend.forbid(keep, taken);
      return [];
    },
    cancel() {
      // What was held back to be sure of may be what it must not hold.
      cutTo(told);
      finishReason = "cancelled";
      offered.end();
    },
    choice() {
      if (finishReason === null || (finishReason === "cancelled" && tokens.length === 0)) return null;
      const missing = demands?.missing(offered.whole) ?? [];
      return {
        index,
        text: offered.whole,
        tokens: tokens.slice(),
        logprobs: logprobs.slice(),
        finishReason,
        ...(back.ban > 0 ? { bans: back.ban } : {}),
        ...(back.loop > 0 ? { loops: back.loop } : {}),
        ...(missing.length > 0 ? { missing } : {}),
      };
    },
  };
}

/** What bends the draws of one choice. */
interface BendOptions {
  readonly settings: SamplingSettings;
  readonly guard: Guard | null;
  readonly demands: Demands | null;
  readonly bias: Bias | null;
}

/** The changes of one choice's draws; none where nothing bends it. */
function createBend({ settings, guard, demands, bias }: BendOptions, { tokenizer, marks }: EngineParts) {
  /** Ids that were taken back, by the place that they had. */
  const forbidden = new Map<number, Set<number>>();
  const endless = settings.exact_length || demands !== null ? marks.written : undefined;
  const breaking = demands === null ? undefined : without(marks.written, marks.continuingWord);
  return {
    /** Another token than `id` must come at `place`. What came behind it was taken back with it. */
    forbid(place: number, id: number): void {
      for (const later of [...forbidden.keys()]) if (later > place) forbidden.delete(later);
      forbidden.set(place, (forbidden.get(place) ?? new Set()).add(id));
    },
    change(ids: readonly number[], prompt: Prompt): Change | undefined {
      if (guard === null && demands === null && bias === null && endless === undefined) return undefined;
      const demand = demands?.after(ids) ?? null;
      const opens = opensWord(ids.length > 0 ? tokenizer.decode(ids.slice(-1)) : prompt.text);
      const added = new Map([...(bias?.after(ids, opens) ?? []), ...(demand?.added ?? [])]);
      const within = demand?.wordEnds ? breaking : endless;
      const never = forbidden.get(ids.length);
      const edits: Edits = { forbidden: never, within, ...(added.size > 0 ? { added } : {}) };
      const isPlain = never === undefined && within === undefined && added.size === 0;
      return {
        ...(isPlain ? {} : { edits }),
        settings: guard?.settings ?? {},
        ...(demand?.wanted ? { wanted: demand.wanted } : {}),
      };
    },
  };
}

/** Whether a word may begin behind `text` without a space. */
function opensWord(text: string): boolean {
  return text === "" || /[\s"“‘(—–-]$/u.test(text);
}

function isLongEnough(
  ids: readonly number[],
  settings: SamplingSettings,
  { tokenizer }: EngineParts,
): boolean {
  if (ids.length < settings.length) return false;
  if (!settings.finish_sentence || settings.exact_length) return true;
  return ids.length >= settings.length + SENTENCE_TOKENS || endsSentence(tokenizer.decode(ids.slice(-50)));
}
