import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../src/ui/keymap.ts";
import { keyEvent } from "../../../src/ui/terminal/input-event.ts";
import { describeKey, keyName, parseKey } from "../../../src/ui/terminal/keys.ts";

test.each([
  [keyEvent("z", { ctrl: true }), "ctrl+z"],
  [keyEvent("right", { shift: true, ctrl: true }), "shift+ctrl+right"],
  [keyEvent("left", { shift: true, alt: true }), "shift+alt+left"],
  [keyEvent("f1"), "f1"],
  [keyEvent("+", { ctrl: true }), "ctrl++"],
])("%o is %s", (event, name) => {
  expect(keyName(event)).toBe(name);
});

test.each([
  ["ctrl+right", "Ctrl+Right"],
  ["shift+ctrl+right", "Ctrl+Shift+Right"],
  ["pagedown", "PageDown"],
  ["escape", "Esc"],
  ["f12", "F12"],
  ["ctrl+z", "Ctrl+Z"],
  ["alt+<", "Alt+<"],
  ["+", "+"],
])("%s is printed as %s", (name, label) => {
  expect(describeKey(name)).toBe(label);
});

describe("parseKey", () => {
  test("reads what keyName writes, in any order of modifiers", () => {
    const names = fc.constantFrom("a", "+", "-", "up", "f11", "escape", "é");
    const flags = fc.record({
      ctrl: fc.boolean(),
      alt: fc.boolean(),
      shift: fc.boolean(),
      super: fc.boolean(),
    });
    fc.assert(
      fc.property(names, flags, (name, modifiers) => {
        const key = { name, ...modifiers };
        expect(parseKey(keyName(key))).toEqual(key);
      }),
    );
    expect(keyName(parseKey("ctrl+shift+right"))).toBe("shift+ctrl+right");
  });

  test.each([
    "",
    "ctrl",
    "ctrl+",
    "ctrl+ctrl+a",
    "hyper+a",
    "A",
    "f13",
    "return",
    "ctrl+enterr",
  ])("refuses %j", (name) => {
    expect(() => parseKey(name)).toThrow(RangeError);
  });
});

test("every key of the keymap has its canonical name", () => {
  for (const { keys } of COMMANDS) {
    for (const key of keys.flatMap((all: string) => all.split(" "))) expect(keyName(parseKey(key))).toBe(key);
  }
});
