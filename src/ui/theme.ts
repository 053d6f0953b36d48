import type { PageStyle } from "./rows.ts";
import { STYLE_NAMES, type StyleName } from "./style-names.ts";
import { type Colour, type ColourDepth, type Look, nearestOf256, sgr } from "./terminal/colours.ts";
import { looksOf, type ThemeName } from "./themes.ts";

/** A look for every style, at a depth of colour. */
export interface Theme {
  readonly name: ThemeName;
  readonly depth: ColourDepth;
  readonly looks: Readonly<Record<StyleName, Look>>;
}

/** The theme of a name at a depth of colour; without colours it is `mono` whatever was asked for. */
export function createTheme(name: ThemeName, depth: ColourDepth): Theme {
  const used = depth === 0 ? "mono" : name;
  return { name: used, depth: used === "mono" ? 0 : depth, looks: looksOf(used) };
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
