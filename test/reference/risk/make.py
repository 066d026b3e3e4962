"""References for src/risk: measures of risk and their backtests on simulated returns.

SciPy gives laws, quantiles and integrals; skfolio the historical figures; `arch` the GARCH fit behind filtered history; NumPy after the papers
the rest, by other ways than ours (integrals instead of closed forms, finite differences instead of derivatives, sums of logarithms of
binomial laws). Writes risk.json beside this file. Needs numpy, scipy, arch, skfolio. Run: python make.py
"""

import json
import math
from pathlib import Path

import numpy as np
from arch import arch_model
from scipy import integrate, optimize, stats
from skfolio.measures import cvar, value_at_risk

LEVELS = [0.9, 0.95, 0.99, 0.995]
HORIZONS = [1, 5, 10]


def garch_path(seed: int, n: int, df: float, skew: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    z = rng.standard_t(df, n) / math.sqrt(df / (df - 2)) - skew * (rng.exponential(1.0, n) - 1.0)
    z /= math.sqrt(1 + skew * skew)
    x = np.empty(n)
    variance = 1e-4
    for t in range(n):
        x[t] = math.sqrt(variance) * z[t]
        variance = 2e-6 + 0.07 * x[t] ** 2 + 0.91 * variance
    return np.round(x + 3e-4, 7)


# Three assets with a common part; 733 rows, so that no level gives a whole number of them.
common = garch_path(1, 733, 6.0, 0.3)
series = np.round(np.stack([b * common + garch_path(k + 2, 733, 5.0, 0.2) * s for k, (b, s) in enumerate([(0.9, 0.6), (1.2, 0.9), (-0.3, 0.5)])]), 7)
weights = np.array([0.5, 0.8, -0.3])
portfolio = weights @ series

moments = {
    "mean": float(portfolio.mean()),
    "deviation": float(portfolio.std(ddof=1)),
    "skewness": float(stats.skew(portfolio)),
    "excessKurtosis": float(stats.kurtosis(portfolio)),
}


def windows(x: np.ndarray, horizon: int) -> np.ndarray:
    return np.array([np.prod(1 + x[i : i + horizon]) - 1 for i in range(len(x) - horizon + 1)])


def pair(v: float, e: float) -> dict:
    return {"valueAtRisk": float(v), "expectedShortfall": float(e)}


def historical(level: float, horizon: int) -> dict:
    x = windows(portfolio, horizon)
    return pair(value_at_risk(x, level), cvar(x, level))


def by_law(law, level: float) -> dict:
    """Loss quantile and mean loss beyond it, by integrating the quantile function."""
    e, _ = integrate.quad(lambda u: law.ppf(u), 0, 1 - level, epsabs=0, epsrel=1e-12, limit=500)
    return pair(-law.ppf(1 - level), -e / (1 - level))


def student(level: float, horizon: int, nu: float) -> dict:
    nu_h = 4 + horizon * (nu - 4) if nu > 4 else nu
    spread = moments["deviation"] * math.sqrt(horizon) * math.sqrt((nu_h - 2) / nu_h)
    law = stats.t(nu_h, loc=moments["mean"] * horizon, scale=spread)
    # expect() integrates x f(x), which converges where the quantile function has a pole.
    q = law.ppf(1 - level)
    e, _ = integrate.quad(lambda x: x * law.pdf(x), -np.inf, q, epsabs=1e-16, epsrel=1e-12, limit=500)
    return pair(-q, -e / (1 - level))


def cf(z, s: float, k: float):
    return z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36


NODES, MASS = np.polynomial.hermite_e.hermegauss(60)
MASS = MASS / MASS.sum()


def cf_shape(s: float, k: float) -> tuple[float, float, float]:
    x = cf(NODES, s, k)
    m2, m3, m4 = (float(MASS @ x**p) for p in (2, 3, 4))
    return m2, m3 / m2**1.5, m4 / m2**2 - 3


def cornish_fisher(m: dict, level: float, horizon: int, matched: bool) -> dict | None:
    mean, sd = m["mean"] * horizon, m["deviation"] * math.sqrt(horizon)
    s, k = m["skewness"] / math.sqrt(horizon), m["excessKurtosis"] / horizon
    unit = 1.0
    if matched:
        # Least squares from a plain start: another way than Newton by stages.
        fit = optimize.least_squares(
            lambda p: [cf_shape(*p)[1] - s, cf_shape(*p)[2] - k], [s / 2, min(k / 3, 4)], xtol=1e-15, ftol=1e-15, gtol=1e-15
        )
        if fit.cost > 1e-20:
            return None
        s, k = fit.x
        unit = math.sqrt(cf_shape(s, k)[0])
    grid = np.linspace(-40, 40, 400001)
    if np.any(np.diff(cf(grid, s, k)) < 0):
        return None
    z = stats.norm.ppf(1 - level)
    e, _ = integrate.quad(lambda y: cf(y, s, k) * stats.norm.pdf(y), -40, z, epsabs=1e-16, epsrel=1e-12, limit=500)
    return pair(-(mean + sd * cf(z, s, k) / unit), -(mean + sd * e / (1 - level) / unit))


shapes = [
    {"mean": 0.0004, "deviation": 0.012, "skewness": s, "excessKurtosis": k}
    for s, k in [(0, 0), (-0.3, 1.5), (0.5, 2), (-0.8, 4), (0, 7.9), (0, 8.5), (-1.2, 12), (0, 25), (0.2, 0.01), (0, -0.5), (1.5, 2)]
]


def degrees() -> float:
    z = (portfolio - moments["mean"]) / moments["deviation"]
    value = optimize.minimize_scalar(
        lambda u: -np.sum(stats.t.logpdf(z * math.sqrt((1 / u) / (1 / u - 2)), 1 / u) + 0.5 * math.log((1 / u) / (1 / u - 2))),
        bounds=(1 / 200, 1 / 2.1),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return 1 / float(value.x)


def filtered() -> dict:
    x = portfolio - portfolio.mean()
    scale = 100.0
    fit = arch_model(x * scale, mean="Zero", vol="GARCH", p=1, q=1, dist="normal", rescale=False).fit(disp="off", tol=1e-14)
    sigma = np.asarray(fit.conditional_volatility)
    z = x * scale / sigma
    ahead = float(fit.forecast(horizon=1, reindex=False).variance.values[-1, 0])
    outcomes = portfolio.mean() + math.sqrt(ahead) * z / scale
    sims = fit.forecast(horizon=5, method="bootstrap", simulations=100_000, reindex=False, random_state=np.random.RandomState(5))
    paths = np.prod(1 + portfolio.mean() + sims.simulations.values[-1] / scale, axis=1) - 1
    return {
        "omega": float(fit.params["omega"]) / scale**2,
        "alpha": float(fit.params["alpha[1]"]),
        "beta": float(fit.params["beta[1]"]),
        "logLikelihood": float(fit.loglikelihood) + len(x) * math.log(scale),
        "nextVariance": ahead / scale**2,
        "risk": [{"level": level, **pair(value_at_risk(outcomes, level), cvar(outcomes, level))} for level in LEVELS],
        "week": [{"level": level, **pair(value_at_risk(paths, level), cvar(paths, level))} for level in LEVELS[:3]],
    }


def difference(risk, w: np.ndarray) -> dict:
    """Central differences of a measure by each weight."""
    out = {"valueAtRisk": [], "expectedShortfall": []}
    for i in range(len(w)):
        step = 1e-5
        up, down = w.copy(), w.copy()
        up[i] += step
        down[i] -= step
        a, b = risk(up), risk(down)
        for key in out:
            out[key].append((a[key] - b[key]) / (2 * step))
    return out


mean_vector = series.mean(axis=1)
covariance = np.cov(series)


def normal_of(w: np.ndarray) -> dict:
    return by_law(stats.norm(float(w @ mean_vector), math.sqrt(float(w @ covariance @ w))), 0.99)


def plain_of(w: np.ndarray) -> dict:
    x = w @ series
    m = {"mean": x.mean(), "deviation": x.std(ddof=1), "skewness": stats.skew(x), "excessKurtosis": stats.kurtosis(x)}
    risk = cornish_fisher(m, 0.99, 1, False)
    assert risk is not None
    return risk


def tail_of(w: np.ndarray) -> dict:
    return pair(value_at_risk(w @ series, 0.95), cvar(w @ series, 0.95))


def incremental(risk) -> dict:
    whole = risk(weights)
    out = {"valueAtRisk": [], "expectedShortfall": []}
    for i in range(len(weights)):
        without = weights.copy()
        without[i] = 0
        r = risk(without)
        for key in out:
            out[key].append(whole[key] - r[key])
    return out


def kupiec(hits: np.ndarray, level: float) -> dict:
    n, x = len(hits), int(hits.sum())
    lr = -2 * (stats.binom.logpmf(x, n, 1 - level) - stats.binom.logpmf(x, n, x / n))
    return {"statistic": float(lr), "pValue": float(stats.chi2.sf(lr, 1))}


def christoffersen(hits: np.ndarray, level: float) -> dict:
    before, after = hits[:-1], hits[1:]

    def loglik(prob) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.where(after == 1, np.log(prob), np.log1p(-prob)).sum())

    markov = np.where(before == 1, after[before == 1].mean() if (before == 1).any() else 0.5, after[before == 0].mean())
    chain = loglik(markov)
    ind = 2 * (chain - loglik(np.full(len(after), after.mean())))
    cc = 2 * (chain - loglik(np.full(len(after), 1 - level)))
    return {
        "independence": {"statistic": ind, "pValue": float(stats.chi2.sf(ind, 1))},
        "conditionalCoverage": {"statistic": cc, "pValue": float(stats.chi2.sf(cc, 2))},
    }


def acerbi() -> dict:
    """Normal forecasts of a t law: outcomes, forecasts, and the statistics; p-values from 200,000 histories of another generator."""
    rng = np.random.default_rng(7)
    sigma = np.round(0.01 * np.exp(0.3 * rng.standard_normal(250)), 6)
    x = np.round(sigma * rng.standard_t(4, 250) * math.sqrt(0.5) * 1.15, 7)
    level = 0.975
    z = stats.norm.ppf(level)
    var, es = sigma * z, sigma * stats.norm.pdf(z) / (1 - level)

    def both(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        hit = sample + var < 0
        total = (sample / es * hit).sum(axis=-1)
        count = hit.sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return total / count + 1, total / (len(sigma) * (1 - level)) + 1

    z1, z2 = both(x)
    sims = [both(sigma * rng.standard_normal((10_000, 250))) for _ in range(20)]
    s1, s2 = np.concatenate([s[0] for s in sims]), np.concatenate([s[1] for s in sims])
    return {
        "level": level,
        "sigma": sigma.tolist(),
        "outcomes": x.tolist(),
        "z1": float(z1),
        "z2": float(z2),
        "p1": float(np.nanmean(s1[~np.isnan(s1)] <= z1)),
        "p2": float((s2 <= z2).mean()),
    }


rng = np.random.default_rng(11)
hit_cases = []
for level, share, stick in [(0.95, 0.05, 0.05), (0.99, 0.02, 0.3), (0.95, 0.04, 0.4), (0.99, 0.0, 0.0), (0.9, 0.13, 0.13)]:
    hits = np.zeros(600, dtype=int)
    for t in range(600):
        hits[t] = rng.random() < (stick if t and hits[t - 1] else share)
    case = {"level": level, "violations": np.flatnonzero(hits).tolist(), "observations": 600, "kupiec": kupiec(hits, level)}
    hit_cases.append({**case, **christoffersen(hits, level)})

grid = [(level, horizon) for level in LEVELS for horizon in HORIZONS]
reference = {
    "series": series.tolist(),
    "weights": weights.tolist(),
    "portfolio": portfolio.tolist(),
    "moments": moments,
    "historical": [{"level": a, "horizon": h, **historical(a, h)} for a, h in grid],
    "normal": [
        {"level": a, "horizon": h, **by_law(stats.norm(moments["mean"] * h, moments["deviation"] * math.sqrt(h)), a)} for a, h in grid
    ],
    "student": [{"level": a, "horizon": h, "degrees": nu, **student(a, h, nu)} for a, h in grid for nu in (2.5, 4.0, 6.5)],
    "degrees": degrees(),
    "cornishFisher": [
        {"moments": m, "level": a, "horizon": h, "plain": cornish_fisher(m, a, h, False), "matched": cornish_fisher(m, a, h, True)}
        for m in shapes
        for a, h in [(0.95, 1), (0.99, 1), (0.99, 10)]
    ],
    "filtered": filtered(),
    "covariance": covariance.tolist(),
    "mean": mean_vector.tolist(),
    "positions": {
        "normal": {"marginal": difference(normal_of, weights), "incremental": incremental(normal_of)},
        "plain": {"marginal": difference(plain_of, weights), "incremental": incremental(plain_of)},
        "historical": {"marginal": difference(tail_of, weights), "incremental": incremental(tail_of)},
    },
    "violations": hit_cases,
    "acerbiSzekely": acerbi(),
}
Path(__file__).with_name("risk.json").write_text(json.dumps(reference) + "\n")
print(moments, reference["degrees"], {k: v for k, v in reference["filtered"].items() if k not in ("risk", "week")})
for case in reference["cornishFisher"]:
    print(case["moments"]["skewness"], case["moments"]["excessKurtosis"], case["level"], case["horizon"], case["plain"], case["matched"])
print([(c["kupiec"], c["independence"]) for c in hit_cases])
print({k: v for k, v in reference["acerbiSzekely"].items() if k not in ("sigma", "outcomes")})
