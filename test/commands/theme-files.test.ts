import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readThemes } from "../../src/commands/theme-files.ts";
import { PALETTES } from "../../src/ui/themes.ts";

/** Reads the themes of a folder with these files. */
function themesOf(files: Readonly<Record<string, unknown>>, wanted = "auto") {
  const folder = mkdtempSync(join(tmpdir(), "inkwright-themes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "themes"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(folder, "themes", name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  return readThemes(join(folder, "config.json"), wanted);
}

test("without a folder there are the themes in the box", async () => {
  const found = await readThemes("/nowhere/at/all/config.json", "paper");
  expect(found).toEqual({ palettes: PALETTES, name: "paper", problems: [] });
});

test("a theme of one's own takes what it does not say from the one it is like", async () => {
  const moss = {
    title: "Moss: green",
    like: "light",
    model: "#226622",
    accent: ["#118811", "greenBright"],
  };
  const { palettes, name, problems } = await themesOf({ "moss.json": moss, "notes.txt": "" }, "moss");
  expect([name, problems]).toEqual(["moss", []]);
  expect(palettes.moss).toEqual({
    ...PALETTES.light,
    title: "Moss: green",
    model: ["#226622", "blue"],
    accent: ["#118811", "greenBright"],
  });
});

test.each([
  [{ model: "green" }, '"model" must be a colour like "#7aa2f7"'],
  [{ model: ["#226622", "moss"] }, '"model" must be a colour like "#7aa2f7"'],
  [{ colour: "#226622" }, "it knows no colour"],
  [{ like: "moss" }, '"like" must be dark, dusk, contrast, light, paper'],
  [{ title: 5 }, '"title" must be a text'],
  [[], "it must be a JSON object of colours"],
  ["{", "JSON"],
])("what is wrong is told in words, and left out: %j", async (content, words) => {
  const { palettes, problems } = await themesOf({ "moss.json": content, "fern.json": { like: "dusk" } });
  expect(Object.keys(palettes)).toEqual([...Object.keys(PALETTES), "fern"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("themes/moss.json is left out: ");
  expect(problems[0]).toContain(words);
});

test("a name of the box is taken, and a theme that nobody knows gives way to auto", async () => {
  const { name, problems } = await themesOf({ "dark.json": {} }, "moss");
  expect(name).toBe("auto");
  expect(problems).toEqual([
    "themes/dark.json is left out: a theme in the box has this name",
    'no theme is called "moss"; there are auto, dark, dusk, contrast, light, paper, mono',
  ]);
});
