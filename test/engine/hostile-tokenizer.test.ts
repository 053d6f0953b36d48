import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openTokenizer } from "../../src/engine/tokenizer.ts";
import { refusal } from "../refusal.ts";

const TOKENIZER = readFileSync(
  new URL("../fixtures/checkpoints/plain/tokenizer.json", import.meta.url),
  "utf8",
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const put = (name: string, data: string) => writeFileSync(join(folder, name), data);

describe("a tokenizer", () => {
  // Deeper than JSON.stringify could write.
  const DEPTH = 100_000;
  const DEEP = `${'{"type":"Sequence","pretokenizers":['.repeat(DEPTH)}{"type":"ByteLevel"}${"]}".repeat(DEPTH)}`;
  const split = (pattern: object) => ({
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern, behavior: "Isolated" },
      { type: "ByteLevel", use_regex: false },
    ],
  });
  const bomb = { type: "Replace", pattern: { String: "a" }, content: "a".repeat(1000) };
  type Json = {
    pre_tokenizer: object | string;
    normalizer: object | null;
    model: { vocab: object; merges: unknown[] };
  };

  test.each([
    [
      "an id as large as the memory",
      (json: Json) => ({ ...json, model: { ...json.model, vocab: { ...json.model.vocab, x: 2 ** 31 - 1 } } }),
      /the id of "x" is 2147483647/,
    ],
    [
      "an id that is a tree",
      (json: Json) => ({ ...json, model: { ...json.model, vocab: { ...json.model.vocab, x: "DEEP" } } }),
      /the id of "x" is no number/,
    ],
    [
      "an id that is a book",
      (json: Json) => ({
        ...json,
        model: { ...json.model, vocab: { ...json.model.vocab, x: "y".repeat(1e6) } },
      }),
      /the id of "x" is "yyy/,
    ],
    [
      "merges of two kinds",
      (json: Json) => ({ ...json, model: { ...json.model, merges: ["a b", ["a", "b"]] } }),
      /no vocabulary with merges/,
    ],
    ["steps in steps in steps", (json: Json) => ({ ...json, pre_tokenizer: "DEEP" }), /more than 16 steps/],
    [
      "a thousand steps",
      (json: Json) => ({
        ...json,
        pre_tokenizer: { type: "Sequence", pretokenizers: Array(1000).fill({ type: "ByteLevel" }) },
      }),
      /more than 16 steps/,
    ],
    [
      "a step of no kind",
      (json: Json) => ({ ...json, normalizer: { type: "constructor" } }),
      /no known kind/,
    ],
    [
      "a text that grows",
      (json: Json) => ({ ...json, normalizer: { type: "Sequence", normalizers: [bomb, bomb, bomb] } }),
      /much longer/,
    ],
    [
      "a pattern that takes for ever",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "(a+)+$" }) }),
      /search for ever/,
    ],
    [
      "another one",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "(?:a|a)*$" }) }),
      /search for ever/,
    ],
    [
      "a third one",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "(a|b|ab){2,}c" }) }),
      /search for ever/,
    ],
    [
      "a fourth one",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "a*a*a*a*a*b" }) }),
      /search for ever/,
    ],
    [
      "a fifth one",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "(a*)\\1b" }) }),
      /search for ever/,
    ],
    [
      "a pattern that is none",
      (json: Json) => ({ ...json, pre_tokenizer: split({ Regex: "(a" }) }),
      /cannot be used/,
    ],
  ])("with %s", async (_, change, message) => {
    const text = JSON.stringify(change(JSON.parse(TOKENIZER) as Json));
    put("tokenizer.json", text.replace('"DEEP"', DEEP));
    expect(await refusal(openTokenizer(folder))).toMatch(message);
  });

  test.each([
    String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
    String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  ])("with a pattern in use: %s", async (Regex) => {
    const json = JSON.parse(TOKENIZER) as Json;
    put("tokenizer.json", JSON.stringify({ ...json, pre_tokenizer: split({ Regex }) }));
    const tokenizer = await openTokenizer(folder);
    const text = "It wasn’t 1912 (yet).\n\n  “No!”";
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  test("with a prototype among the words changes none", async () => {
    const text = TOKENIZER.replace('"vocab": {', '"vocab": {"__proto__": 8100, "constructor": 8101,');
    put("tokenizer.json", text);
    const tokenizer = await openTokenizer(folder);
    expect(tokenizer.decode(tokenizer.encode("constructor __proto__"))).toBe("constructor __proto__");
  });

  test("of 1 GB is not read", async () => {
    put("tokenizer.json", TOKENIZER);
    truncateSync(join(folder, "tokenizer.json"), 1e9);
    expect(await refusal(openTokenizer(folder))).toMatch(/1000 MB; a model's has at most 67 MB/);
  });
});
