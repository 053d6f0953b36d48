import { Box, Text } from "ink";
import { hint } from "../bindings.ts";
import { contextRows } from "../context-view.ts";
import type { Dialog, Model } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** What the model would see, in place of the story. */
export function ContextPage(props: {
  readonly model: Model;
  readonly dialog: Extract<Dialog, { kind: "context" }>;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, dialog, theme, width, height } = props;
  const rows = dialog.view ? contextRows(dialog.view, width - 2) : [];
  const top = Math.max(0, Math.min(dialog.top, rows.length - height + 2));
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1}>
      <Text {...inkStyle(theme, "label")} wrap="truncate">
        {`What the model sees · ↑↓ scroll · Esc or ${hint(model.keymap, "context")} back to the story`}
      </Text>
      {dialog.view === null ? <Text>The model is asked …</Text> : null}
      {rows.slice(top, top + height - 1).map((row, i) => (
        // Rows have no names of their own, and are all made anew.
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <Text key={top + i} wrap="truncate" bold={row.heading} {...inkStyle(theme, row.style)}>
          {row.heading ? row.text : `${row.mark} ${row.text}`}
        </Text>
      ))}
    </Box>
  );
}
