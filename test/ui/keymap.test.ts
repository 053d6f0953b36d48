import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_KEYMAP } from "../../src/ui/bindings.ts";
import { keyTable } from "../../src/ui/key-table.ts";
import { COMMANDS, type KeyContext } from "../../src/ui/keymap.ts";
import { describeKey, parseKey } from "../../src/ui/terminal/keys.ts";

describe("the keymap", () => {
  it("gives no key two meanings in one context", () => {
    const seen = new Map<string, string>();
    for (const { name, context, keys } of COMMANDS) {
      for (const key of keys) {
        const place = `${context} ${key}`;
        expect(seen.get(place), place).toBeUndefined();
        seen.set(place, name);
      }
    }
  });

  it("writes every key in its canonical form", () => {
    for (const { keys } of COMMANDS) {
      const all = keys.flatMap((key: string) => key.split(" "));
      for (const key of all) expect(() => parseKey(key), key).not.toThrow();
      for (const key of all) expect(describeKey(key)).not.toBe("");
    }
  });

  it.each<[string, readonly KeyContext[], string]>([
    ["tab", ["story", "anywhere"], "continue"],
    ["tab", ["offer", "story", "anywhere"], "accept"],
    ["ctrl+right", ["offer", "story", "anywhere"], "acceptWord"],
    ["escape", ["offer", "story", "anywhere"], "dismiss"],
    ["alt+down", ["offer", "story", "anywhere"], "nextChoice"],
    ["alt+up", ["offer", "story", "anywhere"], "previousChoice"],
    ["ctrl+r", ["story", "anywhere"], "rewrite"],
    ["ctrl+t", ["controls", "anywhere"], "toggleControls"],
    ["ctrl+z", ["story", "anywhere"], "undo"],
    ["ctrl+y", ["story", "anywhere"], "redo"],
    ["ctrl+s", ["story", "anywhere"], "save"],
    ["ctrl+q", ["story", "anywhere"], "quit"],
    ["f1", ["story", "anywhere"], "help"],
  ])("%s in %j is %s", (key, contexts, command) => {
    expect(DEFAULT_KEYMAP.lookUp([key], contexts).command).toBe(command);
  });

  it("is the table in the README", () => {
    const file = new URL("../../README.md", import.meta.url);
    if (process.env.UPDATE_DOCS) {
      const old = readFileSync(file, "utf8");
      const block = `-->\n\n${keyTable()}\n\n<!-- /keys -->`;
      writeFileSync(
        file,
        old.replace(/(<!-- keys:.*?)-->[\s\S]*<!-- \/keys -->/u, (_, start) => start + block),
      );
    }
    expect(readFileSync(file, "utf8")).toContain(keyTable());
  });
});
