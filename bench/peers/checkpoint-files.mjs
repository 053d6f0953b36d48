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
 * Makes what `contenders` read, and returns what each of their workers is told: a file or a folder.
 *
 * @param {string} folder a checkpoint in Hugging Face's layout
 * @param {readonly import("./contenders.mjs").Contender[]} contenders
 */
export async function prepareFiles(folder, contenders) {
  const product = await loadProduct();
  const checkpoint = await product.openCheckpoint(resolve(folder));
  const vocabulary = await product.readVocabulary(checkpoint.folder);
  const mine = join(FOLDER, await product.fingerprint(checkpoint));
  const sources = new Map();
  for (const { name, format, precision } of contenders) {
    if (format === "checkpoint") {
      sources.set(name, { folder: checkpoint.folder, weightsFolder: join(mine, "inkwright") });
    } else if (format === "gguf") {
      const path = join(mine, `${precision.toLowerCase()}.gguf`);
      await makeFile(path, (file) => writeGguf(file, checkpoint, vocabulary, precision));
      sources.set(name, { path });
    } else {
      await exportOnnx(join(mine, "transformers", "gpt2"), checkpoint, precision, product.protobuf);
      sources.set(name, { models: join(mine, "transformers"), model: "gpt2" });
    }
  }
  return { config: checkpoint.config, sources };
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
