import { createEngine } from "../../src/engine/engine.ts";
import { completeSettings, type SamplingSettings } from "../../src/engine/settings.ts";
import type { Choice, Engine, GenerationEvent, GenerationRequest } from "../../src/engine/types.ts";
import {
  expecting,
  type FakeModel,
  type FakeOptions,
  fakeCard,
  fakeModel,
  wordTokenizer,
} from "../fake-model.ts";

/** A fake model with its engine. */
export interface Desk {
  readonly engine: Engine;
  readonly model: FakeModel;
  readonly tokenizer: FakeOptions["tokenizer"];
}

/** An engine whose model knows the words of `text` and writes exactly that, from the place where it is asked. */
export function deskWriting(
  text: string,
  options: Partial<FakeOptions> & { readonly end?: boolean } = {},
  clock?: () => number,
): Desk {
  const tokenizer = options.tokenizer ?? wordTokenizer(text);
  const expects = options.expects ?? expecting(text, tokenizer, options.end);
  const model = fakeModel({ ...options, tokenizer, ...(expects ? { expects } : {}) });
  let time = 0;
  const world = { random: () => 0.25, now: clock ?? (() => time++) };
  return { engine: createEngine({ model, tokenizer, card: fakeCard(model) }, world), model, tokenizer };
}

/** A request to continue `before`. */
export function asking(
  before: string,
  settings: Partial<SamplingSettings> = {},
  more: Partial<GenerationRequest> = {},
): GenerationRequest {
  return { id: "g1", task: "continue", before, choices: 1, settings: completeSettings(settings), ...more };
}

/** All events of a generation. */
export async function collect(events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The choices among `events`. */
export function choicesOf(events: readonly GenerationEvent[]): Choice[] {
  return events.flatMap((event) => (event.type === "choice" ? [event.choice] : []));
}

/** The text of the token events of one choice. */
export function streamed(events: readonly GenerationEvent[], choice = 0): string {
  return events
    .map((event) => (event.type === "token" && event.choice === choice ? event.text : ""))
    .join("");
}

/** The only event of a kind. */
export function only<T extends GenerationEvent["type"]>(events: readonly GenerationEvent[], type: T) {
  const found = events.filter((event): event is Extract<GenerationEvent, { type: T }> => event.type === type);
  if (found.length !== 1) throw new RangeError(`${found.length} events of type ${type}`);
  return found[0]!;
}
