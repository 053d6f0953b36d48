/** How many colours a terminal shows, as bits: 0 none, 4 sixteen, 8 two hundred and fifty-six, 24 all of them. */
export type ColourDepth = 0 | 4 | 8 | 24;

/** The sixteen colours' names, as chalk knows them, in the order of their SGR codes. */
export const ANSI_NAMES = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "blackBright",
  "redBright",
  "greenBright",
  "yellowBright",
  "blueBright",
  "magentaBright",
  "cyanBright",
  "whiteBright",
] as const;

/** One of the sixteen colours that every colour terminal has and its owner may have chosen. */
export type AnsiName = (typeof ANSI_NAMES)[number];

/** A colour for every depth: `#rrggbb`, and the one of sixteen that comes closest in meaning. */
export interface Colour {
  readonly hex: string;
  readonly ansi: AnsiName;
}

/** How text looks. */
export interface Look {
  readonly colour?: Colour;
  readonly background?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  /** The underline is a wavy one, of its own colour where that is given; only for terminals that have these. */
  readonly wavy?: boolean;
  readonly underlineColour?: Colour;
  readonly inverse?: boolean;
}

/**
 * The colours to use, from what the environment says.
 *
 * NO_COLOR (no-color.org) wins over everything; FORCE_COLOR is 0 for none, 2 or 3 for a depth, anything else for
 * colours even without a terminal; then COLORTERM, TERM and TERM_PROGRAM tell.
 */
export function colourDepth(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): ColourDepth {
  const { NO_COLOR, FORCE_COLOR, COLORTERM = "", TERM = "", TERM_PROGRAM = "" } = env;
  if (NO_COLOR) return 0;
  if (FORCE_COLOR === "0" || FORCE_COLOR === "false") return 0;
  if (FORCE_COLOR === "3") return 24;
  if (FORCE_COLOR === "2") return 8;
  if (FORCE_COLOR === undefined && (!isTTY || TERM === "dumb")) return 0;
  if (/^(?:truecolor|24bit)$/i.test(COLORTERM) || /-direct$|^xterm-(?:kitty|ghostty)$/.test(TERM)) return 24;
  if (/^(?:iTerm\.app|WezTerm|ghostty|vscode)$/.test(TERM_PROGRAM)) return 24;
  if (/256/.test(TERM) || TERM_PROGRAM === "Apple_Terminal") return 8;
  return 4;
}

/** The escape sequence that puts a look on, empty for none. It adds to what is on: reset before. */
export function sgr(look: Look, depth: ColourDepth): string {
  const codes: string[] = [];
  if (look.bold) codes.push("1");
  if (look.dim) codes.push("2");
  if (look.italic) codes.push("3");
  if (look.underline) codes.push(look.wavy ? "4:3" : "4");
  if (look.inverse) codes.push("7");
  if (look.colour && depth > 0) codes.push(colourCode(look.colour, depth, 0));
  if (look.background && depth > 0) codes.push(colourCode(look.background, depth, 10));
  if (look.wavy && look.underlineColour && depth >= 8) codes.push(underlineCode(look.underlineColour, depth));
  return codes.length > 0 ? `\x1b[${codes.join(";")}m` : "";
}

/**
 * The nearest colour of the 256: the 6×6×6 cube at 16, with the levels 0, 95, 135, …, 255, or the greys from 232 on
 * (xterm's 256colres.h).
 *
 * @throws RangeError if it is not `#rrggbb`
 */
export function nearestOf256(hex: string): number {
  const target = channels(hex);
  let nearest = 16;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 16; index < 256; index++) {
    const distance = squaredDistance(target, palette(index));
    if (distance < least) {
      nearest = index;
      least = distance;
    }
  }
  return nearest;
}

/** Red, green and blue of `#rrggbb`, 0 to 255 each. */
export function channels(hex: string): readonly [number, number, number] {
  if (!/^#[\da-f]{6}$/i.test(hex)) throw new RangeError(`"${hex}" is not a colour like #7aa2f7`);
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function colourCode(colour: Colour, depth: ColourDepth, offset: 0 | 10): string {
  if (depth === 24) return `${38 + offset};2;${channels(colour.hex).join(";")}`;
  if (depth === 8) return `${38 + offset};5;${nearestOf256(colour.hex)}`;
  const index = ANSI_NAMES.indexOf(colour.ansi);
  return String((index < 8 ? 30 + index : 90 + index - 8) + offset);
}

/** As colour codes are, but with colons (ITU-T T.416): terminals that do not know them pass over the whole code. */
function underlineCode(colour: Colour, depth: ColourDepth): string {
  return depth === 24 ? `58:2::${channels(colour.hex).join(":")}` : `58:5:${nearestOf256(colour.hex)}`;
}

function palette(index: number): readonly [number, number, number] {
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return [grey, grey, grey];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

function squaredDistance(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
