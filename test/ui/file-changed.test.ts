import { expect, it } from "vitest";
import { documentText } from "../../src/story/document.ts";
import { currentDocument } from "../../src/story/history.ts";
import { isDirty } from "../../src/ui/model.ts";
import { Desk } from "./desk.ts";

const change = (desk: Desk, text: string): Desk =>
  desk.send({ type: "fileChanged", text, sha256: "theirs", at: 9 });

it("what another program wrote is read in where nothing is unsaved, and undo brings back what was", () => {
  const desk = change(new Desk("One.\n\nTwo|."), "One!\n\nTwo.");
  expect(desk.page()).toBe("One!\n\nTwo|.");
  expect(isDirty(desk.model)).toBe(false);
  expect(desk.model.notice?.text).toMatch(/read in/);
  expect(desk.records("edit")).toMatchObject([{ cause: "external" }]);
  expect(desk.press("ctrl+z").text()).toBe("One.\n\nTwo.");
});

it("changes at different places are both kept, and the next save knows the file", () => {
  const desk = change(new Desk("One.\n\nTwo.|").type(" More."), "One!\n\nTwo.");
  expect(desk.page()).toBe("One!\n\nTwo. More.|");
  expect(isDirty(desk.model)).toBe(true);
  expect(desk.press("ctrl+s").effects.at(-1)).toMatchObject({ type: "save", expectedSha256: "theirs" });
});

it("a change at the same place is asked about when the story is saved; nothing is lost meanwhile", () => {
  const desk = change(new Desk("One|.").type("x"), "Two.");
  expect(desk.page()).toBe("Onex|.");
  expect(desk.model.notice).toMatchObject({ kind: "warning" });
  expect(desk.press("ctrl+s").effects.at(-1)).toMatchObject({ type: "save", expectedSha256: "file" });
});

it("what this editor wrote itself is no news", () => {
  const desk = new Desk("One|.");
  desk.send({ type: "fileChanged", text: "One.", sha256: "file", at: 9 });
  expect(desk.effects).toEqual([]);
  expect(documentText(currentDocument(desk.model.tree))).toBe("One.");
});
