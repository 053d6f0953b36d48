import { SENTENCE_TOKENS } from "../choice-writer.ts";
import { preparePrompt, promptBudget } from "../prompt.ts";
import type { SamplingSettings } from "../settings.ts";
import type { GenerationRequest, PromptView, Steering } from "../types.ts";
import { CHARACTERS } from "./characters.ts";
import type { Server } from "./server.ts";

/** What a server is given to go on from. */
export interface RemotePrompt {
  /** What is sent. */
  readonly text: string;
  /** Spaces and tabs that end the story but not the prompt; the model writes them itself. */
  readonly blanks: string;
  /** Nothing is written yet: white space in front of the text is left out. */
  readonly isNew: boolean;
  /** What is told of it. */
  readonly view: PromptView;
}

/** What is sent where there is nothing to go on from: all servers but our own may refuse an empty prompt. */
const NOTHING = "\n";

/**
 * The prompt for what stands `before` the place, as the engine of this machine makes it, but measured in characters: the
 * window less `wanted` tokens, at {@link Server.charactersAToken} each. Sizes in tokens are estimated the same way.
 */
export function remotePrompt(
  before: string,
  wanted: number,
  steering: Steering | undefined,
  {
    contextLength,
    charactersAToken,
    program,
  }: Pick<Server, "contextLength" | "charactersAToken" | "program">,
): RemotePrompt {
  const budget = Math.max(1, Math.floor(promptBudget(contextLength, wanted) * charactersAToken));
  const prompt = preparePrompt(before, budget, CHARACTERS, steering ? { steering } : {});
  const estimate = (characters: number): number => Math.ceil(characters / charactersAToken);
  return {
    text: prompt.text === "" && program !== "inkwright" ? NOTHING : prompt.text,
    blanks: before.slice(before.length - prompt.blanks),
    isNew: before.trim() === "",
    view: {
      text: prompt.text,
      tokens: [],
      segments: prompt.segments.map((segment) => ({ ...segment, tokens: estimate(segment.tokens) })),
      left: prompt.left.map((one) => (one.origin === "story" ? one : { ...one, size: estimate(one.size) })),
      against: null,
    },
  };
}

/** Tokens of the text behind a place that are sent, at most. */
const FOLLOWING_TOKENS = 120;

/** The beginning of what stands behind the place, for a model that fills in; empty where that is not wanted. */
export function followingText(
  { before, after = "", settings }: GenerationRequest,
  {
    without,
    contextLength,
    charactersAToken,
  }: Pick<Server, "without" | "contextLength" | "charactersAToken">,
): string {
  if (!settings.infill || without.has("suffix") || before.trim() === "" || after.trim() === "") return "";
  const tokens = Math.min(FOLLOWING_TOKENS, Math.floor(contextLength / 8));
  return after.slice(0, Math.floor(tokens * charactersAToken)).replace(/[\ud800-\udbff]$/u, "");
}

/** What a continuation of `request` is given, with what stands behind it, and how many tokens it may have. */
export function continuationPrompt(
  request: GenerationRequest,
  server: Server,
): { readonly prompt: RemotePrompt; readonly suffix: string; readonly longest: number } {
  const longest = wantedTokens(request.settings, server);
  const suffix = followingText(request, server);
  const wanted = longest + Math.ceil(suffix.length / server.charactersAToken);
  return { prompt: remotePrompt(request.before, wanted, request.steering, server), suffix, longest };
}

/** Tokens that a continuation may have: as many as `settings` say, or what the model can read beside a prompt. */
export function wantedTokens(
  { length, finish_sentence, exact_length }: SamplingSettings,
  { contextLength }: Pick<Server, "contextLength">,
): number {
  const asked = length + (finish_sentence && !exact_length ? SENTENCE_TOKENS : 0);
  return Math.max(1, Math.min(asked, contextLength - promptBudget(contextLength, asked)));
}
