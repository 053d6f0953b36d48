import { describe, expect, it, test } from "vitest";
import { sgr } from "../../src/ui/terminal/colours.ts";
import { hasWavyUnderline } from "../../src/ui/terminal/underlines.ts";
import { createTheme, inkStyle, pageSgr } from "../../src/ui/theme.ts";
import { PALETTES, themeNames } from "../../src/ui/themes.ts";

describe("a terminal has wavy underlines", () => {
  test.each([
    [{ TERM: "xterm-kitty" }, true],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "vscode" }, true],
    [{ TERM: "xterm-256color", VTE_VERSION: "7006" }, true],
    [{ TERM: "xterm-256color", VTE_VERSION: "5000" }, false],
    [{ TERM: "xterm-256color", KONSOLE_VERSION: "230804" }, true],
    [{ TERM: "tmux-256color", TERM_PROGRAM: "tmux", TERM_PROGRAM_VERSION: "3.4" }, true],
    [
      { TERM: "screen-256color", TERM_PROGRAM: "tmux", TERM_PROGRAM_VERSION: "2.8", VTE_VERSION: "7006" },
      false,
    ],
    [{ TERM: "screen.xterm-256color", VTE_VERSION: "7006" }, false],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" }, false],
    [{ TERM: "linux" }, false],
    [{}, false],
  ])("%j: %j", (env, has) => {
    expect(hasWavyUnderline(env)).toBe(has);
  });
});

describe("a misspelled word", () => {
  it("has a wavy underline in the colour of warnings, at every depth as far as that goes", () => {
    const look = {
      underline: true,
      wavy: true,
      underlineColour: { hex: "#e0af68", ansi: "yellow" },
    } as const;
    expect(sgr(look, 24)).toBe("\x1b[4:3;58:2::224:175:104m");
    expect(sgr(look, 8)).toBe("\x1b[4:3;58:5:179m");
    expect(sgr(look, 4)).toBe("\x1b[4:3m");
    expect(sgr(look, 0)).toBe("\x1b[4:3m");
  });

  it.each(themeNames(PALETTES))("is told from all other words without its colours: %s", (name) => {
    for (const wavy of [true, false]) {
      const sequence = pageSgr(createTheme(name, 0, { wavy }));
      for (const voice of ["text", "model", "heading+text", "heading+model"] as const) {
        const others = ["text", "model", "ghost", "heading+text", "heading+model"] as const;
        expect(others.map(sequence)).not.toContain(sequence(`${voice}+misspelled`));
      }
    }
  });

  it("has a plain underline, in the voice's own colour, where the terminal has no wavy ones", () => {
    expect(pageSgr(createTheme("dark", 24))("text+misspelled")).toBe("\x1b[4m");
    expect(pageSgr(createTheme("dark", 24))("model+misspelled")).toBe("\x1b[3;4;38;2;140;180;255m");
    expect(pageSgr(createTheme("mono", 24, { wavy: true }))("text+misspelled")).toBe("\x1b[1;4:3m");
    expect(inkStyle(createTheme("dark", 24), "misspelled")).toEqual({ underline: true });
  });
});
