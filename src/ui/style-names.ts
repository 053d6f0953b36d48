/** Everything that has a look of its own: the page's text first, then the parts around it. */
export const STYLE_NAMES = [
  "text",
  "heading",
  "model",
  "ghost",
  "misspelled",
  "top10",
  "top100",
  "top1000",
  "beyond",
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
