import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SETTINGS } from "../../src/settings.ts";
import { STYLE_NAMES } from "../../src/ui/style-names.ts";
import { channels, colourDepth, nearestOf256, sgr } from "../../src/ui/terminal/colours.ts";
import { createTheme, inkStyle, isLightBackground, pageSgr } from "../../src/ui/theme.ts";
import { looksOf, PALETTES, THEME_NAMES } from "../../src/ui/themes.ts";

describe("colourDepth", () => {
  test.each([
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, true, 24],
    [{ TERM: "xterm-kitty" }, true, 24],
    [{ TERM: "screen-256color", TERM_PROGRAM: "tmux" }, true, 8],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, true, 24],
    [{ TERM: "linux" }, true, 4],
    [{}, true, 4],
    [{ TERM: "dumb" }, true, 0],
    [{ TERM: "xterm-256color" }, false, 0],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, true, 0],
    [{ TERM: "xterm", NO_COLOR: "" }, true, 4],
    [{ TERM: "xterm", FORCE_COLOR: "3" }, false, 24],
    [{ TERM: "xterm", FORCE_COLOR: "0" }, true, 0],
  ])("%j with a terminal %j: %i", (env, isTTY, depth) => {
    expect(colourDepth(env, isTTY)).toBe(depth);
  });
});

describe("colours", () => {
  const blue = { hex: "#8cb4ff", ansi: "blueBright" } as const;

  test("at every depth", () => {
    expect(sgr({ italic: true, colour: blue }, 24)).toBe("\x1b[3;38;2;140;180;255m");
    expect(sgr({ italic: true, colour: blue }, 8)).toBe("\x1b[3;38;5;111m");
    expect(sgr({ colour: blue, background: { ...blue, ansi: "blue" } }, 4)).toBe("\x1b[94;44m");
    expect(sgr({ italic: true, colour: blue }, 0)).toBe("\x1b[3m");
    expect(sgr({}, 24)).toBe("");
  });

  test("the nearest of 256 of a colour that is one of them is itself", () => {
    const levels = fc.constantFrom(0, 95, 135, 175, 215, 255);
    fc.assert(
      fc.property(levels, levels, levels, (red, green, blue) => {
        const step = (level: number) => (level === 0 ? 0 : (level - 55) / 40);
        const hex = `#${[red, green, blue].map((level) => level.toString(16).padStart(2, "0")).join("")}`;
        expect(nearestOf256(hex)).toBe(16 + 36 * step(red) + 6 * step(green) + step(blue));
      }),
    );
    expect(nearestOf256("#080808")).toBe(232);
    expect(nearestOf256("#eeeeee")).toBe(255);
  });

  test("something that is no colour is our mistake", () => {
    expect(() => channels("blue")).toThrow('"blue"');
  });
});

describe("themes", () => {
  test.each(
    THEME_NAMES,
  )("%s tells the writer's, the model's and offered text apart without colour", (name) => {
    const { looks } = createTheme(name, 24);
    const shapes = [looks.text, looks.model, looks.ghost].map(({ bold, dim, italic, underline, inverse }) =>
      JSON.stringify({ bold, dim, italic, underline, inverse }),
    );
    expect(new Set(shapes).size).toBe(3);
  });

  test.each(["dark", "light"] as const)("%s: text stands out against the backgrounds it may have", (name) => {
    const { looks } = createTheme(name, 24);
    const paper = name === "dark" ? "#1a1b26" : "#ffffff";
    for (const style of STYLE_NAMES) {
      const { colour, background } = looks[style];
      // Frames may be faint; everything to be read keeps the contrast of WCAG 2.1 for large text at least.
      if (colour && style !== "border")
        expect(contrast(colour.hex, background?.hex ?? paper), style).toBeGreaterThan(3);
    }
    expect(
      contrast(looks.model.colour?.hex ?? paper, looks.selection.background?.hex ?? paper),
    ).toBeGreaterThan(3);
  });

  test("without colours every theme is mono and writes none", () => {
    const theme = createTheme("dark", 0);
    expect(theme.name).toBe("mono");
    for (const name of STYLE_NAMES) {
      expect(inkStyle(theme, name)).not.toHaveProperty("color");
      expect(inkStyle(theme, name)).not.toHaveProperty("backgroundColor");
    }
    expect(pageSgr(theme)("model+selection")).toBe("\x1b[3;4;7m");
  });

  test("layers lie over one another", () => {
    const style = pageSgr(createTheme("dark", 4));
    expect(style("text")).toBe("");
    expect(style("heading+model+selection")).toBe("\x1b[1;3;94;44m");
  });

  test("Ink gets colours in the form of the depth", () => {
    expect(inkStyle(createTheme("dark", 24), "model")).toEqual({ color: "#8cb4ff", italic: true });
    expect(inkStyle(createTheme("dark", 8), "model")).toEqual({ color: "ansi256(111)", italic: true });
    expect(inkStyle(createTheme("dark", 4), "heading+model")).toEqual({
      color: "blueBright",
      italic: true,
      bold: true,
    });
  });
});

test.each([
  ["11;rgb:0000/0000/0000", false],
  ["11;rgb:1a1a/1b1b/2626", false],
  ["11;rgb:ffff/ffff/ffff", true],
  ["11;rgb:fd/f6/e3", true],
  ["11;rgba:ffff/ffff/ffff/ffff", true],
  ["10;rgb:ffff/ffff/ffff", null],
  ["11;?", null],
])("the background %s is light: %s", (reply, light) => {
  expect(isLightBackground(reply)).toBe(light);
});

/** Contrast ratio by WCAG 2.1. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = channels(hex).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  };
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(PALETTES))("the palette %s", (name, palette) => {
  const least = name === "contrast" ? 7 : 4.5;

  test("can be read: what is read is clear of the ground, also where it is selected or found", () => {
    for (const shade of ["model", "ghost", "status", "label", "accent", "warning"] as const) {
      expect([shade, contrast(palette[shade][0], palette.ground) >= least]).toEqual([shade, true]);
    }
    expect(contrast(palette.dimmed[0], palette.ground)).toBeGreaterThan(3);
    expect(contrast(palette.title_text[0], palette.title_ground[0])).toBeGreaterThan(7);
    for (const ground of ["selection", "match"] as const) {
      expect([ground, contrast(palette.model[0], palette[ground][0]) > 3]).toEqual([ground, true]);
    }
  });
});

test("the setting knows every theme", () => {
  for (const name of ["auto", ...THEME_NAMES])
    expect(SETTINGS.theme.schema.safeParse(name).success).toBe(true);
  expect(SETTINGS.theme.expects).toBe("auto, dark, dusk, contrast, light, paper or mono");
  expect(Object.keys(looksOf("paper"))).toEqual(Object.keys(looksOf("mono")));
});
