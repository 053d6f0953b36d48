import type { PanelName } from "../panel.ts";
import { ALTERNATIVES } from "./alternatives.ts";
import { CHANGES } from "./changes.ts";
import { COUNTS } from "./counts.ts";
import { HISTORY } from "./history.ts";
import { MODELS } from "./models.ts";
import { OUTLINE } from "./outline.ts";
import { PALETTE } from "./palette.ts";
import type { PanelKind } from "./panel-kind.ts";
import { PRESETS_PANEL } from "./presets.ts";
import { SPELLING } from "./spelling.ts";
import { STYLES } from "./styles.ts";
import { TAKES } from "./takes.ts";
import { THEMES } from "./themes.ts";
import { XRAY } from "./xray.ts";

/** How each panel behaves. */
export const PANELS: Readonly<Record<PanelName, PanelKind>> = {
  alternatives: ALTERNATIVES,
  xray: XRAY,
  changes: CHANGES,
  counts: COUNTS,
  history: HISTORY,
  models: MODELS,
  outline: OUTLINE,
  palette: PALETTE,
  presets: PRESETS_PANEL,
  spelling: SPELLING,
  styles: STYLES,
  takes: TAKES,
  themes: THEMES,
};
