"""Muon: momentum whose matrices are made orthogonal before they are added (Jordan et al. 2024).

The source of the coefficients is https://kellerjordan.github.io/posts/muon/.
"""
import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


@torch.no_grad()
def orthogonalise(g, steps=5, dtype=torch.bfloat16):
    """The nearest orthogonal matrix to g, roughly, by Newton-Schulz steps; a batch of matrices goes too."""
    a, b, c = COEFFICIENTS
    x = g.to(dtype)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        p = x @ x.mT
        x = a * x + (b * p + c * p @ p) @ x
    return (x.mT if tall else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """For the matrices of the blocks. c_attn is three matrices side by side: each is made orthogonal by itself, at the rate of the whole."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.01, dtype=torch.bfloat16):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                velocity = state.setdefault("velocity", torch.zeros_like(w))
                velocity.mul_(group["momentum"]).add_(w.grad)
                update = w.grad.add(velocity, alpha=group["momentum"])
                if w.shape[1] == 3 * w.shape[0]:
                    update = torch.cat([orthogonalise(part, dtype=self.dtype) for part in update.split(w.shape[0], 1)], 1)
                else:
                    update = orthogonalise(update, dtype=self.dtype)
                w.mul_(1 - group["lr"] * group["weight_decay"])
                w.add_(update, alpha=-group["lr"] * max(1, w.shape[1] / w.shape[0]) ** 0.5)
