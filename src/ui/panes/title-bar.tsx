import { basename } from "node:path";
import { Text } from "ink";
import { hint } from "../bindings.ts";
import { goalBar, goalText, goalWords } from "../goals.ts";
import { isDirty, type Model } from "../model.ts";
import { fitCells, measure, visible } from "../terminal/widths.ts";
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
  const facts = [...goals(model), `${hint(model.keymap, "help")} help`].filter((fact) => fact !== "");
  const right = model.columns >= 50 ? facts.join(" · ") : "";
  const room = Math.max(1, model.columns - measure(right) - measure(state) - 7);
  const name = shortened(visible(basename(model.file.path)), room);
  const gap = Math.max(1, model.columns - measure(name) - measure(state) - measure(right) - 5);
  return (
    <Text {...inkStyle(theme, "title")} wrap="truncate">
      {` ${name} `}
      <Text {...inkStyle(theme, "label")} bold={false}>
        {`· ${state}${" ".repeat(gap)}${right} `}
      </Text>
    </Text>
  );
}

/** A name in so many cells, its middle left out where it is longer. */
function shortened(name: string, cells: number): string {
  if (measure(name) <= cells) return name;
  const half = Math.max(0, Math.floor((cells - 1) / 2));
  return `${fitCells(name, half)}…${[...name].slice(-half || name.length).join("")}`;
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
