import { EventEmitter } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSpelling } from "../../src/commands/spelling.ts";
import { type Checker, createChecker } from "../../src/commands/spelling-checker.ts";
import { dictionaryNames, dictionaryTask } from "../../src/commands/spelling-dictionaries.ts";
import { answer, type SpellingRequest } from "../../src/commands/spelling-protocol.ts";
import { type Port, type SpellingThread, startSpelling } from "../../src/commands/spelling-thread.ts";
import { addWord, readWords } from "../../src/commands/spelling-words.ts";
import { UserError } from "../../src/errors.ts";

const AFF = "SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\nNOSUGGEST !\nSFX S Y 1\nSFX S 0 s .\n";
const DIC = "6\nlamp/S\nkeeper/S\ncafe\nbloody/!\nAnna\ndon't\n";
const bytes = (text: string) => Buffer.from(text, "utf8");
const paper = (foldAccents = true): Promise<Checker> =>
  createChecker([{ aff: bytes(AFF), dic: bytes(DIC) }], { foldAccents });

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "inkwright-spelling-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe("the checker", () => {
  it.each([
    ["lamp", true],
    ["Lamps", true],
    ["don't", true],
    ["anna", false],
    ["lampe", false],
    ["café", true],
    ["если", true],
    ["constructor", false],
  ])("%j is right: %j", async (word, right) => {
    expect((await paper()).isRight(word)).toBe(right);
  });

  it("takes accents as they are in other languages", async () => {
    expect((await paper(false)).isRight("café")).toBe(false);
  });

  it("suggests what is near, but nothing unseemly", async () => {
    const checker = await paper();
    expect(checker.suggest("lapm")).toContain("lamp");
    expect(checker.suggest("keepres")).toContain("keepers");
    expect(checker.suggest("blodyy")).not.toContain("bloody");
    expect(checker.suggest("zzzzzzzz")).toEqual([]);
  });

  it("reads other encodings by the name that the rules give, flags of one byte too", async () => {
    const latin = (text: string) => Buffer.from(text, "latin1");
    const read = (aff: string, dic: string) =>
      createChecker([{ aff: latin(aff), dic: latin(dic) }], { foldAccents: false });
    const rules = "SET ISO8859-1\nSFX ø Y 1\nSFX ø 0 e .\n";
    const checker = await read(rules, "1\nÄrger/ø\n");
    expect(["Ärger", "ärger", "Ärgere", "Ärgerø"].map(checker.isRight)).toEqual([true, false, true, false]);
    const cyrillic = await createChecker(
      [{ aff: latin("SET microsoft-cp1251\n"), dic: Buffer.from([0x31, 0x0a, 0xe4, 0xee, 0xec, 0x0a]) }],
      { foldAccents: false },
    );
    expect(["дом", "дым", "house"].map(cyrillic.isRight)).toEqual([true, false, true]);
    await expect(read("SET EBCDIC\n", "1\na\n")).rejects.toThrow("EBCDIC");
    await expect(read("SET UTF-8\n", "0\n")).rejects.toThrow("no words");
  });

  it("knows compounds by the rules", async () => {
    const aff = "SET UTF-8\nCOMPOUNDFLAG c\nCOMPOUNDMIN 3\n";
    const checker = await createChecker([{ aff: bytes(aff), dic: bytes("2\nHaus/c\nboot/c\n") }], {
      foldAccents: false,
    });
    expect(["Hausboot", "Hausbot"].map(checker.isRight)).toEqual([true, false]);
  });

  it("knows English of both shores", async () => {
    const { dictionaries, foldAccents } = await dictionaryTask(home, "en");
    const files = await Promise.all(
      dictionaries.map(async ({ aff, dic }) => ({ aff: await readFile(aff), dic: await readFile(dic) })),
    );
    const checker = await createChecker(files, { foldAccents });
    const right = "colour color harbour grey gray realise naïve o'clock didn't Thursday lighthouse".split(
      " ",
    );
    expect(right.filter((word) => !checker.isRight(word))).toEqual([]);
    const wrong = "teh kepeer recieve thursday lihgthouse".split(" ");
    expect(wrong.filter((word) => checker.isRight(word))).toEqual([]);
    expect(checker.suggest("kepeer")).toContain("keeper");
    expect(checker.suggest("unblieveably")).toContain("unbelievably");
  });
});

