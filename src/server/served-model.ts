import type { Engine, Tokenizer } from "../engine/types.ts";

/** The model that a server offers. */
export interface ServedModel {
  readonly engine: Engine;
  /** The model's own. */
  readonly tokenizer: Tokenizer;
  /** What requests call it. */
  readonly name: string;
  /** When it was opened, in seconds since 1970. */
  readonly created: number;
  /** Bytes of its longest token: no prompt that fits has more for each of its tokens. */
  readonly longestToken: number;
}

/** An open model with its tokenizer, opened at `now`, as it is offered. */
export function servedModel(engine: Engine, tokenizer: Tokenizer, now: Date): ServedModel {
  let longestToken = 1;
  for (let id = 0; id < tokenizer.vocabularySize; id++) {
    longestToken = Math.max(longestToken, tokenizer.bytes(id).length);
  }
  const created = Math.floor(now.getTime() / 1000);
  return { engine, tokenizer, name: engine.card.name, created, longestToken };
}

/** How a model is listed: OpenAI's fields, and its context under the name that vLLM gives it. */
export function modelBody({ name, created, engine }: ServedModel): object {
  return {
    id: name,
    object: "model",
    created,
    owned_by: "inkwright",
    max_model_len: engine.card.contextLength,
  };
}
