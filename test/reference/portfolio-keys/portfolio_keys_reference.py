"""Reference figures of the keys of an optimized portfolio: floors and numbers of names by trying every choice there is, portfolios without bets, and
the most diversification within groups, by cvxpy with Clarabel, and by skfolio where it has the same problem.

    python portfolio_keys_reference.py 100 > portfolio-keys.json     # numpy 2.4.6, cvxpy 1.9.3, clarabel 0.11.1, skfolio 1.12.2

A problem is its number: `Draw` of the other optima and test/fixtures/portfolio-key-problems.ts draw the same numbers from it by whole-number arithmetic.
`objective` is the best one, null where nothing obeys; `relaxed` that without floor and number of names (null of other kinds); `skfolio` the
objective at skfolio's weights (null where it has no such problem).
"""
import itertools
import json
import math
import sys
import warnings
from pathlib import Path

import cvxpy as cp
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "optimization"))
from optimization_reference import Draw  # noqa: E402

warnings.filterwarnings("ignore")


KINDS = ["floor", "floor-cvar", "floor-plan", "neutral", "diversified"]


def draw_problem(number):
    d = Draw(number)
    kind = KINDS[number % len(KINDS)]
    chosen = kind.startswith("floor")
    n = d.whole(5, 7) if chosen else d.whole(6, 20)
    sessions = d.whole(50, 80)
    market = [0.01 * d.bell() for _ in range(sessions)]
    size = [d.between(0.4, 1.6) for _ in range(n)]
    returns = np.array([[size[i] * market[t] + 0.012 * d.bell() for i in range(n)] for t in range(sessions)])
    expected = np.array([0.004 * d.bell() for _ in range(n)])
    held = np.array([d.between(0, 0.25) if d.next() < 0.5 else 0.0 for _ in range(n)])
    p = dict(kind=kind, n=n, returns=returns, expected=expected, held=held, aversion=d.between(2, 20))
    p["floor"] = d.between(0.05, 0.2)
    p["high"] = d.between(0.35, 0.6)
    p["most"] = d.whole(2, n) if d.next() < 0.5 else None
    p["cost"] = d.between(0, 0.002)
    p["traded"] = np.array([math.exp(2 * d.bell()) for _ in range(n)])
    p["sector"] = np.array([d.whole(0, 2) for _ in range(n)])
    p["tolerance"] = d.between(0, 0.3)
    p["groupHigh"] = d.between(0.3, 0.6)
    return p


def solved(problem):
    try:
        problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    except cp.error.SolverError:
        return None
    return float(problem.value) if problem.status in ("optimal", "optimal_inaccurate") else None


def convex(p, low, high):
    """The problem within parameters of its box."""
    n, sessions = p["n"], len(p["returns"])
    risk = np.cov(p["returns"].T)
    half = np.linalg.cholesky(risk).T

    def one(w, before, expected):
        value = expected @ w - p["cost"] * cp.norm1(w - before)
        return value - p["aversion"] / 2 * cp.sum_squares(half @ w), [w >= low, w <= high, cp.sum(w) == 1]

    w = cp.Variable(n)
    if p["kind"] == "floor":
        value, rules = one(w, p["held"], p["expected"])
        return cp.Problem(cp.Maximize(value), rules)
    if p["kind"] == "floor-cvar":
        q = cp.Variable()
        tail = q + cp.sum(cp.pos(-p["returns"] @ w - q)) / (0.1 * sessions)
        value = p["expected"] @ w - p["aversion"] / 5 * tail - p["cost"] * cp.norm1(w - p["held"])
        return cp.Problem(cp.Maximize(value), [w >= low, w <= high, cp.sum(w) == 1])
    total, rules, before = 0, [], p["held"]
    for t in range(3):
        w = cp.Variable(n)
        value, more = one(w, before, p["expected"] * 0.5 ** t)
        total, rules, before = total + value, rules + more, w
    return cp.Problem(cp.Maximize(total), rules)


