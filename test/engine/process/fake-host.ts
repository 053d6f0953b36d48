/* An engine process with a fake model: each step takes 5 ms, and the folder's name says how it misbehaves. */
import { setTimeout as sleep } from "node:timers/promises";
import { createEngine } from "../../../src/engine/engine.ts";
import { serveParent } from "../../../src/engine/process/channel.ts";
import { UserError } from "../../../src/errors.ts";
import { fakeCard, fakeModel, wordTokenizer } from "../../fake-model.ts";

serveParent(async (folder, { onStatus, signal }) => {
  if (folder === "damaged") throw new UserError("The checkpoint is damaged.", { hint: "Copy it again." });
  if (folder === "mistaken") throw new TypeError("a mistake of ours");
  if (folder === "dying") {
    process.stderr.write("first line\nout of memory\n", () => process.kill(process.pid, "SIGKILL"));
    await sleep(60_000);
  }
  if (folder === "long") {
    for (let i = 0; i < 3; i++) onStatus?.("preparing 8-bit weights … 34 %");
    await sleep(60_000, undefined, { signal });
  }
  if (folder === "deaf") {
    onStatus?.("preparing");
    await sleep(20);
    for (const end = Date.now() + 60_000; Date.now() < end; );
  }
  const tokenizer = wordTokenizer("a b c");
  const model = fakeModel({
    tokenizer: { ...tokenizer, endOfText: null },
    contextLength: 128,
    onStep: async () => {
      if (folder === "starving") throw new Error("std::bad_alloc");
      if (folder === "starved") {
        process.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\n", () =>
          process.abort(),
        );
        await sleep(60_000);
      }
      if (folder === "stubborn") for (const end = Date.now() + 60_000; Date.now() < end; );
      await sleep(5);
    },
  });
  return createEngine({
    model,
    tokenizer: { ...tokenizer, endOfText: null },
    card: { ...fakeCard(model), folder },
  });
});
