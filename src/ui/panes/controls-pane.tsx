import { Box, Text } from "ink";
import { hint } from "../bindings.ts";
import {
  CONTROLS,
  type Control,
  controlDescription,
  controlFill,
  controlLabel,
  controlValue,
} from "../controls.ts";
import { controlsView } from "../input-cursor.ts";
import type { Model } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** Cells of a label with the mark before it and a blank behind: the longest has room. */
const LABEL_WIDTH = 2 + Math.max(...CONTROLS.map((control) => controlLabel(control).length));
const VALUE_WIDTH = 5;

/** The sampling settings as sliders, one a row; the focused one is explained below. */
export function ControlsPane(props: {
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, theme, width, height } = props;
  const focused = model.focus === "controls";
  const inner = width - 4;
  const { spacious, explained, room, first } = controlsView(height, model.control);
  const current = CONTROLS[model.control];
  return (
    <Box
      flexDirection="column"
      width={width}
      height={height}
      paddingLeft={1}
      borderStyle="single"
      borderTop={false}
      borderRight={false}
      borderBottom={false}
      {...(focused ? { borderColor: inkStyle(theme, "accent").color ?? "" } : { borderDimColor: true })}
    >
      <Text {...inkStyle(theme, focused ? "accent" : "label")} bold={focused} wrap="truncate">
        {focused ? "Controls · ←→ change" : `Controls · ${hint(model.keymap, "toggleControls")}`}
      </Text>
      {spacious ? <Text> </Text> : null}
      {CONTROLS.slice(first, first + room).map((control) => (
        <ControlRow
          key={controlLabel(control)}
          control={control}
          model={model}
          theme={theme}
          width={inner}
          current={focused && control === current}
        />
      ))}
      {explained && focused && current ? (
        <Box marginTop={1} width={inner}>
          <Text {...inkStyle(theme, "label")}>{controlDescription(current)}</Text>
        </Box>
      ) : null}
    </Box>
  );
}

function ControlRow(props: {
  readonly control: Control;
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly current: boolean;
}) {
  const { control, model, theme, width, current } = props;
  const value = controlValue(control, model);
  const labelWidth = Math.max(2, Math.min(LABEL_WIDTH, width - VALUE_WIDTH - 1));
  const label = `${current ? "▸" : " "}${controlLabel(control)}`.slice(0, labelWidth - 1).padEnd(labelWidth);
  const bar = Math.max(0, width - labelWidth - VALUE_WIDTH - 1);
  const full = Math.round(controlFill(control, model) * bar);
  return (
    <Text wrap="truncate">
      <Text bold={current}>{label}</Text>
      <Text {...inkStyle(theme, current ? "accent" : "status")}>{"━".repeat(full)}</Text>
      <Text {...inkStyle(theme, "border")}>{"─".repeat(bar - full)}</Text>
      <Text bold={current}>{value.padStart(VALUE_WIDTH + 1)}</Text>
    </Text>
  );
}
