"""Which test should the verdict use? False alarms at the 1 % level, and power, of four one-sided tests of a mean and of a
regression alpha on daily returns. Written in NumPy, apart from the product's code, so that the choice rests on neither.

    python verdict_size.py > verdict-size.json      # numpy 2.2.6, scipy 1.17.1, arch 8.0.0; about 15 minutes on one core

Tests: `ewc` equal-weighted cosine long-run variance with Student t (Lazarus, Lewis, Stock & Watson 2018);
`nw` Newey-West (Bartlett, 4(T/100)^(2/9) lags) with the normal law; `nw-fixed-b` Newey-West with 1.3 sqrt(T) lags and the
fixed-b critical value (Kiefer & Vogelsang 2005, Lazarus et al. 2018); `bootstrap` stationary bootstrap of the Newey-West t
(Politis & Romano 1994) with automatic block length (Politis & White 2004, corrected by Patton, Politis & White 2009).
"""
import json
import sys

import numpy as np
from arch.bootstrap import optimal_block_length
from scipy import stats

LEVEL = 0.01
rng = np.random.default_rng(20240501)


def garch(reps, n, draw):
    """GARCH(1,1), alpha .08, beta .90, unit variance; returns (shocks, volatility)."""
    h = np.ones(reps)
    out = np.empty((reps, n))
    vol = np.empty((reps, n))
    last = np.sqrt(h) * draw((reps,))
    for t in range(-100, n):
        h = 0.02 + 0.08 * last**2 + 0.90 * h
        last = np.sqrt(h) * draw((reps,))
        if t >= 0:
            out[:, t] = last
            vol[:, t] = np.sqrt(h)
    return out, vol


def normal(size):
    return rng.standard_normal(size)


def t4(size):
    return rng.standard_t(4, size) / np.sqrt(2.0)


def skewed(size):
    """Skewness about -1: one minus a gamma(4) variable, standardised."""
    return -(rng.gamma(4.0, 1.0, size) - 4.0) / 2.0


def ar(reps, n, phi=0.1):
    e = normal((reps, n + 50))
    for t in range(1, n + 50):
        e[:, t] += phi * e[:, t - 1]
    return e[:, 50:]


NULLS = {
    "iid normal": lambda r, n: normal((r, n)),
    "iid t(4)": lambda r, n: t4((r, n)),
    "iid skewed -1": lambda r, n: skewed((r, n)),
    "garch normal": lambda r, n: garch(r, n, normal)[0],
    "garch t(4)": lambda r, n: garch(r, n, t4)[0],
    "ar(0.1)": lambda r, n: ar(r, n),
}


def cosines(n):
    b = int(0.4 * n ** (2 / 3))
    j = np.arange(1, b + 1)[:, None]
    return np.sqrt(2 / n) * np.cos(np.pi * j * (np.arange(n) + 0.5) / n), b


def bartlett(u, lags):
    n = u.shape[-1]
    s = np.mean(u * u, axis=-1)
    for k in range(1, lags + 1):
        s = s + 2 * (1 - k / (lags + 1)) * np.sum(u[..., k:] * u[..., :-k], axis=-1) / n
    return s


def nw_lags(n):
    return int(4 * (n / 100) ** (2 / 9))


def t_ewc(y):
    n = y.shape[-1]
    c, b = cosines(n)
    lam = y @ c.T
    return y.mean(-1) / np.sqrt(np.mean(lam**2, axis=-1) / n), b


def fixed_b(b):
    return 2.3263 + 4.1618 * b + 0.5368 * b**2 - 0.9060 * b**3


def bootstrap_p(y, draws=499):
    n = len(y)
    lags = nw_lags(n)
    u = y - y.mean()
    t0 = y.mean() / np.sqrt(bartlett(u, lags) / n)
    block = max(1.0, float(optimal_block_length(y)["stationary"].iloc[0]))
    fresh = rng.random((draws, n)) < 1 / block
    fresh[:, 0] = True
    start = rng.integers(0, n, (draws, n))
    pos = np.maximum.accumulate(np.where(fresh, np.arange(n), 0), axis=1)
    index = (np.take_along_axis(start, pos, 1) + np.arange(n) - pos) % n
    z = u[index]
    m = z.mean(1)
    tb = m / np.sqrt(np.maximum(bartlett(z - m[:, None], lags), 1e-300) / n)
    return (1 + np.sum(tb >= t0)) / (draws + 1)


