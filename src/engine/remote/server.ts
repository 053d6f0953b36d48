import { UserError } from "../../errors.ts";
import { read, type Wiring } from "./connection.ts";
import { strange } from "./failures.ts";
import { quoted } from "./foreign-text.ts";
import { jsonOf, readModels, type ServedModel } from "./replies.ts";

/** Tokens that a model is taken to read where its server does not say. */
const CONTEXT_LENGTH = 2048;

/** Characters of a token, on the average, as long as nothing else is known. */
export const CHARACTERS_A_TOKEN = 4;

/** What was found out of a server while it was used. */
export interface Server {
  readonly wiring: Wiring;
  /** The model's name there. */
  readonly model: string;
  /** How that server's program calls itself, e.g. `vllm`, `llamacpp`; empty for unknown. */
  readonly program: string;
  /** Tokens that the model reads: what the server says, or said when a text was too long. */
  contextLength: number;
  /** Characters that stand for a token when a prompt is cut; less where texts proved to have more tokens. */
  charactersAToken: number;
  /** Fields that it refused: they are sent no more. */
  readonly without: Set<string>;
  /** Whether it gives several choices at once. */
  many: boolean;
  /** Whether it tells the probabilities of a prompt; null until it was asked. */
  echo: boolean | null;
  /** Which way of asking for them it takes; null while that is not known. */
  scoring: number | null;
  /** How many alternatives of a token it names; null while that is not known. */
  naming: number | null;
  /** Tells the writer something, once. */
  readonly tell: (text: string) => void;
}

/**
 * Asks a server for its models and takes the one called `model`, or the first. Rejects with a UserError where it cannot
 * be reached, has none of that name, which lists those that it has, or has none at all.
 */
export async function meetServer(
  wiring: Wiring,
  model: string | null,
  signal: AbortSignal,
  onNotice: (text: string) => void,
): Promise<Server> {
  const { host } = wiring.endpoint;
  const models = readModels(jsonOf(await read(wiring, "/models", signal)));
  if (models === null) throw strange(host, "something else than a list of its models");
  const found = model === null ? models[0] : models.find(({ id }) => id === model);
  if (found === undefined) throw unknownModel(host, model, models);
  const told = new Set<string>();
  return {
    wiring,
    model: found.id,
    program: found.ownedBy?.toLowerCase() ?? "",
    contextLength: found.contextLength ?? CONTEXT_LENGTH,
    charactersAToken: CHARACTERS_A_TOKEN,
    without: new Set(),
    many: true,
    echo: null,
    scoring: null,
    naming: null,
    tell(text) {
      if (told.has(text)) return;
      told.add(text);
      onNotice(text);
    },
  };
}

/** Names of models that are listed, and characters of each. */
const LISTED = 12;
const LONGEST_NAME = 100;

function unknownModel(host: string, model: string | null, models: readonly ServedModel[]): UserError {
  const names = models.slice(0, LISTED).map(({ id }) => quoted(id, LONGEST_NAME));
  const more = models.length > LISTED ? ` and ${models.length - LISTED} more` : "";
  if (model === null) return new UserError(`${host} has no model.`, { hint: "Load one there." });
  return new UserError(`${host} has no model called ${JSON.stringify(model)}.`, {
    hint: names.length === 0 ? "It has none at all: load one there." : `It has ${names.join(", ")}${more}.`,
  });
}
