"""Reference for src/base/garch.ts: the `arch` package (pip install arch) on simulated series.

Writes garch.json beside this file: the recipe of each series (a GARCH path driven by shocks from a small generator that the test repeats),
the parameters and the log-likelihood found by arch. Run: python garch_reference.py
"""

import json
import math
from pathlib import Path

import numpy as np
from arch import arch_model


def shocks(seed: int, n: int, df: float | None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n) if df is None else rng.standard_t(df, n) / math.sqrt(df / (df - 2))
    return z


def path(omega: float, alpha: float, beta: float, z: np.ndarray) -> np.ndarray:
    x = np.empty_like(z)
    variance = omega / (1 - alpha - beta)
    for t, shock in enumerate(z):
        x[t] = math.sqrt(variance) * shock
        variance = omega + alpha * x[t] ** 2 + beta * variance
    return x


cases = [
    ("normal shocks", 1, 2000, None, (0.05, 0.08, 0.9)),
    ("t(4) shocks", 2, 2500, 4.0, (0.02, 0.06, 0.92)),
    ("t(5) shocks, restless", 3, 1500, 5.0, (0.2, 0.2, 0.7)),
    ("short", 4, 400, None, (0.1, 0.1, 0.8)),
    ("no clustering", 5, 1500, None, (1.0, 0.0, 0.0)),
    ("nearly integrated", 6, 3000, 6.0, (0.005, 0.05, 0.948)),
]
out = []
for name, seed, n, df, truth in cases:
    # Four decimals travel in the file: arch sees what the test sees.
    x = np.round(path(*truth, shocks(seed, n, df)), 4)
    fit = arch_model(x, mean="Zero", vol="GARCH", p=1, q=1, dist="normal", rescale=False).fit(disp="off", tol=1e-12)
    out.append(
        {
            "name": name,
            "x": [float(v) for v in x],
            "omega": float(fit.params["omega"]),
            "alpha": float(fit.params["alpha[1]"]),
            "beta": float(fit.params["beta[1]"]),
            "logLikelihood": float(fit.loglikelihood),
            "firstVariance": float(fit.conditional_volatility[0] ** 2),
            "lastVariance": float(fit.conditional_volatility[-1] ** 2),
        }
    )
Path(__file__).with_name("garch.json").write_text(json.dumps(out) + "\n")
for case in out:
    print(case["name"], case["omega"], case["alpha"], case["beta"], case["logLikelihood"])
