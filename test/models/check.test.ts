import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSafetensors } from "../../src/engine/gpt2/safetensors.ts";
import { checkFiles } from "../../src/models/check/checks.ts";
import { hashOf } from "../../src/models/check/hashes.ts";
import { cacheModel } from "./hub-shelf.ts";

const checkpoint = (name: string) =>
  fileURLToPath(new URL(`../fixtures/checkpoints/${name}`, import.meta.url));

function copy(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "inkwright-check-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(checkpoint(name), folder, { recursive: true });
  return folder;
}

const passed = async (folder: string) => {
  const { checks } = await checkFiles(folder);
  return Object.fromEntries(checks.map((one) => [one.check, one.passed]));
};

describe("the check of a model's files", () => {
  it.each(["plain", "prefixed-f16", "odd-bf16", "sharded"])("passes %s", async (name) => {
    expect(await passed(checkpoint(name))).toEqual({
      hashes: null,
      shapes: true,
      numbers: true,
      tokenizer: true,
    });
  });

  it("knows the hashes of a list beside the files, and of the hub", async () => {
    const folder = copy("plain");
    const sum = createHash("sha256")
      .update(readFileSync(join(folder, "config.json")))
      .digest("hex");
    writeFileSync(join(folder, "SHA256SUMS"), `${sum}  config.json\n`);
    expect(await passed(folder)).toMatchObject({ hashes: true });
    writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  config.json\n`);
    expect(await passed(folder)).toMatchObject({ hashes: false, shapes: true });
    const cached = cacheModel(join(folder, "hub"), "ann/tales", checkpoint("plain"));
    expect(await passed(cached)).toMatchObject({ hashes: true });
    writeFileSync(join(cached, "tokenizer.json"), "{}");
    expect(await passed(cached)).toMatchObject({ hashes: false, tokenizer: false });
  });

  it.each(["plain", "prefixed-f16", "odd-bf16"])("finds what is no number in %s", async (name) => {
    const folder = copy(name);
    const path = join(folder, "model.safetensors");
    const tensors = (await readSafetensors(path)).tensors;
    const [, tensor] = [...tensors].find(([key]) => key.endsWith("ln_f.bias")) ?? [];
    if (!tensor) throw new Error("no tensor");
    const bytes = readFileSync(path);
    bytes.fill(0xff, tensor.offset, tensor.offset + (tensor.dtype === "F32" ? 4 : 2));
    writeFileSync(path, bytes);
    const { checks } = await checkFiles(folder);
    expect(checks.find(({ check }) => check === "numbers")).toMatchObject({
      passed: false,
      told: "1 numbers of “ln_f.bias” are infinite or none at all",
    });
  });

  it("tells of files that are cut or missing, and looks no further", async () => {
    const folder = copy("plain");
    writeFileSync(join(folder, "model.safetensors"), "cut");
    expect(await passed(folder)).toEqual({ hashes: null, shapes: false });
    expect(await passed(join(folder, "nowhere"))).toEqual({ hashes: false, shapes: false });
  });

  it("hashes as git does, and stops when it is told to", async () => {
    const folder = copy("plain");
    writeFileSync(join(folder, "hello"), "hello\n");
    // The blob that every git has for these six bytes.
    expect(await hashOf({ path: join(folder, "hello"), kind: "git" })).toBe(
      "ce013625030ba8dba906f756967f9e9ca394464a",
    );
    await expect(checkFiles(folder, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});
