import type { Effect } from "../effects.ts";
import type { Model } from "../model.ts";

/** What came of a message: the next model, and what is to be done in the world. */
export type Step = readonly [Model, readonly Effect[]];

/** Nothing but a line of news. */
export function warn(model: Model, text: string): Step {
  return [{ ...model, notice: { kind: "warning", text } }, []];
}

/** One step after another; their effects in order. */
export function andThen(step: Step, next: (model: Model) => Step): Step {
  const [model, effects] = step;
  const [after, more] = next(model);
  return [after, [...effects, ...more]];
}

/** An ISO 8601 time for records. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
