"""cvxpy's and skfolio's side of `npm run bench -- optimize`: one JSON line asked, one answered. Building the problem is within the clock, drawing
its numbers is not. The objective is that at the weights found."""

import json
import sys
import time
import warnings

import cvxpy as cp
import numpy as np

warnings.filterwarnings("ignore")
FACTORS, COST, TURNOVER, AVERSION = 20, 0.001, 0.4, 5


class Draw:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def bell(self):
        return self.next() + self.next() + self.next() + self.next() - 2


drawn = {}


def problem(kind, names, sessions):
    key = (kind in ("factor", "dense"), names, sessions)
    if key not in drawn:
        d = Draw(12345)
        if key[0]:
            b = np.array([[1 + 0.3 * d.bell() if k == 0 else 0.5 * d.bell() for k in range(FACTORS)] for _ in range(names)])
            f = np.array([1e-4] + [2e-5] * (FACTORS - 1))
            own = np.array([1e-4 * (1 + d.next()) for _ in range(names)])
            drawn[key] = (b, f, own, np.array([0.003 * d.bell() for _ in range(names)]))
        else:
            market = [0.01 * d.bell() for _ in range(sessions)]
            drawn[key] = np.array([[m + 0.012 * d.bell() for m in market] for _ in range(names)]).T
    return drawn[key]


def tail_loss(returns, w):
    losses = np.sort(-returns @ w)[::-1]
    tail = 0.05 * len(losses)
    whole = int(np.floor(tail + 1e-9))
    return losses[:whole].sum() / tail


def by_cvxpy(kind, names, sessions):
    data = problem(kind, names, sessions)
    begin = time.perf_counter()
    w = cp.Variable(names)
    limits = [cp.sum(w) == 1, w >= 0, w <= 0.1]
    if kind == "minimum-cvar":
        a = cp.Variable()
        goal = cp.Minimize(a + cp.sum(cp.pos(-data @ w - a)) / (0.05 * sessions))
    else:
        b, f, own, mu = data
        trade = w - 1 / names
        if kind == "factor":
            variance = cp.sum(cp.multiply(f, cp.square(b.T @ w))) + cp.sum(cp.multiply(own, cp.square(w)))
        else:
            variance = cp.quad_form(w, cp.psd_wrap(covariance(b, f, own)))
        goal = cp.Maximize(mu @ w - AVERSION / 2 * variance - COST * cp.norm1(trade))
        limits.append(cp.norm1(trade) <= TURNOVER)
    program = cp.Problem(goal, limits)
    program.solve(solver=cp.CLARABEL)
    seconds = time.perf_counter() - begin
    return seconds, -program.value if kind == "minimum-cvar" else program.value


matrices = {}


def covariance(b, f, own):
    if len(own) not in matrices:
        matrices[len(own)] = b @ np.diag(f) @ b.T + np.diag(own)
    return matrices[len(own)]


def by_skfolio(kind, names, sessions):
    from skfolio import RiskMeasure
    from skfolio.optimization import MeanRisk

    returns = problem(kind, names, sessions)
    measure = RiskMeasure.CVAR if kind == "minimum-cvar" else RiskMeasure.VARIANCE
    begin = time.perf_counter()
    model = MeanRisk(risk_measure=measure, cvar_beta=0.95, max_weights=0.1, solver="CLARABEL").fit(returns)
    seconds = time.perf_counter() - begin
    w = model.weights_
    return seconds, float(-tail_loss(returns, w) if kind == "minimum-cvar" else -w @ np.cov(returns.T) @ w)


for line in sys.stdin:
    asked = json.loads(line)
    try:
        run = by_skfolio if asked["by"] == "skfolio" else by_cvxpy
        seconds, objective = run(asked["kind"], asked["names"], asked["sessions"])
        print(json.dumps({"seconds": seconds, "objective": objective}), flush=True)
    except Exception as error:  # noqa: BLE001
        print(json.dumps({"notRun": f"{type(error).__name__}: {error}"}), flush=True)
