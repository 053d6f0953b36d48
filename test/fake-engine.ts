import type {
  Alternatives,
  AlternativesOptions,
  Choice,
  Engine,
  GenerationEvent,
  GenerationRequest,
  ModelCard,
  PromptView,
  Score,
} from "../src/engine/types.ts";

/** The card of the fake model. */
export const FAKE_CARD: ModelCard = {
  name: "fake",
  folder: "fake",
  fingerprint: "0123456789abcdef",
  parameters: 42,
  contextLength: 64,
  vocabularySize: 1000,
  layers: 1,
  heads: 1,
  width: 4,
  dtype: "float32",
  precision: "fp32",
  runtime: "fake 1.0, 1 thread",
};

/** A prompt that is all of the story. */
export function promptView(tokens: readonly number[], text: string): PromptView {
  const segments = [{ origin: "story", from: 0, to: text.length, tokens: tokens.length }] as const;
  return { tokens, text, segments, left: [], against: null };
}

/** One choice as it is scripted: its tokens' texts, and what it says of itself. */
export interface ScriptedChoice {
  readonly tokens: readonly string[];
  readonly fit?: number;
  readonly logprob?: number;
}

/** An engine that writes what it is told to. Words are its tokens; a token's id is the order of its first use. */
export class FakeEngine implements Engine {
  readonly card: ModelCard = FAKE_CARD;
  readonly requests: GenerationRequest[] = [];
  readonly prepared: GenerationRequest[] = [];
  /** Called before each token of a generation. */
  beforeToken: (index: number) => void | Promise<void> = () => {};
  closed = 0;
  /** What it takes for likely next, the likeliest first: tokens of a log-probability of −1, −2, … */
  foreseen: readonly string[] | null = null;
  readonly #scripts: (readonly ScriptedChoice[])[] = [];
  readonly #ids = new Map<string, number>();

  /** Scripts the next generation: `"one| two"` is a choice of two tokens. */
  enqueue(...choices: readonly (string | ScriptedChoice)[]): this {
    this.#scripts.push(
      choices.map((choice) => (typeof choice === "string" ? { tokens: choice.split("|") } : choice)),
    );
    return this;
  }

  /** Ids of the words of `text`, white space kept with the word after it. */
  encode(text: string): number[] {
    return (text.match(/\s*\S+|\s+$/g) ?? []).map((word) => this.#id(word));
  }

  async *generate(request: GenerationRequest, signal?: AbortSignal): AsyncIterable<GenerationEvent> {
    this.requests.push(request);
    const script = this.#scripts.shift();
    if (!script) throw new Error("nothing was enqueued for this generation");
    const seed = request.settings.seed ?? 7;
    const tokens = request.promptTokens ?? this.encode(request.before);
    yield {
      type: "started",
      seed,
      prompt: promptView(tokens, request.before.replace(/[ \t]+$/, "")),
      reusedTokens: 0,
    };
    const written = script.map((): string[] => []);
    const longest = Math.max(...script.map((choice) => choice.tokens.length));
    for (let index = 0; index < longest && !signal?.aborted; index += 1) {
      await this.beforeToken(index);
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) break;
      for (const [choice, { tokens: texts }] of script.entries()) {
        const text = texts[index];
        if (text === undefined) continue;
        written[choice]?.push(text);
        if (request.task === "rewrite") yield { type: "progress", done: index / longest, label: "rewriting" };
        else yield { type: "token", choice, id: this.#id(text), logprob: -0.5, text };
      }
    }
    const cancelled = signal?.aborted ?? false;
    for (const [index, texts] of written.entries()) {
      yield { type: "choice", choice: this.#choice(index, texts, script[index], cancelled) };
    }
    yield {
      type: "finished",
      cancelled,
      timing: { prefillMs: 1, prefillTokens: tokens.length, decodeMs: 2, decodeTokens: longest },
    };
  }

  async inspect(request: GenerationRequest): Promise<PromptView> {
    return promptView(this.encode(request.before), request.before);
  }

  async prepare(request: GenerationRequest): Promise<void> {
    this.prepared.push(request);
  }

  async score(text: string, { bos = false } = {}): Promise<Score> {
    const words = text.match(/\s*\S+|\s+$/g) ?? [];
    const tokens = words.map((word, index) => {
      const scored = bos || index > 0;
      return { id: this.#id(word), text: word, logprob: scored ? -2 : null, rank: scored ? 3 : null };
    });
    const scored = tokens.filter((token) => token.logprob !== null).length;
    const bitsPerCharacter = (2 * scored) / Math.LN2 / Math.max(1, [...text].length);
    return { tokens, nll: 2 * scored, perplexity: Math.exp(2), bitsPerCharacter };
  }

  async alternatives(
    before: string,
    { count = 10, after = "" }: AlternativesOptions = {},
  ): Promise<Alternatives> {
    const tell = (text: string, rank: number) => ({ id: this.#id(text), text, logprob: -rank });
    const words = this.foreseen ?? [" one", " two", " three"];
    const [next] = after.match(/\s*\S+|\s+$/) ?? [];
    const rank = next === undefined ? -1 : words.indexOf(next);
    return {
      alternatives: words.slice(0, count).map((text, i) => tell(text, i + 1)),
      standing:
        next === undefined
          ? null
          : { ...tell(next, rank < 0 ? 9 : rank + 1), rank: rank < 0 ? 500 : rank + 1 },
      blanks: before.length - before.replace(/[ \t]+$/, "").length,
    };
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  #choice(index: number, texts: string[], script: ScriptedChoice | undefined, cancelled: boolean): Choice {
    return {
      index,
      text: texts.join(""),
      tokens: texts.map((text) => this.#id(text)),
      logprobs: texts.map(() => -0.5),
      finishReason: cancelled ? "cancelled" : "length",
      ...(script?.fit === undefined ? {} : { fit: script.fit }),
      ...(script?.logprob === undefined ? {} : { logprob: script.logprob }),
    };
  }

  #id(text: string): number {
    const id = this.#ids.get(text) ?? this.#ids.size;
    this.#ids.set(text, id);
    return id;
  }
}
