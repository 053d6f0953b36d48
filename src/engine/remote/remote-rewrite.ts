import { findPhrases } from "../phrases.ts";
import { drawSeed } from "../random.ts";
import type { Passage } from "../tasks/passage.ts";
import type { Choice, GenerationEvent, GenerationRequest } from "../types.ts";
import { createClock } from "./clock.ts";
import { completionBody } from "./completion-body.ts";
import { whole } from "./completions.ts";
import { ContextExceeded } from "./failures.ts";
import { withoutControls } from "./foreign-text.ts";
import { type RemoteParts, SEEDS } from "./remote-continue.ts";
import { createRemoteJury, type RemoteJury, type RemoteRanked, remoteWorth } from "./remote-jury.ts";
import {
  candidateOf,
  type RemoteCandidate,
  remotePassage,
  templateCandidateOf,
  tokensFor,
} from "./remote-passage.ts";
import { type RemotePrompt, remotePrompt } from "./remote-prompt.ts";
import type { Server } from "./server.ts";
import { learnLength, SHORTENINGS, tooLong } from "./too-long.ts";

/** How many times over candidates are sampled where too few end as they should. */
const MOST_TRIES = 3;

/** Candidates that are asked for at once. */
const TOGETHER = 8;

/** Where candidates come from. */
interface RemoteSource {
  /** `left` or a template's name. */
  readonly name: string;
  readonly prompt: string;
  readonly stop: readonly string[];
  /** Tokens at most. */
  readonly length: number;
  /** The candidate in what was written; null for none. */
  read(text: string, endedItself: boolean): RemoteCandidate | null;
}

/**
 * Rewrites `request.selected` on a server: samples candidates behind what stands before, or behind templates, and offers
 * the best, by how well what follows fits behind them where the server scores prompts, else by closeness and length.
 * What could not end as the passage does is offered only where nothing could. Of a cancelled run, those that had been
 * heard are offered.
 */
export async function* remoteRewrite(
  request: GenerationRequest,
  { server, random, now }: RemoteParts,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, void> {
  const { settings, selected = "", after = "" } = request;
  const seed = settings.seed ?? drawSeed(random);
  const isCertain = settings.greedy || settings.temperature === 0;
  const enough = isCertain ? 1 : (request.candidates ?? Math.max(8, 2 * request.choices));
  const limit = isCertain || request.candidates !== undefined ? enough : MOST_TRIES * enough;
  const clock = createClock(now);
  const passage = remotePassage(selected, after, settings, server);
  const longest = tokensFor(passage.longest, server);
  let prompt = remotePrompt(request.before + passage.lead, longest, request.steering, server);
  const jury = createRemoteJury(request, prompt, passage, server);
  let shortenings = 0;
  yield { type: "started", seed, prompt: prompt.view, reusedTokens: 0 };

  try {
    for (let [tried, turn] = [0, 0]; tried < limit && !signal.aborted; ) {
      if (tried >= enough && offeredOf(jury, request).length >= request.choices) break;
      const sources = sourcesOf(request, prompt, passage, longest, server);
      const source = sources[turn++ % sources.length]!;
      const left = tried < enough ? enough - tried : limit - tried;
      const share = Math.ceil(enough / sources.length);
      const count = server.many ? Math.min(left, share, TOGETHER) : 1;
      const asked = { ...source, suffix: "", seed: (seed + tried) % SEEDS, count };
      const body = { ...completionBody(asked, settings, server), stream: false };
      clock.begin();
      let told: Awaited<ReturnType<typeof whole>>;
      try {
        told = await whole(server, body, signal);
      } catch (error) {
        if (!(error instanceof ContextExceeded)) throw error;
        if (shortenings++ === SHORTENINGS) throw tooLong(server, error);
        learnLength(server, error, source.prompt);
        prompt = remotePrompt(request.before + passage.lead, longest, request.steering, server);
        continue;
      }
      clock.piece();
      if (count > 1 && told.choices.length < count) server.many = false;
      for (const { text, finish, tokens } of told.choices) {
        for (const _ of tokens) clock.token();
        const candidate = source.read(withoutControls(text), finish !== "length");
        const drawn = tried++;
        if (candidate) await jury.hear(candidate, drawn, source.name, signal);
        const label = `candidate ${tried} of ${Math.max(enough, tried)}`;
        yield { type: "progress", done: Math.min(1, tried / enough), label };
      }
      // An answer without any choice counts as one that brought nothing.
      if (told.choices.length === 0) tried += count;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }

  const best = offeredOf(jury, request)
    .toSorted((a, b) => remoteWorth(b, settings.closeness) - remoteWorth(a, settings.closeness))
    .slice(0, request.choices);
  for (const [index, one] of best.entries()) yield { type: "choice", choice: toChoice(index, one, passage) };
  yield { type: "finished", cancelled: signal.aborted, timing: clock.timing() };
}

/** Templates where there are any, else what stands before the passage. */
function sourcesOf(
  { templates = [] }: GenerationRequest,
  prompt: RemotePrompt,
  passage: Passage,
  longest: number,
  server: Server,
): readonly RemoteSource[] {
  const length = Math.min(2 * longest, Math.floor(server.contextLength / 2));
  const room = Math.floor((server.contextLength - length) * server.charactersAToken);
  if (templates.length > 0) {
    return templates.map(({ name, prompt: text, stop }) => ({
      name,
      prompt: text.slice(-room),
      stop,
      length,
      read: (written, endedItself) => templateCandidateOf(written, stop, endedItself),
    }));
  }
  return [
    {
      name: "left",
      prompt: prompt.text,
      stop: passage.oneLine ? ["\n"] : [],
      length: longest,
      read: (written) => candidateOf(prompt.isNew ? written.trimStart() : written, prompt.blanks, passage),
    },
  ];
}

/** Those without a banned phrase that end as the passage does; where there is none, all without one. */
function offeredOf(jury: RemoteJury, { steering }: GenerationRequest): readonly RemoteRanked[] {
  const finder = findPhrases(steering?.ban ?? []);
  const allowed = jury.ranked().filter(({ candidate }) => finder.find(candidate.words, true) === null);
  const ended = allowed.filter(({ candidate }) => candidate.whole);
  return ended.length > 0 ? ended : allowed;
}

function toChoice(index: number, one: RemoteRanked, passage: Passage): Choice {
  const { candidate, fit, gain, logprob, kept, source, drawn } = one;
  return {
    index,
    text: passage.lead + candidate.words + passage.trail,
    tokens: [],
    logprobs: [],
    finishReason: candidate.whole ? "stop" : "length",
    kept,
    source,
    drawn,
    ...(logprob === undefined ? {} : { logprob }),
    ...(fit === undefined ? {} : { fit }),
    ...(gain === undefined ? {} : { gain }),
  };
}
