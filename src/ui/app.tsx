import { Box, Text } from "ink";
import { useSyncExternalStore } from "react";
import { geometry, SMALLEST } from "./geometry.ts";
import type { Layout } from "./layout.ts";
import { pageRows } from "./page.ts";
import { ChoicesPane } from "./panes/choices-pane.tsx";
import { ContextPage } from "./panes/context-page.tsx";
import { ControlsPane } from "./panes/controls-pane.tsx";
import { DialogBar } from "./panes/dialog-bar.tsx";
import { EditorPane } from "./panes/editor-pane.tsx";
import { FindBar } from "./panes/find-bar.tsx";
import { HelpPage } from "./panes/help-page.tsx";
import { LimitsPage } from "./panes/limits-page.tsx";
import { ListPane } from "./panes/list-pane.tsx";
import { StatusLine } from "./panes/status-line.tsx";
import { TakesPage } from "./panes/takes-page.tsx";
import { TitleBar } from "./panes/title-bar.tsx";
import { WelcomePage } from "./panes/welcome-page.tsx";
import { XRayLegend } from "./panes/xray-legend.tsx";
import type { Studio } from "./studio.ts";
import type { Theme } from "./theme.ts";

/** What the app is made from. */
export interface AppProps {
  readonly studio: Pick<Studio, "subscribe" | "snapshot">;
  readonly theme: Theme;
  readonly layout: Layout;
  /** Whether a compositor paints the page; otherwise Ink draws it as text. */
  readonly composited: boolean;
}

/** The whole screen: title, page beside controls, choices below, question, status. */
export function App({ studio, theme, layout, composited }: AppProps) {
  const model = useSyncExternalStore(studio.subscribe, studio.snapshot);
  const places = geometry(model);
  const { page, controls, choices, dialog, panel } = places;
  if (places.tooSmall) return <TooSmall columns={model.columns} rows={model.rows} />;
  const list = model.panel ? (
    <ListPane model={model} panel={model.panel} theme={theme} width={panel.width} height={panel.height} />
  ) : null;
  const below = panel.width === model.columns;
  return (
    <Box flexDirection="column" width={model.columns} height={model.rows}>
      <TitleBar model={model} theme={theme} />
      <Box height={page.height + choices}>
        <Box flexDirection="column" width={page.width}>
          {model.dialog?.kind === "welcome" ? (
            <WelcomePage model={model} theme={theme} width={page.width} height={page.height} />
          ) : model.dialog?.kind === "context" ? (
            <ContextPage
              model={model}
              dialog={model.dialog}
              theme={theme}
              width={page.width}
              height={page.height}
            />
          ) : model.dialog?.kind === "limits" ? (
            <LimitsPage dialog={model.dialog} theme={theme} width={page.width} height={page.height} />
          ) : model.dialog?.kind === "takes" ? (
            <TakesPage dialog={model.dialog} theme={theme} width={page.width} height={page.height} />
          ) : model.dialog?.kind === "help" ? (
            <HelpPage
              keymap={model.keymap}
              theme={theme}
              top={model.dialog.top}
              query={model.dialog.query}
              width={page.width}
              height={page.height}
            />
          ) : (
            <EditorPane geometry={places} theme={theme} rows={composited ? null : pageRows(model, layout)} />
          )}
          <ChoicesPane model={model} theme={theme} width={page.width} height={choices} />
        </Box>
        {controls > 0 ? (
          <ControlsPane model={model} theme={theme} width={controls} height={page.height + choices} />
        ) : null}
        {below ? null : list}
      </Box>
      {below ? list : null}
      <XRayLegend model={model} theme={theme} height={places.legend} />
      <FindBar model={model} theme={theme} height={places.find} />
      <DialogBar model={model} theme={theme} height={dialog} />
      <StatusLine model={model} theme={theme} height={places.status} />
    </Box>
  );
}

/** What is said on a screen on which nothing has room; keys work all the same. */
function TooSmall({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  return (
    <Box width={columns} height={rows} overflow="hidden">
      <Text wrap="wrap">{`Inkwright needs ${SMALLEST.columns} by ${SMALLEST.rows} cells at least.`}</Text>
    </Box>
  );
}
