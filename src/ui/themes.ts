import type { StyleName } from "./style-names.ts";
import type { AnsiName, Colour, Look } from "./terminal/colours.ts";

/** The colours of a theme, each for terminals of all colours and for those of sixteen. */
export interface Palette {
  /** Name for people. */
  readonly title: string;
  /** The background that the terminal is taken to have: contrast is reckoned against it. Nothing is painted with it. */
  readonly ground: string;
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
    ground: "#16161e",
    model: ["#8cb4ff", "blueBright"],
    ghost: ["#9aa5ce", "white"],
    dimmed: ["#6b7394", "blackBright"],
    status: ["#a9b1d6", "white"],
    label: ["#848db0", "blackBright"],
    accent: ["#7dcfff", "cyanBright"],
    warning: ["#e0af68", "yellowBright"],
    border: ["#565f89", "blackBright"],
    selection: ["#33467c", "blue"],
    match: ["#4a4020", "yellow"],
    title_text: ["#c0caf5", "whiteBright"],
    title_ground: ["#24283b", "black"],
  },
  dusk: {
    title: "Dusk: warm on dark",
    ground: "#1f1a17",
    model: ["#e6b47a", "yellowBright"],
    ghost: ["#b8a48f", "white"],
    dimmed: ["#857668", "blackBright"],
    status: ["#c9b8a4", "white"],
    label: ["#a08f7d", "blackBright"],
    accent: ["#f0907a", "redBright"],
    warning: ["#ffd27a", "yellowBright"],
    border: ["#6f6153", "blackBright"],
    selection: ["#5a3f2c", "red"],
    match: ["#3f4a2a", "green"],
    title_text: ["#ead9c4", "whiteBright"],
    title_ground: ["#332a24", "black"],
  },
  contrast: {
    title: "Contrast: as clear as can be",
    ground: "#000000",
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
    ground: "#ffffff",
    model: ["#1f50aa", "blue"],
    ghost: ["#5a6172", "blackBright"],
    dimmed: ["#7d8496", "blackBright"],
    status: ["#3b4261", "black"],
    label: ["#636a7c", "blackBright"],
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
    ground: "#f6efdf",
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

/** Names of all themes; `mono` has no colours. */
export type ThemeName = keyof typeof PALETTES | "mono";

/** The names, in the order in which they are offered. */
export const THEME_NAMES: readonly ThemeName[] = ["dark", "dusk", "contrast", "light", "paper", "mono"];

/**
 * The looks of a theme. The model's text and the ghost text never differ by colour alone, so that the page can be read
 * without seeing colours: the model's is italic, underlined too where there is no colour; the ghost is dim.
 */
export function looksOf(name: ThemeName): Readonly<Record<StyleName, Look>> {
  if (name === "mono") return MONO;
  const palette: Palette = PALETTES[name];
  const of = ([hex, ansi]: Shade): Colour => ({ hex, ansi });
  return {
    text: {},
    heading: { bold: true },
    model: { italic: true, colour: of(palette.model) },
    ghost: { italic: true, dim: true, colour: of(palette.ghost) },
    match: { underline: true, background: of(palette.match) },
    dimmed: { dim: true, colour: of(palette.dimmed) },
    selection: { background: of(palette.selection) },
    title: { bold: true, colour: of(palette.title_text), background: of(palette.title_ground) },
    status: { colour: of(palette.status) },
    label: { colour: of(palette.label) },
    accent: { bold: true, colour: of(palette.accent) },
    warning: { bold: true, colour: of(palette.warning) },
    border: { colour: of(palette.border) },
  };
}

const MONO: Readonly<Record<StyleName, Look>> = {
  text: {},
  heading: { bold: true },
  model: { italic: true, underline: true },
  ghost: { italic: true, dim: true },
  match: { underline: true, bold: true },
  dimmed: { dim: true },
  selection: { inverse: true },
  title: { inverse: true },
  status: {},
  label: { dim: true },
  accent: { bold: true },
  warning: { bold: true, underline: true },
  border: { dim: true },
};