def best_choice(p):
    n = p["n"]
    low, high = cp.Parameter(n), cp.Parameter(n)
    problem = convex(p, low, high)
    low.value, high.value = np.zeros(n), np.full(n, p["high"])
    relaxed = solved(problem)
    pieces = [[(0, 0), (p["floor"], p["high"])] + ([(h, h)] if 0 < h < p["floor"] else []) for h in p["held"]]
    best = None
    for choice in itertools.product(*pieces):
        if p["most"] is not None and sum(piece[1] > 0 for piece in choice) > p["most"]:
            continue
        if sum(piece[0] for piece in choice) > 1 or sum(piece[1] for piece in choice) < 1:
            continue
        low.value, high.value = np.array([piece[0] for piece in choice]), np.array([piece[1] for piece in choice])
        value = solved(problem)
        if value is not None and (best is None or value > best):
            best = value
    return best, relaxed


def z_scores(values):
    values = np.array(values)
    return (values - values.mean()) / values.std()


def neutral(p):
    n, returns = p["n"], p["returns"]
    exposures = [
        z_scores(np.log1p(returns[: len(returns) - 21]).sum(axis=0)),
        z_scores(returns.std(axis=0)),
        z_scores(np.log(p["traded"])),
    ]
    for sector in sorted(set(p["sector"])):
        part = np.mean(p["sector"] == sector)
        if part < 1:
            exposures.append((p["sector"] == sector) - part)
    w = cp.Variable(n)
    half = np.linalg.cholesky(np.cov(returns.T)).T
    value = p["expected"] @ w - p["aversion"] / 2 * cp.sum_squares(half @ w) - p["cost"] * cp.norm1(w - p["held"])
    rules = [w >= 0, w <= p["high"], cp.sum(w) == 1] + [cp.abs(exposure @ w) <= p["tolerance"] for exposure in exposures]
    return solved(cp.Problem(cp.Maximize(value), rules))


def ratio(p, w):
    risk = np.cov(p["returns"].T)
    return float(np.sqrt(np.diag(risk)) @ w / np.sqrt(w @ risk @ w))


def diversified(p):
    n = p["n"]
    risk = np.cov(p["returns"].T)
    deviation = np.sqrt(np.diag(risk))
    half = np.linalg.cholesky(risk).T
    y, scale = cp.Variable(n), cp.Variable()
    groups = [p["sector"] == sector for sector in range(3)]
    rules = [deviation @ y == deviation.mean(), y >= 0, y <= p["high"] * scale, cp.sum(y) == scale, scale >= 0]
    rules += [cp.sum(y[members]) <= p["groupHigh"] * scale for members in groups if members.any()]
    if solved(cp.Problem(cp.Minimize(cp.sum_squares(half @ y / deviation.mean())), rules)) is None or y.value is None:
        return None, None
    from skfolio.optimization import MaximumDiversification
    from skfolio.prior import EmpiricalPrior
    from skfolio.moments import EmpiricalCovariance

    beside = None
    try:
        model = MaximumDiversification(
            max_weights=p["high"],
            groups=[[f"g{s}" for s in p["sector"]]],
            linear_constraints=[f"g{s} <= {p['groupHigh']!r}" for s in sorted(set(p["sector"]))],
            prior_estimator=EmpiricalPrior(covariance_estimator=EmpiricalCovariance(nearest=False)),
            raise_on_failure=True,
        )
        beside = ratio(p, model.fit(p["returns"]).weights_)
    except Exception:
        pass
    return ratio(p, y.value / y.value.sum()), beside


def main(count):
    problems = []
    for number in range(count):
        p = draw_problem(number)
        relaxed = beside = None
        if p["kind"] == "neutral":
            objective = neutral(p)
        elif p["kind"] == "diversified":
            objective, beside = diversified(p)
        else:
            objective, relaxed = best_choice(p)
        problems.append(dict(number=number, kind=p["kind"], objective=objective, relaxed=relaxed, skfolio=beside))
    rounded = [{k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in one.items()} for one in problems]
    print('{"problems": [\n' + ",\n".join(json.dumps(one) for one in rounded) + "\n]}")


main(int(sys.argv[1]))
