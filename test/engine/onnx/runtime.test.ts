import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGraph } from "../../../src/engine/onnx/builder.ts";
import { openSession, type Session, UNCOPIED, type Values } from "../../../src/engine/onnx/runtime.ts";
import { countCores, defaultThreads } from "../../../src/engine/onnx/threads.ts";

let constants: string;
beforeAll(async () => {
  constants = await mkdtemp(join(tmpdir(), "onnx-"));
  await writeFile(join(constants, "numbers"), Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
});
afterAll(() => rm(constants, { recursive: true }));

/** The output `y` of that shape. */
async function yOf(session: Session, inputs: Values, shape: readonly number[]): Promise<Float32Array> {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  await session.run(inputs, { y: { type: "float32", data, shape } }, false);
  return data;
}

const open = (model: Uint8Array) => openSession(model, { threads: 1, constants });

test("a graph of the builder's computes what it says, from numbers in a file", async () => {
  const g = createGraph("sum");
  const x = g.input("x", "float32", ["n", 3]);
  const table = g.external("table", {
    type: "float32",
    shape: [3],
    location: "numbers",
    offset: 8,
    length: 12,
  });
  const sum = g.node("Add", [x, table]);
  const turned = g.node("Transpose", [sum], { perm: [1, 0] });
  const norm = g.node("LpNormalization", [turned], { axis: 0, p: 1 });
  g.node("Elu", [norm], { alpha: { float: 2.5 } }, ["y"]);
  g.output("y", "float32", [3, "n"]);

  const session = await open(g.encode());
  expect(session.runtime).toMatch(/^onnxruntime-node \d/);
  const x1 = { type: "float32", data: Float32Array.of(1, -4, 0, 0, 0, 0), shape: [2, 3] } as const;
  const y = await yOf(session, { x: x1 }, [3, 2]);
  await session.close();
  const elu = (value: number) => (value < 0 ? 2.5 * (Math.exp(value) - 1) : value);
  const expected = [4 / 9, 3 / 12, 0, 4 / 12, 5 / 9, 5 / 12].map(elu);
  expect([...y]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
});

test("a list that is asked for twice is one constant", async () => {
  const g = createGraph("constants");
  const x = g.input("x", "float32", [4]);
  const twice = g.node("Concat", [g.node("Slice", [x, g.integers(0), g.integers(2)]), x], { axis: 0 });
  g.node("Slice", [twice, g.integers(0), g.integers(2)], {}, ["y"]);
  g.output("y", "float32", [2]);
  const session = await open(g.encode());
  const x4 = { type: "float32", data: Float32Array.of(7, 8, 9, 10), shape: [4] } as const;
  const y = await yOf(session, { x: x4 }, [2]);
  await session.close();
  expect(y).toEqual(Float32Array.of(7, 8));
});

test("constants outside the folder are refused", async () => {
  const g = createGraph("outside");
  g.node(
    "Add",
    [
      g.input("x", "float32", [1]),
      g.external("table", { type: "float32", shape: [1], location: "../numbers", offset: 0, length: 4 }),
    ],
    {},
    ["y"],
  );
  g.output("y", "float32", [1]);
  await expect(open(g.encode())).rejects.toThrow(/escapes/);
});

test("what is no model is refused", async () => {
  await expect(open(Uint8Array.of(1, 2, 3))).rejects.toThrow();
});

test.each([true, false])("outputs are written where they are wanted, uncopied %s", async (uncopied) => {
  const g = createGraph("twice");
  const x = g.input("x", "float32", [3]);
  g.emptySequence(UNCOPIED);
  g.node("Add", [x, x], {}, ["y"]);
  g.output("y", "float32", [3]);
  g.node("Neg", [x], {}, ["z"]);
  g.output("z", "float32", [3]);
  const session = await open(g.encode());
  const memory = new Float32Array(5);
  const y = { type: "float32", data: memory.subarray(1, 4), shape: [3] } as const;
  for (const factor of [1, 10]) {
    const numbers = { type: "float32", data: Float32Array.of(factor, 2, 3), shape: [3] } as const;
    await session.run({ x: numbers }, { y }, uncopied);
    expect([...memory]).toEqual([0, 2 * factor, 4, 6, 0]);
  }
  const wrong = { type: "float32", data: Float32Array.of(1, 2), shape: [2] } as const;
  await expect(session.run({ x: wrong }, { y }, uncopied)).rejects.toThrow(/dimension/i);
  await session.close();
});

const PROCESSOR = (processor: number, chip: number, core: number) =>
  `processor\t: ${processor}\nmodel name\t: CPU @ 2.00GHz\nphysical id\t: ${chip}\nsiblings\t: 4\ncore id\t\t: ${core}\n`;

test.each([
  ["two threads a core", [PROCESSOR(0, 0, 0), PROCESSOR(1, 0, 1), PROCESSOR(2, 0, 0), PROCESSOR(3, 0, 1)], 2],
  ["two chips", [PROCESSOR(0, 0, 0), PROCESSOR(1, 1, 0)], 2],
  ["one thread a core", [PROCESSOR(0, 0, 0), PROCESSOR(1, 0, 1), PROCESSOR(2, 0, 2)], 3],
  [
    "arm64, which does not say",
    ["processor\t: 0\nBogoMIPS\t: 50.00\n", "processor\t: 1\nBogoMIPS\t: 50.00\n"],
    undefined,
  ],
  ["no text", [], undefined],
])("cores: %s", (_, processors, expected) => {
  expect(countCores(processors.join("\n"))).toBe(expected);
});

test("there is at least one thread", () => {
  expect(defaultThreads()).toBeGreaterThanOrEqual(1);
});