def mean_tests(y, boot):
    n = y.shape[1]
    out = {}
    t, b = t_ewc(y)
    out["ewc"] = float(np.mean(t > stats.t.ppf(1 - LEVEL, b)))
    u = y - y.mean(1, keepdims=True)
    out["nw"] = float(np.mean(y.mean(1) / np.sqrt(bartlett(u, nw_lags(n)) / n) > stats.norm.ppf(1 - LEVEL)))
    m = int(np.ceil(1.3 * np.sqrt(n)))
    out["nw-fixed-b"] = float(np.mean(y.mean(1) / np.sqrt(bartlett(u, m) / n) > fixed_b((m + 1) / n)))
    if boot:
        out["bootstrap"] = float(np.mean([bootstrap_p(row) <= LEVEL for row in y[:boot]]))
    return out


def alpha_t(y, x, method):
    """t of the intercept of y on (1, x), sandwich with the chosen long-run variance of the intercept's influence."""
    n = y.shape[1]
    mx, my = x.mean(1, keepdims=True), y.mean(1, keepdims=True)
    vx = np.mean((x - mx) ** 2, 1, keepdims=True)
    beta = np.mean((x - mx) * (y - my), 1, keepdims=True) / vx
    alpha = my - beta * mx
    psi = (y - alpha - beta * x) * (1 - mx * (x - mx) / vx)
    if method == "ewc":
        c, b = cosines(n)
        return alpha[:, 0] / np.sqrt(np.mean((psi @ c.T) ** 2, 1) / n), stats.t.ppf(1 - LEVEL, b)
    lags = nw_lags(n) if method == "nw" else int(np.ceil(1.3 * np.sqrt(n)))
    cv = stats.norm.ppf(1 - LEVEL) if method == "nw" else fixed_b((lags + 1) / n)
    return alpha[:, 0] / np.sqrt(bartlett(psi, lags) / n), cv


def alpha_null(kind, reps, n):
    """Excess returns of a strategy of beta 1.2 and no alpha, and of its market (Sharpe 0.5)."""
    mu = 0.5 / np.sqrt(252)
    if kind == "iid normal":
        x, e = normal((reps, n)), normal((reps, n))
    elif kind == "iid t(4)":
        x, e = t4((reps, n)), t4((reps, n))
    else:  # one volatility for the market and the residual
        x, vol = garch(reps, n, t4)
        e = vol * t4((reps, n))
    return 1.2 * (x + mu) + 0.4 * e, x + mu


def main():
    reps, boot = 20000, 1000
    out = {"level": LEVEL, "reps": reps, "bootstrapReps": boot, "mean": [], "alpha": [], "power": []}
    for n in (500, 1000, 2000):
        for name, make in NULLS.items():
            row = {"sessions": n, "null": name, **mean_tests(make(reps, n), boot)}
            out["mean"].append(row)
            print(row, file=sys.stderr, flush=True)
        for name in ("iid normal", "iid t(4)", "shared garch t(4)"):
            y, x = alpha_null(name, reps, n)
            row = {"sessions": n, "null": name}
            for method in ("ewc", "nw", "nw-fixed-b"):
                t, cv = alpha_t(y, x, method)
                row[method] = float(np.mean(t > cv))
            out["alpha"].append(row)
            print(row, file=sys.stderr, flush=True)
    for years in (6, 7, 8):
        for sharpe in (0.5, 1.0, 2.0):
            n = 252 * years
            y = garch(5000, n, t4)[0] + sharpe / np.sqrt(252)
            row = {"years": years, "sharpe": sharpe, **mean_tests(y, 200)}
            out["power"].append(row)
            print(row, file=sys.stderr, flush=True)
    json.dump(out, sys.stdout, indent=1)


main()
