import { resolve } from "node:path";
import type { LanguageModel } from "../language-model.ts";
import { checkMemory, freeMemory, memoryNeeded } from "../memory.ts";
import { openSession, preloadRuntime, type Session } from "../onnx/runtime.ts";
import { defaultThreads } from "../onnx/threads.ts";
import { choosePrecision, type Precision, type PrecisionChoice } from "../precision.ts";
import type { ModelCard } from "../types.ts";
import { quantisedWeights } from "../weights/quantised.ts";
import { INT4, INT8 } from "../weights/scheme.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import type { Gpt2Config } from "./config.ts";
import { fingerprint } from "./fingerprint.ts";
import { gpt2Graph } from "./graph.ts";
import { locate } from "./locate.ts";
import { createModel } from "./model.ts";
import { modelName } from "./names.ts";
import { staysUncopied } from "./self-test.ts";
import type { GraphWeight } from "./weights.ts";

/** More threads than any machine has use for: each takes memory, and 100,000 never begin. */
const MOST_THREADS = 1024;

/** How a model is opened. */
export interface OpenOptions {
  /** Threads that compute; left out, one for each physical core. */
  readonly threads?: number;
  /** How the weights are held; left out, `auto`. */
  readonly precision?: PrecisionChoice;
  /** Folder where quantised weights are kept; null or left out: none are kept. */
  readonly weightsFolder?: string | null;
  /** Told what takes time, as a phrase. */
  readonly onStatus?: (status: string) => void;
  /** Ends the opening, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An open model with what is known of it. Whoever opened it closes `model`. */
export interface OpenModel {
  readonly model: LanguageModel;
  readonly card: ModelCard;
  readonly config: Gpt2Config;
}

/** Weights that a graph can refer to. */
interface FoundWeights {
  /** To which their locations are relative. */
  readonly folder: string;
  readonly weights: ReadonlyMap<string, GraphWeight>;
  /** Whether every bit is as it was written. Never rejects. */
  readonly isWhole: Promise<boolean>;
  /** What the user should know about them. */
  readonly notice?: string;
  /** To be called once they are loaded, and again when the model is closed. */
  dispose(): Promise<void>;
}

/**
 * Opens the GPT-2 in `folder`, in Hugging Face's layout; nothing is written there.
 *
 * The weights are not read here: the graph names their places in the safetensors files, or in the file of quantised
 * weights made from them, and the runtime maps those into memory. Reading float32 into buffers and handing these over
 * loads GPT-2 small in 2.4 s with 1,400 MB in use; mapped it takes 0.46 s and 710 MB.
 *
 * Throws a UserError for a folder that holds no whole GPT-2 and for a model that the free memory cannot hold, and a RangeError for threads that are not 1 or more.
 */
export async function openModel(folder: string, options: OpenOptions = {}): Promise<OpenModel> {
  const threads = options.threads ?? defaultThreads();
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(`threads: ${threads} is not a whole number from 1 to ${MOST_THREADS}`);
  }
  preloadRuntime();
  const checkpoint = await openCheckpoint(resolve(folder));
  const { config, dtype, parameters } = checkpoint;
  const mark = await fingerprint(checkpoint);
  const free = await freeMemory();
  const precision = choosePrecision(
    options.precision ?? "auto",
    parameters,
    (candidate) => memoryNeeded(config, candidate) <= free,
  );
  checkMemory(modelName(checkpoint.folder), config, precision, free);
  const { session, found } = await load(checkpoint, mark, precision, threads, options);
  try {
    await found.dispose();
    const model = createModel(config, session, await staysUncopied(config, session));
    const card: ModelCard = {
      name: modelName(checkpoint.folder),
      folder: checkpoint.folder,
      fingerprint: mark,
      parameters,
      contextLength: config.n_positions,
      vocabularySize: config.vocab_size,
      layers: config.n_layer,
      heads: config.n_head,
      width: config.n_embd,
      dtype,
      precision,
      runtime: `${session.runtime}, ${threads} thread${threads === 1 ? "" : "s"}, ${precision}`,
      ...(found.notice === undefined ? {} : { notice: found.notice }),
    };
    const close = () => model.close().finally(found.dispose);
    return { model: { ...model, close }, card, config };
  } catch (error) {
    await session.close();
    await found.dispose();
    throw error;
  }
}

/** A session that has loaded the weights. Quantised ones are checked meanwhile, and made anew if they are damaged. */
async function load(
  checkpoint: Checkpoint,
  mark: string,
  precision: Precision,
  threads: number,
  options: OpenOptions,
): Promise<{ readonly session: Session; readonly found: FoundWeights }> {
  for (let anew = false; ; anew = true) {
    const found = await findWeights(checkpoint, mark, precision, anew, options);
    let session: Session | undefined;
    try {
      options.signal?.throwIfAborted();
      const graph = gpt2Graph(checkpoint.config, found.weights);
      session = await openSession(graph, { threads, constants: found.folder });
      if (await found.isWhole) return { session, found };
    } catch (error) {
      if (await found.isWhole) {
        await found.dispose();
        throw error;
      }
    }
    await session?.close();
    await found.dispose();
  }
}

/** Where the weights lie: in the checkpoint as they are, or quantised in a file of their own. */
async function findWeights(
  checkpoint: Checkpoint,
  mark: string,
  precision: Precision,
  anew: boolean,
  { weightsFolder = null, onStatus, signal }: OpenOptions,
): Promise<FoundWeights> {
  if (precision === "fp32") {
    const { folder, weights } = await locate(checkpoint.weights);
    const plain = [...weights].map(([name, data]): [string, GraphWeight] => [name, { kind: "plain", data }]);
    return { folder, weights: new Map(plain), isWhole: Promise.resolve(true), dispose: async () => {} };
  }
  const bits = precision === "int8" ? 8 : 4;
  const found = await quantisedWeights(checkpoint, mark, precision === "int8" ? INT8 : INT4, {
    folder: weightsFolder,
    anew,
    onProgress: (done) => onStatus?.(`preparing ${bits}-bit weights … ${Math.floor(done * 100)} %`),
    ...(onStatus ? { onStatus } : {}),
    ...(signal ? { signal } : {}),
  });
  if (found.problem === null) return found;
  const notice = `The ${bits}-bit weights of ${modelName(checkpoint.folder)} are made anew each time: ${found.problem} (${weightsFolder}).`;
  return { ...found, notice };
}
