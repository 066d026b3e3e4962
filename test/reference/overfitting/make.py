"""Figures for src/research/overfitting: CSCV written out with itertools and NumPy, split by split on the rows themselves, after Bailey, Borwein,
Lopez de Prado & Zhu (2017). Series by splitmix64, which the test draws again. Run:
python test/reference/overfitting/make.py > test/reference/overfitting/cscv.json (NumPy 2.4, SciPy 1.17)."""
import json
from itertools import combinations

import numpy as np
from scipy.stats import rankdata

MASK = (1 << 64) - 1


def uniform(seed, count):
    out, state = np.empty(count), seed
    for i in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out[i] = ((z ^ (z >> 31)) >> 11) / (1 << 53)
    return out


def series(seed, strategies, sessions, edge):
    r = (uniform(seed, strategies * sessions).reshape(strategies, sessions) - 0.5) * 0.04
    r[0] += edge
    return r


def cscv(r, blocks, statistic):
    strategies, sessions = r.shape
    bounds = [b * sessions // blocks for b in range(blocks + 1)]
    parts = [r[:, bounds[b] : bounds[b + 1]] for b in range(blocks)]

    def performance(which):
        x = np.concatenate([parts[b] for b in which], axis=1)
        return x.mean(axis=1) / x.std(axis=1, ddof=1) if statistic == "sharpe" else x.mean(axis=1)

    logits, chosen, other = [], [], []
    for train in combinations(range(blocks), blocks // 2):
        test = [b for b in range(blocks) if b not in train]
        a, b = performance(train), performance(test)
        best = int(np.argmax(a))
        w = rankdata(b)[best] / (strategies + 1)
        logits.append(np.log(w / (1 - w)))
        chosen.append(a[best])
        other.append(b[best])
    logits, chosen, other = map(np.asarray, (logits, chosen, other))
    slope, intercept = np.polyfit(chosen, other, 1)
    return {
        "combinations": len(logits),
        "pbo": float(np.mean(logits <= 0)),
        "meanLogit": float(logits.mean()),
        "squareLogit": float((logits**2).mean()),
        "slope": float(slope),
        "intercept": float(intercept),
        "explained": float(np.corrcoef(chosen, other)[0, 1] ** 2),
        "loss": float(np.mean(other < 0)),
        "meanIn": float(chosen.mean()),
        "meanOut": float(other.mean()),
    }


out = []
for seed, strategies, sessions, edge, blocks, statistic in [
    (1, 10, 203, 0.0, 8, "sharpe"),
    (2, 25, 500, 0.0, 10, "mean"),
    (3, 7, 400, 0.002, 12, "sharpe"),
    (4, 40, 801, 0.0005, 16, "sharpe"),
]:
    given = {"seed": seed, "strategies": strategies, "sessions": sessions, "edge": edge, "blocks": blocks, "statistic": statistic}
    out.append({**given, **cscv(series(seed, strategies, sessions, edge), blocks, statistic)})
print(json.dumps(out, indent=1))
