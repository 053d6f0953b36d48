import type { Dialog, PageDialog } from "./model.ts";

/** What a dialog asks, and the keys that answer it; `path` is the story's. See `update/dialog.ts` for what they do. */
export function dialogWords(
  dialog: Exclude<Dialog, PageDialog>,
  path: string,
): { readonly question: string; readonly answers: string } {
  switch (dialog.kind) {
    case "saveAs":
      return { question: `Save as: ${dialog.input}`, answers: "Enter save · Esc cancel" };
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
