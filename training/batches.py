"""Rows of training tokens, the same for the same seed and step on any machine, so that a run can be resumed."""
import json
import os
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from infill import border_table, infilled


@dataclass(frozen=True)
class Data:
    train: np.ndarray  # ids [tokens]
    valid: np.ndarray
    meta: dict
    borders: np.ndarray  # [vocab]

    @property
    def marks(self):
        """Ids of the end of text and of the three infill tokens."""
        return (self.meta["eot"], *self.meta["fim"])


def load(folder):
    """What `prepare.py` wrote. Ends the program where there is nothing."""
    if not os.path.isfile(f"{folder}/meta.json"):
        raise SystemExit(f"{folder} has no meta.json: run prepare.py first, or say --data")
    with open(f"{folder}/meta.json") as file:
        meta = json.load(file)
    open_ids = lambda name: np.memmap(f"{folder}/{name}.bin", dtype=np.uint16, mode="r")
    return Data(open_ids("train"), open_ids("valid"), meta, border_table(Tokenizer.from_file(f"{folder}/tokenizer.json")))


def row(data, context, infill, rng):
    """One row of context + 1 ids: plain text, or, `infill` of the time, an infill document and then plain text."""
    at = int(rng.integers(0, len(data.train) - context))
    ids = np.array(data.train[at : at + context + 1], dtype=np.int64)
    if rng.random() < infill:
        part = int(rng.integers(context // 3, context - 3))
        ids = np.concatenate([infilled(ids[:part], data.marks, data.borders, rng), ids[part:]])[: context + 1]
    return ids


def batch(data, rows, context, infill, seed, step):
    """Inputs and targets of a step, both [rows, context]."""
    rng = np.random.default_rng([seed, step])
    ids = np.stack([row(data, context, infill, rng) for _ in range(rows)])
    return ids[:, :-1], ids[:, 1:]


def validation(data, context, rows):
    """Rows spread evenly over the held-out text, the same every time."""
    rows = max(1, min(rows, len(data.valid) // (context + 1)))
    starts = np.linspace(0, len(data.valid) - context - 1, rows).astype(int)
    ids = np.stack([np.array(data.valid[s : s + context + 1], dtype=np.int64) for s in starts])
    return ids[:, :-1], ids[:, 1:]
