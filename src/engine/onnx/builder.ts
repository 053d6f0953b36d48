import { bytes, float, integer, join, message, text, type Wire } from "./protobuf.ts";

/**
 * Writes an ONNX model, node by node, as the bytes that a runtime loads. Values go by their names.
 *
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (ONNX 1.17).
 */
export interface GraphBuilder {
  /** Declares an input and returns its name. A size is a number, or a name where it is known only at a run. */
  input(name: string, type: ElementType, shape: Shape): string;
  /** Declares that `name`, which some node makes, is an output. */
  output(name: string, type: ElementType, shape: Shape): void;
  /** Declares an output that is an empty sequence; see `UNCOPIED` in runtime.ts for its use. */
  emptySequence(name: string): void;
  /** A list of whole numbers, int64. # [values] */
  integers(...values: readonly number[]): string;
  /** A constant whose bytes lie in a file. # data.shape */
  external(name: string, data: ExternalData): string;
  /**
   * Adds a node and returns its first output. An input "" is one that is left out; `outputs` gives names where one
   * output under a name of the builder's choice is not enough.
   */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
    outputs?: readonly [string, ...string[]],
  ): string;
  /** The same numbers as another type. */
  cast(value: string, type: ElementType): string;
  /** The whole model. */
  encode(): Uint8Array;
}

/** Sizes of a tensor; a text names one that is known only at a run. */
export type Shape = readonly (number | string)[];

/** Settings of a node, by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Whole numbers are int64; ONNX tells 1 from 1.0, so floating-point ones are marked. */
type Attribute = number | readonly number[] | { readonly float: number };

/** A constant tensor in a file. */
export interface ExternalData {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Path of the file, relative to the folder that the runtime is given; parts are divided by `/`. */
  readonly location: string;
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** `TensorProto.DataType`. */
const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  bfloat16: 16,
} as const;

/** Type of a tensor's numbers. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** `ModelProto.ir_version`: the first that knows opset 21. */
const IR_VERSION = 10;
/** Operator sets by domain; the nameless one is ONNX's own. */
const OPERATOR_SETS = { "": 21, "com.microsoft": 1 } as const;
/** The operators that are taken from `com.microsoft`; all others are ONNX's own. */
const CONTRIBUTED = new Set([
  "DynamicQuantizeMatMul",
  "FastGelu",
  "FusedMatMul",
  "GatherBlockQuantized",
  "GroupQueryAttention",
  "MatMulNBits",
]);
/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = { float: 1, integer: 2, integers: 7 } as const;
/** `TensorProto.DataLocation`: the bytes are in another file. */
const EXTERNAL = 1;

/** An empty graph called `name`. */
export function createGraph(name: string): GraphBuilder {
  const nodes: Wire[] = [];
  const ends: Wire[] = [];
  const constants = new Map<string, Wire>();

  const node: GraphBuilder["node"] = (operator, inputs, attributes = {}, outputs) => {
    const made = outputs ?? [`${operator}.${nodes.length}`];
    nodes.push(
      message(
        1,
        ...inputs.map((value) => text(1, value)),
        ...made.map((value) => text(2, value)),
        text(3, `${operator}.${nodes.length}`),
        text(4, operator),
        ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
        text(7, CONTRIBUTED.has(operator) ? "com.microsoft" : ""),
      ),
    );
    return made[0];
  };

  return {
    node,
    input(value, type, shape) {
      ends.push(valueInfo(11, value, type, shape));
      return value;
    },
    output(value, type, shape) {
      ends.push(valueInfo(12, value, type, shape));
    },
    emptySequence(value) {
      node("SequenceEmpty", [], {}, [value]);
      const element = message(1, integer(1, ELEMENT_TYPES.float32));
      ends.push(message(12, text(1, value), message(2, message(4, message(1, element)))));
    },
    integers(...values) {
      const key = `integers ${values.join(" ")}`;
      const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      constants.set(key, message(5, tensorHead(key, "int64", [values.length]), bytes(9, raw)));
      return key;
    },
    external(key, data) {
      constants.set(key, message(5, tensorHead(key, data.type, data.shape), externalPlace(data)));
      return key;
    },
    cast: (value, type) => node("Cast", [value], { to: ELEMENT_TYPES[type] }),
    encode() {
      const sets = Object.entries(OPERATOR_SETS).map(([domain, version]) =>
        message(8, text(1, domain), integer(2, version)),
      );
      const graph = message(7, ...nodes, text(2, name), ...constants.values(), ...ends);
      return join(integer(1, IR_VERSION), graph, ...sets);
    },
  };
}

function tensorHead(name: string, type: ElementType, shape: readonly number[]): Wire {
  return shape.map((size) => integer(1, size)).join("") + integer(2, ELEMENT_TYPES[type]) + text(8, name);
}

function externalPlace({ location, offset, length }: ExternalData): Wire {
  const entries = Object.entries({ location, offset: String(offset), length: String(length) });
  return (
    entries.map(([key, value]) => message(13, text(1, key), text(2, value))).join("") + integer(14, EXTERNAL)
  );
}

function attribute(name: string, value: Attribute): Wire {
  if (typeof value === "number") {
    return message(5, text(1, name), integer(3, value), integer(20, ATTRIBUTE_TYPES.integer));
  }
  if ("float" in value) {
    return message(5, text(1, name), float(2, value.float), integer(20, ATTRIBUTE_TYPES.float));
  }
  const list = value.map((one) => integer(8, one));
  return message(5, text(1, name), ...list, integer(20, ATTRIBUTE_TYPES.integers));
}

function valueInfo(field: number, name: string, type: ElementType, shape: Shape): Wire {
  const sizes = shape.map((size) => message(1, typeof size === "number" ? integer(1, size) : text(2, size)));
  const tensor = message(1, integer(1, ELEMENT_TYPES[type]), message(2, ...sizes));
  return message(field, text(1, name), message(2, tensor));
}
