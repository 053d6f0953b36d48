import { Box, Text } from "ink";
import { hint, type Keymap } from "../bindings.ts";
import { describeKeys } from "../terminal/keys.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** A line of the help page: a heading, or a command with its keys. */
export type HelpLine =
  | { readonly heading: string }
  | { readonly keys: readonly string[]; readonly title: string };

/** The whole help page, made from the table of commands. */
export function helpLines({ commands }: Keymap): readonly HelpLine[] {
  const groups = [...new Set(commands.map((command) => command.group))];
  return groups.flatMap((group): HelpLine[] => [
    { heading: group },
    ...commands
      .filter((command) => command.group === group)
      .map((command) => ({
        keys: command.keys.slice(0, 2).map(describeKeys),
        title: command.title,
      })),
  ]);
}

/** As many of a command's keys as have room, and the first one in any case. */
function keysIn([first = "", ...more]: readonly string[], width: number): string {
  const both = [first, ...more].join(", ");
  return (both.length < width ? both : first).padEnd(width);
}

/** The help page in place of the story. */
export function HelpPage(props: {
  readonly keymap: Keymap;
  readonly theme: Theme;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}) {
  const { theme, width, height } = props;
  const lines = helpLines(props.keymap);
  const top = Math.max(0, Math.min(props.top, lines.length - height + 2));
  const keyWidth = Math.min(30, Math.max(14, Math.floor(width / 3)));
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1}>
      <Text {...inkStyle(theme, "label")} wrap="truncate">
        {`↑↓ scroll · Esc or ${hint(props.keymap, "help")} back to the story`}
      </Text>
      {lines.slice(top, top + height - 1).map((line) =>
        "heading" in line ? (
          <Text key={line.heading} bold {...inkStyle(theme, "accent")}>
            {line.heading}
          </Text>
        ) : (
          <Text key={line.title} wrap="truncate">
            <Text bold>{keysIn(line.keys, keyWidth)}</Text>
            {line.title}
          </Text>
        ),
      )}
    </Box>
  );
}