describe("dictionaries", () => {
  it("are those of the user's with both files, behind the one that is set and English", async () => {
    const folder = join(home, "dictionaries");
    expect(await dictionaryNames(folder, "off")).toEqual(["en"]);
    await mkdir(folder);
    for (const name of ["de_DE.aff", "de_DE.dic", "fr.aff", "notes.txt"])
      await writeFile(join(folder, name), "");
    expect(await dictionaryNames(folder, "off")).toEqual(["en", "de_DE"]);
    expect(await dictionaryNames(folder, "en-gb")).toEqual(["en-gb", "en", "de_DE"]);
    expect((await dictionaryTask(folder, "de_DE")).dictionaries).toEqual([
      { aff: join(folder, "de_DE.aff"), dic: join(folder, "de_DE.dic") },
    ]);
    expect((await dictionaryTask(folder, "en-gb")).dictionaries[0]?.dic).toContain("dictionary-en-gb");
    await expect(dictionaryTask(folder, "fr")).rejects.toThrow(UserError);
    await expect(dictionaryTask(folder, "constructor")).rejects.toThrow(
      "there is no dictionary “constructor”",
    );
  });

  it("of the box may be given with the program: their licences say so", async () => {
    const require = createRequire(import.meta.url);
    for (const name of ["dictionary-en", "dictionary-en-gb"]) {
      const licence = await readFile(join(dirname(require.resolve(name)), "license"), "utf8");
      expect(licence).toMatch(/Permission to use, copy, modify, distribute/u);
    }
  });
});

describe("lists of words", () => {
  const list = (): string => join(home, "config", "dictionary.txt");

  it("are added to at the end; what was written by hand stays as it is", async () => {
    await addWord(list(), "Ansel");
    expect(await readFile(list(), "utf8")).toBe("Ansel\n");
    await writeFile(list(), "\uFEFF# names\r\nMary\r\n\r\n  o’Brien  \r\nlast");
    await addWord(list(), "Mary");
    await addWord(list(), "Ansel");
    await addWord(list(), "Ansel");
    expect(await readFile(list(), "utf8")).toBe("# names\r\nMary\r\n\r\n  o’Brien  \r\nlast\nAnsel\n");
    expect([...(await readWords(list()))]).toEqual(["Mary", "o'Brien", "last", "Ansel"]);
    expect(await readdir(dirname(list()))).toEqual(["dictionary.txt"]);
  });

  it("tell stories apart", async () => {
    await addWord(list(), "xyzzy", "/a.md");
    await addWord(list(), "zork", "/b.md");
    await addWord(list(), "zork", "/a.md");
    expect([...(await readWords(list(), "/a.md"))]).toEqual(["xyzzy", "zork"]);
    expect([...(await readWords(list()))]).toEqual([]);
  });

  it("say what is wrong where they cannot be written", async () => {
    await mkdir(list(), { recursive: true });
    await expect(addWord(list(), "Ansel")).rejects.toThrow();
  });
});

/** A thread that is none: it answers with the paper dictionary, or fails as it is told. */
class PaperPort extends EventEmitter implements Port {
  readonly checker = paper();
  closed = false;
  silent = false;
  postMessage(request: SpellingRequest): void {
    if (!this.silent) void this.checker.then((checker) => this.emit("message", answer(checker, request)));
  }
  terminate(): void {
    this.closed = true;
  }
}

const TASK = { dictionaries: [], foldAccents: true };

