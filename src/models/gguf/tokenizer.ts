import { basename } from "node:path";
import { BYTE_CHARACTERS } from "../../engine/byte-alphabet.ts";
import { UserError } from "../../errors.ts";
import type { GgufFile } from "./reader.ts";

/** Types of tokens, by llama.cpp's numbers for them; the others are ordinary ones. */
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/** Names of the ways to cut a text before the merges that are GPT-2's own; files from before 2024 have none. */
const GPT2_CUTS = ["gpt-2", "phi-2", "default"];

/**
 * The tokenizer of a GGUF as the text of a `tokenizer.json`. Throws a UserError for one that is no byte-level BPE,
 * cuts texts unlike GPT-2, or lists what cannot be.
 */
export function tokenizerText(file: GgufFile): string {
  const { metadata } = file;
  const [model, cut] = [metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")];
  if (model !== "gpt2") throw other(file, typeof model === "string" ? `of the kind "${model}"` : "missing");
  if (cut !== undefined && !GPT2_CUTS.includes(String(cut))) {
    throw other(file, `made for texts that are cut as "${String(cut).slice(0, 80)}"`);
  }
  const tokens = texts(file, "tokens");
  const merges = texts(file, "merges");
  const types = numbers(file, "token_type", tokens.length) ?? guessedTypes(tokens, merges);
  const vocab = new Map<string, number>();
  const added: object[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = types[id];
    if (type === UNUSED || content === `[PAD${id}]`) continue;
    if (vocab.has(content))
      throw damaged(file, `the token ${JSON.stringify(content.slice(0, 80))} comes twice`);
    vocab.set(content, id);
    if (type === CONTROL || type === USER_DEFINED) added.push(addedToken(id, content, type === CONTROL));
  }
  checkMerges(file, merges, vocab);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: "BPE", unk_token: null, vocab: Object.fromEntries(vocab), merges },
  });
}

function addedToken(id: number, content: string, special: boolean): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

/** Without types, what is neither a byte nor made by a merge was added. */
function guessedTypes(tokens: readonly string[], merges: readonly string[]): readonly number[] {
  const made = new Set([...BYTE_CHARACTERS, ...merges.map((merge) => merge.replace(" ", ""))]);
  return tokens.map((token) => (made.has(token) ? 1 : CONTROL));
}

function checkMerges(file: GgufFile, merges: readonly string[], vocab: ReadonlyMap<string, number>): void {
  for (const merge of merges) {
    const [a = "", b = "", more] = merge.split(" ");
    if (more !== undefined || !vocab.has(a) || !vocab.has(b) || !vocab.has(a + b)) {
      throw damaged(file, `the merge ${JSON.stringify(merge.slice(0, 80))} is none of its tokens`);
    }
  }
}

function texts(file: GgufFile, key: string): readonly string[] {
  const found = file.metadata.get(`tokenizer.ggml.${key}`);
  if (Array.isArray(found) && found.every((one) => typeof one === "string")) return found;
  throw other(file, `without ${key}`);
}

function numbers(file: GgufFile, key: string, length: number): readonly number[] | undefined {
  const found = file.metadata.get(`tokenizer.ggml.${key}`);
  if (found === undefined) return undefined;
  if (Array.isArray(found) && found.length === length && found.every((one) => typeof one === "number")) {
    return found;
  }
  throw damaged(file, `${key} does not have a number for each token`);
}

function other(file: GgufFile, what: string): UserError {
  return new UserError(`The tokenizer in ${basename(file.path)} is ${what}; only GPT-2's is understood.`, {
    hint: "Take a GGUF that was made from a GPT-2 with its byte-level BPE.",
  });
}

function damaged(file: GgufFile, what: string): UserError {
  return new UserError(`The tokenizer in ${basename(file.path)} is damaged: ${what}.`, {
    hint: "Download the file again, or convert the model again.",
  });
}
