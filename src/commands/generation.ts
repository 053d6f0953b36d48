import type {
  Choice,
  Engine,
  GenerationEvent,
  GenerationRequest,
  PromptView,
  Timing,
} from "../engine/types.ts";

/** Of a generation that never began. */
const UNSEEN: PromptView = { tokens: [], text: "", segments: [], left: [], against: null };

/** Everything that one request brought. */
export interface Generation {
  readonly request: GenerationRequest;
  readonly seed: number;
  /** What the model saw. */
  readonly prompt: PromptView;
  /** `continue`: by index. `rewrite`: best first. */
  readonly choices: readonly Choice[];
  readonly cancelled: boolean;
  readonly timing: Timing;
}

/** A generation that broke off because the engine died: what had come by then, with what went wrong as its `cause`. */
export class BrokenGeneration extends Error {
  override readonly name = "BrokenGeneration";
  readonly generation: Generation;

  constructor(generation: Generation, cause: unknown) {
    super("the generation broke off", { cause });
    this.generation = generation;
  }
}

/** Told of each event before the next one is asked for. */
export type GenerationListener = (event: GenerationEvent) => Promise<void> | void;

/**
 * Runs one request to its end and gathers what it brought; an aborted `signal` ends it early, with what had come.
 * Rejects with a {@link BrokenGeneration} where tokens had come before it failed.
 */
export async function runGeneration(
  engine: Engine,
  request: GenerationRequest,
  signal: AbortSignal,
  listener: GenerationListener = () => {},
): Promise<Generation> {
  let started: Pick<Generation, "seed" | "prompt"> = { seed: 0, prompt: UNSEEN };
  let ended: Pick<Generation, "cancelled" | "timing"> = {
    cancelled: true,
    timing: { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 },
  };
  const choices: Choice[] = [];
  let growing: Choice | null = null;
  try {
    for await (const event of engine.generate(request, signal)) {
      if (event.type === "started") started = { seed: event.seed, prompt: event.prompt };
      if (event.type === "token") growing = grow(growing, event);
      if (event.type === "choice") {
        choices.push(event.choice);
        growing = null;
      }
      if (event.type === "finished") ended = { cancelled: event.cancelled, timing: event.timing };
      await listener(event);
    }
  } catch (cause) {
    const come = growing ? [...choices, growing] : choices;
    if (come.length === 0) throw cause;
    throw new BrokenGeneration({ request, ...started, ...ended, choices: come }, cause);
  }
  if (request.task === "continue") choices.sort((a, b) => a.index - b.index);
  return { request, ...started, ...ended, choices };
}

/** A choice with one more token. */
function grow(before: Choice | null, event: Extract<GenerationEvent, { type: "token" }>): Choice {
  const same = before?.index === event.choice ? before : null;
  return {
    index: event.choice,
    text: (same?.text ?? "") + event.text,
    tokens: [...(same?.tokens ?? []), ...(event.id === null ? [] : [event.id])],
    logprobs: [...(same?.logprobs ?? []), ...(event.logprob === null ? [] : [event.logprob])],
    finishReason: "cancelled",
  };
}
