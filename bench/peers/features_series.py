"""One function on one long random series, or on several shorter ones, by TA-Lib or pandas; prints one JSON line."""
import argparse
import json
import time


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--engine", required=True, choices=["talib", "pandas"])
    args.add_argument("--kernel", required=True)
    args.add_argument("--bars", type=int, required=True)
    args.add_argument("--series", type=int, required=True)
    args = args.parse_args()
    import numpy as np

    rng = np.random.default_rng(1)
    close = [np.maximum(1, 100 + np.cumsum(np.round(rng.normal(0, 8, args.bars)) / 100)) for _ in range(args.series)]
    volume = [1000 + np.floor(9000 * rng.random(args.bars)) for _ in range(args.series)]
    if args.engine == "talib":
        import talib

        run = {
            "sma": lambda c, v: talib.SMA(c, 20),
            "ema": lambda c, v: talib.EMA(c, 20),
            "rsi": lambda c, v: talib.RSI(c, 14),
            "stddev": lambda c, v: talib.STDDEV(c, 20),
            "correl": lambda c, v: talib.CORREL(c, v, 20),
            "max": lambda c, v: talib.MAX(c, 20),
            "slope": lambda c, v: talib.LINEARREG_SLOPE(c, 20),
        }[args.kernel]
        version = talib.__version__
    else:
        import pandas as pd

        close = [pd.Series(c) for c in close]
        volume = [pd.Series(v) for v in volume]
        run = {
            "sma": lambda c, v: c.rolling(20).mean(),
            "ema": lambda c, v: c.ewm(span=20, adjust=False).mean(),
            "stddev": lambda c, v: c.rolling(20).std(ddof=0),
            "correl": lambda c, v: c.rolling(20).corr(v),
            "max": lambda c, v: c.rolling(20).max(),
            "quantile": lambda c, v: c.rolling(20).quantile(0.8),
            "rank": lambda c, v: c.rolling(20).rank(pct=True),
        }[args.kernel]
        version = pd.__version__
    t0 = time.perf_counter()
    for c, v in zip(close, volume):
        run(c, v)
    print(json.dumps({"seconds": time.perf_counter() - t0, "version": version}))


main()
