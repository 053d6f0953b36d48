// Who is compared: each engine at each of its precisions.

/**
 * @typedef {object} Contender
 * @property {string} name how the command line calls it
 * @property {string} engine
 * @property {string} precision in the engine's own words
 * @property {string} worker file of the process that runs it
 * @property {"checkpoint" | "gguf" | "onnx"} format what it reads: the checkpoint itself, or a file made from it
 */

/** All contenders, in the order of the table. @type {readonly Contender[]} */
export const CONTENDERS = [
  contender("inkwright", "Inkwright", "checkpoint", "int8"),
  contender("inkwright", "Inkwright", "checkpoint", "int4"),
  contender("inkwright", "Inkwright", "checkpoint", "fp32"),
  contender("llama", "node-llama-cpp", "gguf", "Q8_0"),
  contender("llama", "node-llama-cpp", "gguf", "Q4_0"),
  contender("llama", "node-llama-cpp", "gguf", "F32"),
  contender("transformers", "transformers.js", "onnx", "int8"),
  contender("transformers", "transformers.js", "onnx", "fp32"),
];

/** Those whose ids must agree before speeds are compared: they compute with the weights as they are. */
export const EXACT = CONTENDERS.filter(({ precision }) => /^f(p)?32$/i.test(precision));

function contender(short, engine, format, precision) {
  const name = `${short}-${precision.toLowerCase()}`;
  return { name, engine, precision, worker: `worker-${short}.mjs`, format };
}
