# Aggregate statistics of real daily bars (S&P 500 names, 2005-2016), the reference for the simulated market.
# Independent of the TypeScript in stylised-facts.ts: pandas and numpy only.
# Usage: pip install numpy==2.3.5 pandas==2.3.3 && python stylised_facts.py DATA_DIR > stylised-facts.json
# DATA_DIR holds symbols.csv (symbol, gics_sector, group, rows) and bars/SYM.csv.gz (date,open,high,low,close,volume).
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

root = Path(sys.argv[1])
symbols = pd.read_csv(root / "symbols.csv", keep_default_na=False)
pool = symbols[symbols.group == "sp500_2018-02"].sort_values("symbol")
sector = dict(zip(pool.symbol, pool.gics_sector))
# Two days that the source lacks for a third of the names, and the months before most names start.
read = lambda s: pd.read_csv(root / "bars" / f"{s}.csv.gz", index_col="date").loc["2005-03-01":].drop(["2011-02-17", "2010-11-19"], errors="ignore")
dates = read("A").index
# The first ten names of each sector, in alphabetical order, that have a bar in every session of A's,
# with volume, and no return beyond +-100 % (broken prices).
frames = {}
for s in pool.symbol:
    if sum(sector[o] == sector[s] for o in frames) == 10:
        continue
    f = read(s)
    if f.index.equals(dates) and (f.volume > 0).all() and f.close.pct_change().abs().max() < 1:
        frames[s] = f

def table(column):
    return pd.DataFrame({s: f[column] for s, f in frames.items()})

open_, high, low, close, volume = (table(c) for c in ("open", "high", "low", "close", "volume"))
returns = close.pct_change().iloc[1:]
market = returns.mean(axis=1)

def kurtosis(x):
    d = x - x.mean()
    return float((d**4).mean() / (d**2).mean() ** 2)

def acf(x, lag):
    d = np.asarray(x - x.mean())
    return float((d[lag:] * d[:-lag]).mean() / (d**2).mean())

def corr(a, b):
    return float(np.corrcoef(a, b)[0, 1])

def leverage(x):
    x = np.asarray(x)
    return float(np.mean([corr(x[:-lag], np.abs(x[lag:])) for lag in range(1, 11)]))

def median(values):
    return float(np.median(list(values)))

names = list(frames)
matrix = returns.corr().to_numpy()
same = np.array([[sector[a] == sector[b] for b in names] for a in names])
off = ~np.eye(len(names), dtype=bool)
night = np.log(open_ / close.shift(1)).iloc[1:]
day = np.log(close / open_).iloc[1:]
surprise = np.log(volume / volume.shift(1).rolling(20).mean()).iloc[20:]
facts = {
    "names": len(names),
    "sessions": len(dates),
    "volatility": median(returns[s].std(ddof=0) for s in names),
    "marketVolatility": float(market.std(ddof=0)),
    "kurtosis": median(kurtosis(returns[s]) for s in names),
    "marketKurtosis": kurtosis(market),
    "returnAcf1": median(acf(returns[s], 1) for s in names),
    "absAcf1": median(acf(returns[s].abs(), 1) for s in names),
    "absAcf5": median(acf(returns[s].abs(), 5) for s in names),
    "absAcf20": median(acf(returns[s].abs(), 20) for s in names),
    "absAcf60": median(acf(returns[s].abs(), 60) for s in names),
    "marketAbsAcf1": acf(market.abs(), 1),
    "marketAbsAcf20": acf(market.abs(), 20),
    "leverage": median(leverage(returns[s]) for s in names),
    "marketLeverage": leverage(market),
    "correlationWithin": float(matrix[same & off].mean()),
    "correlationAcross": float(matrix[~same].mean()),
    "overnightShare": median(night[s].var(ddof=0) / (night[s].var(ddof=0) + day[s].var(ddof=0)) for s in names),
    "rangeOverMove": median(np.log(high[s] / low[s]).mean() / day[s].abs().mean() for s in names),
    "volumeMove": median(corr(surprise[s], returns[s].abs().loc[surprise.index]) for s in names),
}
print(json.dumps({k: round(v, 6) for k, v in facts.items()}, indent=2))
