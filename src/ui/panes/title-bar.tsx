import { basename } from "node:path";
import { Box, Text } from "ink";
import { hint } from "../bindings.ts";
import { goalBar, goalText, goalWords } from "../goals.ts";
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
        {model.columns >= 50
          ? [...goals(model), `${hint(model.keymap, "help")} help `].filter(Boolean).join(" · ")
          : ""}
      </Text>
    </Box>
  );
}

/** How far the goals are, as wide as there is room: `▰▰▰▱▱▱▱▱ 312 of 500 today`. */
function goals(model: Model): readonly string[] {
  const { daily, story } = model.goals;
  const room = model.columns - basename(model.file.path).length;
  const bar = (goal: "daily" | "story"): string => goalBar(goalWords(model, goal), model.goals[goal]);
  return [
    daily > 0 && room >= 66 ? `${bar("daily")} ${goalText(model, "daily")} today` : "",
    story > 0 && room >= 100 ? `${bar("story")} ${goalText(model, "story")} in all` : "",
  ];
}
