import { continuationPrompt } from "./generate.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { readAhead } from "./prefill.ts";
import { passagePrompt } from "./tasks/rewrite.ts";
import type { GenerationRequest } from "./types.ts";

/** Reads the prompt of `request` into the cache, all but its last token: that one is run for its logits in any case. */
export async function prepare(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): Promise<void> {
  if (cancelled()) return;
  const { prompt } = (request.task === "rewrite" ? passagePrompt : continuationPrompt)(request, parts);
  await readAhead(parts, prompt.tokens.slice(0, -1), cancelled);
}
