import { describe, expect, test } from "vitest";
import { createKeymap } from "../../../src/ui/bindings.ts";
import { PRESET_NAMES } from "../../../src/ui/presets.ts";
import { createInputParser } from "../../../src/ui/terminal/input.ts";
import type { InputEvent } from "../../../src/ui/terminal/input-event.ts";
import { keyName, parseKey } from "../../../src/ui/terminal/keys.ts";
import { ARROWS, kitty, legacy, PF, TILDES } from "./key-bytes.ts";

/** The name of the one key that these bytes are. */
function read(bytes: string): string | null {
  const events: InputEvent[] = [];
  const parser = createInputParser((event) => events.push(event));
  parser.push(Buffer.from(bytes));
  parser.end();
  const [event] = events;
  if (events.length !== 1 || !event) return null;
  if (event.type === "text") return event.text;
  return event.type === "key" ? keyName(event) : null;
}

describe.each(PRESET_NAMES)("the keys of %s", (preset) => {
  const { commands } = createKeymap(preset).keymap;

  test("each is what some terminal sends, and is read as itself", () => {
    for (const { keys } of commands) {
      for (const key of keys.flatMap((sequence: string) => sequence.split(" "))) {
        const parsed = parseKey(key);
        const functional = parsed.name in ARROWS || parsed.name in TILDES || parsed.name in PF;
        const forms = [legacy(parsed), functional ? null : kitty(parsed)].filter((form) => form !== null);
        expect([key, forms.some((bytes) => read(bytes) === key)]).toEqual([key, true]);
      }
    }
  });

  test("every command that has keys can be reached from a plain terminal", () => {
    for (const { name, keys } of commands) {
      if (keys.length === 0) continue;
      const reached = keys.some((sequence: string) =>
        sequence.split(" ").every((key) => {
          const bytes = legacy(parseKey(key));
          return bytes !== null && read(bytes) === key;
        }),
      );
      // Selecting word by word with three keys held is for terminals that can tell: there is Alt+S and the mark too.
      expect([name, reached || /^select|^findGoBack$/u.test(name)]).toEqual([name, true]);
    }
  });
});
