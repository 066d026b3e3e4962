# What the statistical and regime references share: seeded bars, windows, and the functions that no library has as they stand.
import json, math, pathlib
import numpy as np

def bars(seed, n, sector=None):
    """Random bars with fat tails, changing volatility and drift, rounded as they are written."""
    rng = np.random.default_rng(seed)
    wave = np.exp(0.5 * np.sin(np.arange(n) / 37 + seed) + 0.3 * (np.arange(n) % 160 > 110))
    ret = rng.standard_t(5, n) * 0.009 * wave + 0.001 * np.sin(np.arange(n) / 50)
    if sector is not None: ret = 0.5 * ret + sector
    close = 40 * np.exp(np.cumsum(ret))
    open_ = np.concatenate([[40.0], close[:-1]]) * np.exp(rng.normal(0, 0.004, n) * wave)
    high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.005, n)) * wave)
    low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.005, n)) * wave)
    volume = np.round(np.exp(rng.normal(11, 0.5, n)) * wave)
    return {k: np.array([float(f"{v:.7g}") for v in c]) for k, c in
            {"open": open_, "high": high, "low": low, "close": close, "volume": volume}.items()}

def lag(x, k): return np.concatenate([np.full(k, math.nan), x[:-k]])
def roll(f, n, *xs):
    """f of the last n values at every bar where all are known."""
    out = np.full(len(xs[0]), math.nan)
    for t in range(n - 1, len(out)):
        cut = [x[t - n + 1 : t + 1] for x in xs]
        if all(np.isfinite(c).all() for c in cut): out[t] = f(*cut)
    return out
def mean(x, n): return roll(np.mean, n, x)
def std(x, n): return roll(np.std, n, x)
def corr(x, y, n): return roll(lambda a, b: np.corrcoef(a, b)[0, 1], n, x, y)
def ema(x, n):
    """As TA-Lib: begins with the mean of the first n known values."""
    out = np.full(len(x), math.nan); known = [k for k in range(len(x)) if math.isfinite(x[k])]
    start = known[n - 1]; out[start] = np.mean(x[known[0] : start + 1])
    for t in range(start + 1, len(x)): out[t] = out[t - 1] + 2 / (n + 1) * (x[t] - out[t - 1])
    return out
def slope(c): return np.polyfit(np.arange(len(c)), c, 1)[0]

def write(here, count, bars_, features, at):
    """Values to 15 digits at the given bars; None where not known."""
    value = lambda v: float(f"{v:.15g}") if math.isfinite(v) else None
    values = {k: [value(float(v[t])) for t in at] for k, v in features.items()}
    unknown = [k for k, v in values.items() if None in v]
    if unknown: raise SystemExit(f"unknown at a bar that is compared: {unknown}")
    text = json.dumps({"bars": bars_, "at": at, "values": values}, separators=(",", ":"))
    pathlib.Path(here).write_text(text + "\n")
    print(len(values), "features,", len(text), "bytes")
