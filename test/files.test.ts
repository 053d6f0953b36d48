import { chmod, mkdtemp, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../src/errors.ts";
import { sha256, writeError, writeFileAtomic } from "../src/files.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkwright-"));
});

describe("writing a whole file", () => {
  it("makes it, or takes the old one's place with the same permissions", async () => {
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "one");
    await chmod(path, 0o600);
    await writeFileAtomic(path, new Uint8Array([0x74, 0x77, 0x6f]));
    expect(await readFile(path, "utf8")).toBe("two");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("follows links, also to a file that is not there yet", async () => {
    await symlink("second", join(folder, "first"));
    await symlink("target", join(folder, "second"));
    await writeFileAtomic(join(folder, "first"), "text");
    expect(await readFile(join(folder, "target"), "utf8")).toBe("text");
    expect(await readlink(join(folder, "first"))).toBe("second");
    expect(await readlink(join(folder, "second"))).toBe("target");
  });

  it("refuses a folder, and links that lead round in a circle", async () => {
    await expect(writeFileAtomic(folder, "x")).rejects.toThrow("it is a folder");
    await symlink("b", join(folder, "a"));
    await symlink("a", join(folder, "b"));
    await expect(writeFileAtomic(join(folder, "a"), "x")).rejects.toBeInstanceOf(UserError);
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });

  it("leaves a reader with the old bytes or the new, never with a part", async () => {
    const path = join(folder, "a.txt");
    const [old, fresh] = ["a".repeat(300_000), "b".repeat(300_000)];
    await writeFile(path, old);
    const seen = new Set<string>();
    let writing = true;
    const reader = (async () => {
      while (writing) seen.add(sha256(await readFile(path)));
    })();
    for (let round = 0; round < 20; round++) await writeFileAtomic(path, round % 2 === 0 ? fresh : old);
    writing = false;
    await reader;
    expect([...seen].filter((hash) => hash !== sha256(old) && hash !== sha256(fresh))).toEqual([]);
  });
});

describe("a failure to write", () => {
  it.each([
    ["ENOSPC", "the disk is full", /Make room/u],
    ["EACCES", "you may not write there", /permissions/u],
    ["EROFS", "the disk is read-only", /another disk/u],
    ["ENOENT", "its folder is not there", /Make the folder/u],
    ["EWEIRD", "odd", /another name/u],
  ])("%s says %s", (code, words, hint) => {
    const cause = Object.assign(new Error("odd"), { code });
    const error = writeError("a.txt", cause);
    expect(error.message).toBe(`a.txt cannot be written: ${words}`);
    expect(error.hint).toMatch(hint);
    expect(error.cause).toBe(cause);
  });

  it("that is a user's error already stays as it is", () => {
    const error = new UserError("x");
    expect(writeError("a.txt", error)).toBe(error);
  });
});

describe("SHA-256", () => {
  it("is that of the bytes, a text's being UTF-8 (FIPS 180-2, B.1)", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256(new TextEncoder().encode("é"))).toBe(sha256("é"));
  });
});
