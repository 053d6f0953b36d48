import { parse } from "yaml";

/** A few-shot prompt for another way to put a passage, as a text file has it. */
export interface StyleTemplate {
  readonly name: string;
  /** What it does, in a line. */
  readonly about: string;
  /** A candidate ends before the first of these. */
  readonly stop: readonly string[];
  /** Settings that it changes, by their names; checked by who uses them. */
  readonly settings: Readonly<Record<string, number>>;
  /** The examples, with `{passage}` where the passage is put in. */
  readonly text: string;
}

/** Where a template has the passage. */
const PLACE = "{passage}";

const PARTS = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*\r?\n([\s\S]*)$/u;

/**
 * Reads a template: front matter with `about`, `stop` and `settings`, then the examples. Throws an Error that says what
 * is wrong with it.
 */
export function parseTemplate(name: string, source: string): StyleTemplate {
  const [, front = "", body = ""] = PARTS.exec(source) ?? [];
  const text = body.trim();
  if (text.split(PLACE).length !== 2) throw new Error(`it must hold ${PLACE} once, behind its front matter`);
  const found: unknown = parse(front, { logLevel: "error" });
  const { about, stop, settings = {} } = isObject(found) ? found : {};
  const stops = Array.isArray(stop) ? stop : stop === undefined ? ["\n"] : [stop];
  if (stops.length === 0 || !stops.every((one): one is string => typeof one === "string" && one !== "")) {
    throw new Error("stop must be a text, or a list of texts");
  }
  if (!isObject(settings)) throw new Error("settings must be names with numbers");
  const numbers = Object.entries(settings).map(([key, value]): readonly [string, number] => {
    if (typeof value !== "number") throw new Error(`its setting ${key} must be a number`);
    return [key, value];
  });
  return {
    name,
    about: typeof about === "string" ? about : "",
    stop: stops,
    settings: Object.fromEntries(numbers),
    text,
  };
}

/** The prompt for a passage, in one line: a template's examples stand in lines of their own. */
export function templatePrompt({ text }: StyleTemplate, passage: string): string {
  return text.replace(PLACE, () => passage.replaceAll(/\s+/gu, " ").trim());
}

/** What a request says of a style: its prompt for the passage, and the settings with those that it changes. */
export function styled<Settings extends object>(style: StyleTemplate, passage: string, settings: Settings) {
  const { name, stop } = style;
  const templates = [{ name, prompt: templatePrompt(style, passage), stop }];
  return { templates, settings: { ...settings, ...style.settings } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
