import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { NUMERIC_SETTINGS } from "../src/engine/settings.ts";
import { UserError } from "../src/errors.ts";
import {
  checkedSettings,
  DEFAULTS,
  parseSetting,
  SETTING_KEYS,
  SETTINGS,
  settingKey,
} from "../src/settings.ts";
import { openSettings } from "../src/settings-file.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "inkwright-settings-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const now = () => new Date("2026-03-04T05:06:07.890Z");
const open = (place: string) => openSettings({ folder: place, now });

function withFile(content: string): { place: string; path: string } {
  const place = folder();
  const path = join(place, "config.json");
  writeFileSync(path, content);
  return { place, path };
}

describe("the table of settings", () => {
  it("has good defaults", () => {
    expect(checkedSettings({ ...DEFAULTS })).toEqual({ values: DEFAULTS, bad: new Map() });
  });

  it("holds every sampling setting under its own name", () => {
    for (const row of NUMERIC_SETTINGS) {
      expect(SETTINGS[row.key]).toMatchObject({ default: row.default, description: row.description });
    }
    expect(SETTING_KEYS).toEqual(expect.arrayContaining(["greedy", "finish_sentence", "seed", "stop"]));
  });

  it.each([
    ["temperature", "0.9", 0.9],
    ["top_k", "40", 40],
    ["seed", "null", null],
    ["seed", "4294967295", 4294967295],
    ["greedy", "true", true],
    ["stop", "The End", ["The End"]],
    ["stop", '["a", "b"]', ["a", "b"]],
    ["stop", "[]", []],
    ["model", "123", "123"],
    ["theme", "mono", "mono"],
  ] as const)("reads %s from %s", (key, typed, value) => {
    expect(parseSetting(key, typed)).toEqual(value);
  });

  it.each([
    ["temperature", "25", "temperature must be a number from 0 to 10, got 25."],
    ["top_k", "3.5", "top_k must be a whole number from 0 to 1000000, got 3.5."],
    [
      "theme",
      "../blue",
      'theme must be auto, dark, dusk, contrast, light, paper, mono or the name of a theme of your own, got "../blue".',
    ],
    ["greedy", "yes", 'greedy must be true or false, got "yes".'],
    ["seed", "-1", "seed must be a whole number from 0 to 4294967295, or null, got -1."],
    ["stop", "", 'stop must be a text, or a JSON list of texts such as ["The End"], got "".'],
    ["model", "", 'model must be the name of a model or the path of its folder, got "".'],
  ] as const)("refuses %s = %s and says why", (key, typed, message) => {
    expect(() => parseSetting(key, typed)).toThrow(new UserError(message, { exitCode: 2 }));
  });

  it("names the settings where a key is unknown", () => {
    expect(() => settingKey("temprature")).toThrow('No setting is called "temprature".');
    expect(() => settingKey("toString")).toThrow(UserError);
  });

  it("reads back what it has written as JSON, for every key", () => {
    const keys = fc.constantFrom(...SETTING_KEYS);
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseSetting(key, JSON.stringify(DEFAULTS[key]))).toEqual(DEFAULTS[key]);
      }),
    );
  });

  it("takes nothing but good values, whatever a file holds", () => {
    const files = fc.dictionary(fc.constantFrom(...SETTING_KEYS, "other"), fc.jsonValue());
    fc.assert(
      fc.property(files, (found) => {
        const { values, bad } = checkedSettings(found);
        expect(checkedSettings({ ...values }).bad.size).toBe(0);
        for (const key of SETTING_KEYS) {
          const taken = Object.hasOwn(found, key) && !bad.has(key);
          expect(values[key]).toEqual(taken ? found[key] : DEFAULTS[key]);
        }
      }),
    );
  });
});

describe("the settings file", () => {
  it("is not made by reading", () => {
    const place = folder();
    const settings = open(place);
    expect(settings.values).toEqual(DEFAULTS);
    expect(settings.problems).toEqual([]);
    expect(readdirSync(place)).toEqual([]);
  });

  it("keeps what was set, and only that", () => {
    const place = folder();
    const settings = open(place);
    settings.set("temperature", 1.1);
    settings.set("stop", ["The End"]);
    expect(settings.values).toEqual({ ...DEFAULTS, temperature: 1.1, stop: ["The End"] });
    expect(JSON.parse(readFileSync(settings.path, "utf8"))).toEqual({ temperature: 1.1, stop: ["The End"] });
    const again = open(place);
    expect(again.values).toEqual(settings.values);
    expect([again.has("temperature"), again.has("length")]).toEqual([true, false]);
    again.unset("temperature");
    expect(open(place).values.temperature).toBe(DEFAULTS.temperature);
  });

  it("refuses a value of the wrong kind and stays as it was", () => {
    const settings = open(folder());
    expect(() => settings.set("temperature", Number.NaN)).toThrow(TypeError);
    expect(existsSync(settings.path)).toBe(false);
  });

  it("keeps what another program wrote meanwhile", () => {
    const place = folder();
    const [one, other] = [open(place), open(place)];
    one.set("length", 99);
    other.set("top_k", 7);
    expect(open(place).values).toMatchObject({ length: 99, top_k: 7 });
  });

  it.each([
    '{ "length": 9',
    "[1, 2]",
    "null",
    "",
    "\u0000\u0001",
  ])("is set aside when it is damaged: %j", (content) => {
    const { place, path } = withFile(content);
    const settings = open(place);
    expect(settings.values).toEqual(DEFAULTS);
    expect(settings.problems).toHaveLength(1);
    expect(settings.problems[0]).toContain("the defaults are used; it is kept as");
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.damaged-2026-03-04T05-06-07-890Z`, "utf8")).toBe(content);
    settings.set("length", 12);
    expect(open(place)).toMatchObject({ problems: [], values: { length: 12 } });
  });

  it("loses only the bad value, once, and keeps a copy", () => {
    const content = JSON.stringify({ temperature: 99, length: 33, theme: 4 });
    const { place, path } = withFile(content);
    const settings = open(place);
    expect(settings.values).toEqual({ ...DEFAULTS, length: 33 });
    expect(settings.problems.join("\n")).toContain("temperature must be a number from 0 to 10, got 99");
    expect(settings.problems.join("\n")).toContain(
      "theme must be auto, dark, dusk, contrast, light, paper, mono or the name of a theme of your own, got 4",
    );
    expect(readFileSync(`${path}.damaged-2026-03-04T05-06-07-890Z`, "utf8")).toBe(content);
    expect(open(place)).toMatchObject({ problems: [], values: { length: 33 } });
  });

  it("tells of a key that is none", () => {
    const { place, path } = withFile('{"temprature": 1}');
    expect(open(place).problems).toEqual([`${path}: no setting is called "temprature".`]);
    expect(existsSync(path)).toBe(true);
  });

  it("leaves the defaults where its folder cannot be", () => {
    const place = folder();
    writeFileSync(join(place, "file"), "");
    const settings = open(join(place, "file", "config"));
    expect(settings.values).toEqual(DEFAULTS);
    expect(settings.problems).toHaveLength(1);
    expect(() => settings.set("length", 9)).toThrow(UserError);
  });

  it.skipIf(process.getuid?.() === 0)("reports a folder that cannot be written", () => {
    const place = join(folder(), "config");
    mkdirSync(place);
    const settings = open(place);
    chmodSync(place, 0o500);
    expect(() => settings.set("length", 9)).toThrow(UserError);
    expect(settings.values.length).toBe(DEFAULTS.length);
  });
});
