import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** One import of one file. */
interface Import {
  readonly from: string;
  /** A path below src for our own files, else a package or `node:` module. */
  readonly to: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
  /** `await import(…)` and `import("…").Type`. */
  readonly lazy: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const FILES = new Map(
  sourceFiles(SRC).map((path) => [relative(SRC, path).split(sep).join("/"), readFileSync(path, "utf8")]),
);

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (to: string, typeOnly: boolean, lazy: boolean): void => {
    const own = to.startsWith(".");
    found.push({
      from: file,
      to: own ? join(dirname(file), to).split(sep).join("/") : to,
      own,
      typeOnly,
      lazy,
    });
  };
  for (const [, keyword, type, to] of text.matchAll(
    /^(import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm,
  )) {
    if (keyword !== undefined && to !== undefined) add(to, type !== undefined, false);
  }
  for (const [, waits, to] of text.matchAll(/(await\s+)?\bimport\(\s*"([^"]+)"\s*\)/g)) {
    if (to !== undefined) add(to, waits === undefined && !text.includes(`import("${to}").then`), true);
  }
  return found;
}

const IMPORTS = [...FILES].flatMap(([file, text]) => importsOf(file, text));

/** `engine`, `ui`, …; `root` for the files directly in src. */
function layerOf(file: string): string {
  return file.includes("/") ? (file.split("/")[0] ?? "") : "root";
}

const ENGINE_TYPES = ["engine/types.ts", "engine/settings.ts", "engine/presets.ts"];

/** Whether a file of one layer may import one of our own files: the table of docs/architecture.md. */
function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [layer, other] = [layerOf(from), layerOf(to)];
  if (layer === other && layer !== "root") return true;
  if (to === "errors.ts") return layer !== "story";
  switch (layer) {
    case "story":
      return false;
    case "engine":
      return false;
    case "models":
      return other === "engine" || to === "files.ts" || to === "processes.ts";
    case "sessions":
      return other === "story" || ENGINE_TYPES.includes(to) || to === "files.ts";
    case "server":
      return other === "engine";
    case "ui":
      return other === "story" || ENGINE_TYPES.includes(to) || (other === "sessions" && typeOnly);
    case "commands":
      return true;
    default:
      return rootMayImport(from, to);
  }
}

function rootMayImport(from: string, to: string): boolean {
  switch (from) {
    case "cli.ts":
      return layerOf(to) === "commands";
    case "index.ts":
      return ["story", "engine", "models", "sessions"].includes(layerOf(to));
    case "settings.ts":
      return ENGINE_TYPES.includes(to) || to === "engine/precision.ts";
    case "settings-file.ts":
      return to === "settings.ts";
    default:
      return false;
  }
}

