import type { InferenceSession, Tensor } from "onnxruntime-node";
import { errorMessage, UserError } from "../../errors.ts";

/** A model that the runtime has loaded. */
export interface Session {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /**
   * Runs the model once; it writes those outputs that are named into the memory that is given for them, which may be
   * an input's where an operator works in place. The other inputs are only read. Blocks its thread while it computes.
   *
   * onnxruntime-node 1.30 copies even such outputs into new arrays: 55 ms a step for the KV cache of GPT-2 small. It
   * converts them in the order in which the graph declares them, and stops with an error at a sequence. With
   * `uncopied`, such an output ({@link UNCOPIED}), declared first, is asked for too, and the error, which then comes
   * after all is computed and written, is expected.
   */
  run(inputs: Values, outputs: Values, uncopied: boolean): Promise<void>;
  /** Frees the model. No run may be under way. */
  close(): Promise<void>;
}

/** Inputs or outputs by name. One that is used for many runs is best the same object each time. */
export type Values = Readonly<Record<string, Value>>;

/** An input of a run, or the place of an output. The sizes in `shape` multiply to the length of `data`. */
export type Value =
  | { readonly type: "float32"; readonly data: Float32Array; readonly shape: readonly number[] }
  | { readonly type: "int32"; readonly data: Int32Array; readonly shape: readonly number[] }
  | { readonly type: "int64"; readonly data: BigInt64Array; readonly shape: readonly number[] };

/** Name of the output, an empty sequence, that keeps a run from copying the others: see {@link Session.run}. */
export const UNCOPIED = "uncopied";

/** How a model is loaded. */
export interface SessionOptions {
  /** Threads that compute, the calling one among them. */
  readonly threads: number;
  /** Folder of the files in which the model's constants lie; none of them may lead out of it, not even by a link. */
  readonly constants: string;
}

/** Errors are thrown; on stderr they would only tear the screen. */
const FATAL = 4;

/** What the runtime's binding says of a sequence. */
const STOPPED = /Non tensor type/;

/**
 * Loads a model from its bytes, to run on the CPU.
 *
 * The weights are packed for the matrix kernels while loading (the runtime's default). Without it GPT-2 small loads
 * in 31 ms instead of 460 and takes 500 MB less, but writes 59 to 64 tokens a second instead of 79 to 81.
 *
 * Throws a UserError if the runtime's native library does not load on this machine, or the memory does not suffice.
 */
export async function openSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const ort = await loadRuntime();
  ort.env.logLevel = "fatal";
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Memory goes back to the system after a long prompt. Without the arena runs are as fast.
      enableCpuMemArena: false,
      graphOptimizationLevel: "all",
      logSeverityLevel: FATAL,
      extra: { session: { model_external_initializers_file_folder_path: options.constants } },
    });
  } catch (error) {
    throw outOfMemory(error) ?? error;
  }

  const known = new WeakMap<Value, Tensor>();
  const tensors = (values: Values): Record<string, Tensor> => {
    const all: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(values)) {
      let tensor = known.get(value);
      if (tensor === undefined) {
        tensor = new ort.Tensor(value.type, value.data, value.shape);
        known.set(value, tensor);
      }
      all[name] = tensor;
    }
    return all;
  };

  return {
    runtime: `onnxruntime-node ${ort.env.versions.node ?? ""}`.trim(),
    async run(inputs, outputs, uncopied) {
      const places = { ...(uncopied ? { [UNCOPIED]: null } : {}), ...tensors(outputs) };
      try {
        await session.run(tensors(inputs), places);
      } catch (error) {
        if (uncopied && STOPPED.test(errorMessage(error))) return;
        throw outOfMemory(error) ?? error;
      }
    },
    close: () => session.release(),
  };
}

/** Begins to load the runtime's library, which takes some 35 ms, beside other work; {@link openSession} waits for it. */
export function preloadRuntime(): void {
  // A failure is told where the library is needed.
  loadRuntime().catch(() => {});
}

async function loadRuntime(): Promise<typeof import("onnxruntime-node")> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    throw new UserError(`The library that runs the model does not load here: ${errorMessage(error)}`, {
      hint:
        "Install Inkwright again on this machine. onnxruntime-node exists for Linux with glibc and Windows, x64 and " +
        "arm64, and for macOS on arm64.",
      cause: error,
    });
  }
}

function outOfMemory(error: unknown): UserError | undefined {
  if (!/bad_alloc|bad allocation|failed to allocate|out of memory/i.test(errorMessage(error)))
    return undefined;
  return new UserError("The memory does not suffice for this model.", {
    hint: "Close other programs, or choose a smaller model.",
    cause: error,
  });
}
