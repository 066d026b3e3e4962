# Makes alpha158.json: Alpha158 by pyqlib's own field expressions and operator classes, on random bars, in 64-bit numbers (its data
# provider stores 32-bit ones, which is why the operators are given the series directly).
# python -m venv venv && venv/bin/pip install pyqlib==0.9.7 pandas==3.1.1 numpy==2.4.6 && venv/bin/python make.py
# What differs from ours, by intent:
# - qlib's windows begin partial (min_periods=1); only bars from the first full window on are compared.
# - qlib adds 1e-12 to divisors; ours is NaN where one is 0, and 0 where qlib's part is 0 too. Bar 90 has no range, bars 200-219 no move.
# - qlib's RSQR, CORR and CORD are NaN where a deviation is below 2e-5 of a currency unit; ours where it is 0.
# - qlib's CORR takes log(volume + 1), ours log(volume): the volumes here are large, so that it does not show in six digits.
# - our VWAP0 is of (high + low + close) / 3, so qlib is given that as its vwap.
import json, math, pathlib, re
import numpy as np
import pandas as pd
from qlib.contrib.data.loader import Alpha158DL
from qlib.data.base import Expression
from qlib.data.ops import Operators, OpsList
from qlib.utils import parse_field

rng = np.random.default_rng(158)
n = 320
close = 80 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.012))
open_ = np.concatenate([[80.0], close[:-1]]) * np.exp(rng.normal(0, 0.004, n))
volume = np.exp(rng.normal(21, 0.7, n))
close[100] = close[99]  # ties
close[105] = close[103]
open_[200:220] = close[200:220] = close[199]  # longer than the shorter windows
volume[240] = volume[239]
high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.004, n)))
low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.004, n)))
high[90] = low[90] = open_[90] = close[90]
high[130] = high[127] = high[100:128].max() * 1.01  # the oldest of equal maxima counts
low[131] = low[128] = low[100:129].min() * 0.99
names = ("open", "high", "low", "close", "volume")
bars = {k: [float(f"{v:.9g}") for v in c] for k, c in zip(names, (open_, high, low, close, volume))}
data = {f"${k}": pd.Series(v) for k, v in bars.items()}
data["$vwap"] = (data["$high"] + data["$low"] + data["$close"]) / 3


class Feature(Expression):
    def __init__(self, name): self.name = "$" + name
    def __str__(self): return self.name
    def _load_internal(self, *_): return data[self.name].copy()
    def get_longest_back_rolling(self): return 0
    def get_extended_window_size(self): return 0, 0


Operators.reset()
Operators.register([*OpsList, Feature])  # ours in the place of qlib's own
fields, labels = Alpha158DL.get_feature_config(
    {"kbar": {}, "price": {"windows": [0], "feature": ["OPEN", "HIGH", "LOW", "VWAP"]}, "rolling": {}}
)
at = sorted({0, 4, 5, 9, 10, 19, 20, 29, 30, 59, 60, 61, 90, 91, 100, 105, 127, 128, 130, 131, 133, 134, 205, 210, 219, 225, 241, *range(150, n, 17), n - 1})
values = {}
for k, (field, label) in enumerate(zip(fields, labels)):
    series = eval(parse_field(field)).load("X", 0, n - 1, "day")
    if label.startswith("WVMA"):  # without a move in the window qlib divides what rounding left by 1e-12; ours is NaN
        series[data["$close"].diff().abs().rolling(int(label[4:])).apply(lambda w: w.sum(), raw=True) == 0] = math.nan
    name = "a158_" + (label.lower() if k < 13 else re.sub(r"(\d+)$", r"_\1", label.lower()))
    values[name] = [None if math.isnan(v) else float(f"{v:.11g}") for v in (float(series.iloc[t]) for t in at)]
out = {"bars": bars, "at": at, "values": values}
pathlib.Path(__file__).with_name("alpha158.json").write_text(json.dumps(out, separators=(",", ":")).replace('],"', '],\n"') + "\n")
