import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { type Gpt2Config, parseConfig } from "../../engine/gpt2/config.ts";
import { countParameters, expectedTensors } from "../../engine/gpt2/tensors.ts";
import { UserError } from "../../errors.ts";
import { configText } from "./config.ts";
import { ggufName, isTurned } from "./names.ts";
import { isSame, storedBytes } from "./numbers.ts";
import type { GgufFile, GgufTensor } from "./reader.ts";
import { TENSOR_TYPES } from "./tensor-types.ts";

/** A tensor of a GGUF and the place that it gets in a safetensors file. */
export interface PlannedTensor {
  readonly tensor: GgufTensor;
  readonly turned: boolean;
  /** In bytes, from the start of the file. */
  readonly offset: number;
}

/** What a checkpoint that is made from a GGUF will hold. */
export interface CheckpointPlan {
  /** Text of `config.json`. */
  readonly config: string;
  /** The beginning of `model.safetensors`: the header with its length. */
  readonly header: Uint8Array;
  readonly tensors: readonly PlannedTensor[];
  /** Bytes of all of `model.safetensors`. */
  readonly size: number;
  readonly parameters: number;
}

/**
 * What becomes of the GGUF `file`, which is open as `handle`: every tensor under the checkpoint's name, matrices of
 * the layers turned, a head that is the embeddings once more left out.
 *
 * Throws a UserError for anything but a GPT-2 that is whole and in a type that is read.
 */
export async function planCheckpoint(file: GgufFile, handle: FileHandle): Promise<CheckpointPlan> {
  const [embedding, head] = [file.tensors.get("token_embd.weight"), file.tensors.get("output.weight")];
  // The architecture is looked at before anything is read.
  const tiedText = configText(file, true);
  const tied = !head || !embedding || (await isSame(handle, embedding, head));
  const text = tied ? tiedText : configText(file, false);
  const config = parseConfig(text, basename(file.path));
  const shapes = expectedTensors(config, !tied);
  checkOthers(file, config);
  const found = [...shapes].map(([name, shape]) => ({ name, shape, tensor: checked(file, name, shape) }));
  const header: Record<string, object> = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const { name, shape, tensor } of found) {
    const bytes = storedBytes(tensor);
    header[`transformer.${name}`.replace("transformer.lm_head", "lm_head")] = {
      dtype: tensor.type?.stored,
      shape,
      data_offsets: [end, end + bytes],
    };
    end += bytes;
  }
  const bytes = withLength(JSON.stringify(header));
  let offset = bytes.length;
  const tensors = found.map(({ name, tensor }): PlannedTensor => {
    const place = offset;
    offset += storedBytes(tensor);
    return { tensor, turned: isTurned(name), offset: place };
  });
  return { config: text, header: bytes, tensors, size: offset, parameters: countParameters(shapes) };
}

/** A safetensors header with its length before it, filled up with spaces so that numbers begin at a multiple of 8. */
function withLength(json: string): Uint8Array {
  const padded = Buffer.from(json.padEnd(8 * Math.ceil(json.length / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

function checked(file: GgufFile, name: string, shape: readonly number[]): GgufTensor {
  const tensor = file.tensors.get(ggufName(name));
  if (tensor === undefined) {
    throw new UserError(
      `${basename(file.path)} is no whole GPT-2: the tensor "${ggufName(name)}" is missing.`,
      {
        hint: "Take another file of this model, or convert it again.",
      },
    );
  }
  if (tensor.type === null) {
    const known = [...TENSOR_TYPES.values()].map((type) => type.name).join(", ");
    throw new UserError(
      `${basename(file.path)} is quantised as ${tensor.typeName} ("${tensor.name}"), which is not read.`,
      {
        hint: `Take the file of this model in ${known}: Inkwright makes 4 and 8 bits of it itself (--precision).`,
      },
    );
  }
  const wanted = isTurned(name) ? shape.toReversed() : shape;
  if (tensor.shape.join() !== wanted.join()) {
    throw new UserError(
      `"${tensor.name}" in ${basename(file.path)} has the shape [${tensor.shape.join(", ")}]; by its metadata it should be [${wanted.join(", ")}].`,
      { hint: "Convert the model again with llama.cpp's convert_hf_to_gguf.py." },
    );
  }
  return tensor;
}

/** A tensor that GPT-2 does not have belongs to a model that computes something else. */
function checkOthers(file: GgufFile, config: Gpt2Config): void {
  const known = new Set([...expectedTensors(config, true).keys()].map(ggufName));
  const other = [...file.tensors.keys()].find((name) => !known.has(name));
  if (other === undefined) return;
  throw new UserError(
    `${basename(file.path)} has the tensor "${other.slice(0, 80)}", which no GPT-2 with ${config.n_layer} layers has.`,
    { hint: "Take a GGUF that was made from a GPT-2." },
  );
}
