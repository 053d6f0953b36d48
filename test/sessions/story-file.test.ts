import { chmod, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type FileSystem, sha256 } from "../../src/files.ts";
import {
  ChangedOnDiskError,
  parseStory,
  readStory,
  saveStory,
  serializeStory,
} from "../../src/sessions/story-file.ts";

const PLAIN = { lineBreak: "\n", bom: false } as const;
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkwright-"));
});

/** A disk on which one step fails. */
function failingDisk(step: "open" | "writeFile" | "sync" | "rename", code: string): FileSystem {
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error(`${code}: no`), { code });
  };
  return {
    async open(path, flags, mode) {
      if (step === "open") return fail();
      const { open } = await import("node:fs/promises");
      const file = await open(path, flags, mode);
      return {
        writeFile: step === "writeFile" ? fail : (data) => file.writeFile(data),
        sync: step === "sync" ? fail : () => file.sync(),
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      if (step === "rename") return fail();
      const { rename } = await import("node:fs/promises");
      return rename(from, to);
    },
    async unlink(path) {
      const { unlink } = await import("node:fs/promises");
      return unlink(path);
    },
  };
}

describe("a story's bytes", () => {
  it("come back exactly, whatever ends the lines", () => {
    const unit = fc.constantFrom("a", "é", "\n", "\r\n", "\r", "\u2028", "👩‍👩‍👧", "\t");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), fc.boolean(), (units, bom) => {
        const bytes = Buffer.from((bom ? "\ufeff" : "") + units.join(""), "utf8");
        const { text, format } = parseStory(bytes, "tale.md");
        expect(serializeStory(text, format).equals(bytes)).toBe(true);
      }),
    );
  });

  it.each([
    ["a\r\nb\r\n", "a\nb\n", "\r\n"],
    ["a\nb", "a\nb", "\n"],
    ["a\r\nb\nc", "a\r\nb\nc", "\n"],
    ["a\r\nb\rc", "a\r\nb\rc", "\n"],
  ])("%j is %j with %j between lines", (stored, text, lineBreak) => {
    expect(parseStory(Buffer.from(stored), "tale.md")).toEqual({ text, format: { lineBreak, bom: false } });
  });

  it("that are no text are refused, with the place", () => {
    expect(() => parseStory(Buffer.from([0x61, 0, 0x62]), "photo.jpg")).toThrow("photo.jpg is a binary file");
    expect(() => parseStory(Buffer.from([0x61, 0x62, 0xff, 0x63]), "old.txt")).toThrow("byte 2 does not fit");
    expect(() => parseStory(Buffer.from([0xc3]), "cut.txt")).toThrow("cut.txt is not UTF-8");
  });
});

describe("reading and saving a story", () => {
  it("begins with nothing where there is no file", async () => {
    expect(await readStory(join(folder, "new.md"))).toEqual({
      exists: false,
      text: "",
      format: PLAIN,
      sha256: null,
    });
  });

  it("refuses a folder, and a folder that is not there", async () => {
    await expect(readStory(folder)).rejects.toThrow("is a folder");
    await expect(readStory(join(folder, "gone", "tale.md"))).rejects.toThrow("its folder is not there");
    await writeFile(join(folder, "file"), "");
    await expect(readStory(join(folder, "file", "tale.md"))).rejects.toThrow("its folder is not there");
  });

  it("keeps permissions and symbolic links", async () => {
    const real = join(folder, "real.md");
    const link = join(folder, "link.md");
    await writeFile(real, "old");
    await chmod(real, 0o640);
    await symlink(real, link);
    await saveStory(link, "new", PLAIN, sha256("old"));
    expect(await readFile(real, "utf8")).toBe("new");
    expect((await stat(real)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).sort()).toEqual(["link.md", "real.md"]);
  });

  it("notices what another program wrote, and leaves it alone", async () => {
    const path = join(folder, "tale.md");
    await writeFile(path, "theirs");
    await expect(saveStory(path, "mine", PLAIN, sha256("old"))).rejects.toThrow(ChangedOnDiskError);
    await expect(saveStory(path, "mine", PLAIN, null)).rejects.toThrow(ChangedOnDiskError);
    expect(await readFile(path, "utf8")).toBe("theirs");
    await saveStory(path, "mine", PLAIN, "any");
    expect(await readFile(path, "utf8")).toBe("mine");
  });

  it("makes a file anew that was taken away meanwhile", async () => {
    const path = join(folder, "tale.md");
    await saveStory(path, "mine", PLAIN, sha256("was here"));
    expect(await readFile(path, "utf8")).toBe("mine");
  });

  it.each([
    ["open", "EACCES", "you may not write there"],
    ["writeFile", "ENOSPC", "the disk is full"],
    ["sync", "EIO", "EIO"],
    ["rename", "EROFS", "the disk is read-only"],
  ] as const)("keeps the old file when %s fails with %s", async (step, code, words) => {
    const path = join(folder, "tale.md");
    await writeFile(path, "old");
    await expect(saveStory(path, "new", PLAIN, sha256("old"), failingDisk(step, code))).rejects.toThrow(
      words,
    );
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["tale.md"]);
  });

  it("says so when the folder is not there", async () => {
    await mkdir(join(folder, "sub"));
    await expect(saveStory(join(folder, "gone", "tale.md"), "x", PLAIN, null)).rejects.toThrow(
      "its folder is not there",
    );
  });
});
