// Writes an ONNX model, node by node: the graph into one file, what is large of its constants into another beside it.
import { basename } from "node:path";

/** `TensorProto.DataType`. */
export const TYPE = { float32: 1, uint8: 2, int8: 3, int64: 7, bool: 9 };
const ARRAY_TYPES = new Map([
  [Float32Array, TYPE.float32],
  [Uint8Array, TYPE.uint8],
  [Int8Array, TYPE.int8],
  [BigInt64Array, TYPE.int64],
]);

const IR_VERSION = 10;
const OPERATOR_SET = 21;
/** `AttributeProto.AttributeType`. */
const FLOAT = 1;
const INTEGER = 2;
const INTEGERS = 7;
/** `TensorProto.DataLocation`: the bytes are in another file. */
const EXTERNAL = 1;
/** Constants of more bytes than this go into the second file, at multiples of {@link ALIGNMENT}. */
const LARGEST_INSIDE = 1024;
const ALIGNMENT = 4096;

/**
 * An empty model. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 *
 * @param {typeof import("../../src/engine/onnx/protobuf.ts")} protobuf
 * @param {import("./made-file.mjs").SequentialFile} data takes the large constants
 * @param {string} dataPath what that file will be called
 */
export function createModel({ bytes, float, integer, join, message, text }, data, dataPath) {
  const nodes = [];
  const ends = [];
  const constants = new Map();

  function attribute(name, value) {
    if (Array.isArray(value)) {
      return message(5, text(1, name), ...value.map((one) => integer(8, one)), integer(20, INTEGERS));
    }
    if (typeof value === "object") {
      return message(5, text(1, name), float(2, value.float), integer(20, FLOAT));
    }
    return message(5, text(1, name), integer(3, value), integer(20, INTEGER));
  }

  function place(array) {
    if (array.byteLength <= LARGEST_INSIDE) {
      return bytes(9, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    data.align(ALIGNMENT);
    const entries = { location: basename(dataPath), offset: data.offset, length: array.byteLength };
    data.write(array);
    const pairs = Object.entries(entries).map(([key, value]) =>
      message(13, text(1, key), text(2, String(value))),
    );
    return [...pairs.flat(), ...integer(14, EXTERNAL)];
  }

  function end(field, name, type, shape) {
    const sizes = shape.map((size) =>
      message(1, typeof size === "number" ? integer(1, size) : text(2, size)),
    );
    const tensor = message(1, integer(1, type), message(2, ...sizes));
    ends.push(message(field, text(1, name), message(2, tensor)));
    return name;
  }

  return {
    input: (name, type, shape) => end(11, name, type, shape),
    output: (name, type, shape) => end(12, name, type, shape),
    /** A constant; one of the same name is written once. */
    constant(name, array, shape = array.length === 1 ? [] : [array.length]) {
      if (!constants.has(name)) {
        const head = [
          ...shape.flatMap((size) => integer(1, size)),
          ...integer(2, ARRAY_TYPES.get(array.constructor)),
        ];
        constants.set(name, message(5, head, text(8, name), place(array)));
      }
      return name;
    },
    /** Adds a node and returns its outputs: made-up names for a number of them, or the names given. */
    nodes(operator, inputs, attributes, outputs) {
      const id = `${operator}_${nodes.length}`;
      const made =
        typeof outputs === "number" ? Array.from({ length: outputs }, (_, i) => `${id}:${i}`) : outputs;
      const settings = Object.entries(attributes).map(([name, value]) => attribute(name, value));
      const names = [...inputs.map((name) => text(1, name)), ...made.map((name) => text(2, name))];
      nodes.push(message(1, ...names, text(3, id), text(4, operator), ...settings));
      return made;
    },
    /** Adds a node of one output and returns that. */
    node(operator, inputs, attributes = {}, output = undefined) {
      return this.nodes(operator, inputs, attributes, output === undefined ? 1 : [output])[0];
    },
    /** The graph's file. */
    encode() {
      const graph = message(7, ...nodes, text(2, "gpt2"), ...constants.values(), ...ends);
      return join(integer(1, IR_VERSION), graph, message(8, text(1, ""), integer(2, OPERATOR_SET)));
    },
  };
}
