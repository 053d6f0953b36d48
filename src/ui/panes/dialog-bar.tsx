import { Box, Text } from "ink";
import type { Dialog, Model } from "../model.ts";
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
  if (!dialog || dialog.kind === "help" || height === 0) return null;
  const { question, answers } = words(dialog, model.file.path);
  return (
    <Box flexDirection="column" width={model.columns} height={height}>
      <Text bold wrap="truncate-start" {...inkStyle(theme, dialog.kind === "saveAs" ? "accent" : "warning")}>
        {` ${question}`}
      </Text>
      <Text wrap="truncate">{` ${answers}`}</Text>
    </Box>
  );
}

function words(
  dialog: Exclude<Dialog, { kind: "help" }>,
  path: string,
): { question: string; answers: string } {
  switch (dialog.kind) {
    case "saveAs":
      return { question: `Save as: ${dialog.input}▏`, answers: "Enter save · Esc cancel" };
    case "changedOnDisk":
      return dialog.path === path
        ? {
            question: "Another program changed this story's file. Nothing was overwritten.",
            answers:
              "O overwrite (theirs is kept beside it) · R read theirs (yours stays in undo) · A save as · Esc wait",
          }
        : {
            question: `${dialog.path} exists already.`,
            answers: "O overwrite (the old file is kept beside it) · A another name · Esc cancel",
          };
    case "saveFailed":
      return {
        question: dialog.message,
        answers: "T try again · A save elsewhere · Q quit (a copy is kept elsewhere) · Esc back",
      };
  }
}
