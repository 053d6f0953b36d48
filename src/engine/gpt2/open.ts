import { basename, resolve } from "node:path";
import { openSession } from "../onnx/runtime.ts";
import { defaultThreads } from "../onnx/threads.ts";
import type { LanguageModel, ModelCard } from "../types.ts";
import { openCheckpoint } from "./checkpoint.ts";
import type { Gpt2Config } from "./config.ts";
import { fingerprint } from "./fingerprint.ts";
import { gpt2Graph } from "./graph.ts";
import { locate } from "./locate.ts";
import { createModel } from "./model.ts";
import { staysUncopied } from "./self-test.ts";
import type { GraphWeight } from "./weights.ts";

/** How a model is opened. */
export interface OpenOptions {
  /** Threads that compute; left out, one for each physical core. */
  readonly threads?: number;
}

/** An open model with what is known of it. Whoever opened it closes `model`. */
export interface OpenModel {
  readonly model: LanguageModel;
  readonly card: ModelCard;
  readonly config: Gpt2Config;
}

/**
 * Opens the GPT-2 in `folder`, in Hugging Face's layout; nothing is written there.
 *
 * The weights are not read here: the graph names their places in the safetensors files, and the runtime maps those
 * into memory. Reading them into buffers and handing these over loads GPT-2 small in 2.4 s with 1,400 MB in use;
 * mapped it takes 0.46 s and 710 MB (float32; float16 0.66 s and 730 MB, and with buffers 0.89 s and 970 MB).
 *
 * Throws a UserError for a folder that holds no whole GPT-2, and a RangeError for threads that are not 1 or more.
 */
export async function openModel(folder: string, options: OpenOptions = {}): Promise<OpenModel> {
  const threads = options.threads ?? defaultThreads();
  if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`threads: ${threads} is not 1 or more`);
  const checkpoint = await openCheckpoint(resolve(folder));
  const { config, dtype, parameters } = checkpoint;
  const { folder: constants, weights } = await locate(checkpoint.weights);
  const mark = await fingerprint(checkpoint);
  const plain = [...weights].map(([name, data]): [string, GraphWeight] => [name, { kind: "plain", data }]);
  const session = await openSession(gpt2Graph(config, new Map(plain)), { threads, constants });
  const card: ModelCard = {
    name: basename(checkpoint.folder),
    folder: checkpoint.folder,
    fingerprint: mark,
    parameters,
    contextLength: config.n_positions,
    vocabularySize: config.vocab_size,
    layers: config.n_layer,
    heads: config.n_head,
    width: config.n_embd,
    dtype,
    runtime: `${session.runtime}, ${threads} thread${threads === 1 ? "" : "s"}, fp32`,
  };
  return { model: createModel(config, session, await staysUncopied(config, session)), card, config };
}