describe("the thread", () => {
  it("answers each question with its own answer", async () => {
    const thread = startSpelling("paper", TASK, "host.js", () => new PaperPort());
    const [first, second, words] = await Promise.all([
      thread.check(["lamp", "lampe"]),
      thread.check(["keeper"]),
      thread.suggest("lapm"),
    ]);
    expect([...first]).toEqual([
      ["lamp", true],
      ["lampe", false],
    ]);
    expect([...second]).toEqual([["keeper", true]]);
    expect(words).toContain("lamp");
  });

  it.each([
    [new Error("it has no words"), "cannot be used: it has no words"],
    [Object.assign(new Error("heap"), { code: "ERR_WORKER_OUT_OF_MEMORY" }), "takes more than 256 MB"],
  ])("that fails tells all who wait, and all who ask later: %s", async (error, told) => {
    const port = new PaperPort();
    port.silent = true;
    const thread = startSpelling("paper", TASK, "host.js", () => port);
    const waiting = thread.check(["lamp"]);
    port.emit("error", error);
    port.emit("exit");
    await expect(waiting).rejects.toThrow(told);
    await expect(thread.suggest("lapm")).rejects.toThrow(UserError);
  });
});

describe("the editor's spell checker", () => {
  const open = async (start: typeof startSpelling, story = "/a.md") =>
    openSpelling(
      {
        settings: { path: join(home, "config.json"), values: { spelling: "off" } },
        dataFolder: home,
        installation: { spellingHost: "host.js" },
      } as Parameters<typeof openSpelling>[0],
      story,
      start,
    );

  it("starts a dictionary when it is first asked, once, and closes it for another one", async () => {
    const ports: PaperPort[] = [];
    const speller = await open((name, task, file) =>
      startSpelling(name, task, file, () => {
        const port = new PaperPort();
        ports.push(port);
        return port;
      }),
    );
    expect(ports).toHaveLength(0);
    const { services } = speller;
    const [checked] = await Promise.all([
      services.check("en", ["lamp", "x"]),
      services.suggest("en", "lapm"),
    ]);
    expect([...checked.verdicts.values()]).toEqual([true, false]);
    expect(ports).toHaveLength(1);
    await services.check("en-gb", ["lamp"]);
    expect(ports.map((port) => port.closed)).toEqual([true, false]);
    await speller.close();
    expect(ports.map((port) => port.closed)).toEqual([true, true]);
  });

  it("tries a dictionary that failed again the next time", async () => {
    let starts = 0;
    const broken: SpellingThread = {
      check: () => Promise.reject(new UserError("broken")),
      suggest: () => Promise.reject(new UserError("broken")),
      close: () => {},
    };
    const { services } = await open(() => {
      starts++;
      return broken;
    });
    await expect(services.check("en", ["a"])).rejects.toThrow("broken");
    await expect(services.suggest("en", "a")).rejects.toThrow("broken");
    expect(starts).toBe(2);
    await expect(services.check("none", ["a"])).rejects.toThrow("there is no dictionary “none”");
  });

  it("keeps words in lists, for all stories or for one, and knows them at once and the next time", async () => {
    const start: typeof startSpelling = (name, task, file) =>
      startSpelling(name, task, file, () => new PaperPort());
    const first = await open(start);
    await first.services.check("en", []);
    await Promise.all([
      first.services.keep("Ansel", "dictionary", "/a.md"),
      first.services.keep("xyzzy", "story", "/a.md"),
    ]);
    const now = await first.services.check("en", []);
    expect([[...now.own], [...now.ignored]]).toEqual([["Ansel"], ["xyzzy"]]);
    await first.close();
    expect(await readFile(join(home, "dictionary.txt"), "utf8")).toBe("Ansel\n");
    const again = await (await open(start)).services.check("en", []);
    expect([[...again.own], [...again.ignored]]).toEqual([["Ansel"], ["xyzzy"]]);
    const other = await (await open(start, "/b.md")).services.check("en", []);
    expect([[...other.own], [...other.ignored]]).toEqual([["Ansel"], []]);
  });
});
