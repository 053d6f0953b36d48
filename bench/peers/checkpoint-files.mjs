// Every engine's own files of one checkpoint, made where they are missing.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeGguf } from "./gguf.mjs";
import { makeFile } from "./made-file.mjs";
import { createModel } from "./onnx-file.mjs";
import { addGpt2 } from "./onnx-gpt2.mjs";
import { exactParts, quantisedParts } from "./onnx-linear.mjs";
import { loadProduct } from "./product.mjs";

/** Part of the folder's name: another one when the bench writes its files in another way. */
const FORMAT = 1;
/** Where all of them lie. */
export const FOLDER = join(tmpdir(), "inkwright-peers", `format-${FORMAT}`);

/**
 * Opens the checkpoint in `folder`. `prepare` makes what contenders read, and returns by their names what each of
 * their workers is told: a file or a folder.
 *
 * @param {string} folder in Hugging Face's layout
 */
export async function openFiles(folder) {
  const product = await loadProduct();
  const checkpoint = await product.openCheckpoint(resolve(folder));
  const mine = join(FOLDER, await product.fingerprint(checkpoint));

  async function prepareOne({ format, precision }) {
    switch (format) {
      case "checkpoint":
        return { folder: checkpoint.folder, weightsFolder: join(mine, "inkwright") };
      case "gguf": {
        const path = join(mine, `${precision.toLowerCase()}.gguf`);
        const vocabulary = await product.readVocabulary(checkpoint.folder);
        await makeFile(path, (file) => writeGguf(file, checkpoint, vocabulary, precision));
        return { path };
      }
      case "onnx":
        await exportOnnx(join(mine, "transformers", "gpt2"), checkpoint, precision, product.protobuf);
        return { models: join(mine, "transformers"), model: "gpt2" };
    }
  }

  return {
    config: checkpoint.config,
    /** @param {readonly import("./contenders.mjs").Contender[]} contenders */
    async prepare(contenders) {
      const sources = new Map();
      for (const contender of contenders) sources.set(contender.name, await prepareOne(contender));
      return sources;
    },
  };
}

/** The folder that transformers.js is given: config.json and the graphs, by the names that it looks for. */
async function exportOnnx(folder, checkpoint, precision, protobuf) {
  const path = join(folder, "onnx", precision === "fp32" ? "model.onnx" : "model_quantized.onnx");
  mkdirSync(join(folder, "onnx"), { recursive: true });
  const { n_embd, n_head, n_layer, n_positions, vocab_size } = checkpoint.config;
  const config = { model_type: "gpt2", n_embd, n_head, n_layer, n_positions, vocab_size };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  await makeFile(path, async (file) => {
    // Weights first: where the graph is, they are whole.
    const data = `${path}_data`;
    rmSync(data, { force: true });
    await makeFile(data, async (weights) => {
      const graph = createModel(protobuf, weights, data);
      const parts = precision === "fp32" ? exactParts : quantisedParts;
      await addGpt2(graph, checkpoint, parts(graph, checkpoint.weights));
      file.write(graph.encode());
    });
  });
}
