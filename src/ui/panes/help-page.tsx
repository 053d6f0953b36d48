import { Box, Text } from "ink";
import { hint, type Keymap } from "../bindings.ts";
import { wordRows } from "../foot.ts";
import { type HelpLine, helpLines } from "../help.ts";
import { measure } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** A row of the page: a heading, or the keys of a command, where it begins, beside words. */
interface HelpRow {
  readonly heading: boolean;
  readonly keys: string;
  readonly words: string;
}

/** The page in so many cells: sentences that have no room in a row go on in the next. */
function helpRows(lines: readonly HelpLine[], width: number, keyWidth: number): readonly HelpRow[] {
  return lines.flatMap((line): readonly HelpRow[] => {
    if ("heading" in line) return [{ heading: true, keys: "", words: line.heading }];
    const keys = keysIn(line.keys, keyWidth);
    return wordRows(line.title, width - Math.max(keyWidth, measure(keys))).map((words, row) => ({
      heading: false,
      keys: row === 0 ? keys : " ".repeat(measure(keys)),
      words,
    }));
  });
}

/** As many of a command's keys as have room, and the first one in any case. */
function keysIn([first = "", ...more]: readonly string[], width: number): string {
  const both = [first, ...more].join(", ");
  return `${both.length < width ? both : first} `.padEnd(width);
}

/** The help page in place of the story. */
export function HelpPage(props: {
  readonly keymap: Keymap;
  readonly theme: Theme;
  readonly top: number;
  readonly query: string;
  readonly width: number;
  readonly height: number;
}) {
  const { theme, width, height } = props;
  const keyWidth = Math.min(30, Math.max(14, Math.floor(width / 3)));
  const lines = helpLines(props.keymap, props.query);
  const rows = helpRows(lines, width - 1, keyWidth);
  const count = lines.filter((line) => "keys" in line).length;
  const top = Math.max(0, Math.min(props.top, rows.length - height + 2));
  const hints = `type to find · ↑↓ scroll · Esc or ${hint(props.keymap, "help")} back to the story`;
  const found = `Find: ${props.query}  (${count === 0 ? "no key does that" : count})`;
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1}>
      <Text {...inkStyle(theme, "label")} wrap="truncate">
        {props.query !== "" ? found : measure(hints) < width ? hints : "type to find · Esc back"}
      </Text>
      {rows.slice(top, top + height - 1).map(({ heading, keys, words }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its position
        <Text key={i} wrap="truncate">
          <Text bold>{keys}</Text>
          {heading ? (
            <Text bold {...inkStyle(theme, "accent")}>
              {words}
            </Text>
          ) : (
            words
          )}
        </Text>
      ))}
    </Box>
  );
}
