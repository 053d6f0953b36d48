import { Box, Text } from "ink";
import type { Geometry } from "../geometry.ts";
import type { PaintedRow } from "../page.ts";
import { inkStyle, type Theme } from "../theme.ts";

/**
 * The page. With a compositor (`rows` null) it only reserves the space, which the compositor paints; without one
 * it shows the same rows as plain text.
 */
export function EditorPane(props: {
  readonly geometry: Geometry;
  readonly rows: readonly PaintedRow[] | null;
  readonly theme: Theme;
}) {
  const { page } = props.geometry;
  return (
    <Box flexDirection="column" width={page.width} height={page.height} flexShrink={0}>
      {props.rows?.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its position
        <Text key={i} wrap="truncate">
          {row.spans.map((span, j) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a span of a row is its position
            <Text key={j} {...inkStyle(props.theme, span.style)}>
              {span.text}
            </Text>
          ))}
        </Text>
      ))}
    </Box>
  );
}
