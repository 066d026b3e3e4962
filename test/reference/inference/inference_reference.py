"""Reference figures of src/research/inference, from arch and statsmodels, and where they lack a test from NumPy after the papers.

    python inference_reference.py > inference.json      # numpy 2.4.6, scipy 1.17.1, arch 8.0.0, statsmodels 0.15.0

By arch: block lengths, SPA without studentization (arch's statistic is the plain mean; its variance serves the centering only), StepM (which
is the step-wise SPA of Hsu, Hsu & Kuan), model confidence sets, figures of each draw of an interval. By statsmodels: adjusted p-values. By the
NumPy below, from the papers and apart from the product's code: the studentized statistics, Romano & Wolf's StepM, Diebold-Mariano with
Harvey, Leybourne & Newbold's correction, Giacomini-White, the variance of a stationary bootstrap by its sum over lags.
Both sides use the same positions drawn here.
"""
import json
import sys

import numpy as np
from arch.bootstrap import MCS, SPA, CircularBlockBootstrap, StationaryBootstrap, StepM, optimal_block_length
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20261130)


def ar(n, phi, scale=1.0):
    e = rng.standard_t(5, n + 50) * scale
    for t in range(1, n + 50):
        e[t] += phi * e[t - 1]
    return e[50:]


def positions(bootstrap, days, draws, seed, block):
    return np.array([data[0][0] for data in bootstrap(block, np.arange(days), seed=seed).bootstrap(draws)])


def blocks():
    out = []
    for n, phi in [(60, 0.0), (120, 0.5), (250, -0.4), (400, 0.85), (1000, 0.2)]:
        x = ar(n, phi)
        chosen = optimal_block_length(x).iloc[0]
        out.append({"series": x.tolist(), "stationary": chosen["stationary"], "circular": chosen["circular"]})
    return out


def stationary_variance(x, block):
    """Politis & Romano (1994), lemma 1, summed over lags."""
    d, t, p = x - x.mean(), len(x), 1 / block
    v = d @ d / t
    for i in range(1, t):
        kappa = (1 - i / t) * (1 - p) ** i + (i / t) * (1 - p) ** (t - i)
        v += 2 * kappa * (d[: t - i] @ d[i:]) / t
    return v


def circular_variance(x, block):
    d, t = x - x.mean(), len(x)
    sums = np.array([np.take(d, np.arange(s, s + block), mode="wrap").sum() for s in range(t)])
    return np.mean(sums**2) / block


def step_down(observed, drawn):
    """p-values of stepping down one strategy at a time; drawn: draws x strategies."""
    order = np.argsort(-observed, kind="stable")
    p, worst = np.empty(len(observed)), 0.0
    for place, k in enumerate(order):
        best = np.maximum(drawn[:, order[place:]].max(1), 0)
        worst = max(worst, (1 + np.sum(best >= observed[k])) / (1 + len(drawn)))
        p[k] = worst
    return p


def searches():
    days, draws, block = 90, 120, 5
    index = positions(StationaryBootstrap, days, draws, 11, block)
    common = ar(days, 0.2, 0.01)
    benchmark = common + ar(days, 0.0, 0.002)
    drift = [0.0, 0.0009, -0.006, 0.0009, -0.0001, 0.0028, -0.02, 0.0002]
    strategies = np.column_stack([0.7 * common + m + ar(days, 0.1, 0.003 * (1 + k)) for k, m in enumerate(drift)])
    excess = strategies - benchmark[:, None]
    mean = excess.mean(0)
    omega = np.sqrt([stationary_variance(x, block) for x in excess.T])
    drawn_means = np.array([excess[i].mean(0) for i in index])
    root = np.sqrt(days)
    keep = mean >= -omega / root * np.sqrt(2 * np.log(np.log(days)))
    centers = {"lower": np.maximum(mean, 0), "consistent": np.where(keep, mean, 0), "upper": mean}
    observed = root * mean / omega
    studentized = {}
    for name, g in centers.items():
        best = np.maximum((root * (drawn_means - g) / omega).max(1), 0)
        studentized[name] = (1 + np.sum(best >= observed.max())) / (1 + draws)
    spa = SPA(-benchmark, -strategies, block_size=block, reps=draws, seed=11)
    spa.compute()
    # Levels at which arch's step-wise set is compared: ours says it by p-values.
    sets = {}
    for level in (0.05, 0.1, 0.2, 0.5):
        step = StepM(-benchmark, -strategies, size=level, block_size=block, reps=draws, seed=11, studentize=False)
        step.compute()
        sets[str(level)] = [int(k) for k in step.superior_models]
    return {
        "block": block,
        "index": index.tolist(),
        "benchmark": benchmark.tolist(),
        "strategies": strategies.T.tolist(),
        "omega": omega.tolist(),
        "circularOmega": [float(np.sqrt(circular_variance(x, block))) for x in excess.T],
        "arch": {k: float(v) for k, v in spa.pvalues.items()},
        "archStepM": sets,
        "studentized": studentized,
        "statistics": observed.tolist(),
        "stepM": step_down(observed, root * (drawn_means - mean) / omega).tolist(),
        "stepSpa": step_down(observed, root * (drawn_means - centers["consistent"]) / omega).tolist(),
    }


