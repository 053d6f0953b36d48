import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SETTINGS } from "../../src/settings.ts";
import { STYLE_NAMES } from "../../src/ui/style-names.ts";
import { channels, colourDepth, nearestOf256, sgr } from "../../src/ui/terminal/colours.ts";
import {
  createTheme,
  groundSgr,
  hasLightBackground,
  inkStyle,
  isLightBackground,
  pageSgr,
} from "../../src/ui/theme.ts";
import { looksOf, PALETTES, type Palette, type Palettes, themeNames } from "../../src/ui/themes.ts";

const NAMES: readonly string[] = themeNames(PALETTES);

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
  test.each(NAMES)("%s tells the writer's, the model's and offered text apart without colour", (name) => {
    const { looks } = createTheme(name, 4);
    const shapes = [looks.text, looks.model, looks.ghost].map(({ bold, dim, italic, underline, inverse }) =>
      JSON.stringify({ bold, dim, italic, underline, inverse }),
    );
    expect(new Set(shapes).size).toBe(3);
  });

  test("a colour that can be chosen exactly is not made dim besides", () => {
    expect(pageSgr(createTheme("dark", 24))("ghost")).toBe("\x1b[3;38;2;154;165;206m");
    expect(pageSgr(createTheme("dark", 4))("ghost")).toBe("\x1b[2;3;37m");
    expect(inkStyle(createTheme("dark", 24), "ghost").dimColor).toBeUndefined();
  });

  test("one that was asked for by name paints its ground under everything, one chosen for the terminal nothing", () => {
    expect(groundSgr(createTheme("paper", 24))).toEqual({ colour: "", background: "" });
    expect(pageSgr(createTheme("paper", 24))("text")).toBe("");
    const painted = createTheme("paper", 24, { painted: true });
    expect(groundSgr(painted)).toEqual({
      colour: "\x1b[38;2;51;41;28m",
      background: "\x1b[48;2;246;239;223m",
    });
    expect(pageSgr(painted)("text")).toBe("\x1b[38;2;51;41;28;48;2;246;239;223m");
    expect(pageSgr(createTheme("light", 4, { painted: true }))("text+selection")).toBe("\x1b[30;46m");
    expect(createTheme("mono", 24, { painted: true }).ground).toBeNull();
    expect(createTheme("paper", 0, { painted: true }).ground).toBeNull();
  });

  test("one of the user's own goes by its name; one that nobody knows is mono", () => {
    const moss: Palette = { ...PALETTES.dark, model: ["#88cc88", "greenBright"] };
    const palettes: Palettes = { ...PALETTES, moss };
    expect(themeNames(palettes)).toContain("moss");
    expect(inkStyle(createTheme("moss", 24, { palettes }), "model").color).toBe("#88cc88");
    expect(createTheme("toString", 24).name).toBe("mono");
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

/**
 * What WCAG 2.1 asks of text: 4.5 (level AA, 1.4.3), of what is read for long 7 (level AAA, 1.4.6); 3 where the text is
 * put back on purpose or marked for a moment.
 */
describe.each(Object.entries(PALETTES))("the palette %s", (name, palette) => {
  const strict = name === "contrast";
  const against = (part: keyof typeof palette, ground: keyof typeof palette): number =>
    contrast(palette[part][0] ?? "", palette[ground][0] ?? "");
  const low = (parts: readonly (keyof typeof palette)[], ground: keyof typeof palette, least: number) =>
    parts.filter((part) => against(part, ground) < least).map((part) => `${part}: ${against(part, ground)}`);

  test("can be read on its ground", () => {
    expect(low(["text"], "ground", strict ? 15 : 9)).toEqual([]);
    expect(low(["model", "status"], "ground", 7)).toEqual([]);
    expect(low(["ghost", "label", "accent", "warning"], "ground", strict ? 7 : 4.5)).toEqual([]);
    expect(low(["dimmed"], "ground", strict ? 4.5 : 3)).toEqual([]);
    expect(low(["title_text"], "title_ground", 7)).toEqual([]);
    // The title says in the label's colour whether the story is saved.
    expect(low(["label"], "title_ground", strict ? 7 : 4.5)).toEqual([]);
  });

  test("can be read where it is selected or found", () => {
    for (const ground of ["selection", "match"] as const) {
      expect(low(["text"], ground, 7)).toEqual([]);
      expect(low(["model", "ghost"], ground, 3)).toEqual([]);
    }
  });

  test("keeps as much of that in 256 colours", () => {
    for (const part of ["text", "model", "ghost", "status", "label", "accent", "warning"] as const) {
      const [seen, ground] = [of256(palette[part][0]), of256(palette.ground[0])];
      expect([part, contrast(seen, ground) >= (part === "text" ? 7 : 4)]).toEqual([part, true]);
    }
  });
});

/** A colour as a terminal of 256 colours shows it. */
function of256(hex: string): string {
  const index = nearestOf256(hex);
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  const parts =
    index >= 232
      ? [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)]
      : [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

test.each([
  ["15;0", false],
  ["0;15", true],
  ["0;default;15", true],
  ["0;7", true],
  ["12;8", false],
  ["15;default", false],
  ["", false],
])("COLORFGBG=%s is light: %s", (value, light) => {
  expect(hasLightBackground({ COLORFGBG: value })).toBe(light);
  expect(hasLightBackground({})).toBe(false);
});

test("the setting knows every theme", () => {
  for (const name of ["auto", ...NAMES]) {
    expect(SETTINGS.theme.schema.safeParse(name).success).toBe(true);
    expect(SETTINGS.theme.expects).toContain(name);
  }
  expect(SETTINGS.theme.schema.safeParse("../dark").success).toBe(false);
  expect(Object.keys(looksOf(PALETTES.paper))).toEqual(Object.keys(looksOf(null)));
});
