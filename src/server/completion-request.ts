import { completeSettings, type SamplingSettings, settingRow } from "../engine/settings.ts";
import { ApiError, refusal } from "./api-error.ts";
import { type Fields, readBoolean, readFields, readNumber, readText, wrongType } from "./fields.ts";
import { readPrompts, type ServedPrompt } from "./prompts.ts";
import type { ServedModel } from "./served-model.ts";

/** Choices of one prompt, at most. */
const MOST_CHOICES = 16;

/** Alternatives told of each token, at most: OpenAI's own limit. */
const MOST_LOGPROBS = 5;

/** Stop strings, at most, and characters of each. */
const MOST_STOPS = 4;
const LONGEST_STOP = 1000;

/** Tokens that one request may be answered with, all choices together: what is kept for it stays small. */
const MOST_TOKENS = 32_768;

/** `max_tokens` where it is left out. */
const LENGTH = 16;

/** A request for completions, checked. */
export interface CompletionRequest {
  readonly prompts: readonly ServedPrompt[];
  /** Choices for each prompt. */
  readonly choices: number;
  /** New tokens of each choice, at most: 0 for none. */
  readonly length: number;
  /** With `length` 1 where that is 0. */
  readonly settings: SamplingSettings;
  /** What stands behind the place; "" for nothing. */
  readonly suffix: string;
  readonly echo: boolean;
  /** How many alternatives to tell of each token; null to tell nothing of tokens. */
  readonly logprobs: number | null;
  readonly stream: boolean;
  /** The last piece of a stream tells the usage. */
  readonly streamsUsage: boolean;
}

/**
 * Reads the body of `POST /v1/completions`: OpenAI's fields, and Hugging Face's for what those lack. Fields without a
 * meaning here are ignored. Throws an {@link ApiError} for what cannot be done as it is asked.
 */
export function readCompletionRequest(body: unknown, model: ServedModel): CompletionRequest {
  const fields = readFields(body);
  checkModel(fields, model);
  refuseUnsupported(fields);
  const prompts = readPrompts(fields, model);
  const choices = readNumber(fields, "n", { min: 1, max: MOST_CHOICES, whole: true }, 1);
  if (readNumber(fields, "best_of", { min: 1, max: MOST_CHOICES, whole: true }, choices) !== choices) {
    throw refusal("best_of", "Unsupported value: 'best_of' must be equal to 'n'.", "unsupported_value");
  }
  const length = readNumber(fields, "max_tokens", { min: 0, max: MOST_TOKENS, whole: true }, LENGTH);
  const stream = readBoolean(fields, "stream");
  const request: CompletionRequest = {
    prompts,
    choices,
    length,
    settings: readSettings(fields, length),
    suffix: readSuffix(fields, model),
    echo: readBoolean(fields, "echo"),
    logprobs: readNumber(fields, "logprobs", { min: 0, max: MOST_LOGPROBS, whole: true }, null),
    stream,
    streamsUsage: readStreamOptions(fields, stream),
  };
  checkSize(request);
  return request;
}

function checkModel(fields: Fields, model: ServedModel): void {
  const name = fields.model ?? model.name;
  if (typeof name !== "string") throw wrongType("model", "a string", name);
  if (name !== model.name) throw unknownModel(name);
}

/** The refusal of a model that is not served. */
export function unknownModel(name: string): ApiError {
  return new ApiError(
    404,
    `The model '${name.slice(0, 100)}' does not exist. GET /v1/models lists the one that does.`,
    {
      param: "model",
      code: "model_not_found",
    },
  );
}

/** What the engine has nothing like is refused, unless it is asked for in such a way that it means nothing. */
function refuseUnsupported(fields: Fields): void {
  for (const name of ["presence_penalty", "frequency_penalty"]) {
    if (readNumber(fields, name, { min: -2, max: 2 }, 0) !== 0) {
      throw refusal(
        name,
        `Unsupported value: '${name}' must be 0 with this server; repetition_penalty is offered instead.`,
        "unsupported_value",
      );
    }
  }
  const bias = fields.logit_bias ?? {};
  if (typeof bias !== "object") throw wrongType("logit_bias", "an object", bias);
  if (Object.keys(bias).length > 0) {
    throw refusal(
      "logit_bias",
      "Unsupported parameter: 'logit_bias' must be empty.",
      "unsupported_parameter",
    );
  }
}

/** Where nothing is said, the model's plain distribution: temperature 1, no filter. */
function readSettings(fields: Fields, length: number): SamplingSettings {
  const read = (key: Parameters<typeof settingRow>[0], fallback: number): number => {
    const { min, max, argument } = settingRow(key);
    return readNumber(fields, key, { min, max, whole: argument === "N" }, fallback);
  };
  const temperature = read("temperature", 1);
  return completeSettings({
    temperature,
    greedy: temperature === 0,
    top_p: read("top_p", 1),
    // vLLM's way to say that all are kept.
    top_k: fields.top_k === -1 ? 0 : read("top_k", 0),
    min_p: read("min_p", 0),
    typical_p: read("typical_p", 1),
    repetition_penalty: read("repetition_penalty", 1),
    no_repeat_ngram_size: read("no_repeat_ngram_size", 0),
    length: Math.max(1, length),
    seed: readSeed(fields),
    stop: readStop(fields),
  });
}

/** Any whole number that JSON holds exactly; the engine takes its lowest 32 bits. */
function readSeed(fields: Fields): number | null {
  const { MIN_SAFE_INTEGER: min, MAX_SAFE_INTEGER: max } = Number;
  const seed = readNumber(fields, "seed", { min, max, whole: true }, null);
  return seed === null ? null : Number(BigInt.asUintN(32, BigInt(seed)));
}

function readStop(fields: Fields): readonly string[] {
  const stop = fields.stop ?? [];
  const list: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  if (list.length > MOST_STOPS) {
    throw refusal("stop", `Invalid value for 'stop': at most ${MOST_STOPS} strings, but got ${list.length}.`);
  }
  return list.map((item) => {
    if (typeof item !== "string") throw wrongType("stop", "a string or an array of strings", item);
    if (item !== "" && item.length <= LONGEST_STOP) return item;
    throw refusal("stop", `Invalid value for 'stop': each must have from 1 to ${LONGEST_STOP} characters.`);
  });
}

function readSuffix(fields: Fields, { tokenizer, name }: ServedModel): string {
  const suffix = readText(fields, "suffix");
  if (suffix === "" || tokenizer.infill !== null) return suffix;
  throw refusal(
    "suffix",
    `Unsupported parameter: the model ${name} has not learned to write what stands before a suffix.`,
    "unsupported_parameter",
  );
}

function readStreamOptions(fields: Fields, stream: boolean): boolean {
  const options = fields.stream_options ?? null;
  if (options === null) return false;
  if (typeof options !== "object" || Array.isArray(options)) {
    throw wrongType("stream_options", "an object", options);
  }
  if (!stream) {
    throw refusal(
      "stream_options",
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    );
  }
  return readBoolean(readFields(options), "include_usage");
}

function checkSize({ prompts, choices, length, echo, logprobs }: CompletionRequest): void {
  const echoed = (tokens: readonly number[]): number => (echo && logprobs !== null ? tokens.length : 0);
  const wanted = prompts.reduce((sum, { tokens }) => sum + choices * (length + echoed(tokens)), 0);
  if (wanted <= MOST_TOKENS) return;
  throw refusal(
    "max_tokens",
    `A request can be answered with at most ${MOST_TOKENS} tokens, but prompts, 'n' and 'max_tokens' make ${wanted}.`,
  );
}
