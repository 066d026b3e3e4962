"""How the neural references are made and written: every case is run in float64 and in float32 and the two must agree.

A tensor is {"shape": [...], "f32": base64 of little-endian float32, row-major}; whole numbers are "i32" instead.
Inputs and weights are exact float32 values. What is stored of outputs and gradients is the float64 run, rounded once
to float32, so that a difference from it is the error of the one who compares.

A case: name; options (plain values); inputs and weights (differentiated); constants (not differentiated: targets, masks);
outputs; upstream (the gradient given for each output; an output without one is only read); gradients (by name of input or
weight, of sum(outputs * upstream)).
"""
import base64
import json
import sys

import numpy as np
import torch

torch.set_num_threads(1)
TOLERANCE = 3e-6


class Source:
    """Seeded float32 values, one stream per case so that adding a case leaves the others as they are."""

    def __init__(self, name: str):
        self.rng = np.random.default_rng([7, *name.encode()])

    def normal(self, *shape, scale=1.0):
        return torch.from_numpy(np.asarray(scale * self.rng.standard_normal(shape), np.float32))

    def uniform(self, low, high, *shape):
        return torch.from_numpy(np.asarray(self.rng.uniform(low, high, shape), np.float32))

    def apart(self, *shape, step=0.25):
        """Shuffled distinct values, so that a maximum or a kink is never a tie."""
        size = int(np.prod(shape))
        values = (self.rng.permutation(size) - size / 2 + 0.5) * step
        return torch.from_numpy(np.float32(values.reshape(shape)))

    def labels(self, classes, *shape):
        return torch.from_numpy(self.rng.integers(0, classes, shape))

    def keep(self, probability, *shape):
        return torch.from_numpy(np.float32(self.rng.random(shape) < probability))

    def weights_of(self, module, scale=None):
        """PyTorch's names and shapes with our random values; gains (1-d "weight") stay near 1."""
        made = {}
        for name, p in module.named_parameters():
            gain = p.dim() == 1 and name.endswith("weight")
            fan = p.shape[-1] if p.dim() > 1 else 4
            made[name] = self.normal(*p.shape, scale=scale or 1 / np.sqrt(fan)) * (0.5 if gain else 1) + (1 if gain else 0)
        return made


def pack(t):
    t = t.detach().cpu()
    kind, dtype = ("f32", "<f4") if t.is_floating_point() else ("i32", "<i4")
    data = np.ascontiguousarray(t.numpy().astype(dtype))
    return {"shape": list(t.shape), kind: base64.b64encode(data.tobytes()).decode()}


def cast(tensors, dtype):
    return {k: v.to(dtype) if v.is_floating_point() else v for k, v in tensors.items()}


def agree(what, a, b, tolerance=TOLERANCE):
    worst = (a.double() - b.double()).abs().max().item() / max(a.abs().max().item(), 1e-30)
    if not worst <= tolerance:
        raise SystemExit(f"{what}: float32 and float64 differ by {worst:.1e}")


def differentiate(run, dtype, inputs, weights, constants, upstream):
    leaves = {k: v.requires_grad_() for k, v in cast({**inputs, **weights}, dtype).items()}
    outputs = run({k: leaves[k] for k in inputs}, {k: leaves[k] for k in weights}, cast(constants, dtype))
    total = sum((outputs[k] * g).sum() for k, g in cast(upstream, dtype).items())
    grads = torch.autograd.grad(total, list(leaves.values()))
    return outputs, dict(zip(leaves, grads))


def case(name, run, source, inputs, weights=None, constants=None, options=None, read_only=(), tolerance=TOLERANCE):
    """run(inputs, weights, constants) gives outputs by name."""
    weights, constants = weights or {}, constants or {}
    shapes = {k: v.shape for k, v in run(inputs, weights, constants).items()}
    # A scalar loss is differentiated as it is.
    upstream = {k: source.normal(*s) if len(s) else torch.ones(()) for k, s in shapes.items() if k not in read_only}
    outputs, gradients = differentiate(run, torch.float64, inputs, weights, constants, upstream)
    outputs32, gradients32 = differentiate(run, torch.float32, inputs, weights, constants, upstream)
    for k in outputs:
        agree(f"{name} {k}", outputs[k], outputs32[k], tolerance)
    for k in gradients:
        agree(f"{name} gradient of {k}", gradients[k], gradients32[k], tolerance)
    tables = {"inputs": inputs, "weights": weights, "constants": constants, "outputs": outputs, "upstream": upstream, "gradients": gradients}
    return {"name": name, "options": options or {}, **{k: {n: pack(t) for n, t in v.items()} for k, v in tables.items()}}


def write(cases):
    made_by = f"torch {torch.__version__}, numpy {np.__version__}"
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    sys.stdout.write(f'{{"made_by":{json.dumps(made_by)},"cases":[\n{lines}\n]}}\n')
