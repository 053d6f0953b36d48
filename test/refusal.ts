import { expect } from "vitest";
import { UserError } from "../src/errors.ts";

/** A UserError's message; anything else that is thrown is a crash. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error("it was read"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error;
  expect(error.message.length).toBeLessThan(2000);
  return error.message;
}
