import { basename } from "node:path";
import { Box, Text } from "ink";
import { hint } from "../bindings.ts";
import { isDirty, type Model } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** The first row: which story this is, and whether all of it is on disk. */
export function TitleBar({ model, theme }: { readonly model: Model; readonly theme: Theme }) {
  const state = model.file.readOnly
    ? "read only"
    : model.saving
      ? "saving"
      : isDirty(model)
        ? "edited"
        : model.file.savedText === null
          ? "new"
          : "saved";
  return (
    <Box height={1} width={model.columns} justifyContent="space-between">
      <Text {...inkStyle(theme, "title")} wrap="truncate-middle">
        {` ${basename(model.file.path)} `}
        <Text {...inkStyle(theme, "label")}>{`· ${state}`}</Text>
      </Text>
      <Text {...inkStyle(theme, "label")}>
        {model.columns >= 50 ? `${hint(model.keymap, "help")} help ` : ""}
      </Text>
    </Box>
  );
}
