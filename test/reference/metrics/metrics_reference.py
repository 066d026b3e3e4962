"""Reference figures for src/research/metrics and src/research/verdict, from SciPy, statsmodels, pandas and NumPy.

    python metrics_reference.py > metrics.json     # numpy 2.2.6, scipy 1.17.1, statsmodels 0.15.0, pandas 3.1.1
"""
import json
import sys

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import fft, stats

rng = np.random.default_rng(7)
out = {}

ts = [-3.0, -0.5, 0.0, 0.3, 1.7, 2.5, 6.0, 12.0]
nus = [1, 3, 15.5, 25, 63, 500]
out["studentT"] = [
    {"nu": nu, "t": ts, "upperTail": [float(stats.t.sf(t, nu)) for t in ts], "p": [0.3, 0.05, 0.01, 1e-6], "quantileAbove": [float(stats.t.isf(p, nu)) for p in (0.3, 0.05, 0.01, 1e-6)]}
    for nu in nus
]

n = 300
dates = pd.bdate_range("2015-03-02", periods=n)
cash = np.full(n, 0.0001)
base = 0.0004 + 0.01 * rng.standard_t(5, n)
strat = 0.0003 + 1.1 * base + 0.004 * rng.standard_normal(n)
e = strat - base
perf = pd.Series(strat, index=dates)
wealth = np.concatenate([[1.0], np.cumprod(1 + strat)])
monthly = (1 + perf).groupby([dates.year, dates.month]).prod() - 1
per_year = (n - 1) / (dates[-1] - dates[0]).days * 365.25
out["performance"] = {
    "dates": [d.strftime("%Y-%m-%d") for d in dates],
    "strategy": strat.tolist(), "baseline": base.tolist(), "cash": cash.tolist(),
    "sessionsPerYear": per_year,
    "annualReturn": float(wealth[-1] ** (per_year / n) - 1),
    "annualVolatility": float(np.std(strat, ddof=1) * np.sqrt(per_year)),
    "sharpe": float(np.mean(strat - cash) / np.std(strat - cash, ddof=1) * np.sqrt(per_year)),
    "maxDrawdown": float(np.min(wealth / np.maximum.accumulate(wealth) - 1)),
    "monthly": [[int(y), int(m), float(v)] for (y, m), v in monthly.items()],
}


def hac(y, x, lags):
    fit = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    return fit


ar = rng.standard_normal(200)
for i in range(1, 200):
    ar[i] += 0.4 * ar[i - 1]
ar += 0.2
out["neweyWest"] = [
    {"lags": lags, "tStat": float(hac(ar, np.ones(200), lags).tvalues[0])} for lags in (0, 4, 11)
]
out["series"] = ar.tolist()

# Equal-weighted cosine: SciPy's orthonormal DCT-II is the same transform.
b = int(0.4 * 200 ** (2 / 3))
dct = fft.dct(ar - ar.mean(), type=2, norm="ortho")[1 : b + 1]
out["cosine"] = {"degrees": b, "variance": float(np.mean(dct**2))}

# Verdict: the alpha by OLS, its t by the same transform of the scores in matrix (sandwich) form, written out independently.
y = strat - cash
X = np.column_stack([np.ones(n), base - cash])
fit = sm.OLS(y, X).fit()
b = int(0.4 * n ** (2 / 3))
scores = X * fit.resid[:, None]
lam = fft.dct(scores, type=2, norm="ortho", axis=0)[1 : b + 1]
omega = lam.T @ lam / b
bread = np.linalg.inv(X.T @ X / n)
cov = bread @ omega @ bread / n
active = strat - base
lam_a = fft.dct(active - active.mean(), type=2, norm="ortho")[1 : b + 1]
se = np.sqrt(np.mean(lam_a**2) / n)
out["verdict"] = {
    "degrees": b,
    "beta": float(fit.params[1]),
    "alpha": float(fit.params[0] * per_year),
    "alphaPValue": float(stats.t.sf(fit.params[0] / np.sqrt(cov[0, 0]), b)),
    "activeReturn": float(active.mean() * per_year),
    "pValue": float(stats.t.sf(active.mean() / se, b)),
    "activeReturnLow": float((active.mean() - se * stats.t.isf(0.05, b)) * per_year),
    "activeReturnHigh": float((active.mean() + se * stats.t.isf(0.05, b)) * per_year),
    "activeSharpe": float(active.mean() / active.std(ddof=1) * np.sqrt(per_year)),
}

a = np.round(rng.standard_normal(60), 1)
c = np.round(a * 0.3 + rng.standard_normal(60), 1)
out["spearman"] = {"a": a.tolist(), "b": c.tolist(), "ranks": stats.rankdata(a).tolist(), "rho": float(stats.spearmanr(a, c).statistic)}

p = rng.standard_normal(1000)
r = 0.1 * p + rng.standard_normal(1000)
bins = pd.qcut(p, 10, labels=False)
frame = pd.DataFrame({"p": p, "r": r}).groupby(bins).agg(p=("p", "mean"), r=("r", "mean"), n=("p", "size"))
out["calibration"] = {"p": p.tolist(), "r": r.tolist(), "bins": frame.values.tolist()}
json.dump(out, sys.stdout)
