import type { Choice, Engine, GenerationEvent, GenerationRequest, Timing } from "../engine/types.ts";

/** Everything that one request brought. */
export interface Generation {
  readonly request: GenerationRequest;
  readonly seed: number;
  /** What the model saw. */
  readonly prompt: { readonly tokens: readonly number[]; readonly text: string };
  /** `continue`: by index. `rewrite`: best first. */
  readonly choices: readonly Choice[];
  readonly cancelled: boolean;
  readonly timing: Timing;
}

/** Told of each event before the next one is asked for. */
export type GenerationListener = (event: GenerationEvent) => Promise<void> | void;

/** Runs one request to its end and gathers what it brought; an aborted `signal` ends it early, with what had come. */
export async function runGeneration(
  engine: Engine,
  request: GenerationRequest,
  signal: AbortSignal,
  listener: GenerationListener = () => {},
): Promise<Generation> {
  let started: Pick<Generation, "seed" | "prompt"> = { seed: 0, prompt: { tokens: [], text: "" } };
  let ended: Pick<Generation, "cancelled" | "timing"> = {
    cancelled: true,
    timing: { prefillMs: 0, prefillTokens: 0, decodeMs: 0, decodeTokens: 0 },
  };
  const choices: Choice[] = [];
  for await (const event of engine.generate(request, signal)) {
    if (event.type === "started") started = { seed: event.seed, prompt: event.prompt };
    if (event.type === "choice") choices.push(event.choice);
    if (event.type === "finished") ended = { cancelled: event.cancelled, timing: event.timing };
    await listener(event);
  }
  if (request.task === "continue") choices.sort((a, b) => a.index - b.index);
  return { request, ...started, ...ended, choices };
}
