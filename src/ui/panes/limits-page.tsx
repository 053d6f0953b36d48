import { Box, Text } from "ink";
import { limitRows } from "../limit-rows.ts";
import type { Dialog } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** What the makers of a model say of its limits, in place of the story, when it is opened for the first time. */
export function LimitsPage(props: {
  readonly dialog: Extract<Dialog, { kind: "limits" }>;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { dialog, theme, width, height } = props;
  const rows = limitRows(dialog.text, width - 2);
  const top = Math.max(0, Math.min(dialog.top, rows.length - height + 2));
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1}>
      <Text {...inkStyle(theme, "label")} wrap="truncate">
        {`What the makers of ${dialog.name} say of its limits · ↑↓ scroll · Esc back to the story`}
      </Text>
      {rows.slice(top, top + height - 1).map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <Text key={top + i} wrap="truncate" {...inkStyle(theme, "text")}>
          {row}
        </Text>
      ))}
    </Box>
  );
}
