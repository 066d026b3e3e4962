"""Figures for src/research/sharpe: moments by scipy.stats, formulas of the papers by scipy.stats.norm, the robust error by statsmodels-free
NumPy and SciPy (DCT-II). Run: python test/reference/sharpe/make.py > test/reference/sharpe/sharpe.json (NumPy 2.4, SciPy 1.17)."""
import json
import numpy as np
from scipy import fft, stats

GAMMA = 0.5772156649015329


def expected_maximum(trials, variance):
    q = stats.norm.ppf
    return np.sqrt(variance) * ((1 - GAMMA) * q(1 - 1 / trials) + GAMMA * q(1 - 1 / (trials * np.e)))


def psr(sharpe, n, skewness, kurtosis, benchmark):
    return stats.norm.cdf((sharpe - benchmark) * np.sqrt(n - 1) / np.sqrt(1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2))


def robust(x):
    n = len(x)
    z = (x - x.mean()) / x.std()
    sharpe = x.mean() / x.std()
    g = z - sharpe / 2 * (z**2 - 1)
    degrees = int(np.floor(0.4 * n ** (2 / 3)))
    c = fft.dct(g - g.mean(), type=2, norm="ortho")[1 : degrees + 1]
    return {"error": float(np.sqrt(np.mean(c**2) / n)), "degrees": degrees}


rng = np.random.default_rng(20140709)
cases = []
for n, law in [(60, "normal"), (250, "t"), (1000, "skewed"), (2500, "ar")]:
    if law == "normal":
        x = 0.0005 + 0.01 * rng.standard_normal(n)
    elif law == "t":
        x = 0.001 + 0.01 * rng.standard_t(4, n)
    elif law == "skewed":
        x = 0.012 - 0.01 * rng.chisquare(1, n)
    else:
        e = rng.standard_normal(n)
        x = np.empty(n)
        x[0] = e[0]
        for t in range(1, n):
            x[t] = 0.2 * x[t - 1] + e[t]
        x = 0.0004 + 0.008 * x
    x = np.round(x, 6)
    sharpe, skewness, kurtosis = x.mean() / x.std(), stats.skew(x), stats.kurtosis(x, fisher=False)
    length = 1 + (1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2) * (stats.norm.ppf(0.95) / sharpe) ** 2
    wide = robust(x)
    cases.append(
        {
            "law": law,
            "returns": x.tolist(),
            "sharpe": float(sharpe),
            "skewness": float(skewness),
            "kurtosis": float(kurtosis),
            "sessions": n,
            "psr0": float(psr(sharpe, n, skewness, kurtosis, 0)),
            "psr": float(psr(sharpe, n, skewness, kurtosis, 0.03)),
            "length": float(length) if sharpe > 0 else None,
            "dsr": float(psr(sharpe, n, skewness, kurtosis, expected_maximum(45, 0.4 / n))),
            "robust": wide,
            "robustPsr": float(stats.t.cdf((sharpe - 0.03) / wide["error"], wide["degrees"])),
        }
    )
maxima = [{"trials": k, "variance": v, "value": float(expected_maximum(k, v))} for k, v in [(2, 1), (10, 0.5), (100, 0.5 / 250), (12870, 1), (1e6, 2)]]
print(json.dumps({"cases": cases, "maxima": maxima}))
