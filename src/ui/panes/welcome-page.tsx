import { Box, Text } from "ink";
import type { Model } from "../model.ts";
import { inkStyle, type Theme } from "../theme.ts";
import { welcomeLines } from "../welcome.ts";

/** The welcome in place of the story, in the middle of the page. */
export function WelcomePage(props: {
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, theme, width, height } = props;
  const lines = welcomeLines(model);
  const inner = Math.max(10, Math.min(76, width - 4));
  return (
    <Box width={width} height={height} justifyContent="center" alignItems="center">
      <Box flexDirection="column" width={inner} overflow="hidden">
        {lines.map((line, i) =>
          "key" in line ? (
            <Box key={line.key}>
              <Box width={12} flexShrink={0}>
                <Text bold {...inkStyle(theme, "accent")}>
                  {line.key}
                </Text>
              </Box>
              <Text>{line.does}</Text>
            </Box>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its position
            <Text key={i} bold={i === 0} {...inkStyle(theme, i === 0 ? "accent" : "label")}>
              {line.words === "" ? " " : line.words}
            </Text>
          ),
        )}
      </Box>
    </Box>
  );
}
