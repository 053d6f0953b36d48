"""Train a small GPT-2 that writes stories and can fill in a missing passage.

Runs on a CPU or on one GPU, and goes on from its last checkpoint. The schedule is by time
(`--hours`, so that a lent machine's minutes are used and the run always ends decayed) or by steps
(`--steps`, so that a run can be repeated to the digit).
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from safetensors.torch import load_file

import batches
from model import GPT2, Shape
from muon import Muon

WARM_STEPS = 100
# What a checkpoint must share with the command that goes on from it.
FIXED = ("layers", "width", "heads", "context", "tokens", "infill", "seed")


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", default="data", help="folder that prepare.py wrote")
    p.add_argument("--out", default="out", help="folder of the checkpoint")
    p.add_argument("--layers", type=int, default=8)
    p.add_argument("--width", type=int, default=512, help="a multiple of --heads")
    p.add_argument("--heads", type=int, default=8)
    p.add_argument("--context", type=int, default=1024, help="tokens that the model reads at most")
    p.add_argument("--grow", default="", help="shorter contexts first: 256:0.35,512:0.75 means 256 until 35 %% of the run, 512 until 75 %%")
    p.add_argument("--tokens", type=int, default=4096, help="tokens of a step")
    p.add_argument("--micro", type=int, default=0, help="tokens at once, 0: all of a step")
    p.add_argument("--hours", type=float, help="of training; compiling, saving and validating come on top")
    p.add_argument("--steps", type=int, help="instead of --hours: a run that can be repeated")
    p.add_argument("--lr", type=float, default=1.0, help="scales both optimisers")
    p.add_argument("--flat", type=float, default=0.4, help="share of the run before the learning rate begins to fall, in a line, to 0")
    p.add_argument("--start", help="begin with the weights of this model folder, which has the same layers, width and vocabulary")
    p.add_argument("--infill", type=float, default=0.4, help="share of rows with a fill-in-the-middle document")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--compile", type=int, default=1, help="0 where there is no C++ compiler, or for a short run")
    p.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="of the matrix products")
    p.add_argument("--threads", type=int, help="of a CPU; for a run that is to be repeated to the digit, 1")
    p.add_argument("--save-every", type=int, default=500, help="steps")
    a = p.parse_args()
    if (a.hours is None) == (a.steps is None):
        p.error("say either --hours or --steps")
    if (a.hours or a.steps) <= 0:
        p.error("--hours and --steps are more than 0")
    if a.width % a.heads:
        p.error(f"--width {a.width} is no multiple of --heads {a.heads}")
    try:
        lengths = [a.context, *(int(stage.split(":")[0]) for stage in filter(None, a.grow.split(",")) if float(stage.split(":")[1]) >= 0)]
    except (ValueError, IndexError):
        p.error(f"--grow {a.grow} is no list such as 256:0.35,512:0.75")
    if max(lengths) > a.context or min(lengths) < 32:
        p.error(f"the contexts of --grow are 32 to {a.context} tokens")
    if a.tokens < a.context:
        p.error(f"--tokens {a.tokens} is less than one row of {a.context}")
    return a


def context_at(grow, context, done):
    """The context in use when `done` (0 to 1) of the run is over."""
    for stage in filter(None, grow.split(",")):
        length, until = stage.split(":")
        if done < float(until):
            return int(length)
    return context


def rate_at(done, step, flat):
    """The learning rate as a share of the highest: warm-up, flat, a line to 0."""
    return min(1.0, (step + 1) / WARM_STEPS) * (1.0 if done < flat else max(0.0, (1 - done) / (1 - flat)))


def positions_of(length, context, seed, step, device):
    """Half the steps begin at a later position than 0, so that late positions learn from short rows too (Kiyono et al. 2021)."""
    rng = np.random.default_rng([seed, step, 1])
    at = int(rng.integers(0, context - length + 1)) if rng.random() < 0.5 else 0
    return torch.arange(at, at + length, device=device)


def weights_of(folder, context):
    """A model folder's weights as float32; a longer context begins with the positions of the shorter one again and again."""
    weights = {name: value.float() for name, value in load_file(f"{folder}/model.safetensors").items()}
    positions = weights["wpe.weight"]
    weights["wpe.weight"] = positions.repeat(-(-context // len(positions)), 1)[:context]
    return weights


class Run:
    """A network, its optimisers, and how far they are."""

    def __init__(self, a):
        self.a = a
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(a.seed)
        if a.threads:
            torch.set_num_threads(a.threads)
        if self.device == "cuda":
            torch.set_float32_matmul_precision("high")
        self.data = batches.load(a.data)
        if len(self.data.train) < a.context + 2:
            raise SystemExit(f"{a.data} has {len(self.data.train)} training tokens: that is less than one row of {a.context}")
        self.net = GPT2(Shape(self.data.meta["vocab"], a.layers, a.width, a.heads, a.context)).to(self.device)
        matrices = [w for w in self.net.h.parameters() if w.ndim == 2]
        self.others = [w for n, w in self.net.named_parameters() if not (n.startswith("h.") and w.ndim == 2)]
        self.optimisers = [
            Muon(matrices, lr=0.02 * a.lr, dtype=getattr(torch, a.dtype)),
            torch.optim.AdamW(self.others, lr=0.003 * a.lr, betas=(0.9, 0.95), weight_decay=0.0),
        ]
        self.highest = [group["lr"] for o in self.optimisers for group in o.param_groups]
        self.loss = torch.compile(self.net) if a.compile else self.net
        self.cast = torch.autocast(self.device, torch.bfloat16, enabled=a.dtype == "bfloat16")
        self.spent, self.step, self.seen = 0.0, 0, 0
        self.checkpoint = f"{a.out}/checkpoint.pt"
        if os.path.exists(self.checkpoint):
            self.resume()
        elif a.start:
            weights = weights_of(a.start, a.context)
            shapes = {name: tuple(value.shape) for name, value in self.net.state_dict().items()}
            if {name: tuple(weights[name].shape) if name in weights else None for name in shapes} != shapes:
                raise SystemExit(f"{a.start} is a model of another shape: see --layers, --width, --heads and its tokenizer")
            self.net.load_state_dict(weights)

    def resume(self):
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        other = {name: state["options"][name] for name in FIXED if state["options"][name] != getattr(self.a, name)}
        if other or state["meta"] != self.data.meta:
            said = ", ".join(f"--{name} {value}" for name, value in other.items()) or "other data"
            raise SystemExit(f"{self.checkpoint} was made with {said}: say the same, or another --out")
        self.net.load_state_dict(state["net"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        self.spent, self.step, self.seen = state["spent"], state["step"], state["seen"]

    def save(self):
        state = {
            "net": self.net.state_dict(), "optimisers": [o.state_dict() for o in self.optimisers],
            "spent": self.spent, "step": self.step, "seen": self.seen, "options": vars(self.a), "meta": self.data.meta,
        }
        torch.save(state, self.checkpoint + ".new")
        os.replace(self.checkpoint + ".new", self.checkpoint)

    @property
    def done(self):
        """How much of the run is over, 0 to 1."""
        return self.step / self.a.steps if self.a.steps else self.spent / (self.a.hours * 3600)

    @torch.no_grad()
    def validate(self, rows=24):
        """Mean loss of the held-out text in nats a token, at the whole context."""
        x, y = batches.validation(self.data, self.a.context, rows)
        losses = []
        for i in range(len(x)):
            with self.cast:
                losses.append(self.net(self.tensor(x[i : i + 1]), self.tensor(y[i : i + 1])).item())
        return float(np.mean(losses))

    def tensor(self, array):
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def train_step(self):
        a = self.a
        length = context_at(a.grow, a.context, self.done)
        rate = rate_at(self.done, self.step, a.flat)
        for highest, group in zip(self.highest, (g for o in self.optimisers for g in o.param_groups)):
            group["lr"] = highest * rate
        self.optimisers[0].param_groups[0]["momentum"] = 0.85 + 0.1 * min(1, self.step / 300)
        x, y = batches.batch(self.data, a.tokens // length, length, a.infill, a.seed, self.step)
        at_once = max(1, (a.micro or a.tokens) // length)
        positions = positions_of(length, a.context, a.seed, self.step, self.device)
        total = 0.0
        for i in range(0, len(x), at_once):
            share = len(x[i : i + at_once]) / len(x)
            with self.cast:
                loss = self.loss(self.tensor(x[i : i + at_once]), self.tensor(y[i : i + at_once]), positions)
            (loss * share).backward()
            total = total + loss.detach() * share
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += x.size
        return total


def main():
    a = options()
    os.makedirs(a.out, exist_ok=True)
    run = Run(a)
    count = sum(w.numel() for w in run.net.parameters())
    print(f"{run.device}: {count / 1e6:.1f} M parameters, {len(run.data.train) / 1e6:.1f} M training tokens, from step {run.step}", flush=True)
    length, last, mean = None, time.time(), None
    while run.done < 1:
        now = context_at(a.grow, a.context, run.done)
        loss = run.train_step()
        if now == length:  # a new context compiles first, which is not charged
            run.spent += time.time() - last
        length, last = now, time.time()
        if run.step % 20 == 0:
            mean = loss.item() if mean is None else 0.8 * mean + 0.2 * loss.item()
            print(f"step {run.step} seen {run.seen / 1e6:.2f} M context {length} loss {mean:.3f} at {run.done:.1%}", flush=True)
        if run.step % a.save_every == 0:
            run.save()
            print(f"== step {run.step} held out {run.validate():.4f} nats a token", flush=True)
            last = time.time()
    run.save()
    loss = run.validate(60)
    print(f"== end, step {run.step}, {run.seen / 1e6:.2f} M tokens, held out {loss:.4f} nats a token")
    with open(f"{a.out}/result.json", "w") as file:
        json.dump({"step": run.step, "seen": run.seen, "spent_s": run.spent, "loss": loss}, file)


if __name__ == "__main__":
    main()
