import type { Weight } from "../gpt2/checkpoint.ts";
import type { GraphWeight } from "../gpt2/weights.ts";
import type { ExternalData } from "../onnx/builder.ts";
import { blockBytes } from "./block.ts";
import { checkScheme, formatOf, hasOutputRows, type WeightScheme } from "./scheme.ts";

/** Of the file's format and of how numbers are rounded: another number makes old files be written anew. */
const VERSION = "1";
/** The file's data begin at a multiple of this, and so does every large matrix: a page of memory. */
const PAGE = 4096;

/** What a file of quantised weights holds and where. It follows from the shapes and the scheme alone. */
export interface WeightsLayout {
  /** Where the data begin, in bytes. */
  readonly start: number;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** By their names in the checkpoint; their location is the file's name. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
  /** Everything before the data, which are known by their checksum. # [start] */
  header(checksum: string): Uint8Array;
}

/** What a file of quantised weights is made of. */
export interface WeightsSource {
  /** Of the checkpoint. */
  readonly fingerprint: string;
  readonly weights: ReadonlyMap<string, Weight>;
  readonly scheme: WeightScheme;
}

interface Entry {
  readonly name: string;
  readonly type: "uint8" | "float32";
  readonly shape: readonly number[];
  /** In bytes. */
  readonly length: number;
}

/** The name of the file that holds such weights. */
export function weightsFile(fingerprint: string, scheme: WeightScheme): string {
  return `${fingerprint}-${scheme.name}.safetensors`;
}

/**
 * Lays out the file: a safetensors file without gaps, as the format demands, in which tensors come in the order of
 * the power of two that divides their length, so that each begins at a multiple of its own.
 *
 * A matrix `NAME` is two tensors, `NAME.values` and `NAME.scales`; see `BlockWeight`. Format:
 * https://github.com/huggingface/safetensors#format
 *
 * Throws a RangeError for a scheme that the runtime does not multiply.
 */
export function layOut({ fingerprint, weights, scheme }: WeightsSource): WeightsLayout {
  checkScheme(scheme);
  const location = weightsFile(fingerprint, scheme);
  const entries = [...weights]
    .flatMap(([name, { shape }]) => entriesOf(name, shape, scheme))
    .sort((a, b) => alignment(b.length) - alignment(a.length));
  const table: Record<string, object> = {};
  let end = 0;
  const offsets = new Map<string, number>();
  for (const { name, type, shape, length } of entries) {
    table[name] = { dtype: type === "uint8" ? "U8" : "F32", shape, data_offsets: [end, end + length] };
    offsets.set(name, end);
    end += length;
  }
  const header = (checksum: string) => headerBytes({ ...about(fingerprint, scheme), checksum }, table);
  const start = header("0".repeat(64)).length;
  const places = new Map<string, ExternalData>();
  for (const { name, type, shape, length } of entries) {
    places.set(name, { type, shape, location, offset: start + offsets.get(name)!, length });
  }
  const laid = new Map<string, GraphWeight>();
  for (const [name, { shape }] of weights) laid.set(name, graphWeight(name, shape, scheme, places));
  return { start, size: start + end, weights: laid, header };
}

function about(fingerprint: string, { name, body, attention, head }: WeightScheme): Record<string, string> {
  return {
    format: "inkwright-weights",
    version: VERSION,
    fingerprint,
    scheme: name,
    body: `${body.bits} bits, blocks of ${body.blockSize}`,
    attention: `${attention.bits} bits, blocks of ${attention.blockSize}`,
    head: `${head.bits} bits, blocks of ${head.blockSize}`,
  };
}

/** Rows for outputs, columns for inputs. */
function sizesOf(
  name: string,
  shape: readonly number[],
): { readonly rows: number; readonly columns: number } {
  const [first = 0, second = 0] = shape;
  return hasOutputRows(name) ? { rows: first, columns: second } : { rows: second, columns: first };
}

function entriesOf(name: string, shape: readonly number[], scheme: WeightScheme): readonly Entry[] {
  const format = formatOf(name, shape, scheme);
  if (format === null) {
    return [{ name, type: "float32", shape, length: shape.reduce((product, size) => product * size, 4) }];
  }
  const { rows, columns } = sizesOf(name, shape);
  const blocks = Math.ceil(columns / format.blockSize);
  const bytes = blockBytes(format);
  return [
    { name: `${name}.values`, type: "uint8", shape: [rows, blocks, bytes], length: rows * blocks * bytes },
    { name: `${name}.scales`, type: "float32", shape: [rows, blocks], length: rows * blocks * 4 },
  ];
}

function graphWeight(
  name: string,
  shape: readonly number[],
  scheme: WeightScheme,
  places: ReadonlyMap<string, ExternalData>,
): GraphWeight {
  const format = formatOf(name, shape, scheme);
  if (format === null) return { kind: "plain", data: places.get(name)! };
  const values = places.get(`${name}.values`)!;
  const scales = places.get(`${name}.scales`)!;
  return { kind: "blocks", ...format, ...sizesOf(name, shape), values, scales };
}

/** The largest power of two, up to a page, that divides `length`. */
function alignment(length: number): number {
  return length % PAGE === 0 ? PAGE : length & -length;
}

/** The header with its length in front and white space behind, so that the data begin at a page. */
function headerBytes(metadata: Record<string, string>, table: Record<string, object>): Uint8Array {
  const json = JSON.stringify({ __metadata__: metadata, ...table });
  const length = Math.ceil((8 + json.length) / PAGE) * PAGE;
  const bytes = Buffer.alloc(length, " ");
  bytes.writeBigUInt64LE(BigInt(length - 8));
  bytes.write(json, 8);
  return bytes;
}
