"""Figures of a story model: any GPT-2 folder in Hugging Face's layout whose tokenizer has the infill tokens.

    bits per character   of held-out text, in windows of the model's context that overlap by half
    LAMBADA              accuracy and perplexity of the last word (--lambada FILE; strict: all its tokens, greedily)
    infill gain          log-probability of a token of the true middle, given both sides, less that given the left alone
    samples              distinct-n, repetition, and the longest run of words that also stands in the training text
                         (--train FILE)

`--greedy TEXT` prints what follows a text instead, the favourite token each time, as `src/models/known.ts` has it.
"""
import argparse
import json
import math
import re

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

from infill import border_table, span
from model import GPT2, Shape


class Model:
    """A network and its tokenizer, from a folder."""

    def __init__(self, folder):
        with open(f"{folder}/config.json") as file:
            c = json.load(file)
        self.net = GPT2(Shape(c["vocab_size"], c["n_layer"], c["n_embd"], c["n_head"], c["n_positions"]))
        tensors = {n.removeprefix("transformer."): t.float() for n, t in load_file(f"{folder}/model.safetensors").items()}
        self.net.load_state_dict({n: t for n, t in tensors.items() if n in self.net.state_dict()})
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.net.to(self.device).eval()
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.context = c["n_positions"]
        self.end = self.tokenizer.token_to_id("<|endoftext|>")
        self.marks = [self.tokenizer.token_to_id(f"<|fim_{part}|>") for part in ("prefix", "suffix", "middle")]

    def encode(self, text):
        return self.tokenizer.encode(text).ids

    @torch.no_grad()
    def logprobs(self, ids):
        """Log-probability of each id but the first, given those before it. # [tokens - 1]"""
        logits = self.net.logits(torch.tensor([ids[:-1]], device=self.device))[0].float()
        return -F.cross_entropy(logits, torch.tensor(ids[1:], device=self.device), reduction="none").cpu().numpy()


def held_out(model, texts, limit):
    """Nats a token and bits a character of texts; each begins behind an end of text."""
    nats, tokens, characters = 0.0, 0, 0
    for text in texts:
        if characters >= limit:
            break
        text = text[: limit - characters]
        ids = [model.end] + model.encode(text)
        done = 1
        while done < len(ids):
            start = max(0, done - model.context // 2)
            window = ids[start : start + model.context]
            scores = model.logprobs(window)[done - start - 1 :]
            nats -= float(scores.sum())
            done += len(scores)
        tokens += len(ids) - 1
        characters += len(text)
    return {"nats_per_token": nats / tokens, "bits_per_character": nats / math.log(2) / characters, "characters": characters}


def lambada(model, path, limit):
    """The last word of each passage: how often greedy decoding gives all its tokens, and its perplexity a word."""
    right, nats, count = 0, 0.0, 0
    with open(path, encoding="utf8") as lines:
        for line in lines:
            if count == limit:
                break
            text = json.loads(line)["text"].replace("\u201c", '"').replace("\u201d", '"').replace("\u2018", "'").replace("\u2019", "'")
            before, word = text.rsplit(" ", 1)
            ids, last = model.encode(before), model.encode(" " + word)
            window = (ids + last)[-model.context :]
            with torch.no_grad():
                logits = model.net.logits(torch.tensor([window[:-1]], device=model.device))[0, -len(last) :].float()
            target = torch.tensor(last, device=model.device)
            nats += F.cross_entropy(logits, target, reduction="sum").item()
            right += int((logits.argmax(-1) == target).all())
            count += 1
    if count == 0:
        raise SystemExit(f"{path} holds no passages")
    return {"accuracy": right / count, "perplexity": math.exp(nats / count), "passages": count}


def infill(model, texts, count, seed=1):
    """Mean log-probability of a token of the true middle: left alone, PSM and SPM; and the gain of the better."""
    rng, borders = np.random.default_rng(seed), border_table(model.tokenizer)
    prefix, suffix, middle = model.marks
    sums, total = {"left": 0.0, "psm": 0.0, "spm": 0.0}, 0
    encoded = [np.array(model.encode(text[:40_000])) for text in texts]
    room = min(360, model.context - 8)
    encoded = [ids for ids in encoded if len(ids) > room]
    if not encoded:
        raise SystemExit(f"no held-out document has {room} tokens")
    for n in range(count):
        ids = encoded[n % len(encoded)]
        at = int(rng.integers(0, len(ids) - room))
        part = ids[at : at + room]
        start, end = span(part, borders, rng)
        before, taken, after = (list(map(int, p)) for p in (part[:start], part[start:end], part[end:]))
        after = after[:120]
        size = len(taken)
        prompts = {
            "left": before + taken,
            "psm": [prefix, *before, suffix, *after, middle, *taken],
            "spm": [prefix, suffix, *after, middle, *before, *taken],
        }
        for name, prompt in prompts.items():
            sums[name] += float(model.logprobs(prompt)[-size:].sum())
        total += size
    means = {name: value / total for name, value in sums.items()}
    return {**means, "gain": max(means["psm"], means["spm"]) - means["left"], "spans": count, "tokens": total}


@torch.no_grad()
def sample(model, prompts, length, temperature=0.8, top_p=0.95, seed=1):
    """Continuations of prompts of the same number of tokens [rows, tokens] -> texts. Sampling as Hugging Face's."""
    generator = torch.Generator(device=model.device).manual_seed(seed)
    ids = torch.tensor(prompts, device=model.device)
    for _ in range(length):
        logits = model.net.logits(ids[:, -model.context :])[:, -1].float() / temperature
        logits[:, [model.end, *model.marks]] = -math.inf
        ordered, places = logits.sort(dim=-1, descending=True)
        before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
        ordered[before >= top_p] = -math.inf
        chosen = torch.multinomial(ordered.softmax(-1), 1, generator=generator)
        ids = torch.cat([ids, places.gather(1, chosen)], 1)
    return [model.tokenizer.decode(row[len(prompts[0]) :].tolist()) for row in ids]


@torch.no_grad()
def greedy(model, text, length=24):
    """What follows a text, the favourite token each time."""
    ids = model.encode(text)
    start = len(ids)
    for _ in range(length):
        ids.append(int(model.net.logits(torch.tensor([ids[-model.context :]], device=model.device))[0, -1].argmax()))
    return model.tokenizer.decode(ids[start:])


def words_of(text):
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text.lower().replace("\u2019", "'"))


