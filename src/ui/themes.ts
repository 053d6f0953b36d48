import type { StyleName } from "./style-names.ts";
import type { AnsiName, Colour, Look } from "./terminal/colours.ts";

/**
 * The colours of a theme, each for terminals of all colours and for those of sixteen. Where a theme was only chosen as
 * the nearest to the terminal's own background, that and the terminal's text stay as they are.
 */
export interface Palette {
  /** Name for people. */
  readonly title: string;
  /** The writer's text and the background: painted where the theme was asked for by name. */
  readonly text: Shade;
  readonly ground: Shade;
  readonly model: Shade;
  readonly ghost: Shade;
  readonly dimmed: Shade;
  readonly status: Shade;
  readonly label: Shade;
  readonly accent: Shade;
  readonly warning: Shade;
  readonly border: Shade;
  /** Background of what is selected, and of what was found. */
  readonly selection: Shade;
  readonly match: Shade;
  /** The title bar's text and background. */
  readonly title_text: Shade;
  readonly title_ground: Shade;
}

/** `#rrggbb`, and the one of sixteen colours that comes closest in meaning. */
export type Shade = readonly [hex: string, ansi: AnsiName];

/** Themes with colours. */
export const PALETTES = {
  dark: {
    title: "Dark: blue on night",
    text: ["#d5d9e8", "whiteBright"],
    ground: ["#16161e", "black"],
    model: ["#8cb4ff", "blueBright"],
    ghost: ["#9aa5ce", "white"],
    dimmed: ["#6b7394", "blackBright"],
    status: ["#a9b1d6", "white"],
    label: ["#8f98bc", "blackBright"],
    accent: ["#7dcfff", "cyanBright"],
    warning: ["#e0af68", "yellowBright"],
    border: ["#565f89", "blackBright"],
    selection: ["#2b3c6e", "blue"],
    match: ["#4a4020", "yellow"],
    title_text: ["#c0caf5", "whiteBright"],
    title_ground: ["#24283b", "black"],
  },
  dusk: {
    title: "Dusk: warm on dark",
    text: ["#e8dccd", "whiteBright"],
    ground: ["#1f1a17", "black"],
    model: ["#e6b47a", "yellowBright"],
    ghost: ["#b8a48f", "white"],
    dimmed: ["#857668", "blackBright"],
    status: ["#c9b8a4", "white"],
    label: ["#ae9d8b", "blackBright"],
    accent: ["#f0907a", "redBright"],
    warning: ["#ffd27a", "yellowBright"],
    border: ["#6f6153", "blackBright"],
    selection: ["#523827", "red"],
    match: ["#3a4527", "green"],
    title_text: ["#ead9c4", "whiteBright"],
    title_ground: ["#332a24", "black"],
  },
  contrast: {
    title: "Contrast: as clear as can be",
    text: ["#ffffff", "whiteBright"],
    ground: ["#000000", "black"],
    model: ["#7fd4ff", "cyanBright"],
    ghost: ["#d8d8d8", "white"],
    dimmed: ["#9a9a9a", "blackBright"],
    status: ["#ffffff", "whiteBright"],
    label: ["#d0d0d0", "white"],
    accent: ["#ffe45e", "yellowBright"],
    warning: ["#ff9d9d", "redBright"],
    border: ["#b0b0b0", "white"],
    selection: ["#004a80", "blue"],
    match: ["#5c4a00", "yellow"],
    title_text: ["#ffffff", "whiteBright"],
    title_ground: ["#1a1a1a", "black"],
  },
  light: {
    title: "Light: blue on white",
    text: ["#24283b", "black"],
    ground: ["#ffffff", "whiteBright"],
    model: ["#1f50aa", "blue"],
    ghost: ["#5a6172", "blackBright"],
    dimmed: ["#7d8496", "blackBright"],
    status: ["#3b4261", "black"],
    label: ["#5a6173", "blackBright"],
    accent: ["#0b6680", "cyan"],
    warning: ["#7d5200", "red"],
    border: ["#9aa0b0", "blackBright"],
    selection: ["#b6ccf5", "cyan"],
    match: ["#f3e3a3", "yellow"],
    title_text: ["#1f2335", "black"],
    title_ground: ["#dfe3ee", "white"],
  },
  paper: {
    title: "Paper: brown on cream",
    text: ["#33291c", "black"],
    ground: ["#f6efdf", "whiteBright"],
    model: ["#7a3b12", "red"],
    ghost: ["#6a5c47", "blackBright"],
    dimmed: ["#8c7f69", "blackBright"],
    status: ["#4a3f2f", "black"],
    label: ["#6b5f4c", "blackBright"],
    accent: ["#2f5f3a", "green"],
    warning: ["#8a2f1d", "red"],
    border: ["#ab9f88", "blackBright"],
    selection: ["#dcc9a0", "yellow"],
    match: ["#cfe0b4", "green"],
    title_text: ["#33291c", "black"],
    title_ground: ["#e6dac0", "white"],
  },
} as const satisfies Readonly<Record<string, Palette>>;

