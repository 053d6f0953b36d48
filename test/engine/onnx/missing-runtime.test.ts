import { expect, test, vi } from "vitest";
import { openSession } from "../../../src/engine/onnx/runtime.ts";
import { UserError } from "../../../src/errors.ts";

vi.mock("onnxruntime-node", () => {
  throw new Error("libonnxruntime.so.1: cannot open shared object file");
});

test("a native library that does not load is said in words", async () => {
  const error: unknown = await openSession(new Uint8Array(), { threads: 1, constants: "/" }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/does not load here/),
    hint: expect.stringMatching(/glibc/),
    cause: expect.any(Error),
  });
});