def variety(samples):
    """Distinct n-grams of words over all n-grams within a sample, as a mean; share of samples with a phrase thrice in a row."""
    figures = {}
    for n in (1, 2, 3):
        shares = []
        for text in samples:
            words = words_of(text)
            grams = list(zip(*(words[i:] for i in range(n))))
            shares.append(len(set(grams)) / max(1, len(grams)))
        figures[f"distinct_{n}"] = float(np.mean(shares))
    figures["repeating"] = sum(bool(re.search(r"((?:\S+\s+){2,12})\1\1", t + " ")) for t in samples) / len(samples)
    return figures


RUN = 6
BASE = np.uint64(0x100000001B3)


def run_hashes(words, known):
    """A 64-bit hash of each run of RUN words."""
    for word in words:
        if word not in known:
            known[word] = hash_word(word)
    values = np.array([known[word] for word in words], dtype=np.uint64)
    if len(values) < RUN:
        return np.zeros(0, dtype=np.uint64)
    total = np.zeros(len(values) - RUN + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for i in range(RUN):
            total = total * BASE + values[i : len(values) - RUN + 1 + i]
    return total


def hash_word(word):
    import hashlib

    return int.from_bytes(hashlib.blake2b(word.encode("utf8"), digest_size=8).digest(), "big")


def overlaps(samples, texts):
    """Words of the longest run of each sample that also stands in the texts; fewer than RUN count as 0."""
    known, wanted = {}, []
    for text in samples:
        wanted.append(run_hashes(words_of(text), known))
    every = np.unique(np.concatenate(wanted))
    found = np.zeros(len(every), dtype=bool)
    for text in texts:
        found |= np.isin(every, run_hashes(words_of(text), known))
        if len(known) > 2_000_000:
            known.clear()
    lengths = []
    for hashes in wanted:
        best = here = 0
        for hit in found[np.searchsorted(every, hashes)]:
            here = here + 1 if hit else 0
            best = max(best, here)
        lengths.append(best + RUN - 1 if best else 0)
    return lengths


def training_texts(path, tokenizer, end):
    """The documents of a `train.bin`, decoded."""
    ids = np.memmap(path, dtype=np.uint16, mode="r")
    stops = np.flatnonzero(ids == end)
    for start, stop in zip([0, *(stops + 1)], stops):
        yield tokenizer.decode(ids[start:stop].tolist())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="folder of a model")
    parser.add_argument("--valid", default="data/valid.jsonl", help="held-out documents that prepare.py wrote")
    parser.add_argument("--characters", type=int, default=1_000_000, help="of held-out text, at most")
    parser.add_argument("--lambada", help="the LAMBADA test set, JSON lines")
    parser.add_argument("--passages", type=int, default=-1, help="of LAMBADA, at most")
    parser.add_argument("--spans", type=int, default=400, help="for the infill gain")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--length", type=int, default=120, help="tokens of a sample")
    parser.add_argument("--train", help="the training tokens that prepare.py wrote, train.bin, for the longest overlap")
    parser.add_argument("--out", help="write the figures here too, as JSON")
    parser.add_argument("--greedy", help="print what 24 tokens follow this text, and nothing else")
    a = parser.parse_args()
    model = Model(a.model)
    if a.greedy:
        return print(json.dumps(greedy(model, a.greedy)))
    with open(a.valid, encoding="utf8") as lines:
        texts = [json.loads(line)["text"] for line in lines if line.strip()]
    if not any(len(text) > 1000 for text in texts):
        raise SystemExit(f"{a.valid} holds no text of more than 1,000 characters")
    each = max(1, a.characters // len(texts))
    report = {"model": a.model, "parameters": sum(w.numel() for w in model.net.parameters())}

    def tell(name, figures):
        report[name] = figures
        print(name, json.dumps(figures), flush=True)

    tell("held_out", held_out(model, [t[:each] for t in texts], a.characters))
    tell("infill", infill(model, texts, a.spans))
    if a.lambada:
        tell("lambada", lambada(model, a.lambada, a.passages))
    if a.samples:
        size = 48
        prompts = [ids[:size] for ids in (model.encode(t[i : i + 1000]) for i in range(0, each, 1500) for t in texts if len(t) > i + 1000)]
        prompts = [p for p in prompts if len(p) == size][: a.samples]
        if not prompts:
            raise SystemExit(f"{a.valid} holds no text of {size} tokens to begin samples with")
        samples = []
        for start in range(0, len(prompts), 50):
            samples += sample(model, prompts[start : start + 50], a.length, seed=start + 1)
        figures = {"samples": len(samples), **variety(samples)}
        if a.train:
            lengths = overlaps(samples, training_texts(a.train, model.tokenizer, model.end))
            figures["longest_overlap_words"] = max(lengths)
            figures["mean_overlap_words"] = float(np.mean(lengths))
        tell("writing", figures)
    if a.out:
        with open(a.out, "w") as file:
            json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
