// transformers.js on onnxruntime-node.
import { AutoModelForCausalLM, env, Tensor } from "@huggingface/transformers";
import { serve } from "./serve.mjs";

env.allowRemoteModels = false;

await serve(async ({ source, precision, threads }) => {
  env.localModelPath = source.models;
  const model = await AutoModelForCausalLM.from_pretrained(source.model, {
    dtype: precision === "fp32" ? "fp32" : "q8",
    device: "cpu",
    use_external_data_format: true,
    session_options: { intraOpNumThreads: threads },
  });
  return { write: (...request) => write(model, ...request), close: () => model.dispose() };
});

async function write(model, prompt, length, arrived) {
  const shape = [1, prompt.length];
  let given = false;
  await model.generate({
    inputs: new Tensor("int64", BigInt64Array.from(prompt, BigInt), shape),
    attention_mask: new Tensor("int64", new BigInt64Array(prompt.length).fill(1n), shape),
    max_new_tokens: length,
    do_sample: false,
    streamer: {
      // The prompt comes first, then one token at a time.
      put([[id]]) {
        if (given) arrived(Number(id));
        given = true;
      },
      end() {},
    },
  });
}
