import { createRandom, type Random } from "../engine/random.ts";
import type { Choice, Engine } from "../engine/types.ts";
import { UserError } from "../errors.ts";
import { createDocument } from "../story/document.ts";
import { rewritePrompt } from "../story/prompt.ts";
import { sentenceEnds } from "../story/sentence.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { type SharedFlags, samplingSettings } from "./flags.ts";
import { runGeneration } from "./generation.ts";
import { readSource } from "./input.ts";
import { withModel } from "./open-model.ts";
import { writeJson, writeOut } from "./output.ts";
import type { Span } from "./selection.ts";

/** The flags of `eval rewrite`. */
export interface EvalRewriteFlags extends SharedFlags {
  readonly text: string;
  readonly passages?: number;
  readonly candidates?: number;
}

/** Passages that are cut out, and candidates for each, where nobody says otherwise. */
const PASSAGES = 100;
const CANDIDATES = 16;

/** Words of a passage, and characters that must stand before and after it. */
const WORDS = { least: 6, most: 40 } as const;
const MARGIN = { before: 400, after: 300 } as const;

/** Samples of the bootstrap (Efron 1979). */
const RESAMPLES = 10_000;

/** What one kind of text came to, as a mean over the passages. */
interface Figures {
  /** Log-probability of a following token, in nats. */
  readonly fit: number;
  /** Share of the passage's content words. */
  readonly kept: number;
  readonly passages: number;
}

/** One passage: the log-probability of what follows behind the passage itself, and its candidates. */
interface Measured {
  readonly original: number;
  readonly choices: readonly Choice[];
}

/**
 * `eval rewrite`: cuts sentences out of a text and has them rewritten, and tells how well what follows fits behind the
 * sentence itself, the first sample, the choice that is ranked first, and the first infill. Rejects with a UserError
 * for a text or a model that cannot be read, and for a text too short.
 */
export async function evalRewrite(context: CommandContext, flags: EvalRewriteFlags): Promise<ExitCode> {
  const { text } = await readSource(context, flags.text);
  const passages = passagesOf(text, flags.passages ?? PASSAGES);
  if (passages.length === 0) {
    throw new UserError("The text is too short: it has no sentence with enough text before and after it.");
  }
  const settings = samplingSettings(flags, context.settings.values);
  const seed = settings.seed ?? 1;
  const candidates = flags.candidates ?? CANDIDATES;
  const report = await withModel(context, flags, async ({ engine, line }) => {
    const measured: Measured[] = [];
    for (const [i, passage] of passages.entries()) {
      line.show(`passage ${i + 1} of ${passages.length} …`);
      const found = await measure(context, engine, text, passage, {
        choices: candidates,
        candidates,
        settings: { ...settings, seed: seed + i },
      });
      context.interrupted.throwIfAborted();
      if (found) measured.push(found);
    }
    const { name, precision, runtime } = engine.card;
    return {
      model: name,
      precision,
      runtime,
      candidates,
      seed,
      closeness: settings.closeness,
      ...summary(measured, seed),
    };
  });
  if (flags.json) await writeJson(context, report);
  else await writeOut(context, listing(report));
  return 0;
}

/** Sentences of the text at even distances, `count` at most. */
function passagesOf(text: string, count: number): readonly Span[] {
  const found: Span[] = [];
  let start = 0;
  for (const paragraph of text.split("\n")) {
    let from = 0;
    for (const end of sentenceEnds(paragraph)) {
      const to = from + paragraph.slice(from, end).trimEnd().length;
      const words = paragraph.slice(from, to).split(/\s+/u).length;
      const span = { from: start + from, to: start + to };
      const room = span.from >= MARGIN.before && text.length - span.to >= MARGIN.after;
      if (room && words >= WORDS.least && words <= WORDS.most) found.push(span);
      from = end;
    }
    start += paragraph.length + 1;
  }
  if (found.length <= count) return found;
  return Array.from({ length: count }, (_, i) => found[Math.floor(((i + 0.5) * found.length) / count)]!);
}

async function measure(
  context: CommandContext,
  engine: Engine,
  text: string,
  passage: Span,
  asked: Pick<import("../engine/types.ts").GenerationRequest, "choices" | "candidates" | "settings">,
): Promise<Measured | null> {
  const { before, selected, after } = rewritePrompt(createDocument(text), passage);
  const request = { id: context.newId(), task: "rewrite", before, selected, after, ...asked } as const;
  const { choices } = await runGeneration(engine, request, context.interrupted);
  const [one] = choices;
  if (one?.fit === undefined || one.gain === undefined) return null;
  return { original: one.fit - one.gain, choices };
}

function summary(measured: readonly Measured[], seed: number) {
  const firstOf = (choices: readonly Choice[], source: string): Choice | undefined =>
    choices
      .filter((choice) => choice.source === source)
      .reduce<Choice | undefined>(
        (best, one) => ((one.drawn ?? 0) < (best?.drawn ?? Infinity) ? one : best),
        undefined,
      );
  const both = measured.flatMap(({ choices }) => {
    const [ranked, first] = [choices[0], firstOf(choices, "left")];
    return ranked && first ? [{ ranked, first }] : [];
  });
  const infills = measured.flatMap(({ choices }) => firstOf(choices, "infill") ?? []);
  return {
    passages: both.length,
    original: { fit: mean(measured.map(({ original }) => original)), kept: 1, passages: measured.length },
    first: figures(both.map(({ first }) => first)),
    ranked: figures(both.map(({ ranked }) => ranked)),
    infill: infills.length > 0 ? figures(infills) : null,
    ranked_over_first: bootstrap(
      both.map(({ ranked, first }) => (ranked.fit ?? 0) - (first.fit ?? 0)),
      createRandom(seed, 0),
    ),
  };
}

function figures(choices: readonly Choice[]): Figures {
  return {
    fit: mean(choices.map(({ fit = 0 }) => fit)),
    kept: mean(choices.map(({ kept = 0 }) => kept)),
    passages: choices.length,
  };
}

/** The mean of differences, and between which values 95 % of the means of resampled differences lie. */
function bootstrap(differences: readonly number[], random: Random) {
  const means = Array.from({ length: RESAMPLES }, () =>
    mean(differences.map(() => differences[Math.floor(random() * differences.length)] ?? 0)),
  ).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.floor(share * (means.length - 1))] ?? Number.NaN;
  return { mean: mean(differences), low: at(0.025), high: at(0.975) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function listing(report: ReturnType<typeof summary> & Record<"model" | "precision", string>): string {
  const row = (name: string, found: Figures | null): string =>
    found
      ? `${name.padEnd(10)}${found.fit.toFixed(3).padStart(9)}${`${Math.round(100 * found.kept)} %`.padStart(9)}\n`
      : "";
  const { mean: gain, low, high } = report.ranked_over_first;
  return `${report.model}, ${report.precision}: ${report.passages} passages
                fit     kept
${row("original", report.original)}${row("first", report.first)}${row("ranked", report.ranked)}${row("infill", report.infill)}ranked over first: ${gain.toFixed(3)} nats a token that follows (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})
`;
}
