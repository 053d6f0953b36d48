"""Fill-in-the-middle documents (Bavarian et al. 2022): a span is moved to the end, behind a special token.

    PSM: <|fim_prefix|> before <|fim_suffix|> after <|fim_middle|> middle <|endoftext|>
    SPM: <|fim_prefix|> <|fim_suffix|> after <|fim_middle|> before middle <|endoftext|>

Half the spans begin and end where a writer's passages do: at the ends of sentences and paragraphs.
"""
import numpy as np

SHORTEST, LONGEST = 4, 160  # tokens of a span
MARGIN = 8  # tokens before and after it, at least


def border_table(tokenizer):
    """For each id, 2 where a paragraph can end with it, 1 where a sentence can, else 0. # [vocab]"""
    table = np.zeros(tokenizer.get_vocab_size(), dtype=np.int8)
    for id in range(len(table)):
        text = tokenizer.decode([id], skip_special_tokens=False)
        if text.endswith("\n"):
            table[id] = 2
        elif text.rstrip("\"'\u201d\u2019")[-1:] in (".", "!", "?") or text in ('."', '!"', '?"'):
            table[id] = 1
    return table


def span(tokens, borders, rng):
    """`(start, end)` of the passage to take out, in tokens."""
    n = len(tokens)
    length = int(np.exp(rng.uniform(np.log(SHORTEST), np.log(min(LONGEST, n - 2 * MARGIN) + 1))))
    start = int(rng.integers(MARGIN, n - MARGIN - length + 1))
    end = start + length
    kind = rng.random()
    if kind < 0.5:  # to the next sentence's end, or paragraph's
        marks = borders[tokens]
        marks[:-1][(marks[:-1] == 2) & (marks[1:] == 2)] = 0  # a break of two line feeds is one border, behind both
        ends = np.flatnonzero(marks >= (2 if kind < 0.12 else 1)) + 1
        after = ends[(ends >= MARGIN) & (ends <= n - MARGIN)]
        starts = after[after >= start]
        if len(starts):
            stops = after[(after >= starts[0] + SHORTEST) & (after <= starts[0] + LONGEST)]
            if len(stops):
                near = int(np.argmin(np.abs(stops - (starts[0] + length))))
                return int(starts[0]), int(stops[near])
    return start, end


def infilled(tokens, marks, borders, rng):
    """The tokens with a span moved to the end. marks: ids of `(end of text, prefix, suffix, middle)`."""
    end_of_text, prefix, suffix, middle = marks
    start, end = span(tokens, borders, rng)
    before, taken, after = tokens[:start], tokens[start:end], tokens[end:]
    if rng.random() < 0.5:
        parts = [[prefix], before, [suffix], after, [middle], taken, [end_of_text]]
    else:
        parts = [[prefix, suffix], after, [middle], before, taken, [end_of_text]]
    return np.concatenate([np.asarray(p, dtype=np.int64) for p in parts])