/** Which packages the files of each layer may name; `node:` modules stand for themselves. */
const PACKAGES: readonly { readonly name: RegExp; readonly files: RegExp }[] = [
  { name: /^@codemirror\/state$/, files: /^(story|sessions|ui|commands)\// },
  { name: /^re2js$/, files: /^story\/lore\.ts$/ },
  { name: /^yaml$/, files: /^story\/(steering|template)\.ts$/ },
  { name: /^onnxruntime-node$/, files: /^engine\/onnx\/runtime\.ts$/ },
  { name: /^@huggingface\/tokenizers$/, files: /^engine\// },
  { name: /^zod$/, files: /^(engine|models|sessions)\/|^settings\.ts$|^commands\/theme-files\.ts$/ },
  { name: /^conf$/, files: /^settings-file\.ts$/ },
  { name: /^undici$/, files: /^models\/hub\/proxy\.ts$/ },
  { name: /^commander$/, files: /^commands\/(program|subprograms|(\w+-)?flags|main)\.ts$/ },
  { name: /^hunspell-wasm$/, files: /^commands\/spelling-checker\.ts$/ },
  { name: /^(ink|react)$/, files: /^ui\/.*\.tsx$|^commands\/write\.tsx$/ },
  { name: /^get-east-asian-width$/, files: /^ui\// },
];

const PURE =
  /^(story|engine\/sampling)\/|^engine\/(generate|settings|types)\.ts$|^engine\/gpt2\/graph\.ts$|^engine\/onnx\/builder\.ts$/;

function mayName(file: string, name: string): boolean {
  if (name.startsWith("node:")) return !PURE.test(file);
  return PACKAGES.some((row) => row.name.test(name) && row.files.test(file));
}

const show = ({ from, to }: Import): string => `${from} imports ${to}`;

describe("the layers", () => {
  it("reads the sources and their imports", () => {
    expect(FILES.size).toBeGreaterThan(30);
    expect(IMPORTS.length).toBeGreaterThan(60);
    expect(IMPORTS.some((one) => one.from === "cli.ts" && one.to === "commands/main.ts")).toBe(true);
  });

  it("knows an import that is not allowed", () => {
    const [bad] = importsOf("story/document.ts", 'import { Engine } from "../engine/types.ts";');
    expect(bad && isAllowed(bad)).toBe(false);
    expect(mayName("ui/app.tsx", "conf")).toBe(false);
    expect(mayName("engine/sampling/sample.ts", "node:fs")).toBe(false);
  });

  it("import only what the table allows", () => {
    expect(IMPORTS.filter((one) => one.own && !isAllowed(one)).map(show)).toEqual([]);
  });

  it("import files that exist, with their extension", () => {
    expect(IMPORTS.filter((one) => one.own && !FILES.has(one.to)).map(show)).toEqual([]);
  });

  it("name only the packages of their own", () => {
    expect(IMPORTS.filter((one) => !one.own && !mayName(one.from, one.to)).map(show)).toEqual([]);
  });

  it("load commands lazily: the command line starts without settings, engine and editor", () => {
    const reached = reachable("cli.ts");
    expect(reached).toContain("commands/program.ts");
    expect(
      [...reached].filter((file) => /^(ui|sessions|models|server|story)\/|^settings/.test(file)),
    ).toEqual([]);
    expect([...reached].sort().filter((file) => /^engine\//.test(file))).toEqual([
      "engine/precision.ts",
      "engine/presets.ts",
      "engine/settings.ts",
    ]);
  });

  it("have no cycles", () => {
    const cycles = [...FILES.keys()].filter((file) =>
      successors(file, true).some((next) => reaches(next, file)),
    );
    expect(cycles).toEqual([]);
  });
});

function successors(file: string, types: boolean): string[] {
  return IMPORTS.filter((one) => one.own && one.from === file && !one.lazy && (types || !one.typeOnly)).map(
    (one) => one.to,
  );
}

function reachable(start: string): Set<string> {
  const seen = new Set([start]);
  for (const file of seen) for (const next of successors(file, false)) seen.add(next);
  return seen;
}

function reaches(start: string, goal: string): boolean {
  const seen = new Set([start]);
  for (const file of seen) {
    if (file === goal) return true;
    for (const next of successors(file, true)) seen.add(next);
  }
  return false;
}

describe("the files", () => {
  const lengths = [...FILES].map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }));

  it("have fewer than 300 lines", () => {
    expect(lengths.filter(({ lines }) => lines >= 300)).toEqual([]);
  });

  it("have at most 90 lines in the middle", () => {
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(90);
  });

  it("are named in kebab-case by what they hold", () => {
    const names = [...FILES.keys()];
    expect(
      names.filter((file) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(file)),
    ).toEqual([]);
    expect(names.filter((file) => /(^|[/-])(utils?|helpers?|manager|common|misc)\b/.test(file))).toEqual([]);
  });

  it("use JSX only where they are called .tsx, and export by name only", () => {
    expect([...FILES].filter(([, text]) => /^export default\b/m.test(text)).map(([file]) => file)).toEqual(
      [],
    );
  });

  it("are no barrels, but for the library itself", () => {
    const barrels = [...FILES].filter(([file, text]) => {
      const passesOn = /^export\s[^;]*\sfrom\s+"/m.test(text);
      const hasOwn = /^export (?:async )?(?:const|let|function|class|interface|type \w|enum)/m.test(text);
      return file !== "index.ts" && passesOn && !hasOwn;
    });
    expect(barrels.map(([file]) => file)).toEqual([]);
  });

  it("say of every export what it is", () => {
    const bare = [...FILES].flatMap(([file, text]) => {
      if (file === "index.ts") return [];
      const lines = text.split("\n");
      return lines.flatMap((line, index) => {
        const name = /^export (?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/.exec(
          line,
        )?.[1];
        const before = lines[index - 1]?.trimEnd() ?? "";
        const overload = before.startsWith("export function") && before.includes(`function ${name}`);
        return name !== undefined && !before.endsWith("*/") && !overload ? [`${file}: ${name}`] : [];
      });
    });
    expect(bare).toEqual([]);
  });

  it("hold no absolute paths of one machine, and nothing left to do", () => {
    const suspects = [...FILES].flatMap(([file, text]) =>
      [
        ...text.matchAll(
          /(?<![\w.])\/(?:home|Users|root|work|tmp|usr\/local)\/\w+|\bTODO\b|\bFIXME\b|\bXXX\b|\bas any\b|: any\b/g,
        ),
      ].map(([found]) => `${file}: ${found}`),
    );
    expect(suspects).toEqual([]);
  });
});
