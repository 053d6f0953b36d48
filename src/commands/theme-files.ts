import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { errorMessage } from "../errors.ts";
import { ANSI_NAMES } from "../ui/terminal/colours.ts";
import { PALETTES, type Palette, type Palettes, type Shade, themeNames } from "../ui/themes.ts";

/** The themes that there are, and the one to begin with. */
export interface FoundThemes {
  readonly palettes: Palettes;
  /** The theme that was asked for, or `auto` where nothing is called so. */
  readonly name: string;
  /** What is wrong with files of the user's, in words. */
  readonly problems: readonly string[];
}

const hex = z.string().regex(/^#[\da-f]{6}$/i);
const shade = z.union([hex, z.tuple([hex, z.enum(ANSI_NAMES)])]);
/** A theme of the user's: colours in place of those of the theme that it is like. */
const file = z.strictObject({
  title: z.string().min(1).optional(),
  like: z.enum(["dark", "dusk", "contrast", "light", "paper"]).default("dark"),
  text: shade.optional(),
  ground: shade.optional(),
  model: shade.optional(),
  ghost: shade.optional(),
  dimmed: shade.optional(),
  status: shade.optional(),
  label: shade.optional(),
  accent: shade.optional(),
  warning: shade.optional(),
  border: shade.optional(),
  selection: shade.optional(),
  match: shade.optional(),
  title_text: shade.optional(),
  title_ground: shade.optional(),
});

/**
 * The themes in the box and those in the folder `themes` beside the settings file, named after their files. A file that
 * cannot be used is left out and told of.
 */
export async function readThemes(settingsFile: string, wanted: string): Promise<FoundThemes> {
  const folder = join(dirname(settingsFile), "themes");
  const names = await readdir(folder).catch(() => []);
  const problems: string[] = [];
  const own: Record<string, Palette> = {};
  for (const name of names.filter((name) => name.endsWith(".json")).sort()) {
    const theme = basename(name, ".json");
    try {
      if (theme === "auto" || themeNames(PALETTES).includes(theme))
        throw new Error("a theme in the box has this name");
      own[theme] = readTheme(theme, await readFile(join(folder, name), "utf8"));
    } catch (error) {
      problems.push(`themes/${name} is left out: ${errorMessage(error)}`);
    }
  }
  const palettes = { ...PALETTES, ...own };
  const known = wanted === "auto" || themeNames(palettes).includes(wanted);
  if (!known)
    problems.push(`no theme is called "${wanted}"; there are auto, ${themeNames(palettes).join(", ")}`);
  return { palettes, name: known ? wanted : "auto", problems };
}

/** A theme of the user's from its file. Throws an Error that says in words what is wrong with it. */
function readTheme(name: string, text: string): Palette {
  const checked = file.safeParse(JSON.parse(text));
  if (!checked.success) throw new Error(checked.error.issues.map(inWords).join("; "));
  const { title, like, ...shades } = checked.data;
  const base: Palette = PALETTES[like];
  const own = Object.entries(shades).map(([part, value]) => [part, shadeOf(value, base, part)]);
  return { ...base, ...Object.fromEntries(own), title: title ?? name };
}

/** A colour without its one of sixteen takes that of the theme that it is like. */
function shadeOf(value: z.infer<typeof shade> | undefined, base: Palette, part: string): Shade {
  const instead = Object.entries(base).find(([name]) => name === part)?.[1];
  const [, ansi] = typeof instead === "object" ? instead : PALETTES.dark.text;
  return typeof value === "string" ? [value, ansi] : (value ?? PALETTES.dark.text);
}

function inWords({ code, path, ...issue }: z.core.$ZodIssue): string {
  if (code === "unrecognized_keys" && "keys" in issue) return `it knows no ${issue.keys.join(", ")}`;
  if (path[0] === "like") return `"like" must be ${Object.keys(PALETTES).join(", ")}`;
  if (path[0] === "title") return `"title" must be a text`;
  if (path.length === 0) return "it must be a JSON object of colours";
  return `"${String(path[0])}" must be a colour like "#7aa2f7", or with one of sixteen: ["#7aa2f7", "blueBright"]`;
}
