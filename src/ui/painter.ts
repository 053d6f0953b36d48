import { geometry } from "./geometry.ts";
import type { Layout } from "./layout.ts";
import { hasPage, type Model } from "./model.ts";
import { pageCursor, pageRows } from "./page.ts";
import type { Compositor } from "./terminal/compositor.ts";

/** Paints the page through the compositor: what every key press ends with. */
export function createPainter(compositor: Compositor, layout: Layout): (model: Model) => void {
  return (model) => {
    const { page, tooSmall } = geometry(model);
    const covered = tooSmall || hasPage(model.dialog);
    compositor.paint({
      rect: covered ? null : { x: 0, y: page.y, width: page.width, height: page.height },
      rows: covered ? [] : pageRows(model, layout).map((row) => row.spans),
      cursor: pageCursor(model, layout),
    });
  };
}
