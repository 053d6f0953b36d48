import { currentDocument } from "../story/history.ts";
import { BANDS, type Band, staleSegments, type XRay } from "../story/xray.ts";
import { chapterAround } from "../story/xray-sentences.ts";
import { countBands } from "../story/xray-shares.ts";
import type { Model } from "./model.ts";

/** The bands in words, as the legend names them. */
export const BAND_WORDS: Readonly<Record<Band, string>> = {
  top10: "expected",
  top100: "likely",
  top1000: "rare",
  beyond: "odd",
};

/** A part of the legend: a band, with its share of the chapter's tokens as far as they are scored. */
export interface LegendPart {
  readonly band: Band;
  /** `rare 12 %` */
  readonly words: string;
}

/** The bands of the chapter at the cursor, and what is still to be scored of it: 0 to 1. */
export function legend(model: Model): { readonly parts: readonly LegendPart[]; readonly done: number } {
  const { xray } = model.xray ?? {};
  if (!xray) return { parts: [], done: 1 };
  const { from, to } = chapterAround(xray.text, Math.min(xray.text.length, model.selection.head));
  const counts = countBands(xray, from, to);
  const all = BANDS.reduce((sum, band) => sum + counts[band], 0);
  const stale = staleSegments(xray, { from, to }).reduce((sum, one) => sum + one.to - one.from, 0);
  return {
    parts: BANDS.map((band) => ({
      band,
      words: `${BAND_WORDS[band]} ${all === 0 ? "–" : `${Math.round((100 * counts[band]) / all)} %`}`,
    })),
    done: to > from ? Math.max(0, 1 - stale / (to - from)) : 1,
  };
}

/** The x-ray of the text that is on the page; null where it is off, or another text is shown. */
export function shownXRay({ xray, tree, panel }: Pick<Model, "xray" | "tree" | "panel">): XRay | null {
  if (!xray || panel?.preview) return null;
  return xray.xray.text === currentDocument(tree).text ? xray.xray : null;
}
