import { Text } from "@codemirror/state";
import type { Engine, ScoredToken } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { bodyStart } from "../story/front-matter.ts";
import { headings } from "../story/headings.ts";
import {
  type Band,
  bandOf,
  beginXRay,
  marksBetween,
  requestFor,
  staleSegments,
  withScores,
  type XRay,
} from "../story/xray.ts";
import {
  chanceWords,
  extremesOf,
  oddness,
  type ScoredSentence,
  scoredSentences,
} from "../story/xray-sentences.ts";
import { colourDepth } from "../ui/terminal/colours.ts";
import { createTheme, hasLightBackground, pageSgr } from "../ui/theme.ts";
import { BAND_WORDS } from "../ui/xray-view.ts";
import { characterNumbers } from "./characters.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { readSource } from "./input.ts";
import { type ModelFlags, withModel } from "./open-model.ts";
import { excerpt, table, visible, writeJson, writeOut } from "./output.ts";

/** The flags of `xray`. */
export interface XRayFlags extends ModelFlags {
  readonly chapter?: string;
  readonly json?: boolean;
}

/** A part of the text, in UTF-16 code units. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** A token where it stands. */
type PlacedToken = ScoredToken & Range;

/** Characters of a sentence that a list shows. */
const SHOWN = 80;

/**
 * `xray`: tells how likely each word of a story is to the model: in colours on a terminal, else the sentences that are
 * the least and the most so. Rejects with a UserError for a chapter that is not there, and for a text or a model that
 * cannot be read.
 */
export async function xrayStory(
  context: CommandContext,
  file: string | undefined,
  flags: XRayFlags,
): Promise<ExitCode> {
  const source = await readSource(context, file);
  const text = Text.of(source.text.split("\n"));
  const range =
    flags.chapter === undefined
      ? { from: bodyStart(text), to: text.length }
      : chapterCalled(text, flags.chapter);
  await withModel(context, flags, async ({ engine, line }) => {
    const found = await scoreRange(text, range, engine, context.interrupted, (done) =>
      line.show(`scoring … ${Math.round(done * 100)} %`),
    );
    line.clear();
    const depth = colourDepth(context.env, context.stdout.isTTY ?? false);
    if (flags.json) await writeJson(context, xrayJson(source.text, range, found, engine));
    else if (depth > 0 || context.stdout.isTTY) paint(context, range, found.xray, depth);
    else await writeOut(context, listing(found.xray, range));
  });
  return 0;
}

/** What came of scoring. */
interface Found {
  readonly xray: XRay;
  readonly tokens: readonly PlacedToken[];
}

/** Scores a stretch, segment by segment, as the editor does. */
async function scoreRange(
  text: Text,
  range: Range,
  engine: Engine,
  signal: AbortSignal,
  tell: (done: number) => void,
): Promise<Found> {
  let xray = beginXRay(text);
  const placed: PlacedToken[] = [];
  for (const segment of staleSegments(xray, range)) {
    tell(Math.max(0, segment.from - range.from) / (range.to - range.from));
    const request = requestFor(text, segment);
    const { tokens } = await engine.score(request.text, { before: request.before, signal });
    xray = withScores(xray, request, tokens);
    let at = segment.from;
    for (const token of tokens) {
      const from = at;
      at += token.text.length;
      if (at > range.from && from < range.to) placed.push({ ...token, from, to: at });
    }
  }
  return { xray, tokens: placed };
}

function chapterCalled(text: Text, title: string): Range {
  const all = headings(text);
  const wanted = title.trim().toLocaleLowerCase();
  const found = all.find((heading) => heading.title.trim().toLocaleLowerCase() === wanted);
  if (found) return { from: found.from, to: found.to };
  const titles = all.slice(0, 12).map((heading) => JSON.stringify(heading.title));
  throw new UserError(`No chapter is called ${JSON.stringify(title)}.`, {
    hint: titles.length === 0 ? "The story has no headings." : `There are ${titles.join(", ")}.`,
  });
}

/** What `xray --json` prints; positions in characters. */
function xrayJson(text: string, range: Range, { xray, tokens }: Found, { card }: Engine): object {
  const number = characterNumbers(text);
  const sentences = scoredSentences(xray, range.from, range.to);
  const { flattest, oddest } = extremesOf(sentences);
  const tell = ({ from, to, surprisal }: ScoredSentence): object => ({
    text: text.slice(from, to),
    from: number(from),
    to: number(to),
    mean_surprisal: surprisal,
  });
  return {
    model: { name: card.name, fingerprint: card.fingerprint, parameters: card.parameters },
    tokens: tokens.map(({ text: piece, from, to, logprob, rank }) => ({
      text: piece,
      from: number(from),
      to: number(to),
      logprob,
      rank,
      band: rank === null ? null : bandOf(rank),
    })),
    sentences: sentences.map(tell),
    flattest: flattest.map(tell),
    oddest: oddest.map(tell),
  };
}

/** The text in the colours of its bands, and what they mean above it on stderr. */
function paint(
  context: CommandContext,
  range: Range,
  xray: XRay,
  depth: ReturnType<typeof colourDepth>,
): void {
  const { theme } = context.settings.values;
  const ground = hasLightBackground(context.env) ? "light" : "dark";
  const sgr = pageSgr(createTheme(theme === "auto" ? ground : theme, depth));
  const styled = (text: string, band: Band): string => {
    const sequence = sgr(`text+${band}`);
    return sequence === "" ? visible(text) : `${sequence}${visible(text)}\x1b[0m`;
  };
  const names = Object.entries(BAND_WORDS).map(([band, words]) => styled(words, band as Band));
  context.stderr.write(`${names.join("  ")}\n\n`);
  let at = range.from;
  let output = "";
  for (const mark of marksBetween(xray, range.from, range.to)) {
    output += visible(xray.text.sliceString(at, mark.from));
    output += styled(xray.text.sliceString(mark.from, mark.to), bandOf(mark.rank));
    at = mark.to;
  }
  const rest = xray.text.sliceString(at, range.to);
  context.stdout.write(`${output}${visible(rest)}${rest.endsWith("\n") ? "" : "\n"}`);
}

/** Both ends of the scale as tables. */
function listing(xray: XRay, { from, to }: Range): string {
  const { oddest, flattest } = extremesOf(scoredSentences(xray, from, to));
  if (oddest.length + flattest.length === 0) return "no sentence is long enough to be ranked\n";
  const rows = (sentences: readonly ScoredSentence[]): string =>
    table(sentences, [
      { title: "CHANCE", value: ({ surprisal }) => chanceWords(surprisal), align: "right" },
      { title: "IS", value: ({ deviation }) => oddness(deviation) },
      { title: "SENTENCE", value: (one) => excerpt(xray.text.sliceString(one.from, one.to), SHOWN) },
    ]);
  return `The oddest, by the mean chance of a token\n${rows(oddest)}\nThe flattest\n${rows(flattest)}`;
}