def confidence_sets():
    days, draws, block = 120, 100, 6
    common = ar(days, 0.3) ** 2
    losses = np.column_stack([common + m + ar(days, 0.1, 0.5) for m in (0.0, 0.05, 0.2, 0.45, 0.6, 0.02)])
    out = {"block": block, "losses": losses.T.tolist(), "index": None}
    for method in ("R", "max"):
        mcs = MCS(losses, 0.1, reps=draws, block_size=block, method=method, seed=5)
        mcs.compute()
        index = np.array(mcs._bootstrap_indices)
        out["index"] = index.tolist()
        out[method] = {"order": [int(i) for i in mcs.pvalues.index], "pValues": [float(p) for p in mcs.pvalues["Pvalue"]]}
    return out


def intervals():
    days, draws, block = 100, 99, 4
    x = ar(days, 0.2, 0.01) + 0.001

    def sharpe(v):
        return v.mean() / v.std(ddof=1)

    out = {"block": block, "series": x.tolist()}
    for name, bootstrap in (("stationary", StationaryBootstrap), ("circular", CircularBlockBootstrap)):
        index = positions(bootstrap, days, draws, 3, block)
        row = {"index": index.tolist()}
        for method in ("percentile", "basic"):
            drawn = bootstrap(block, x, seed=3).apply(sharpe, draws)[:, 0]
            low, high = np.percentile(drawn, [5, 95], method="weibull")
            row[method] = [low, high] if method == "percentile" else [2 * sharpe(x) - high, 2 * sharpe(x) - low]
        draws_of = np.array([sharpe(x[i]) for i in index])
        row["pValue"] = float((1 + np.sum(draws_of - sharpe(x) >= sharpe(x))) / (1 + draws))

        def error(v):
            d, lags = v - v.mean(), int(4 * (len(v) / 100) ** (2 / 9))
            s = d @ d / len(v)
            for k in range(1, lags + 1):
                s += 2 * (1 - k / (lags + 1)) * (d[k:] @ d[:-k]) / len(v)
            return np.sqrt(s / len(v))

        t = np.sort([(x[i].mean() - x.mean()) / error(x[i]) for i in index])
        low, high = np.percentile(t, [5, 95], method="weibull")
        row["studentizedMean"] = [float(x.mean() - high * error(x)), float(x.mean() - low * error(x))]
        row["studentizedP"] = float((1 + np.sum(t >= x.mean() / error(x))) / (1 + draws))
        out[name] = row
    return out


def families():
    out = []
    for n in (1, 7, 40):
        p = np.where(rng.random(n) < 0.3, rng.random(n) * 0.01, rng.random(n))
        if n == 40:
            p[5] = p[9]
        out.append({"p": p.tolist(), "bh": multipletests(p, method="fdr_bh")[1].tolist(), "by": multipletests(p, method="fdr_by")[1].tolist()})
    return out


def diebold_mariano(d, horizon):
    """Harvey, Leybourne & Newbold (1997), eq. 5 to 9; two-sided by Student's t with n - 1 degrees."""
    n, e = len(d), d - d.mean()
    v = e @ e / n + 2 * sum(e[k:] @ e[:-k] / n for k in range(1, horizon))
    dm = d.mean() / np.sqrt(v / n)
    t = dm * np.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    return {"statistic": float(t), "pValue": float(2 * stats.t.sf(abs(t), n - 1))}


def giacomini_white(d, horizon):
    """Giacomini & White (2006), theorem 1 (horizon 1) and 3: instruments 1 and the newest known difference."""
    h = np.column_stack([np.ones(len(d) - horizon), d[:-horizon]])
    z = h * d[horizon:, None]
    n, bar = len(z), z.mean(0)
    omega = z.T @ z / n
    for k in range(1, horizon):
        g = z[k:].T @ z[:-k] / n
        omega += (1 - k / horizon) * (g + g.T)
    statistic = n * bar @ np.linalg.solve(omega, bar)
    return {"statistic": float(statistic), "pValue": float(stats.chi2.sf(statistic, 2))}


def forecasts():
    out = []
    for n, phi, shift in [(80, 0.0, 0.1), (200, 0.4, 0.0), (500, 0.1, -0.2)]:
        d = ar(n, phi) + shift
        out.append(
            {
                "differences": d.tolist(),
                "dm": [{"horizon": h, **diebold_mariano(d, h)} for h in (1, 2, 4)],
                "gw": [{"horizon": h, **giacomini_white(d, h)} for h in (1, 2, 4)],
            }
        )
    return out


def chi_square():
    return [{"x": x, "k": k, "p": float(stats.chi2.sf(x, k))} for k in (1, 2, 3, 10, 25) for x in (0.0, 0.01, 0.7, 3.0, 12.0, 45.0, 150.0)]


def main():
    out = {
        "blocks": blocks(),
        "search": searches(),
        "confidenceSet": confidence_sets(),
        "interval": intervals(),
        "families": families(),
        "forecasts": forecasts(),
        "chiSquare": chi_square(),
    }
    json.dump(out, sys.stdout)


main()
