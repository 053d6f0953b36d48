import fc from "fast-check";

const WORDS = "the lantern harbour self-made o’clock “so” well—then naïve (a) end. Привет שלום مرحبا".split(
  " ",
);
const CLUSTERS = [
  ...[
    "日",
    "本",
    "。",
    "「",
    "」",
    "한",
    "ア",
    "ー",
    "e\u0301",
    "👍🏽",
    "👨‍👩‍👧",
    "🇩🇪",
    "🇫",
    "❤️",
    "1️⃣",
    "क्ष",
    "का",
    "ก็",
    "ลำ",
  ],
  ...[
    "\u0301",
    "\u200d",
    "\u200c",
    "\u200b",
    "\x1b[31m",
    "\x07",
    "\t",
    "\r",
    "\u00ad",
    "\ud83d",
    "\ude00",
    "𠀀",
    "\u1112\u1161",
  ],
  ...["\u11ab", "\u0600", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u{e0041}", "\ufe0f", "葛󠄀", "\u3000", "می‌خواهم"],
];

/** Text of every kind that a story may hold, on one line: prose, scripts that combine, emoji, broken halves, controls. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
      { weight: 3, arbitrary: fc.constantFrom(" ", " ", "  ", "", "-") },
      { weight: 2, arbitrary: fc.constantFrom(...CLUSTERS) },
      {
        weight: 1,
        arbitrary: fc.string({ unit: "binary", maxLength: 4 }).map((text) => text.replaceAll("\n", "")),
      },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
