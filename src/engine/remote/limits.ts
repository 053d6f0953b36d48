import type { GenerationRequest } from "../types.ts";
import type { Server } from "./server.ts";

/** Something that the engine of this machine does, and a server does not. */
export interface Limit {
  /** The setting or word of steering by which it is asked for. */
  readonly name: string;
  /** What comes instead, as a sentence. */
  readonly instead: string;
  /** Whether a request asks for it in so many words: the writer is told then. */
  readonly asked: (request: GenerationRequest, server: Pick<Server, "program" | "contextLength">) => boolean;
}

/** What no server behind OpenAI's completions can do, in the order of the documentation. */
export const LIMITS: readonly Limit[] = [
  {
    name: "guidance_scale",
    instead: "notes are read, but count as much as they do by themselves; what is to be avoided is not known",
    asked: ({ settings, steering }) => settings.guidance_scale !== 1 || (steering?.avoid ?? "").trim() !== "",
  },
  {
    name: "listen",
    instead: "the text is written without it",
    asked: ({ settings }) => settings.listen !== 0,
  },
  {
    name: "no_repeat_ngram_size",
    instead: "only inkwright serve takes it; others write without it",
    asked: ({ settings }, { program }) => settings.no_repeat_ngram_size !== 0 && program !== "inkwright",
  },
  {
    name: "typical_p",
    instead: "only llama.cpp's server and inkwright serve take it; others write without it",
    asked: ({ settings }, { program }) =>
      settings.typical_p !== 1 && program !== "llamacpp" && program !== "inkwright",
  },
  {
    name: "bias",
    instead: "no phrase is made likelier or less likely",
    asked: ({ steering }) => (steering?.bias ?? []).length > 0,
  },
  {
    name: "include",
    instead: "you are told which of the phrases a choice lacks",
    asked: ({ steering }) => (steering?.include ?? []).length > 0,
  },
  {
    name: "ban",
    instead: "a choice ends before a banned phrase instead of being written on otherwise",
    asked: ({ steering }) => (steering?.ban ?? []).length > 0,
  },
  {
    name: "break_loops",
    instead: "a choice ends where it begins to repeat itself instead of being written on otherwise",
    asked: () => false,
  },
  {
    name: "infill",
    instead:
      "what follows is read only where the server takes suffix and its model fills in; never to rewrite",
    asked: () => false,
  },
  {
    name: "length",
    instead: "a text has at most three quarters of what the model reads: nothing slides",
    asked: ({ task, settings }, { contextLength }) =>
      task === "continue" && settings.length > contextLength - Math.floor(contextLength / 4),
  },
];

/** What a writer is told of a limit that a request meets. */
export function limitWords(host: string, { name, instead }: Limit): string {
  return `On ${host} ${name} works otherwise: ${instead}.`;
}

/** Tells what a request asks for that its server cannot do, each thing once. */
export function tellLimits(request: GenerationRequest, server: Server): void {
  for (const limit of LIMITS) {
    if (limit.asked(request, server)) server.tell(limitWords(server.wiring.endpoint.host, limit));
  }
}
