// What the rounds come to: medians with the least and the most, and ratios.

/** @param {readonly number[]} values */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/**
 * One contender's rounds as spreads; those of each prompt by its length.
 *
 * @param {import("./contenders.mjs").Contender} contender
 * @param {readonly any[]} entries as runRounds returns them
 * @param {readonly number[]} prompts
 */
export function summarise({ name, engine, precision }, entries, prompts) {
  const ofPrompts = (key) =>
    Object.fromEntries(
      prompts.map((tokens) => [tokens, spread(entries.map(({ runs }) => runs.get(tokens)[key]))]),
    );
  const peaks = entries.map(({ runs }) => Math.max(...[...runs.values()].map((run) => run.peak_rss_mb)));
  return {
    ...{ name, engine, precision },
    decode_tps: ofPrompts("decode_tps"),
    prefill_tps: ofPrompts("prefill_tps"),
    ttft_ms: ofPrompts("ttft_ms"),
    load_ms: spread(entries.map(({ load_ms }) => load_ms)),
    start_ms: spread(entries.map(({ start_ms }) => start_ms)),
    peak_rss_mb: spread(peaks),
  };
}

/** How many times faster Inkwright's int8 and int4 are than every peer: ratios of medians. */
export function compare(summaries) {
  const ours = summaries.filter(({ name }) => /^inkwright-int\d$/.test(name));
  const peers = summaries.filter(({ engine }) => engine !== "Inkwright");
  return ours.flatMap((mine) =>
    peers.map((peer) => ({
      inkwright: mine.precision,
      peer: peer.name,
      decode: ratios(mine.decode_tps, peer.decode_tps),
      prefill: ratios(mine.prefill_tps, peer.prefill_tps),
    })),
  );
}

function ratios(mine, theirs) {
  return Object.fromEntries(
    Object.keys(mine).map((tokens) => [tokens, mine[tokens].median / theirs[tokens].median]),
  );
}
