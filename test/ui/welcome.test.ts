import { describe, expect, it } from "vitest";
import { createKeymap } from "../../src/ui/bindings.ts";
import { pageCursor } from "../../src/ui/page.ts";
import { VIM_START } from "../../src/ui/vim.ts";
import { Desk } from "./desk.ts";

const welcome = { dialog: { kind: "welcome" } } as const;

describe("the welcome", () => {
  it.each(["enter", "escape", "space", " "])("only goes away with %s", (key) => {
    const desk = new Desk("Once|", welcome).press(key);
    expect(desk.model.dialog).toBeNull();
    expect(desk.page()).toBe("Once|");
    expect(desk.press("enter").page()).toBe("Once\n|");
  });

  it("hands every other key on", () => {
    expect(new Desk("Once|", welcome).press("x").page()).toBe("Oncex|");
    expect(new Desk("Once|", welcome).press("tab").requested().task).toBe("continue");
    expect(new Desk("Once|", welcome).press("f1").model.dialog?.kind).toBe("help");
  });

  it("types nothing for a modal keyboard", () => {
    const { keymap } = createKeymap("vim");
    const desk = new Desk("Once|", { ...welcome, keymap, vim: VIM_START }).press("j");
    expect([desk.page(), desk.model.dialog]).toEqual(["Once|", null]);
    expect(new Desk("Once|", { ...welcome, keymap, vim: VIM_START }).press("tab").requested().task).toBe(
      "continue",
    );
  });
});

it.each(["welcome", "help"] as const)("the cursor stands at the first cell of the page of the %s", (kind) => {
  const desk = new Desk("Once|", { dialog: kind === "help" ? { kind, top: 0, query: "" } : { kind } });
  expect(pageCursor(desk.model, desk.layout)).toEqual({ x: 0, y: 1 });
});
