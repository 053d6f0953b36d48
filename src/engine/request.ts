import { UserError } from "../errors.ts";
import { completeSettings } from "./settings.ts";
import { checkSteering } from "./steering.ts";
import type { GenerationRequest } from "./types.ts";

/** Choices of one request, at most. */
const MOST_CHOICES = 1024;

/**
 * Refuses a request that no engine can run. Throws a RangeError or TypeError that quotes the value, or a UserError
 * where nothing but white space is to be rewritten.
 */
export function checkRequest(request: GenerationRequest): void {
  const { task, before, selected, choices, settings, promptTokens } = request;
  if (task !== "continue" && task !== "rewrite") throw new RangeError(`no task is called ${String(task)}`);
  if (typeof before !== "string") throw new TypeError(`before must be a text, got ${String(before)}`);
  if (!(Number.isInteger(choices) && choices >= 1)) {
    throw new RangeError(`choices must be a whole number from 1, got ${choices}`);
  }
  if (choices > MOST_CHOICES) throw new RangeError(`choices must be at most ${MOST_CHOICES}, got ${choices}`);
  if (typeof settings !== "object" || settings === null) {
    throw new TypeError(`settings must be complete (completeSettings), got ${String(settings)}`);
  }
  completeSettings(settings);
  if (!Array.isArray(settings.stop)) throw new TypeError(`stop must be a list, got ${String(settings.stop)}`);
  if (settings.stop.some((string) => typeof string !== "string" || string === "")) {
    throw new RangeError(`stop strings must not be empty, got ${JSON.stringify(settings.stop)}`);
  }
  if (promptTokens?.length === 0) throw new RangeError("promptTokens must not be empty");
  if (request.againstTokens?.length === 0) throw new RangeError("againstTokens must not be empty");
  if (request.steering) checkSteering(request.steering);
  if (task === "continue" && settings.exact_length && settings.stop.length > 0) {
    throw new UserError("An exact length and stop strings exclude each other.", {
      hint: "Leave one of them out.",
    });
  }
  for (const { name, prompt, stop } of request.templates ?? []) {
    if (typeof prompt === "string" && prompt !== "" && stop.length > 0 && !stop.includes("")) continue;
    throw new RangeError(`a template must have a prompt and stop strings, got ${JSON.stringify(name)}`);
  }
  const { candidates, alternatives = 1 } = request;
  if (!(Number.isInteger(alternatives) && alternatives >= 1)) {
    throw new RangeError(`alternatives must be a whole number from 1, got ${alternatives}`);
  }
  if (
    candidates !== undefined &&
    !(Number.isInteger(candidates) && candidates >= 1 && candidates <= MOST_CHOICES)
  ) {
    throw new RangeError(`candidates must be a whole number from 1 to ${MOST_CHOICES}, got ${candidates}`);
  }
  if (task !== "rewrite") return;
  if (typeof selected !== "string") throw new TypeError(`selected must be a text, got ${String(selected)}`);
  if (selected.trim() === "") {
    throw new UserError("There are no words in what is selected.", {
      hint: "Select the passage that should be rewritten.",
    });
  }
}

/** Refuses prompt ids that the model cannot read. Throws a RangeError. */
export function checkPromptTokens(
  tokens: readonly number[],
  contextLength: number,
  vocabulary: number,
): void {
  if (tokens.length > contextLength) {
    throw new RangeError(`promptTokens must be at most ${contextLength}, got ${tokens.length}`);
  }
  const wrong = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (wrong !== undefined)
    throw new RangeError(`promptTokens must be from 0 to ${vocabulary - 1}, got ${wrong}`);
}
