import { expect, test } from "vitest";
import { parseConfig } from "../../../src/engine/gpt2/config.ts";
import { staysUncopied } from "../../../src/engine/gpt2/self-test.ts";
import type { Session, Values } from "../../../src/engine/onnx/runtime.ts";

const TINY = parseConfig(
  '{"model_type":"gpt2","vocab_size":10,"n_positions":16,"n_embd":8,"n_layer":2,"n_head":1}',
  "config.json",
);

/** A session that writes the same numbers at each run, except to the outputs in `lost` when they are uncopied. */
function sessionThatLoses(lost: (name: string) => boolean, error?: Error): Session {
  return {
    runtime: "none",
    async run(_inputs: Values, outputs: Values, uncopied: boolean) {
      if (uncopied && error) throw error;
      for (const [name, { data }] of Object.entries(outputs)) {
        if (data instanceof Float32Array && !(uncopied && lost(name)))
          for (const i of data.keys()) data[i] = i + 1;
      }
    },
    async close() {},
  };
}

test("a runtime that writes all its outputs is run without copies", async () => {
  expect(
    await staysUncopied(
      TINY,
      sessionThatLoses(() => false),
    ),
  ).toBe(true);
});

test.each(["logits", "present.0.key", "present.1.value"])("one that leaves out %s is not", async (name) => {
  expect(
    await staysUncopied(
      TINY,
      sessionThatLoses((output) => output === name),
    ),
  ).toBe(false);
});

test("one that reports another error is not", async () => {
  expect(
    await staysUncopied(
      TINY,
      sessionThatLoses(() => false, new Error("unknown output")),
    ),
  ).toBe(false);
});
