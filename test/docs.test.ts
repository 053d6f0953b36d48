import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseSession } from "../src/sessions/read.ts";
import { SETTING_KEYS, SETTINGS } from "../src/settings.ts";

const FORMATS = readFileSync(new URL("../docs/formats.md", import.meta.url), "utf8");

it("the example lines in docs/formats.md are records, one of each type at least", () => {
  const examples = [...FORMATS.matchAll(/```json\n([\s\S]*?)```/g)].map(([, lines]) => lines).join("");
  const { records, damagedLines } = parseSession(examples, "docs/formats.md");
  expect(damagedLines).toBe(0);
  expect(new Set(records.map((record) => record.type))).toEqual(
    new Set(["header", "edit", "jump", "generation", "outcome", "saved"]),
  );
});

it("the settings in docs/formats.md are those of the table", () => {
  const rows = SETTING_KEYS.map((key) => {
    const { description, expects, default: value } = SETTINGS[key];
    return `| \`${key}\` | \`${JSON.stringify(value)}\` | ${expects} | ${description} |`;
  });
  const table = ["| key | default | must be | what it is |", "|---|---|---|---|", ...rows].join("\n");
  expect(FORMATS.split(/<!-- settings:.*?-->|<!-- \/settings -->/s)[1]?.trim()).toBe(table);
});
