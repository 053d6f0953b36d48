import { infillBeforeFollowing } from "../infill.ts";
import type { KvCache } from "../language-model.ts";
import type { EngineParts } from "../parts.ts";
import type { Prompt } from "../prompt.ts";
import type { SamplingRun } from "../sample-tokens.ts";
import { type TokenSet, without } from "../token-marks.ts";
import type { GenerationRequest } from "../types.ts";
import { beginCandidate, beginStopped, type GrowingCandidate } from "./candidate.ts";
import type { Passage } from "./passage.ts";

/** Where candidates come from: a prompt, and how what follows it becomes one. */
export interface Source {
  /** `left`, `infill` or a template's name. */
  readonly name: string;
  readonly prompt: readonly number[];
  /** The story's own cache for `left`, which is ranked in it too; the spare one for all others. */
  readonly cache: KvCache;
  /** Tokens that may come first and later. */
  readonly allowed: Pick<SamplingRun, "first" | "later">;
  /** Tokens that a candidate may have in all. */
  readonly longest: number;
  begin(): GrowingCandidate;
  /** From so many tokens on, the model may end the text itself; null for never. */
  readonly endsFrom: number | null;
}

/** Tokens of a template's prompt that are left for what the model writes, at least. */
const TEMPLATE_ROOM = 16;

/**
 * The sources for a passage: templates where there are any, else what stands before, and both sides where the model
 * has learned to fill in. A candidate begins with a word, in front of which is a space only if the story has it there;
 * it stays on one line if its passage does; and it never ends the story.
 */
export function sourcesOf(
  request: GenerationRequest,
  prompt: Prompt,
  passage: Passage,
  parts: EngineParts,
): readonly Source[] {
  const { marks, tokenizer, model } = parts;
  const later = passage.oneLine ? without(marks.written, marks.breakingLine) : marks.written;
  const templates = (request.templates ?? []).map(({ name, prompt: text, stop }): Source => {
    const room = Math.min(2 * passage.longest + TEMPLATE_ROOM, Math.floor(model.contextLength / 2));
    const ids = tokenizer.encode(text).slice(-(model.contextLength - room));
    return {
      name,
      prompt: ids,
      cache: parts.spare(),
      allowed: { first: beginning(marks.written, passage, parts), later: marks.any },
      longest: room,
      begin: () => beginStopped(stop, room, parts),
      endsFrom: null,
    };
  });
  if (templates.length > 0) return templates;
  const first = beginning(firstTokens(later, prompt.blanks, parts), passage, parts);
  const left: Source = {
    name: "left",
    prompt: prompt.tokens,
    cache: parts.cache,
    allowed: { first, later },
    longest: passage.longest,
    begin: () => beginCandidate(passage, prompt.blanks, parts),
    endsFrom: null,
  };
  const after = passage.trail + (request.after ?? "");
  const infill =
    !request.settings.infill || prompt.text === ""
      ? null
      : infillBeforeFollowing(prompt.tokens, after, passage.longest + 1, parts);
  if (infill === null) return [left];
  const ending = later.slice();
  if (tokenizer.endOfText !== null) ending[tokenizer.endOfText] = 1;
  return [
    left,
    {
      name: "infill",
      prompt: infill,
      cache: parts.spare(),
      allowed: { first, later: ending },
      longest: passage.longest,
      begin: () => beginCandidate(passage, prompt.blanks, parts),
      endsFrom: passage.shortest,
    },
  ];
}

/** A sentence begins as its passage does: with a capital. */
function beginning(set: TokenSet, { capital }: Passage, { marks }: EngineParts): TokenSet {
  return capital ? without(set, marks.startingSmall) : set;
}

function firstTokens(later: TokenSet, blanks: number, { marks }: EngineParts): TokenSet {
  if (blanks === 0) return without(later, marks.startingWhite);
  return without(marks.startingBlank, marks.breakingLine);
}
