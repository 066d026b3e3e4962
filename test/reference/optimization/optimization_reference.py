"""Reference figures of src/portfolio/optimization: the best objectives of random problems, by cvxpy with Clarabel, and by skfolio where it has the
same problem.

    python optimization_reference.py 200 > optimization.json     # numpy 2.4.6, cvxpy 1.9.3, clarabel 0.11.1, skfolio 1.12.2

A problem is its number: `Draw` below and test/fixtures/optimization-problems.ts draw the same numbers from it by whole-number arithmetic.
`objective` is what cvxpy found, `skfolio` the objective at skfolio's weights (null where it has no such problem).
"""
import json
import sys
import warnings

import cvxpy as cp
import numpy as np

warnings.filterwarnings("ignore")


class Draw:
    """Lehmer's generator (Park & Miller 1988, revised 1993)."""

    def __init__(self, seed):
        self.state = (seed * 7919 + 1) % 2147483647
        for _ in range(5):
            self.next()

    def next(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def between(self, low, high):
        return low + (high - low) * self.next()

    def whole(self, low, high):
        return low + int(self.next() * (high - low + 1))

    def bell(self):
        return self.next() + self.next() + self.next() + self.next() - 2


KINDS = ["mean-variance", "factor", "minimum-variance", "costs", "long-short", "robust", "minimum-cvar", "mean-cvar", "multi-period", "groups"]


def draw_problem(number):
    d = Draw(number)
    kind = KINDS[number % len(KINDS)]
    n = d.whole(4, 24)
    sessions = d.whole(30, 90)
    market = [0.01 * d.bell() for _ in range(sessions)]
    size = [d.between(0.4, 1.6) for _ in range(n)]
    returns = np.array([[size[i] * market[t] + 0.012 * d.bell() for i in range(n)] for t in range(sessions)])
    expected = np.array([0.002 * d.bell() for _ in range(n)])
    held = np.array([d.next() for _ in range(n)])
    held = held / held.sum()
    p = dict(kind=kind, n=n, returns=returns, expected=expected, held=held, aversion=d.between(1, 20))
    p["high"] = d.between(2, 5) / n
    p["turnover"] = d.between(0.1, 0.8)
    p["buy"] = np.array([d.between(0, 0.002) for _ in range(n)])
    p["sell"] = np.array([d.between(0, 0.002) for _ in range(n)])
    p["impact"] = d.between(0, 0.02)
    p["error"] = np.array([d.between(0, 0.002) for _ in range(n)])
    p["gross"] = d.between(1, 1.8)
    p["short"] = d.between(0, 0.001)
    p["beta"] = np.array(size)
    p["bound"] = d.between(0.02, 0.2)
    factors = max(1, n // 5)
    p["exposures"] = np.array([[d.bell() for _ in range(factors)] for _ in range(n)])
    p["factor"] = np.array([0.0001 * d.between(0.2, 1) for _ in range(factors)])
    p["own"] = np.array([0.0001 * d.between(0.5, 2) for _ in range(n)])
    p["group"] = np.array([d.whole(0, 2) for _ in range(n)])
    p["groupHigh"] = d.between(0.25, 0.7)
    return p


def impact_cost(c, held, low, high, trade):
    """Chords of c t^1.5 with eight breakpoints, as a maximum of lines: the chords are convex."""
    total = 0
    for i in range(len(held)):
        reach = max(high - held[i], held[i] - low, 1e-9)
        at = [reach * (k / 8) ** 3 for k in range(9)]
        lines = []
        for a, b in zip(at, at[1:]):
            slope = c * (b**1.5 - a**1.5) / (b - a)
            lines.append(slope * (cp.abs(trade[i]) - a) + c * a**1.5)
        total += cp.max(cp.hstack(lines))
    return total


def cvar(returns, w, level):
    a = cp.Variable()
    return a + cp.sum(cp.pos(-returns @ w - a)) / ((1 - level) * len(returns))


def solve(p):
    n, kind = p["n"], p["kind"]
    w = cp.Variable(n)
    cov = np.cov(p["returns"].T).reshape(n, n)
    root = np.linalg.cholesky(cov + 1e-18 * np.eye(n)) if kind not in ("minimum-cvar", "mean-cvar") else None
    mu = p["expected"]
    risk = lambda v: p["aversion"] / 2 * cp.sum_squares(root.T @ v)
    long = [cp.sum(w) == 1, w >= 0, w <= p["high"]]
    if kind == "mean-variance":
        value, limits = mu @ w - risk(w), long
    elif kind == "factor":
        y = p["exposures"].T @ w
        variance = cp.sum(cp.multiply(p["factor"], cp.square(y))) + cp.sum(cp.multiply(p["own"], cp.square(w)))
        trade = w - p["held"]
        value = mu @ w - p["aversion"] / 2 * variance - p["buy"] @ cp.pos(trade) - p["sell"] @ cp.neg(trade)
        limits = [cp.sum(w) == 1, w >= 0, w <= 1, cp.norm1(trade) <= p["turnover"]]
    elif kind == "minimum-variance":
        value, limits = -risk(w), long
    elif kind == "costs":
        trade = w - p["held"]
        value = mu @ w - risk(w) - p["buy"] @ cp.pos(trade) - p["sell"] @ cp.neg(trade) - impact_cost(p["impact"], p["held"], 0, 1, trade)
        limits = [cp.sum(w) <= 1, cp.sum(w) >= 0.9, w >= 0, w <= 1, cp.norm1(trade) <= p["turnover"]]
    elif kind == "long-short":
        value = mu @ w - risk(w) - p["short"] * cp.sum(cp.neg(w))
        limits = [cp.sum(w) == 0, w >= -0.5, w <= 0.5, cp.norm1(w) <= p["gross"], cp.abs(p["beta"] @ w) <= p["bound"]]
        limits += [cp.abs(p["exposures"].T @ w) <= p["bound"]]
    elif kind == "robust":
        value, limits = mu @ w - p["error"] @ cp.abs(w) - risk(w), [cp.sum(w) == 1, w >= -0.3, w <= 0.6, cp.norm1(w) <= p["gross"]]
    elif kind == "minimum-cvar":
        value, limits = -cvar(p["returns"], w, 0.9), long
    elif kind == "mean-cvar":
        trade = w - p["held"]
        value = mu @ w - 0.1 * cvar(p["returns"], w, 0.95) - p["buy"] @ cp.pos(trade) - p["sell"] @ cp.neg(trade)
        limits = [cp.sum(w) == 1, w >= 0, w <= 1]
    elif kind == "multi-period":
        steps = [cp.Variable(n) for _ in range(3)]
        before, value, limits = p["held"], 0, []
        for t, v in enumerate(steps):
            value += mu * 0.5 ** (t / 2) @ v - risk(v) - p["buy"] @ cp.pos(v - before) - p["sell"] @ cp.neg(v - before)
            limits += [cp.sum(v) == 1, v >= 0, v <= 1]
            before = v
    else:
        value = mu @ w - risk(w)
        limits = long[:2] + [w <= 1] + [cp.sum(w[p["group"] == g]) <= p["groupHigh"] for g in range(3)]
        limits += [p["beta"] @ w <= 1.1, p["beta"] @ w >= 0.5]
    problem = cp.Problem(cp.Maximize(value), limits)
    found = []
    for tol in (1e-13, 1e-11, 1e-9):
        try:
            problem.solve(solver=cp.CLARABEL, tol_gap_abs=tol, tol_gap_rel=tol, tol_feas=tol, max_iter=500)
        except cp.SolverError:
            continue
        if problem.status == "optimal":
            return problem.value
        if problem.status in ("infeasible", "infeasible_inaccurate"):
            return None
    raise RuntimeError(f"{kind}: {problem.status} {found}")


def by_skfolio(p):
    from skfolio import RiskMeasure
    from skfolio.optimization import MeanRisk, ObjectiveFunction

    n = p["n"]
    common = dict(min_weights=0.0, max_weights=float(p["high"]), budget=1.0, solver="CLARABEL", raise_on_failure=True)
    # Returns in per cent: skfolio's own scaling leaves the solver few digits of small variances.
    if p["kind"] == "minimum-variance":
        model = MeanRisk(risk_measure=RiskMeasure.VARIANCE, **common).fit(100 * p["returns"])
        cov = np.cov(p["returns"].T).reshape(n, n)
        return float(-p["aversion"] / 2 * model.weights_ @ cov @ model.weights_)
    if p["kind"] == "minimum-cvar":
        model = MeanRisk(risk_measure=RiskMeasure.CVAR, cvar_beta=0.9, **common).fit(100 * p["returns"])
        losses = np.sort(-p["returns"] @ model.weights_)[::-1]
        tail = 0.1 * len(losses)
        whole = int(np.floor(tail + 1e-12))
        part = tail - whole
        return float(-(losses[:whole].sum() + (part * losses[whole] if part > 1e-12 else 0)) / tail)
    return None


if __name__ == "__main__":
    out = []
    for number in range(1, int(sys.argv[1]) + 1):
        p = draw_problem(number)
        value = solve(p)
        try:
            other = by_skfolio(p)
        except Exception as error:  # noqa: BLE001
            print(number, p["kind"], error, file=sys.stderr)
            other = None
        out.append({"number": number, "kind": p["kind"], "objective": None if value is None else float(f"{value:.12g}"), "skfolio": other})
    print('{"problems": [\n' + ",\n".join(json.dumps(one) for one in out) + "\n]}")
