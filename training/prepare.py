"""Corpus shards -> tokens: a byte-level BPE with the infill tokens, train.bin and valid.bin, meta.json.

train.bin, valid.bin: uint16 token ids, each document followed by <|endoftext|>.
valid.jsonl: the held-out documents themselves, each from its beginning, for `evaluate.py` and `inkwright eval`.
"""
import argparse
import json
import os
import random

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from corpus import digest, read, select, typed

SPECIAL = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]


def train_tokenizer(texts, vocabulary):
    """GPT-2's kind of tokenizer: byte-level BPE (Radford et al. 2019), the special tokens first."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def write_tokens(path, texts, tokenizer, end):
    """Writes the ids of all texts to a file; returns how many ids and how many characters there were."""
    ids, characters = 0, 0
    with open(path, "wb") as file:
        for start in range(0, len(texts), 32):
            part = texts[start : start + 32]
            for encoding in tokenizer.encode_batch(part):
                array = np.array(encoding.ids + [end], dtype=np.uint16)
                array.tofile(file)
                ids += len(array)
            characters += sum(map(len, part))
    return ids, characters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", nargs="+", help="JSON lines, xz or plain")
    parser.add_argument("--out", default="data")
    parser.add_argument("--vocab", type=int, default=8192)
    parser.add_argument("--limit-mb", type=float, help="training text at most, in millions of characters")
    parser.add_argument("--held-share", type=float, default=0.05, help="share of the authors kept for validation")
    parser.add_argument("--held-mb", type=float, default=4.0, help="validation text at most")
    parser.add_argument("--known", type=int, default=0, help="so many documents of the beginning an earlier run read: their authors are not held out")
    parser.add_argument("--tokenizer", help="take this tokenizer.json instead of training one")
    a = parser.parse_args()
    os.makedirs(a.out, exist_ok=True)
    limit = a.limit_mb * 1e6 if a.limit_mb else None
    if a.tokenizer and None in map(Tokenizer.from_file(a.tokenizer).token_to_id, SPECIAL):
        raise SystemExit(f"{a.tokenizer} lacks one of {' '.join(SPECIAL)}")
    train, held, documents = select(read(a.shards), a.held_share, limit=limit, known=a.known)
    if not train or not held:
        raise SystemExit(f"{len(train)} documents to train on, {len(held)} held out: both need at least one (see --held-share)")
    print(f"{documents} documents read; {len(train)} to train on, {len(held)} held out, by {len({d.author for d in held})} authors", flush=True)

    share = min(1.0, a.held_mb * 1e6 / sum(len(d.text) for d in held))
    with open(f"{a.out}/valid.jsonl", "w", encoding="utf8") as file:
        held = [d.text[: max(400, int(len(d.text) * share))] for d in held]
        for text in held:
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")

    order = random.Random(7)
    texts = [typed(d.text, digest("typed: " + d.id)) for d in train]
    order.shuffle(texts)
    if a.tokenizer:
        tokenizer = Tokenizer.from_file(a.tokenizer)
    else:
        tokenizer = train_tokenizer((t[:200_000] for t in texts[:1500]), a.vocab)
    tokenizer.save(f"{a.out}/tokenizer.json")
    end, *fim = (tokenizer.token_to_id(s) for s in SPECIAL)
    ids, characters = write_tokens(f"{a.out}/train.bin", texts, tokenizer, end)
    valid_ids, valid_characters = write_tokens(f"{a.out}/valid.bin", held, tokenizer, end)
    meta = {
        "vocab": tokenizer.get_vocab_size(), "eot": end, "fim": fim, "train_tokens": ids, "train_characters": characters,
        "read_documents": documents, "valid_tokens": valid_ids, "valid_characters": valid_characters,
    }
    with open(f"{a.out}/meta.json", "w") as file:
        json.dump(meta, file, indent=1)
    print(f"{ids / 1e6:.1f} M training tokens, {valid_ids / 1e3:.0f} k held out, {characters / ids:.2f} characters a token")


if __name__ == "__main__":
    main()
