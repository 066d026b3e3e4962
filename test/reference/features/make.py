# Makes features.json: every classic feature computed independently of Truewind, by TA-Lib where it has the function, else by numpy.
# python -m venv venv && venv/bin/pip install numpy==2.2.6 TA-Lib==0.8.2 && venv/bin/python make.py
import json, math, pathlib
import numpy as np
import talib

rng = np.random.default_rng(20240229)
n = 420
ret = rng.standard_t(4, n) * 0.012
close = 50 * np.exp(np.cumsum(ret))
open_ = np.concatenate([[50.0], close[:-1]]) * np.exp(rng.normal(0, 0.004, n))
high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.004, n)))
low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.004, n)))
volume = np.round(np.exp(rng.normal(11, 0.7, n)))
high[100] = low[100] = open_[100] = close[100]  # one bar without a range
bars = [[float(f"{x:.9g}") for x in c] for c in (open_, high, low, close, volume)]
open_, high, low, close, volume = (np.array(c) for c in bars)

nan = math.nan
def lag(x, k): return np.concatenate([np.full(k, nan), x[:-k]])
def roll(f, w, *xs):
    out = np.full(n, nan)
    for t in range(w - 1, n):
        cut = [x[t - w + 1 : t + 1] for x in xs]
        if all(np.isfinite(c).all() for c in cut): out[t] = f(*cut)
    return out
def mean(x, w): return roll(lambda c: math.fsum(c) / w, w, x)
def total(x, w): return roll(math.fsum, w, x)
def std(x, w): return roll(lambda c: float(np.std(np.asarray(c, dtype=np.longdouble))), w, x)
def corr(x, y, w): return roll(lambda a, b: float(np.corrcoef(a, b)[0, 1]), w, x, y)
def skew(c):
    c = np.asarray(c, dtype=np.longdouble); d = c - c.mean(); v = (d**2).mean()
    return float((d**3).mean() / v**1.5)
def t_stat(c):
    c = np.asarray(c, dtype=np.longdouble); w = len(c); j = np.arange(w, dtype=np.longdouble) - (w - 1) / np.longdouble(2)
    b = (j * c).sum() / (j * j).sum(); e = c - c.mean() - b * j
    return float(b / np.sqrt((e * e).sum() / (w - 2) / (j * j).sum()))

r1 = close / lag(close, 1) - 1
gap = open_ / lag(close, 1) - 1
clv = np.where(high > low, (2 * close - high - low) / np.where(high > low, high - low, 1), 0.0)
def donchian(w):
    lo, hi = talib.MIN(low, w), talib.MAX(high, w)
    return (close - lo) / (hi - lo)
upper, middle, lower = talib.BBANDS(close, 20, 2, 2)
macd = talib.EMA(close, 12) - talib.EMA(close, 26)  # TA-Lib's own MACD starts its fast average later
signal = np.concatenate([np.full(25, nan), talib.EMA(macd[25:], 9)])

features = {f"mom_{k}": talib.ROCP(close, k) for k in (1, 2, 5, 10, 20, 60, 120)}
features |= {
    "mom_252_21": lag(close, 21) / lag(close, 252) - 1,
    "reversal_5": -(close / lag(close, 5) - 1) / std(r1, 60),
    **{f"dist_sma_{w}": close / talib.SMA(close, w) - 1 for w in (20, 50, 200)},
    "ema_cross_12_26": talib.EMA(close, 12) / talib.EMA(close, 26) - 1,
    "rsi_14": talib.RSI(close, 14),
    "macd_hist": (macd - signal) / close,
    "bollinger_b_20": (close - lower) / (upper - lower),
    "atr_14": talib.NATR(high, low, close, 14) / 100,
    "vol_20": std(r1, 20),
    "vol_60": std(r1, 60),
    "vol_ratio_5_60": std(r1, 5) / std(r1, 60),
    "downside_vol_60": np.sqrt(mean(np.minimum(r1, 0) ** 2, 60)),
    "skew_60": roll(skew, 60, r1),
    **{f"donchian_{w}": donchian(w) for w in (20, 60, 252)},
    "volume_ratio_5_60": mean(volume, 5) / mean(volume, 60),
    "volume_z_20": (volume - mean(volume, 20)) / std(volume, 20),
    "amihud_20": mean(np.abs(r1) / (close * volume), 20),
    "obv_20": total(np.sign(r1) * volume, 20) / total(volume, 20),
    "mfi_14": talib.MFI(high, low, close, volume, 14),
    "gap_1": gap,
    "overnight_20": mean(gap, 20),
    "intraday_1": close / open_ - 1,
    "clv_1": clv,
    "cmf_20": total(clv * volume, 20) / total(volume, 20),
    "autocorr_20": corr(r1, lag(r1, 1), 20),
    "slope_t_60": roll(t_stat, 60, close),
    "max_ret_20": roll(max, 20, r1),
    "parkinson_20": np.sqrt(mean(np.log(high / low) ** 2, 20) / (4 * math.log(2))),
    "price_volume_corr_20": talib.CORREL(close, volume, 20),
    "close": close,
    **{f"sma_{w}": talib.SMA(close, w) for w in (10, 20, 50, 200)},
    **{f"ema_{w}": talib.EMA(close, w) for w in (10, 20, 50, 200)},
    "volume_20": mean(volume, 20),
    "dollar_volume_20": mean(close * volume, 20),
}
# Operators that no classic feature shows bare.
features |= {"_slope_30": talib.LINEARREG_SLOPE(close, 30), "_std_50": std(close, 50), "_corr_37": corr(high, volume, 37), "_wilder_9": None}
wilder = np.full(n, nan); wilder[8] = math.fsum(close[:9]) / 9
for t in range(9, n): wilder[t] = (wilder[t - 1] * 8 + close[t]) / 9
features["_wilder_9"] = wilder

def first(x): return int(np.argmax(np.isfinite(x)))
keep = list(range(0, n, 7)) + [n - 1]  # every seventh bar, to keep the file small; the first value is told apart
out = {
    "made": f"TA-Lib {talib.__version__}, numpy {np.__version__}",
    "bars": dict(zip(["open", "high", "low", "close", "volume"], bars)),
    "at": keep,
    "first": {k: first(v) for k, v in features.items()},
    "values": {k: [None if not np.isfinite(v[t]) else float(v[t]) for t in keep] for k, v in features.items()},
}
pathlib.Path(__file__).with_name("features.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
