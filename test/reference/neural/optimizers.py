"""Twenty steps of PyTorch's optimizers on a given sequence of gradients; learning rates of warm-up and cosine; averaged weights.

    python optimizers.py > optimizers.json     # torch 2.15.0, numpy 2.4.6; tensors as in tensors.py

A case: name; options (lr, betas, eps, weight_decay, momentum, nesterov, clip_norm, schedule, ema_decay where used);
start (parameters); gradients [20, ...] of each; after [20, ...]: parameters after each step; state: moments after the last step;
norms [20]: the global norm before clipping; rates [20]: the learning rate of each step; ema [20, ...] after each step.
clip_grad_norm_ multiplies by min(1, clip_norm / (norm + 1e-6)). The averaged weights start as the weights after the first step,
then ema = decay * ema + (1 - decay) * weights. Schedules: factors by LambdaLR, step 0 being the first step.
"""
import json
import math
import sys

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tensors import Source, agree, pack

STEPS = 20
SHAPES = {"weight": (4, 3), "bias": (5,)}


def warmup_cosine(warmup, total, floor):
    """Linear to 1 at step warmup - 1, then half a cosine down to floor, which it reaches at step `total`."""
    def factor(step):
        if step < warmup:
            return (step + 1) / warmup
        progress = min(1, (step - warmup) / (total - warmup))
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))

    return factor


def train(dtype, kind, options, start, gradients):
    model = torch.nn.ParameterDict({k: torch.nn.Parameter(v.to(dtype, copy=True)) for k, v in start.items()})
    extra = {k: v for k, v in options.items() if k not in ("clip_norm", "schedule", "ema_decay")}
    optimizer = getattr(torch.optim, kind)(model.parameters(), **extra)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warmup_cosine(**options["schedule"]) if "schedule" in options else lambda step: 1)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(options["ema_decay"])) if "ema_decay" in options else None
    after, ema = {k: [] for k in SHAPES}, {k: [] for k in SHAPES}
    norms, rates = [], []
    for step in range(STEPS):
        for k in SHAPES:
            # A copy: clipping writes into it.
            model[k].grad = gradients[k][step].to(dtype, copy=True)
        # An infinite limit only measures.
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), options.get("clip_norm", math.inf)))
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        if averaged:
            averaged.update_parameters(model)
        for k in SHAPES:
            after[k].append(model[k].detach().clone())
            if averaged:
                ema[k].append(averaged.module[k].detach().clone())
    state = {f"{k}.{n}": v for k in SHAPES for n, v in optimizer.state[model[k]].items() if torch.is_tensor(v) and v.dim() > 0}
    stacked = {"after": {k: torch.stack(v) for k, v in after.items()}, "state": state}
    if averaged:
        stacked["ema"] = {k: torch.stack(v) for k, v in ema.items()}
    return stacked, torch.stack(norms), rates


cases = []
for name, kind, options in (
    ("adam", "Adam", {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8}),
    ("adam-clip", "Adam", {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8, "clip_norm": 2.5}),
    ("adamw", "AdamW", {"lr": 0.02, "betas": (0.9, 0.98), "eps": 1e-8, "weight_decay": 0.1}),
    ("adamw-clip-schedule-ema", "AdamW", {"lr": 0.02, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.05, "clip_norm": 2.5, "ema_decay": 0.9,
                                         "schedule": {"warmup": 5, "total": 18, "floor": 0.1}}),
    ("sgd", "SGD", {"lr": 0.05}),
    ("sgd-momentum", "SGD", {"lr": 0.05, "momentum": 0.9}),
    ("sgd-nesterov", "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("sgd-nesterov-decay-clip", "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "clip_norm": 2.5}),
):
    source = Source(name)
    start = {k: source.normal(*shape) for k, shape in SHAPES.items()}
    # Norms on both sides of the limit, so that some steps are clipped and some are not
    size = np.float32(source.rng.uniform(0.1, 1.5, STEPS))
    gradients = {k: source.normal(STEPS, *s) * torch.from_numpy(size).reshape(-1, *[1] * len(s)) for k, s in SHAPES.items()}
    exact, norms, rates = train(torch.float64, kind, options, start, gradients)
    single, _, _ = train(torch.float32, kind, options, start, gradients)
    for table in exact:
        for k in exact[table]:
            agree(f"{name} {table} {k}", exact[table][k], single[table][k])
    tables = {"start": start, "gradients": gradients, **exact}
    cases.append({"name": name, "options": {"kind": kind, **options}, **{t: {k: pack(v) for k, v in d.items()} for t, d in tables.items()},
                  "norms": norms.tolist(), "rates": rates})

schedules = []
for options in ({"warmup": 5, "total": 30, "floor": 0.0}, {"warmup": 1, "total": 20, "floor": 0.1}, {"warmup": 0, "total": 10, "floor": 0.0}):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warmup_cosine(**options))
    factors = []
    for _ in range(options["total"] + 3):
        factors.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    schedules.append({**options, "factors": factors})

made_by = f"torch {torch.__version__}, numpy {np.__version__}"
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
sys.stdout.write(f'{{"made_by":{json.dumps(made_by)},"schedules":{json.dumps(schedules)},"cases":[\n{lines}\n]}}\n')
