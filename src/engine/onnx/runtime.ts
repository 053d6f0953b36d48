import type { InferenceSession, Tensor } from "onnxruntime-node";
import { errorMessage, UserError } from "../../errors.ts";

/** A model that the runtime has loaded. */
export interface Session {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /**
   * Runs the model once and returns every output. Blocks its thread while it computes. The inputs are only read, the
   * outputs are memory of their own.
   */
  run(inputs: Readonly<Record<string, Value>>): Promise<Readonly<Record<string, Float32Array>>>;
  /** Frees the model. No run may be under way. */
  close(): Promise<void>;
}

/** An input of a run. The sizes in `shape` multiply to the length of `data`. */
export type Value =
  | { readonly type: "float32"; readonly data: Float32Array; readonly shape: readonly number[] }
  | { readonly type: "int32"; readonly data: Int32Array; readonly shape: readonly number[] }
  | { readonly type: "int64"; readonly data: BigInt64Array; readonly shape: readonly number[] };

/** How a model is loaded. */
export interface SessionOptions {
  /** Threads that compute, the calling one among them. */
  readonly threads: number;
  /** Folder of the files in which the model's constants lie; none of them may lead out of it, not even by a link. */
  readonly constants: string;
}

/** Errors are thrown; on stderr they would only tear the screen. */
const FATAL = 4;

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
      graphOptimizationLevel: "all",
      logSeverityLevel: FATAL,
      extra: { session: { model_external_initializers_file_folder_path: options.constants } },
    });
  } catch (error) {
    throw outOfMemory(error) ?? error;
  }
  return {
    runtime: `onnxruntime-node ${ort.env.versions.node ?? ""}`.trim(),
    async run(inputs) {
      const feeds: Record<string, Tensor> = {};
      for (const [name, { type, data, shape }] of Object.entries(inputs)) {
        feeds[name] = new ort.Tensor(type, data, shape);
      }
      const results = await session.run(feeds).catch((error: unknown) => {
        throw outOfMemory(error) ?? error;
      });
      const outputs: Record<string, Float32Array> = {};
      for (const [name, { type, data }] of Object.entries(results)) {
        if (!(data instanceof Float32Array)) throw new TypeError(`output ${name} is ${type}, not float32`);
        outputs[name] = data;
      }
      return outputs;
    },
    close: () => session.release(),
  };
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
