import type { PageStyle } from "./rows.ts";
import { type Colour, type ColourDepth, type Look, nearestOf256, sgr } from "./terminal/colours.ts";

/** Everything that has a look of its own: the page's text first, then the parts around it. */
export const STYLE_NAMES = [
  "text",
  "heading",
  "model",
  "ghost",
  "match",
  "dimmed",
  "selection",
  "title",
  "status",
  "label",
  "accent",
  "warning",
  "border",
] as const;

/** Name of a style. */
export type StyleName = (typeof STYLE_NAMES)[number];

/** Names of the themes. */
export type ThemeName = "dark" | "light" | "mono";

/** A look for every style, at a depth of colour. */
export interface Theme {
  readonly name: ThemeName;
  readonly depth: ColourDepth;
  readonly looks: Readonly<Record<StyleName, Look>>;
}

/**
 * The looks of each theme. The model's text and the ghost text never differ by colour alone, so that the page can be
 * read without seeing colours: the model's is italic, underlined too where there is no colour; the ghost is dim.
 */
const LOOKS: Readonly<Record<ThemeName, Readonly<Record<StyleName, Look>>>> = {
  dark: {
    text: {},
    heading: { bold: true },
    model: { italic: true, colour: { hex: "#8cb4ff", ansi: "blueBright" } },
    ghost: { italic: true, dim: true, colour: { hex: "#9aa5ce", ansi: "white" } },
    match: { underline: true, background: { hex: "#4a4020", ansi: "yellow" } },
    dimmed: { dim: true, colour: { hex: "#6b7394", ansi: "blackBright" } },
    selection: { background: { hex: "#33467c", ansi: "blue" } },
    title: {
      bold: true,
      colour: { hex: "#c0caf5", ansi: "whiteBright" },
      background: { hex: "#24283b", ansi: "black" },
    },
    status: { colour: { hex: "#a9b1d6", ansi: "white" } },
    label: { colour: { hex: "#7b84a8", ansi: "blackBright" } },
    accent: { bold: true, colour: { hex: "#7dcfff", ansi: "cyanBright" } },
    warning: { bold: true, colour: { hex: "#e0af68", ansi: "yellowBright" } },
    border: { colour: { hex: "#565f89", ansi: "blackBright" } },
  },
  light: {
    text: {},
    heading: { bold: true },
    model: { italic: true, colour: { hex: "#2257b8", ansi: "blue" } },
    ghost: { italic: true, dim: true, colour: { hex: "#5a6172", ansi: "blackBright" } },
    match: { underline: true, background: { hex: "#f3e3a3", ansi: "yellow" } },
    dimmed: { dim: true, colour: { hex: "#8a90a0", ansi: "blackBright" } },
    selection: { background: { hex: "#b6ccf5", ansi: "cyan" } },
    title: {
      bold: true,
      colour: { hex: "#1f2335", ansi: "black" },
      background: { hex: "#dfe3ee", ansi: "white" },
    },
    status: { colour: { hex: "#3b4261", ansi: "black" } },
    label: { colour: { hex: "#6a7183", ansi: "blackBright" } },
    accent: { bold: true, colour: { hex: "#0b6e8a", ansi: "cyan" } },
    warning: { bold: true, colour: { hex: "#8a5a00", ansi: "red" } },
    border: { colour: { hex: "#9aa0b0", ansi: "blackBright" } },
  },
  mono: {
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
  },
};

/** The theme of a name at a depth of colour; without colours it is `mono` whatever was asked for. */
export function createTheme(name: ThemeName, depth: ColourDepth): Theme {
  const used = depth === 0 ? "mono" : name;
  return { name: used, depth: used === "mono" ? 0 : depth, looks: LOOKS[used] };
}

/**
 * Whether a terminal's background is light, from its answer to `OSC 11 ; ?`: `11;rgb:1a1a/1b1b/2626`; null if the
 * answer says nothing. Relative luminance by ITU-R BT.709, without gamma: only far from the middle matters.
 */
export function isLightBackground(reply: string): boolean | null {
  const found = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(reply);
  if (!found) return null;
  const [red = 0, green = 0, blue = 0] = found
    .slice(1)
    .map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
}

/**
 * A function from the page's styles to escape sequences, empty for plain text. A sequence sets everything, given that
 * all was reset before.
 */
export function pageSgr(theme: Theme): (style: PageStyle) => string {
  const known = new Map<PageStyle, string>();
  return (style) => {
    const found = known.get(style);
    if (found !== undefined) return found;
    const sequence = sgr(lookOf(theme, style), theme.depth);
    known.set(style, sequence);
    return sequence;
  };
}

/** Properties of Ink's `<Text>`. */
export interface InkStyle {
  readonly color?: string;
  readonly backgroundColor?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

/** A style as properties of Ink's `<Text>`, its colours in the form that suits the depth. */
export function inkStyle(theme: Theme, style: StyleName | PageStyle): InkStyle {
  const { colour, background, bold, dim, italic, underline, inverse } = lookOf(theme, style);
  return {
    ...(colour && theme.depth > 0 ? { color: inkColour(colour, theme.depth) } : {}),
    ...(background && theme.depth > 0 ? { backgroundColor: inkColour(background, theme.depth) } : {}),
    ...(bold ? { bold } : {}),
    ...(dim ? { dimColor: true } : {}),
    ...(italic ? { italic } : {}),
    ...(underline ? { underline } : {}),
    ...(inverse ? { inverse } : {}),
  };
}

/** The looks of a style's layers, one over the other. */
function lookOf(theme: Theme, style: StyleName | PageStyle): Look {
  const layers = style.split("+");
  const looks = STYLE_NAMES.filter((name) => layers.includes(name)).map((name) => theme.looks[name]);
  return Object.assign({}, ...looks);
}

function inkColour(colour: Colour, depth: ColourDepth): string {
  if (depth === 24) return colour.hex;
  return depth === 8 ? `ansi256(${nearestOf256(colour.hex)})` : colour.ansi;
}
