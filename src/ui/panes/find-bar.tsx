import { Box, Text } from "ink";
import { capitalsCount } from "../../story/find.ts";
import { hint } from "../bindings.ts";
import { fieldOf, fieldView } from "../field.ts";
import { type Find, findField } from "../find.ts";
import { FIND_LABEL, findCounts, findWidth, type Replaced, replacedOnes } from "../find-view.ts";
import { fitting } from "../fitting.ts";
import type { CommandName } from "../keymap.ts";
import type { Model } from "../model.ts";
import { visible } from "../terminal/widths.ts";
import { inkStyle, type Theme } from "../theme.ts";

/** The search above the status line: what is looked for and how often it is there, and what it is to become. */
export function FindBar({
  model,
  theme,
  height,
}: {
  readonly model: Model;
  readonly theme: Theme;
  readonly height: number;
}) {
  const { find, columns } = model;
  if (!find || height < 1) return null;
  const { query } = find;
  const key = (name: CommandName): string => hint(model.keymap, name);
  const way = (name: CommandName, word: string, on: boolean): string =>
    `${word}${on ? " ✓" : ""} ${key(name)}`;
  const [count, briefly] = findCounts(find, model.selection);
  const facts = [
    count,
    way("findCase", "case", capitalsCount(query)),
    way("findWords", "words", query.wholeWords),
    way("findRegex", "regex", query.regex),
  ];
  const changes =
    find.result.matches.length === 0
      ? []
      : [
          `${key("replaceOne")} this one`,
          `${key("replaceAll")} all${find.within ? " in the selection" : ""}`,
          query.regex ? "$1 $& parts of it" : "",
        ];
  const onlyReplacement = height === 1 && find.field === "replacement";
  return (
    <Box flexDirection="column" width={columns} height={height}>
      {onlyReplacement ? null : (
        <Row
          name="Find"
          field="query"
          find={find}
          columns={columns}
          theme={theme}
          facts={facts}
          briefly={briefly}
        />
      )}
      {height > 1 || onlyReplacement ? (
        <Row
          name="Replace"
          field="replacement"
          find={find}
          columns={columns}
          theme={theme}
          facts={changes}
          briefly={changes.length === 0 ? "" : key("replaceOne")}
        />
      ) : null}
      {replacedOnes(find, model.selection, Math.max(0, height - 2)).map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the bar is its position
        <Preview key={i} one={one} theme={theme} />
      ))}
    </Box>
  );
}

function Row(props: {
  readonly name: string;
  readonly field: Find["field"];
  readonly find: Find;
  readonly columns: number;
  readonly theme: Theme;
  readonly facts: readonly string[];
  /** What is said where not even the first fact has room. */
  readonly briefly: string;
}) {
  const { name, field, find, columns, theme, facts, briefly } = props;
  const active = find.field === field;
  const typed = active ? findField(find) : fieldOf(field === "query" ? find.query.text : find.replacement);
  const width = findWidth(columns);
  const told = facts.filter((fact) => fact !== "");
  const shown = fitting(told, columns - FIND_LABEL - width - 2) || briefly;
  return (
    <Box height={1}>
      <Box width={FIND_LABEL + width} flexShrink={0}>
        <Text wrap="truncate">
          <Text bold={active} {...inkStyle(theme, active ? "accent" : "label")}>
            {` ${name.padEnd(7)} ${active ? "›" : " "} `}
          </Text>
          {fieldView(typed, width).shown}
        </Text>
      </Box>
      <Text wrap="truncate" {...inkStyle(theme, "label")}>
        {` ${shown}`}
      </Text>
    </Box>
  );
}

/** A match and what it would become: `the old [lamp → light] was out`. */
function Preview({ one, theme }: { readonly one: Replaced; readonly theme: Theme }) {
  const clean = (text: string): string => visible(text).replaceAll("\t", " ");
  return (
    <Text wrap="truncate" {...inkStyle(theme, "label")}>
      {` ${one.current ? "▸" : " "} … ${clean(one.before)}`}
      <Text {...inkStyle(theme, "text+match")}>{clean(one.match)}</Text>
      <Text
        {...inkStyle(theme, "accent")}
      >{` → ${one.becomes === "" ? "(nothing)" : clean(one.becomes)}`}</Text>
      {`${clean(one.after)} …`}
    </Text>
  );
}
