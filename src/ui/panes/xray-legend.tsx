import { Box, Text } from "ink";
import type { Model } from "../model.ts";
import { measure } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";
import { legend } from "../xray-view.ts";

/** A row below the page that tells what its colours mean, and how much of the chapter has each. */
export function XRayLegend(props: { readonly model: Model; readonly theme: Theme; readonly height: number }) {
  const { model, theme, height } = props;
  if (height < 1 || !model.xray) return null;
  const { parts, done } = legend(model);
  const label = " X-ray ";
  const progress = done < 1 ? ` scoring ${Math.floor(100 * done)} %` : "";
  let room = model.columns - measure(label) - 1;
  // Whole parts only, the oddest last.
  const shown = parts.filter(({ words }) => {
    room -= measure(words) + 2;
    return room >= 0;
  });
  return (
    <Box height={1} width={model.columns}>
      <Text wrap="truncate">
        <Text {...inkStyle(theme, "label")}>{label}</Text>
        {shown.map(({ band, words }) => (
          <Text key={band}>
            {"  "}
            <Text {...inkStyle(theme, band)}>{words}</Text>
          </Text>
        ))}
        <Text {...inkStyle(theme, "label")}>{progress.length < room ? ` ${progress}` : ""}</Text>
      </Text>
    </Box>
  );
}
