import { Box, Text } from "ink";
import { hint } from "../bindings.ts";
import { panelRoom } from "../input-cursor.ts";
import { firstShown } from "../list-view.ts";
import type { Model } from "../model.ts";
import type { Panel } from "../panel.ts";
import { PANELS } from "../panels/panels.ts";
import { measure } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** An open panel: its name and search, its list around the chosen line, and what the keys do. */
export function ListPane(props: {
  readonly model: Model;
  readonly panel: Panel;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, panel, theme, width, height } = props;
  const kind = PANELS[panel.kind];
  const lines = kind.lines(model, panel.query);
  const inner = Math.max(1, width - 3);
  const room = panelRoom(height);
  const first = firstShown(panel.chosen, lines.length, room);
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
      borderColor={inkStyle(theme, "accent").color ?? ""}
    >
      <Text {...inkStyle(theme, "accent")} bold wrap="truncate">
        {kind.typing?.(panel) ?? `${kind.title}${kind.searchable ? ` › ${panel.query}` : ""}`}
      </Text>
      {lines.length === 0 ? <Text {...inkStyle(theme, "label")}>{kind.nothing}</Text> : null}
      {lines.slice(first, first + room).map((line, i) => {
        const chosen = first + i === panel.chosen;
        const mark = chosen ? "▸" : line.current ? "·" : " ";
        const text = `${mark} ${line.prefix ?? ""}${line.text}`;
        const detail = line.detail ?? "";
        // Of a line that is too long the text has two thirds, or as much as it needs.
        const room = inner - 1 - Math.min(measure(text), Math.ceil((2 * inner) / 3));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of a list is its position
          <Box key={i} width={inner} justifyContent="space-between">
            <Text wrap="truncate" bold={chosen} {...(chosen ? inkStyle(theme, "accent") : {})}>
              {text}
            </Text>
            <Box flexShrink={0} marginLeft={1} width={Math.min(measure(detail), room)}>
              <Text wrap="truncate" {...inkStyle(theme, "label")}>
                {detail}
              </Text>
            </Box>
          </Box>
        );
      })}
      <Box flexGrow={1} />
      <Text {...inkStyle(theme, "label")} wrap="truncate">
        {kind.hints?.(model) ??
          `${hint(model.keymap, "panelTake")} ${kind.verb} · ${hint(model.keymap, "panelClose")} back`}
      </Text>
    </Box>
  );
}
