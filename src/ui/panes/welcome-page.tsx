import { Box, Text } from "ink";
import type { Model } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";
import { welcomeKeyCells, welcomeRows } from "../welcome-rows.ts";

/** The welcome in place of the story, in the middle of the page. */
export function WelcomePage(props: {
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, theme, width, height } = props;
  const inner = Math.max(1, Math.min(76, width - 4));
  const keyCells = welcomeKeyCells(model);
  const rows = welcomeRows(model, inner, height);
  return (
    <Box width={width} height={height} justifyContent="center" alignItems="center">
      <Box flexDirection="column" width={inner} height={rows.length}>
        {rows.map(({ key, words, kind }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its position
          <Text key={i} wrap="truncate">
            {kind === "key" ? (
              <Text bold {...inkStyle(theme, "accent")}>
                {key.padEnd(keyCells)}
              </Text>
            ) : null}
            <Text
              bold={kind === "title"}
              {...(kind === "key" ? {} : inkStyle(theme, kind === "title" ? "accent" : "label"))}
            >
              {words === "" ? " " : words}
            </Text>
          </Text>
        ))}
      </Box>
    </Box>
  );
}
