import type { PanelName } from "../panel.ts";
import { HISTORY } from "./history.ts";
import { OUTLINE } from "./outline.ts";
import { PALETTE } from "./palette.ts";
import type { PanelKind } from "./panel-kind.ts";

/** How each panel behaves. */
export const PANELS: Readonly<Record<PanelName, PanelKind>> = {
  history: HISTORY,
  outline: OUTLINE,
  palette: PALETTE,
};
