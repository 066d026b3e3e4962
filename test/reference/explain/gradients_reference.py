"""Integrated gradients of nets in PyTorch, double precision: the plain loop over points of the straight line.

    python gradients_reference.py > gradients.json      # torch 2.15.0, numpy 2.4.6

The nets, their parameters and their inputs are those of ../neural/zoo.json. "values" are of the return head, of each row of x
from the mean of all rows: [row][step][feature], 4000 points at the middles of equal parts.
"""
import base64
import json
import pathlib
import sys

import numpy as np
import torch

neural = pathlib.Path(__file__).parent.parent / "neural"
sys.path.insert(0, str(neural))
exec((neural / "zoo.py").read_text().split("\ncases = []")[0])  # the nets alone, without making their own reference again

NAMES = ["lstm-batch-norm", "lstm-attention", "gru-fusion", "transformer", "tcn", "mlp-attention"]
POINTS = 4000


def unpack(packed):
    return torch.from_numpy(np.frombuffer(base64.b64decode(packed["f32"]), "<f4").reshape(packed["shape"]).astype(np.float64))


out = []
for entry in json.loads((neural / "zoo.json").read_text())["cases"]:
    if entry["name"] not in NAMES:
        continue
    weights = {name: unpack(packed) for name, packed in entry["weights"].items()}
    buffers = {name: unpack(packed) for name, packed in entry["buffers"].items()}
    x = unpack(entry["constants"]["x"])
    body, options = NETS[entry["name"]][:2]
    f = lambda z: predict(Net(parameters=dict(weights), buffers=dict(buffers), training=False), body, z, options)[0]
    base = x.mean(0, keepdim=True)
    values = []
    for row in x:
        steps = ((torch.arange(POINTS, dtype=torch.float64) + 0.5) / POINTS).reshape(-1, 1, 1)
        line = (base + steps * (row - base)).requires_grad_()
        (gradient,) = torch.autograd.grad(f(line).sum(), line)
        values.append(gradient.mean(0) * (row - base)[0])
    values = torch.stack(values)
    start, ends = f(base).item(), f(x)
    assert (values.sum((1, 2)) - (ends - start)).abs().max() < 1e-4, entry["name"]
    out.append({"name": entry["name"], "base": start, "predictions": ends.tolist(), "values": [float(f"{v:.7g}") for v in values.flatten().tolist()]})
json.dump(out, sys.stdout)
