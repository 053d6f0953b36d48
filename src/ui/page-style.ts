/** Who wrote a piece of text on the page. */
export type Voice = "text" | "model" | "ghost";

/** How a piece of text on the page is painted: its voice, perhaps inside a heading, perhaps selected. */
export type PageStyle = `${"" | "heading+"}${Voice}${"" | "+selection"}`;

/** A piece of a row in one style, ready to paint: no tabs, no control characters. */
export interface Span {
  readonly text: string;
  readonly style: PageStyle;
}

/** The style of some text. */
export function pageStyle(voice: Voice, heading: boolean, selected: boolean): PageStyle {
  return `${heading ? "heading+" : ""}${voice}${selected ? "+selection" : ""}`;
}
