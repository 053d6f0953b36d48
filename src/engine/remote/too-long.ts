import { UserError } from "../../errors.ts";
import type { ContextExceeded } from "./failures.ts";
import { quoted } from "./foreign-text.ts";
import type { Server } from "./server.ts";

/** How often a prompt is made shorter before it is given up. */
export const SHORTENINGS = 3;

/** How much of a prompt is kept where its server only says that it is too long. */
const SHORTENED = 0.5;
/** What is kept less than what would just fit: other texts have more tokens for their characters. */
const MARGIN = 0.9;
const LEAST_CHARACTERS = 0.25;

/** Numbers of tokens in a refusal: what the model reads, and how many the prompt has. */
const WINDOW =
  /(?:context (?:length|size|window)|max(?:imum)?(?: model)? len(?:gth)?)(?: is| of|:| \()? *\(?(\d+)/iu;
const PROMPT =
  /(\d+) (?:tokens )?(?:in|from) (?:the|your) (?:messages|prompt|input)|prompt (?:has|contains|is)(?: at least)? (\d+)|(\d+) input tokens|request \((\d+) tokens\)/iu;

/**
 * Learns from a refusal how long texts may be: the window, where the server names it, and how many characters make a
 * token of this writer's language. A prompt that is cut again is shorter.
 */
export function learnLength(server: Server, { refusal }: ContextExceeded, prompt: string): void {
  const window = Number(WINDOW.exec(refusal.message)?.[1] ?? 0);
  const tokens = Number(
    PROMPT.exec(refusal.message)
      ?.slice(1)
      .find((group) => group !== undefined) ?? 0,
  );
  const before = server.contextLength;
  if (window > 0 && window < before) server.contextLength = window;
  const room = server.contextLength;
  if (tokens > 0 && prompt.length / tokens < server.charactersAToken) {
    server.charactersAToken = Math.max(LEAST_CHARACTERS, (MARGIN * prompt.length) / tokens);
  } else if (room === before) {
    server.charactersAToken = Math.max(LEAST_CHARACTERS, SHORTENED * server.charactersAToken);
  }
}

/** Characters of a server's own words that are quoted. */
const QUOTED = 200;

/** The failure of a text that is too long even when it was shortened. */
export function tooLong(server: Server, cause: ContextExceeded): UserError {
  return new UserError(
    `The text is too long for ${quoted(server.model, QUOTED)}: ${quoted(cause.refusal.message, QUOTED)}`,
    {
      hint: "Choose a smaller length, or start the server with a longer context.",
      cause,
    },
  );
}
