import { Box, Text } from "ink";
import { dialogWords } from "../dialog-words.ts";
import type { Model } from "../model.ts";
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
  if (!dialog || dialog.kind === "help" || dialog.kind === "welcome" || height === 0) return null;
  const { question, answers } = dialogWords(dialog, model.file.path);
  return (
    <Box flexDirection="column" width={model.columns} height={height}>
      <Text bold wrap="truncate-start" {...inkStyle(theme, dialog.kind === "saveAs" ? "accent" : "warning")}>
        {` ${question}`}
      </Text>
      <Text wrap="truncate">{` ${answers}`}</Text>
    </Box>
  );
}
