import { Box, Text } from "ink";
import type { Dialog } from "../model.ts";
import { columnWidth, comparedRows } from "../takes-compare.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** Two takes beside each other, in place of the story. What only one of them has is in brackets and bold. */
export function TakesPage(props: {
  readonly dialog: Extract<Dialog, { kind: "takes" }>;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { dialog, theme, width, height } = props;
  const rows = comparedRows(dialog.left, dialog.right, width - 2);
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1}>
      {rows.slice(dialog.top, dialog.top + height).map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <Box key={dialog.top + i} height={1} columnGap={3}>
          {row.cells.map((cell, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <Box key={column} width={columnWidth(width - 2, row.cells.length)} flexShrink={0}>
              <Text wrap="truncate" {...(row.isTitle ? inkStyle(theme, "label") : {})}>
                {cell.map((span, part) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place
                  <Text key={part} bold={span.own} {...(span.own ? inkStyle(theme, "accent") : {})}>
                    {span.text}
                  </Text>
                ))}
              </Text>
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}
