import type { BenchJob, BenchOutcome, BenchRound } from "./bench-protocol.ts";
import { table } from "./output.ts";

/** What several measurements of one thing came to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One configuration of `inkwright bench --json`; units are in the names: tokens a second, milliseconds, 10^6 bytes. */
export interface BenchRow {
  readonly model?: string;
  readonly shape?: string;
  readonly precision: string;
  readonly prompt: number;
  readonly length: number;
  readonly count: number;
  readonly rounds: number;
  readonly prefill_tps: Spread;
  readonly decode_tps: Spread;
  readonly ttft_ms: Spread;
  readonly load_ms: Spread;
  readonly peak_rss_mb: Spread;
  readonly bytes_per_token: number;
}

/** Median, least and most of at least one number, to a tenth. Throws a RangeError for none. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError("no numbers were measured");
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? min) + (sorted[Math.ceil(middle)] ?? max)) / 2;
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return { median: tenth(median), min: tenth(min), max: tenth(max) };
}

/** The rows of one precision; `loads` are the milliseconds of its openings. */
export function benchRows(
  subject: { readonly model: string } | { readonly shape: string },
  { cases, length, rounds }: BenchJob,
  outcome: BenchOutcome,
  loads: readonly number[],
): readonly BenchRow[] {
  return cases.map(({ prompt, count }, index) => {
    const its = outcome.rounds.filter((round) => round.case === index);
    const of = (value: (round: BenchRound) => number): Spread => spread(its.map(value));
    return {
      ...subject,
      precision: outcome.precision,
      prompt,
      length,
      count,
      rounds,
      prefill_tps: of((round) => round.prefillTps),
      decode_tps: of((round) => round.decodeTps),
      ttft_ms: of((round) => round.ttftMs),
      load_ms: spread(loads),
      peak_rss_mb: spread([outcome.peakRssMb]),
      bytes_per_token: outcome.bytesPerToken[index] ?? 0,
    };
  });
}

/** The rows for people: medians, with least and most behind them. */
export function benchTable(rows: readonly BenchRow[]): string {
  const all = ({ median, min, max }: Spread): string => `${median} (${min}–${max})`;
  const column = (title: string, value: (row: BenchRow) => string) => ({
    title,
    value,
    align: "right" as const,
  });
  return table<BenchRow>(rows, [
    { title: "MODEL", value: (row) => row.model ?? row.shape ?? "" },
    { title: "PRECISION", value: (row) => row.precision },
    column("PROMPT", (row) => String(row.prompt)),
    column("COUNT", (row) => String(row.count)),
    column("PREFILL/S", (row) => all(row.prefill_tps)),
    column("DECODE/S", (row) => all(row.decode_tps)),
    column("FIRST MS", (row) => all(row.ttft_ms)),
    column("LOAD MS", (row) => all(row.load_ms)),
    column("PEAK MB", (row) => String(row.peak_rss_mb.median)),
    column("MB/TOKEN", (row) => (row.bytes_per_token / 1e6).toFixed(1)),
  ]);
}
