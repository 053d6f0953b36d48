import { Box, Text } from "ink";
import { questionRows } from "../foot.ts";
import type { Model } from "../model.ts";
import { visible } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** A question above the status line; see `update/dialog.ts` for what the answers do. */
export function DialogBar({
  model,
  theme,
  height,
}: {
  readonly model: Model;
  readonly theme: Theme;
  readonly height: number;
}) {
  const { dialog } = model;
  const rows = questionRows(model);
  if (!rows || height === 0) return null;
  // Where not all of it has room, how to answer matters more.
  const answers = rows.answers.slice(0, Math.max(1, height - 1));
  const question = rows.question.slice(0, height - answers.length);
  const look = inkStyle(theme, dialog?.kind === "saveAs" ? "accent" : "warning");
  return (
    <Box flexDirection="column" width={model.columns} height={height}>
      {question.map((row) => (
        // A blank stands where the cursor does.
        <Text key={row} bold wrap={dialog?.kind === "saveAs" ? "truncate-start" : "truncate"} {...look}>
          {` ${visible(row)} `}
        </Text>
      ))}
      {answers.map((row) => (
        <Text key={row} wrap="truncate">{` ${row}`}</Text>
      ))}
    </Box>
  );
}
