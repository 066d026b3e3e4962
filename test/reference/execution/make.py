"""References for src/execution: Almgren & Chriss by simulation and by a quadratic program, impact by integrals.

Nothing here uses the closed forms that are tested: the efficient frontier is simulated path by path (prices with permanent and temporary impact,
the shortfall of each path, its mean and variance), the optimum is the solution of the normal equations, the bounded one that of
bounded least squares (an active-set method).
Writes execution.json beside this file. Needs numpy, scipy. Run: python make.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import integrate, optimize

PATHS = 400_000

# The example of the paper: a million shares at 50 dollars, five days, 30 % a year, spread 1/8.
base = dict(units=1e6, time=5.0, steps=5, volatility=0.95, fixed=0.0625, temporary=2.5e-6, permanent=2.5e-7)
problems = [dict(base, riskAversion=a) for a in (0.0, 1e-7, 2e-6, 1e-5)]
problems += [dict(base, steps=40, riskAversion=1e-6), dict(base, units=3e4, steps=17, time=1.0, riskAversion=3e-5, permanent=0.0)]


def optimum(p):
    """What is left after each step: minimize mean + risk aversion x variance over x_1..x_(N-1) by its normal equations."""
    n, tau = p["steps"], p["time"] / p["steps"]
    net = p["temporary"] - p["permanent"] * tau / 2
    a = np.zeros((n - 1, n - 1))
    b = np.zeros(n - 1)
    for k in range(n):  # (x_(k-1) - x_k)^2 net / tau
        for i, si in ((k - 1, 1), (k, -1)):
            for j, sj in ((k - 1, 1), (k, -1)):
                if 0 <= i < n - 1 and 0 <= j < n - 1:
                    a[i, j] += si * sj * net / tau
        if k == 0 and n > 1:
            b[0] += p["units"] * net / tau
    a += np.eye(n - 1) * p["riskAversion"] * p["volatility"] ** 2 * tau
    return np.append(np.linalg.solve(a, b), 0.0)


def simulate(p, rest, rng):
    """Mean and variance of the shortfall of a sale, from paths of prices."""
    n, tau = p["steps"], p["time"] / p["steps"]
    trades = -np.diff(np.append(p["units"], rest))
    received = np.zeros(PATHS)
    price = np.full(PATHS, 50.0)
    for k in range(n):
        received += trades[k] * (price - p["fixed"] - p["temporary"] * trades[k] / tau)
        price += p["volatility"] * np.sqrt(tau) * rng.standard_normal(PATHS) - p["permanent"] * trades[k]
    shortfall = p["units"] * 50.0 - received
    variance = shortfall.var(ddof=1)
    return dict(mean=shortfall.mean(), meanError=np.sqrt(variance / PATHS), variance=variance, varianceError=variance * np.sqrt(2 / PATHS))


rng = np.random.default_rng(7)
frontier = []
for p in problems:
    rest = optimum(p)
    frontier.append(dict(problem=p, rest=rest.tolist(), simulated=simulate(p, rest, rng)))

bounded = []
for seed, (n, risk, tight) in enumerate([(6, 0.4, 0.35), (12, 0.05, 0.2), (12, 2.0, 0.12), (9, 0.0, 0.15)]):
    g = np.random.default_rng(seed)
    temporary = np.round(g.uniform(0.5, 2, n), 3)
    caps = np.round(g.uniform(0.5, 1.5, n) * tight, 3)

    def cost(x):
        return (temporary * x**2).sum() + risk * ((1 - np.cumsum(x)) ** 2).sum()

    # Least squares in x with bounds: rows for the steps, for what is left after each, and a heavy one for the sum.
    heavy = 1e6
    rows = np.vstack([np.diag(np.sqrt(temporary)), np.sqrt(risk) * np.tril(np.ones((n, n))), heavy * np.ones((1, n))])
    wanted = np.concatenate([np.zeros(n), np.sqrt(risk) * np.ones(n), [heavy]])
    found = optimize.lsq_linear(rows, wanted, bounds=(0, caps), method="bvls", tol=1e-15, max_iter=10_000)
    assert caps.sum() > 1 and abs(found.x.sum() - 1) < 1e-8, (caps.sum(), found.x.sum())
    bounded.append(dict(caps=caps.tolist(), temporary=temporary.tolist(), risk=risk, slices=found.x.tolist(), cost=cost(found.x)))

roots = []
for a, b in [(0.0, 0.05), (0.02, 0.03), (0.01, 0.01 + 1e-9)]:
    roots.append(dict(a=a, b=b, mean=integrate.quad(np.sqrt, a, b)[0] / (b - a)))


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


out = rounded(dict(paths=PATHS, frontier=frontier, bounded=bounded, roots=roots))
Path(__file__).with_name("execution.json").write_text(json.dumps(out, indent=1) + "\n")
