// The results as Markdown.

/** All contenders, a row each. @param {readonly ReturnType<typeof import("./summary.mjs").summarise>[]} summaries */
export function mainTable(summaries, prompts) {
  const each = (title) => prompts.map((tokens) => `${title} @${tokens}`);
  const head = [
    "engine",
    "precision",
    ...each("decode"),
    ...each("prefill"),
    ...each("TTFT ms"),
    "load ms",
    "peak RSS MB",
  ];
  const rows = summaries.map((one) => [
    one.engine,
    one.precision,
    ...[one.decode_tps, one.prefill_tps, one.ttft_ms].flatMap((measure) =>
      prompts.map((tokens) => cell(measure[tokens])),
    ),
    cell(one.load_ms),
    cell(one.peak_rss_mb),
  ]);
  return table(head, rows);
}

/** Inkwright against each peer. @param {ReturnType<typeof import("./summary.mjs").compare>} comparisons */
export function ratioTable(comparisons, prompts) {
  const each = (title) => prompts.map((tokens) => `${title} @${tokens}`);
  const rows = comparisons.map(({ inkwright, peer, decode, prefill }) => [
    `Inkwright ${inkwright}`,
    peer,
    ...[decode, prefill].flatMap((measure) => prompts.map((tokens) => `${measure[tokens].toFixed(2)}×`)),
  ]);
  return table(["", "against", ...each("decode"), ...each("prefill")], rows);
}

function cell({ median, min, max }) {
  return `${digits(median)} (${digits(min)}–${digits(max)})`;
}

function digits(number) {
  return number.toFixed(number < 100 ? 1 : 0);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i < 2 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
