import { Box, Text } from "ink";
import { hint, type Keymap } from "../bindings.ts";
import { type ChoicesView, choicesView } from "../choices-view.ts";
import { figureWords } from "../figures.ts";
import { fitting } from "../fitting.ts";
import { wordRows } from "../foot.ts";
import { firstShown } from "../list-view.ts";
import type { Model } from "../model.ts";
import type { Offer } from "../offer.ts";
import { visible } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";

/**
 * What there is to choose from, best first for a rewrite: beside each other where there is room, else a row each. The
 * one on the page has a mark and is bold.
 */
export function ChoicesPane(props: {
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, theme, width, height } = props;
  const { offer } = model;
  const view = choicesView(offer, width, model.rows);
  if (!offer || !view || height < 2) return null;
  const room = height - 1;
  const many = view.columns > 1 ? view.columns : room;
  const first = firstShown(offer.shown, view.count, many);
  const numbers = Array.from({ length: Math.min(many, view.count - first) }, (_, i) => first + i);
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Text {...inkStyle(theme, "label")}>{headline(offer, view, width, model.keymap).slice(0, width)}</Text>
      <Box flexDirection={view.columns > 1 ? "row" : "column"} columnGap={2} height={room}>
        {numbers.map((number) => (
          <ChoiceCell
            key={number}
            rows={choiceRows(offer, number, view, room)}
            isShown={number === offer.shown}
            theme={theme}
            width={view.width}
          />
        ))}
      </Box>
    </Box>
  );
}

function ChoiceCell(props: {
  readonly rows: readonly string[];
  readonly isShown: boolean;
  readonly theme: Theme;
  readonly width: number;
}) {
  const { rows, isShown, theme, width } = props;
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {rows.map((row, i) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
          key={i}
          wrap="truncate"
          bold={isShown}
          {...(isShown ? inkStyle(theme, "accent") : {})}
        >
          {row}
        </Text>
      ))}
    </Box>
  );
}

function headline(offer: Offer, view: ChoicesView, width: number, keymap: Keymap): string {
  const what = offer.task === "rewrite" ? "other words" : "choices";
  const number = offer.choices.length > 0 ? `${what} ${offer.shown + 1} of ${view.count}` : what;
  const state = offer.progress ? `${offer.progress.label} ${Math.round(offer.progress.done * 100)} %` : "";
  const keys =
    offer.choices.length > 0
      ? `${hint(keymap, "nextChoice")} another · ${hint(keymap, "accept")} accept · ${hint(keymap, "dismiss")} dismiss`
      : `${hint(keymap, "dismiss")} stop`;
  const words = [number, state, ...keys.split(" · ")].filter((part) => part !== "");
  return `── ${fitting(words, width - 6)} ${"─".repeat(width)}`;
}

/** A longer beginning that all choices share is not told in each. */
const SHARED = 24;

/** A choice in its cell: `▸ 2 (leads on: strong) She went …`, cut at the last row. */
function choiceRows(offer: Offer, index: number, view: ChoicesView, room: number): readonly string[] {
  const choice = offer.choices[index];
  const isShown = index === offer.shown;
  const { begin } = offer;
  const isBegun = begin.length > SHARED && choice?.text.startsWith(begin) === true;
  const own = isBegun ? `… ${choice.text.slice(begin.length)}` : (choice?.text ?? "…");
  const figures = choice?.finished ? figureWords(choice.finished) : [];
  const figure = figures.length === 0 ? "" : ` (${figures.join(" · ")})`;
  const words = visible(own.replaceAll(/\s+/gu, " ").trim());
  const line = `${isShown ? "▸" : " "} ${index + 1}${figure} ${words}`;
  if (view.columns === 1) return [line];
  // No more is wrapped than can be seen: this is done many times a second.
  const rows = wordRows(line.slice(0, view.width * (room + 1)), view.width);
  if (rows.length <= room) return rows;
  const last = rows[room - 1] ?? "";
  return [...rows.slice(0, room - 1), `${last.slice(0, view.width - 2)} …`];
}