/** Palettes by the names of their themes. */
export type Palettes = Readonly<Record<string, Palette>>;

/** The theme without colours; it needs no palette. */
export const MONO_NAME = "mono";

/** Names of all themes, in the order in which they are offered; the user's own stand after those in the box. */
export function themeNames(palettes: Palettes): readonly string[] {
  return [...Object.keys(palettes), MONO_NAME];
}

/**
 * The looks of a palette, or those without colours. The model's text is italic, underlined too where there are no
 * colours, and rows with offered text have a mark in the margin: the page can be read without seeing colours.
 */
export function looksOf(palette: Palette | null): Readonly<Record<StyleName, Look>> {
  if (!palette) return MONO;
  return {
    text: {},
    heading: { bold: true },
    model: { italic: true, colour: colourOf(palette.model) },
    ghost: { italic: true, dim: true, colour: colourOf(palette.ghost) },
    top10: { colour: colourOf(palette.label) },
    top100: { colour: colourOf(palette.text) },
    top1000: { underline: true, colour: colourOf(palette.warning) },
    beyond: { bold: true, underline: true, colour: colourOf(palette.accent) },
    misspelled: { underline: true, wavy: true, underlineColour: colourOf(palette.warning) },
    match: { underline: true, background: colourOf(palette.match) },
    dimmed: { dim: true, colour: colourOf(palette.dimmed) },
    selection: { background: colourOf(palette.selection) },
    title: { bold: true, colour: colourOf(palette.title_text), background: colourOf(palette.title_ground) },
    status: { colour: colourOf(palette.status) },
    label: { colour: colourOf(palette.label) },
    accent: { bold: true, colour: colourOf(palette.accent) },
    warning: { bold: true, colour: colourOf(palette.warning) },
    border: { colour: colourOf(palette.border) },
  };
}

/** A shade as a colour. */
export function colourOf([hex, ansi]: Shade): Colour {
  return { hex, ansi };
}

const MONO: Readonly<Record<StyleName, Look>> = {
  text: {},
  heading: { bold: true },
  model: { italic: true, underline: true },
  ghost: { italic: true, dim: true },
  // While the x-ray is on, these stand in the place of the model's italics.
  top10: { italic: false, underline: false },
  top100: { italic: true, underline: false },
  top1000: { italic: false, underline: true },
  beyond: { bold: true, italic: false, underline: true },
  // The model's text is underlined too, but in italics, and a heading is bold.
  misspelled: { underline: true, wavy: true, bold: true, italic: false },
  match: { underline: true, bold: true },
  dimmed: { dim: true },
  selection: { inverse: true },
  title: { bold: true, underline: true },
  status: {},
  label: { dim: true },
  accent: { bold: true },
  warning: { bold: true, underline: true },
  border: { dim: true },
};
