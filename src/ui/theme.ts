import type { PageStyle } from "./rows.ts";
import { STYLE_NAMES, type StyleName } from "./style-names.ts";
import { type Colour, type ColourDepth, type Look, nearestOf256, sgr } from "./terminal/colours.ts";
import { type GroundSequences, NO_GROUND } from "./terminal/ground.ts";
import { colourOf, looksOf, MONO_NAME, PALETTES, type Palettes } from "./themes.ts";

/** A look for every style, at a depth of colour. */
export interface Theme {
  readonly name: string;
  readonly depth: ColourDepth;
  readonly looks: Readonly<Record<StyleName, Look>>;
  /** Whether the terminal has wavy underlines. */
  readonly wavy: boolean;
  /** Text and background that are painted under everything; null leaves the terminal's own. */
  readonly ground: { readonly colour: Colour; readonly background: Colour } | null;
  /** A colour of the cursor that is seen on the painted ground, `#rrggbb`; null leaves the terminal's own. */
  readonly cursor: string | null;
}

/**
 * The theme of a name at a depth of colour; without colours, or if nothing is called so, it is `mono`.
 *
 * @param options.palettes those in the box if not given
 * @param options.painted whether the theme's own ground is painted, too
 * @param options.wavy whether the terminal has wavy underlines
 */
export function createTheme(
  name: string,
  depth: ColourDepth,
  options: { readonly palettes?: Palettes; readonly painted?: boolean; readonly wavy?: boolean } = {},
): Theme {
  const { painted = false, wavy = false } = options;
  const palettes: Palettes = options.palettes ?? PALETTES;
  const palette = depth > 0 && Object.hasOwn(palettes, name) ? (palettes[name] ?? null) : null;
  const paints = painted ? palette : null;
  return {
    name: palette ? name : MONO_NAME,
    depth: palette ? depth : 0,
    looks: looksOf(palette),
    wavy,
    ground: paints && { colour: colourOf(paints.text), background: colourOf(paints.ground) },
    cursor: paints?.accent[0] ?? null,
  };
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
 * Whether the terminal's background is light by the variable COLORFGBG, that rxvt, Konsole and others set:
 * `foreground;background`, or with something between them, as numbers of the sixteen colours.
 */
export function hasLightBackground({
  COLORFGBG = "",
}: Readonly<Record<string, string | undefined>>): boolean {
  const background = /;(\d+)$/.exec(COLORFGBG)?.[1];
  return background === "7" || (Number(background) > 8 && Number(background) < 16);
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
    const sequence = sgr({ ...theme.ground, ...lookOf(theme, style) }, theme.depth);
    known.set(style, sequence);
    return sequence;
  };
}

/** Escape sequences that put a theme's text and background on; both empty where the terminal's own are used. */
export function groundSgr({ ground, depth }: Theme): GroundSequences {
  if (!ground) return NO_GROUND;
  return {
    colour: sgr({ colour: ground.colour }, depth),
    background: sgr({ background: ground.background }, depth),
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

/**
 * The looks of a style's layers, one over the other. Where a colour can be chosen exactly it is not made dim besides:
 * terminals disagree about how dim that is, and what is seen would not have the contrast that was reckoned.
 */
function lookOf(theme: Theme, style: StyleName | PageStyle): Look {
  const layers = style.split("+");
  const looks = STYLE_NAMES.filter((name) => layers.includes(name)).map((name) => theme.looks[name]);
  const look: Look = Object.assign({}, ...looks);
  const { wavy: _wavy, underlineColour: _colour, ...plain } = look;
  const underlined = theme.wavy ? look : plain;
  return theme.depth >= 8 && look.colour ? { ...underlined, dim: false } : underlined;
}

function inkColour(colour: Colour, depth: ColourDepth): string {
  if (depth === 24) return colour.hex;
  return depth === 8 ? `ansi256(${nearestOf256(colour.hex)})` : colour.ansi;
}
