import type { PanelName } from "../panel.ts";
import { COUNTS } from "./counts.ts";
import { HISTORY } from "./history.ts";
import { OUTLINE } from "./outline.ts";
import { PALETTE } from "./palette.ts";
import type { PanelKind } from "./panel-kind.ts";
import { THEMES } from "./themes.ts";

/** How each panel behaves. */
export const PANELS: Readonly<Record<PanelName, PanelKind>> = {
  counts: COUNTS,
  history: HISTORY,
  outline: OUTLINE,
  palette: PALETTE,
  themes: THEMES,
};
