"""The whole recipe in less than a minute, on made-up stories: prepare, train, export, evaluate.

    python smoke.py              the loss must be that of smoke.json to 1e-3
    python smoke.py --update     write smoke.json anew, after a change of the recipe

Then Inkwright itself continues a text with the model, where it is built (`npm run build`).
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "smoke.json"
TOLERANCE = 1e-3

NAMES = "Ada Bram Cora Dov Elin Finn Greta Hugh Ines Joss".split()
PLACES = "the harbour|the mill|a dark lane|the old school|the orchard|her mother's house|the station".split("|")
THINGS = "a brass key|the letter|his coat|a lantern|two eggs|the blue cup|an apple|the map".split("|")
DEEDS = "walked to {p}|left {t} at {p}|looked for {t}|waited by {p} until dark|would not speak of {t}|ran from {p}".split("|")
SPEECH = "Have you seen {t}?|Do not go to {p}.|I lost {t} at {p}.|It will rain, {n}.|Who told you of {t}?".split("|")


def story(rng):
    """Paragraphs of plain sentences and dialogue."""
    fill = lambda form: form.format(p=rng.choice(PLACES), t=rng.choice(THINGS), n=rng.choice(NAMES))
    paragraphs = []
    for _ in range(rng.randint(16, 28)):
        name = rng.choice(NAMES)
        if rng.random() < 0.5:
            paragraphs.append(f'"{fill(rng.choice(SPEECH))}" said {name}.')
        else:
            paragraphs.append(" ".join(f"{rng.choice([name, 'She', 'He'])} {fill(rng.choice(DEEDS))}." for _ in range(rng.randint(2, 5))))
    return "\n\n".join(paragraphs)


def write_shard(path):
    rng = random.Random(5)
    with open(path, "w", encoding="utf8") as file:
        for i in range(400):
            entry = {"id": i, "title": f"Story {i}", "author": f"Writer {chr(97 + i % 26) * 3}{chr(97 + i // 26)}", "text": story(rng)}
            file.write(json.dumps(entry) + "\n")


def run(folder, script, *flags):
    # On the CPU: a GPU's sums are not the same to 1e-3.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, str(HERE / script), *map(str, flags)], cwd=folder, check=True, env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_shard(f"{folder}/stories.jsonl")
        run(folder, "prepare.py", "stories.jsonl", "--vocab", 512, "--held-share", 0.1)
        train = ["--layers", 2, "--width", 64, "--heads", 2, "--context", 256, "--grow", "128:0.5", "--tokens", 2048,
                 "--dtype", "float32", "--threads", 1, "--compile", 0]
        run(folder, "train.py", "--steps", 120, *train)
        run(folder, "export.py", "--out", "model")
        run(folder, "evaluate.py", "model", "--samples", 8, "--length", 40, "--spans", 40, "--train", "data/train.bin")
        loss = json.loads(Path(folder, "out/result.json").read_text())["loss"]
        cli = HERE.parent / "dist/cli.js"
        if cli.exists():
            homes = {f"INKWRIGHT_{name}_DIR": f"{folder}/{name.lower()}" for name in ("CONFIG", "DATA", "CACHE")}
            command = ["node", str(cli), "continue", "--model", f"{folder}/model", "--length", "20", "--seed", "1", "--no-record"]
            subprocess.run(command, input=b"Ada walked to", check=True, env={**os.environ, **homes})
            print()
    if a.update:
        EXPECTED.write_text(json.dumps({"loss": round(loss, 6)}) + "\n")
    expected = json.loads(EXPECTED.read_text())["loss"]
    print(f"loss {loss:.6f}, expected {expected:.6f}")
    if abs(loss - expected) > TOLERANCE:
        raise SystemExit("the recipe does not give the loss that it gave")


if __name__ == "__main__":
    main()
