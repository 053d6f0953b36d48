"""A checkpoint of `train.py` -> a model folder in Hugging Face's layout, float16, as Inkwright and transformers read it."""
import argparse
import json
import os
import shutil

import torch
from safetensors.torch import save_file

from model import GPT2, Shape


def configuration(shape, end):
    return {
        "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": shape.vocab,
        "n_positions": shape.context, "n_ctx": shape.context, "n_embd": shape.width, "n_layer": shape.layers,
        "n_head": shape.heads, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05,
        "bos_token_id": end, "eos_token_id": end, "tie_word_embeddings": True, "dtype": "float16",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="out", help="folder that train.py wrote")
    parser.add_argument("--data", default="data", help="folder that prepare.py wrote")
    parser.add_argument("--out", required=True, help="folder of the model")
    a = parser.parse_args()
    if not os.path.isfile(f"{a.run}/checkpoint.pt"):
        raise SystemExit(f"{a.run} has no checkpoint.pt: run train.py first, or say --run")
    with open(f"{a.data}/meta.json") as file:
        data = json.load(file)
    state = torch.load(f"{a.run}/checkpoint.pt", map_location="cpu", weights_only=True)
    o, meta = state["options"], state["meta"]
    if meta != data:
        raise SystemExit(f"{a.run} was trained on other data than {a.data}: its tokenizer may be another one")
    shape = Shape(meta["vocab"], o["layers"], o["width"], o["heads"], o["context"])
    net = GPT2(shape)
    net.load_state_dict(state["net"])
    os.makedirs(a.out, exist_ok=True)

    def write(name, value):
        with open(f"{a.out}/{name}", "w") as file:
            file.write(json.dumps(value, indent=2) + "\n")

    end = "<|endoftext|>"
    write("config.json", configuration(shape, meta["eot"]))
    write("generation_config.json", {
        "bos_token_id": meta["eot"], "eos_token_id": meta["eot"], "do_sample": True, "temperature": 0.8, "top_p": 0.95,
    })
    write("tokenizer_config.json", {
        "tokenizer_class": "GPT2TokenizerFast", "model_max_length": shape.context, "bos_token": end, "eos_token": end,
        "unk_token": end, "add_prefix_space": False,
    })
    shutil.copyfile(f"{a.data}/tokenizer.json", f"{a.out}/tokenizer.json")
    tensors = {name: value.half().contiguous() for name, value in net.state_dict().items()}
    save_file(tensors, f"{a.out}/model.safetensors", metadata={"format": "pt"})
    size = os.path.getsize(f"{a.out}/model.safetensors")
    print(f"{a.out}: {size / 1e6:.1f} MB, step {state['step']}, {state['seen'] / 1e6:.1f} M tokens seen")


if __name__ == "__main__":
    main()
