"""The linear families by scikit-learn on random inputs with missing values and weights.

    python linear_reference.py > linear.json     # numpy, scikit-learn 1.9

Solvers run far beyond their defaults, so that what is compared is the minimum and not where a solver stopped. HuberRegressor stops early
whatever its tolerance: its own loss is minimized further from its answer.
"""
import json
import sys
import warnings

import numpy as np
from scipy import optimize
from sklearn.linear_model import ElasticNet, HuberRegressor, Lasso, LogisticRegression, Ridge
from sklearn.linear_model._huber import _huber_loss_and_gradient
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(11)
EXACT = {"tol": 1e-14, "max_iter": 1_000_000}


def huber(zi, y, w, epsilon, alpha):
    model = HuberRegressor(epsilon=epsilon, alpha=alpha, tol=1e-14, max_iter=100_000).fit(zi, y, sample_weight=w)
    args = (zi, y, epsilon, alpha, np.ones(len(y)) if w is None else w)
    start = np.r_[model.coef_, model.intercept_, model.scale_]
    unit = np.r_[np.full(zi.shape[1] + 1, model.scale_), model.scale_]  # so that the solver sees numbers near one
    loss = lambda u: (lambda f: (f[0] / model.scale_, f[1] * unit / model.scale_))(_huber_loss_and_gradient(u * unit, *args))
    at = start / unit
    for _ in range(3):
        best = optimize.minimize(loss, at, jac=True, method="trust-constr", options={"gtol": 1e-13, "xtol": 1e-15, "maxiter": 3000})
        at = best.x
    end = at * unit
    assert _huber_loss_and_gradient(end, *args)[0] <= _huber_loss_and_gradient(start, *args)[0]
    assert np.allclose(end, start, rtol=2e-3, atol=2e-5), (end, start)
    return end[:-2], end[-2], end[-1]


def main():
    warnings.simplefilter("ignore")
    cases = []
    for rows, k, missing, weighted in [(60, 3, 0.0, False), (500, 7, 0.1, False), (400, 9, 0.05, True)]:
        x = (rng.standard_normal((rows, k)) * rng.uniform(0.01, 50, k) + rng.uniform(-100, 100, k)).round(3)
        decimals, x = x, x.astype(np.float32)
        z = np.nan_to_num((x - x.mean(0)) / x.std(0))
        y = 0.01 * (z @ rng.standard_normal(k)) / np.sqrt(k) + 0.02 * rng.standard_normal(rows)
        y = y.round(6)
        x[rng.random((rows, k)) < missing] = np.nan
        w = rng.uniform(0.2, 3.0, rows).round(3) if weighted else None
        x64 = x.astype(np.float64)
        scaler = StandardScaler().fit(x64, sample_weight=w)
        zi = np.nan_to_num(scaler.transform(x64), nan=0.0)

        def solution(model, **settings):
            return {**settings, "intercept": float(model.intercept_), "weights": model.coef_.tolist(), "predictions": model.predict(zi)[:20].tolist()}

        case = {
            "rows": rows, "k": k,
            "x": [None if np.isnan(v) else float(d) for v, d in zip(x.ravel(), decimals.ravel())],
            "y": y.tolist(), "weight": None if w is None else w.tolist(),
            "ridge": [], "lasso": [], "elastic-net": [], "huber": [], "logistic": [],
        }
        for alpha in (0.01, 1.0, 250.0):
            case["ridge"].append(solution(Ridge(alpha=alpha, solver="cholesky").fit(zi, y, sample_weight=w), alpha=alpha))
            case["ridge"].append(solution(Ridge(alpha=alpha, positive=True, **EXACT).fit(zi, y, sample_weight=w), alpha=alpha, positive=True))
        for alpha in (1e-5, 0.0005, 0.003, 1.0):
            for positive in (False, True):
                case["lasso"].append(solution(Lasso(alpha=alpha, positive=positive, **EXACT).fit(zi, y, sample_weight=w), alpha=alpha, positive=positive))
        for alpha, ratio in ((0.0005, 0.5), (0.005, 0.2), (0.003, 0.9)):
            net = ElasticNet(alpha=alpha, l1_ratio=ratio, **EXACT).fit(zi, y, sample_weight=w)
            case["elastic-net"].append(solution(net, alpha=alpha, l1Ratio=ratio))
        wild = y.copy()
        wild[:: 17] *= 30  # labels that least squares would follow
        case["wild"] = wild.tolist()
        for epsilon, alpha in ((1.35, 1e-4), (1.05, 1.0), (3.0, 30.0)):
            coef, intercept, scale = huber(zi, wild, w, epsilon, alpha)
            case["huber"].append({"epsilon": epsilon, "alpha": alpha, "intercept": float(intercept), "weights": coef.tolist(), "predictions": (zi[:20] @ coef + intercept).tolist()})
        for c, ratio in ((0.05, 0), (1.0, 0), (30.0, 0), (0.3, 1), (0.1, 0.5), (3.0, 0.8)):
            exact = {"solver": "newton-cholesky", "tol": 1e-13, "max_iter": 500} if ratio == 0 else {"solver": "saga", **EXACT, "tol": 1e-13, "random_state": 0}
            model = LogisticRegression(C=c, l1_ratio=ratio, **exact).fit(zi, y > 0, sample_weight=w)
            scale = np.average(np.abs(y), weights=w)
            case["logistic"].append({
                "c": c, "l1Ratio": ratio, "intercept": float(model.intercept_[0]), "weights": model.coef_[0].tolist(),
                "predictions": ((2 * model.predict_proba(zi)[:20, 1] - 1) * scale).tolist(),
            })
        cases.append(case)
    json.dump(cases, sys.stdout)


if __name__ == "__main__":
    main()
