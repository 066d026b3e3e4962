"""Ridge and logistic regression by scikit-learn on random inputs with missing values and weights.

    python linear_reference.py > linear.json     # numpy 2.2.6, scikit-learn 1.9.1
"""
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(11)
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
    case = {
        "rows": rows, "k": k,
        "x": [None if np.isnan(v) else float(d) for v, d in zip(x.ravel(), decimals.ravel())],
        "y": y.tolist(), "weight": None if w is None else w.tolist(), "ridge": [], "logistic": [],
    }
    for alpha in (0.01, 1.0, 250.0):
        model = Ridge(alpha=alpha, solver="cholesky").fit(zi, y, sample_weight=w)
        case["ridge"].append({"alpha": alpha, "intercept": float(model.intercept_), "weights": model.coef_.tolist(), "predictions": model.predict(zi)[:20].tolist()})
    for c in (0.05, 1.0, 30.0):
        model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-13, max_iter=500).fit(zi, y > 0, sample_weight=w)
        scale = np.average(np.abs(y), weights=w)
        case["logistic"].append({
            "c": c, "intercept": float(model.intercept_[0]), "weights": model.coef_[0].tolist(),
            "predictions": ((2 * model.predict_proba(zi)[:20, 1] - 1) * scale).tolist(),
        })
    cases.append(case)
json.dump(cases, sys.stdout)
