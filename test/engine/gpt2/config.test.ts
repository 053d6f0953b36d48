import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/engine/gpt2/config.ts";
import { countParameters, expectedTensors } from "../../../src/engine/gpt2/tensors.ts";
import { UserError } from "../../../src/errors.ts";

const GPT2 = {
  model_type: "gpt2",
  vocab_size: 50257,
  n_positions: 1024,
  n_ctx: 1024,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  bos_token_id: 50256,
  eos_token_id: 50256,
};

function parse(changes: object): ReturnType<typeof parseConfig> {
  return parseConfig(JSON.stringify({ ...GPT2, ...changes }), "/m/config.json");
}

/** The error of a call that must fail for the user to see: message and hint on two lines. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return `${error.message}\n${error.hint}`;
    throw error;
  }
  throw new Error("no error");
}

describe("a configuration", () => {
  test("has the defaults of GPT2Config where it says nothing", () => {
    expect(parse({})).toEqual({
      vocab_size: 50257,
      n_positions: 1024,
      n_embd: 768,
      n_layer: 12,
      n_head: 12,
      n_inner: 3072,
      activation_function: "gelu_tanh",
      layer_norm_epsilon: 1e-5,
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      tie_word_embeddings: true,
      bos_token_id: 50256,
      eos_token_id: 50256,
    });
  });

  test("of the fixtures is read", () => {
    const path = new URL("../../fixtures/checkpoints/odd-bf16/config.json", import.meta.url);
    expect(parseConfig(readFileSync(path, "utf8"), "config.json")).toMatchObject({
      n_inner: 100,
      activation_function: "gelu",
      layer_norm_epsilon: 1e-6,
      scale_attn_by_inverse_layer_idx: true,
      tie_word_embeddings: false,
      eos_token_id: 0,
    });
  });

  test.each<[string, object, object]>([
    ["n_ctx stands in for n_positions", { n_positions: undefined, n_ctx: 512 }, { n_positions: 512 }],
    ["n_positions goes before n_ctx", { n_positions: 256, n_ctx: 512 }, { n_positions: 256 }],
    ["n_inner null is four times n_embd", { n_inner: null }, { n_inner: 3072 }],
    ["the first of several ends of text counts", { eos_token_id: [7, 8] }, { eos_token_id: 7 }],
    [
      "no end of text",
      { eos_token_id: null, bos_token_id: undefined },
      { eos_token_id: null, bos_token_id: null },
    ],
  ])("%s", (_, changes, expected) => {
    expect(parse(changes)).toMatchObject(expected);
  });

  test.each<[string, object, RegExp]>([
    ["another model", { model_type: "llama" }, /"llama"; only "gpt2"[\s\S]*distilgpt2/],
    ["no type", { model_type: undefined }, /no stated type/],
    ["an unknown activation", { activation_function: "mish" }, /"mish"[\s\S]*gelu_new, .*gelu, relu/],
    ["heads that do not divide the width", { n_head: 7 }, /n_embd 768 is not a multiple of n_head 7/],
    ["no positions", { n_positions: undefined, n_ctx: undefined }, /neither n_positions nor n_ctx/],
    ["a missing size", { n_layer: undefined }, /config\.json: n_layer: /],
    ["a negative size", { n_embd: -768 }, /n_embd: /],
    ["a size that is not whole", { vocab_size: 1.5 }, /vocab_size: /],
    ["a size as text", { n_head: "12" }, /n_head: /],
    ["no epsilon to speak of", { layer_norm_epsilon: 0 }, /layer_norm_epsilon: /],
  ])("%s is refused", (_, changes, message) => {
    expect(complaint(() => parse(changes))).toMatch(message);
  });

  test.each([
    ["", /is not JSON/],
    ["{", /is not JSON/],
    ["[]", /no stated type/],
    ["null", /is not a JSON object/],
  ])("the text %j is refused", (text, message) => {
    expect(complaint(() => parseConfig(text, "/m/config.json"))).toMatch(message);
  });
});

/** As published with the models; DistilGPT-2, Small, Medium, Large, XL. */
test.each([
  [6, 12, 768, 81_912_576],
  [12, 12, 768, 124_439_808],
  [24, 16, 1024, 354_823_168],
  [36, 20, 1280, 774_030_080],
  [48, 25, 1600, 1_557_611_200],
])("%d layers, %d heads, width %d: %d parameters", (n_layer, n_head, n_embd, parameters) => {
  const config = parse({ n_layer, n_head, n_embd });
  expect(countParameters(expectedTensors(config, false))).toBe(parameters);
  expect(countParameters(expectedTensors(config, true))).toBe(parameters + 50257 * n_embd);
});
