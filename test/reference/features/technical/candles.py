# Makes candles.json: TA-Lib's candle functions on random bars in which every pattern, also the rare ones, occurs in both directions if it has two.
# python -m venv venv && venv/bin/pip install numpy==2.4.6 TA-Lib==0.8.2 && venv/bin/python candles.py
# Rare patterns are looked for in millions of bars; the bars around them are put one after the other.
import json, pathlib
import numpy as np
import talib as ta

names = ta.get_function_groups()["Pattern Recognition"]
rng = np.random.default_rng(20261122)

def bars(n):
    size = np.exp(rng.normal(-5.2, 1.1, n))
    body = rng.choice([-1.0, 1.0], n) * size * rng.choice([0.03, 0.3, 1.0, 2.0], n, p=[0.15, 0.25, 0.4, 0.2])
    gap = rng.normal(0, 1, n) * rng.choice([0.0002, 0.002, 0.008], n, p=[0.4, 0.3, 0.3])
    up, down = (np.exp(rng.normal(-6, 1.2, n)) * rng.choice([0.02, 1.0], n) for _ in range(2))
    close = np.empty(n); open_ = np.empty(n)
    last = 0.0
    for t in range(n):
        open_[t] = last + gap[t] - 0.02 * last
        close[t] = last = open_[t] + body[t]
    high, low = np.maximum(open_, close) + up, np.minimum(open_, close) - down
    return np.array([[float(f"{p:.5g}") for p in 50 * np.exp(x)] for x in (open_, high, low, close)])

def found(b): return {name: np.asarray(getattr(ta, name)(*b)) for name in names}

BEFORE, AFTER, WANTED = 20, 3, 2
made = bars(300)
have = {}
def count(b):
    return {(name, int(v)): int((x == v).sum()) for name, x in found(b).items() for v in np.unique(x[x != 0])}
have = count(made)
for _ in range(16):
    many = bars(250_000)
    cuts = []
    for name, x in found(many).items():
        for v in np.unique(x[x != 0]):
            lack = WANTED - have.get((name, int(v)), 0)
            at = np.flatnonzero(x == v)
            for t in at[(at > BEFORE) & (at < len(x) - AFTER)][: max(lack, 0)]: cuts.append(many[:, t - BEFORE : t + AFTER])
    if cuts: made = np.concatenate([made, *cuts], axis=1)
    have = count(made)
    if min((have.get((name, int(v)), 0) for name, x in found(many).items() for v in np.unique(x[x != 0])), default=0) >= WANTED and len(have) > 95: break
result = found(made)
out = {
    "bars": dict(zip(["open", "high", "low", "close"], made.tolist())),
    "hits": {name: {str(int(v)): np.flatnonzero(x == v).tolist() for v in np.unique(x[x != 0])} for name, x in result.items()},
}
pathlib.Path(__file__).with_name("candles.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(made.shape, len(have), {k: v for k, v in have.items() if v < WANTED}, [n for n in names if not any(k[0] == n for k in have)])
