import { Box, Text } from "ink";
import { hint, type Keymap } from "../bindings.ts";
import { figureWords } from "../figures.ts";
import { fitting } from "../fitting.ts";
import { firstShown } from "../list-view.ts";
import type { Model } from "../model.ts";
import type { Offer, OfferedChoice } from "../offer.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** What there is to choose from, one choice a row, best first for a rewrite; the one on the page is marked. */
export function ChoicesPane(props: {
  readonly model: Model;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}) {
  const { model, theme, width, height } = props;
  const { offer } = model;
  if (!offer || height < 2) return null;
  const room = height - 1;
  const first = firstShown(offer.shown, offer.choices.length, room);
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Text {...inkStyle(theme, "label")}>{headline(offer, width, model.keymap).slice(0, width)}</Text>
      {offer.choices.slice(first, first + room).map((choice, i) => (
        <Text
          key={`${choice.generation} ${choice.index}`}
          wrap="truncate"
          {...(first + i === offer.shown ? inkStyle(theme, "accent") : {})}
          bold={first + i === offer.shown}
        >
          {choiceLine(choice, first + i, first + i === offer.shown)}
        </Text>
      ))}
    </Box>
  );
}

function headline(offer: Offer, width: number, keymap: Keymap): string {
  const what = offer.task === "rewrite" ? "other words" : "choices";
  const state = offer.progress ? `${offer.progress.label} ${Math.round(offer.progress.done * 100)} %` : "";
  const keys =
    offer.choices.length > 0
      ? `${hint(keymap, "nextChoice")} another · ${hint(keymap, "accept")} accept · ${hint(keymap, "dismiss")} dismiss`
      : `${hint(keymap, "dismiss")} stop`;
  const words = [what, state, ...keys.split(" · ")].filter((part) => part !== "");
  return `── ${fitting(words, width - 6)} ${"─".repeat(width)}`;
}

function choiceLine(choice: OfferedChoice, index: number, shown: boolean): string {
  const figures = choice.finished ? figureWords(choice.finished) : [];
  const figure = figures.length === 0 ? "" : ` (${figures.join(" · ")})`;
  const words = choice.text.replaceAll(/\s+/gu, " ").trim();
  return `${shown ? "▸" : " "} ${index + 1}${figure} ${words}`;
}
