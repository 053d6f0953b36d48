import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LIMITS } from "../src/engine/remote/limits.ts";
import { parseSession } from "../src/sessions/read.ts";
import { SETTING_KEYS, SETTINGS } from "../src/settings.ts";

const FILE = new URL("../docs/formats.md", import.meta.url);
const FORMATS = readFileSync(FILE, "utf8");

it("the example lines in docs/formats.md are records, one of each type at least", () => {
  const examples = [...FORMATS.matchAll(/```json\n([\s\S]*?)```/g)].map(([, lines]) => lines).join("");
  const { records, damagedLines } = parseSession(examples, "docs/formats.md");
  expect(damagedLines).toBe(0);
  expect(new Set(records.map((record) => record.type))).toEqual(
    new Set(["header", "edit", "jump", "generation", "outcome", "take", "saved"]),
  );
});

it("the settings in docs/formats.md are those of the table", () => {
  const rows = SETTING_KEYS.map((key) => {
    const { description, expects, default: value } = SETTINGS[key];
    return `| \`${key}\` | \`${JSON.stringify(value)}\` | ${expects} | ${description} |`;
  });
  const table = ["| key | default | must be | what it is |", "|---|---|---|---|", ...rows].join("\n");
  const [whole = "", head = "", , foot = ""] =
    /(<!-- settings:.*?-->)(.*?)(<!-- \/settings -->)/s.exec(FORMATS) ?? [];
  const made = `${head}\n\n${table}\n\n${foot}`;
  if (process.env.UPDATE_DOCS)
    writeFileSync(
      FILE,
      FORMATS.replace(whole, () => made),
    );
  else expect(whole).toBe(made);
});

it("the limits in docs/remote.md are those of the table", () => {
  const file = new URL("../docs/remote.md", import.meta.url);
  const text = readFileSync(file, "utf8");
  const rows = LIMITS.map(({ name, instead }) => `| \`${name}\` | ${instead} |`);
  const table = ["| what | what comes instead |", "|---|---|", ...rows].join("\n");
  const [whole = "", head = "", , foot = ""] =
    /(<!-- limits:.*?-->)(.*?)(<!-- \/limits -->)/s.exec(text) ?? [];
  const made = `${head}\n\n${table}\n\n${foot}`;
  if (process.env.UPDATE_DOCS)
    writeFileSync(
      file,
      text.replace(whole, () => made),
    );
  else expect(whole).toBe(made);
});

it("the README's list of pages names each page once", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const pages = [...readme.matchAll(/^- \[.*?\]\((.*?)\)/gmu)].map(([, page]) => page);
  expect(pages).not.toEqual([]);
  expect(pages).toEqual([...new Set(pages)]);
});
