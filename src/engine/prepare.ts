import { continuationPrompt } from "./generate.ts";
import type { Cancelled, EngineParts } from "./parts.ts";
import { readAhead } from "./prefill.ts";
import { type Prompt, viewOf } from "./prompt.ts";
import { passagePrompt } from "./tasks/rewrite.ts";
import type { GenerationRequest, PromptView } from "./types.ts";

/** Reads the prompt of `request` into the cache, all but its last token: that one is run for its logits in any case. */
export async function prepare(
  request: GenerationRequest,
  parts: EngineParts,
  cancelled: Cancelled,
): Promise<void> {
  if (cancelled()) return;
  await readAhead(parts, promptOf(request, parts).tokens.slice(0, -1), cancelled);
}

/** What the model would see for `request`. */
export function inspect(request: GenerationRequest, parts: EngineParts): PromptView {
  return viewOf(promptOf(request, parts));
}

function promptOf(request: GenerationRequest, parts: EngineParts): Prompt {
  return (request.task === "rewrite" ? passagePrompt : continuationPrompt)(request, parts).prompt;
}
