import { Box, Text } from "ink";
import { replacementOf } from "../../story/find.ts";
import { currentDocument } from "../../story/history.ts";
import { hint } from "../bindings.ts";
import { type Find, matchIndex, resultOf } from "../find.ts";
import type { CommandName } from "../keymap.ts";
import type { Model } from "../model.ts";
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
  const ways = [
    find.query.regex ? "regex" : "",
    find.query.matchCase ? "case" : "",
    find.query.wholeWords ? "words" : "",
  ].filter((way) => way !== "");
  const key = (name: CommandName): string => hint(model.keymap, name);
  const keys = `${key("findGo")} next · ${key("findRegex")} regex · ${key("findCase")} case · ${key("findWords")} words · ${key("findField")} replace · ${key("findClose")}`;
  return (
    <Box flexDirection="column" width={columns} height={height}>
      <Field name="Find" text={find.query.text} active={find.field === "query"} theme={theme} hint={keys}>
        {[count(model, find), ...ways].join(" · ")}
      </Field>
      {height > 1 ? (
        <Field
          name="Replace"
          text={find.replacement}
          active={find.field === "replacement"}
          theme={theme}
          hint={`${key("replaceOne")} this one · ${key("replaceAll")} all`}
        >
          {preview(model, find)}
        </Field>
      ) : null}
    </Box>
  );
}

function Field(props: {
  readonly name: string;
  readonly text: string;
  readonly active: boolean;
  readonly theme: Theme;
  readonly hint: string;
  readonly children: string;
}) {
  const { name, text, active, theme, hint, children } = props;
  return (
    <Box justifyContent="space-between">
      <Text wrap="truncate">
        <Text bold={active} {...inkStyle(theme, active ? "accent" : "label")}>
          {` ${name.padEnd(7)} › `}
        </Text>
        {`${text}${active ? "▏" : ""}`}
        <Text {...inkStyle(theme, "label")}>{children === "" ? "" : `   ${children}`}</Text>
      </Text>
      <Box flexShrink={100} marginLeft={2}>
        <Text wrap="truncate" {...inkStyle(theme, "label")}>{`${hint} `}</Text>
      </Box>
    </Box>
  );
}

/** `3 of 12`. */
function count(model: Model, { query }: Find): string {
  const { matches, more, problem } = resultOf(currentDocument(model.tree).text, query);
  if (problem) return problem;
  if (query.text === "") return "";
  if (matches.length === 0) return "not in the story";
  const index = matchIndex(matches, model.selection);
  const all = `${matches.length.toLocaleString("en")}${more ? "+" : ""}`;
  return index < 0 ? all : `${(index + 1).toLocaleString("en")} of ${all}`;
}

/** What the selected match would become. */
function preview(model: Model, find: Find): string {
  if (find.field !== "replacement") return "";
  const { text } = currentDocument(model.tree);
  const { matches, pattern } = resultOf(text, find.query);
  const match = matches[matchIndex(matches, model.selection)];
  if (!match || !pattern) return "";
  const before = text.sliceString(match.from, Math.min(match.to, match.from + 40));
  const after = replacementOf(text, match, pattern, find.query, find.replacement);
  return after === "" ? `“${before}” goes away` : `“${before}” → “${after.slice(0, 40)}”`;
}
