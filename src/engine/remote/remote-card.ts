import { createHash } from "node:crypto";
import type { ModelCard } from "../types.ts";
import { quoted } from "./foreign-text.ts";
import type { Server } from "./server.ts";

/** Characters of a name that are shown. */
const LONGEST_NAME = 100;

/** What is told of a model on a server: what it does not say is 0. */
export function cardOf({ wiring, model, program: maker, contextLength }: Server): ModelCard {
  const [name, program] = [quoted(model, LONGEST_NAME), quoted(maker, LONGEST_NAME)];
  const { base, host, exposed } = wiring.endpoint;
  const sent = `What the model reads of your story is sent to ${host}, where ${name} runs.`;
  const what = wiring.key === "" ? "It travels" : "It and your key travel";
  const openly = `${what} unencrypted: others on the way can read that.`;
  return {
    name,
    folder: "",
    fingerprint: createHash("sha256").update(`${base}\n${model}`).digest("hex").slice(0, 16),
    parameters: 0,
    contextLength,
    vocabularySize: 0,
    layers: 0,
    heads: 0,
    width: 0,
    dtype: "float32",
    precision: "fp32",
    notice: exposed ? `${sent} ${openly}` : sent,
    runtime: `${program === "" ? "a server" : program} at ${host}`,
    remote: host,
  };
}
