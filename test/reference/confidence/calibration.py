"""Isotonic, Platt and temperature calibration by scikit-learn, ECE and Brier score with its parts by numpy.

    python calibration.py > calibration.json     # numpy, scipy, scikit-learn 1.9.1
"""
import json
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration, _TemperatureScaling
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

rng = np.random.default_rng(7)
cases = []


def exact_platt(f, y, w):
    """The same loss as scikit-learn's, to the last digit: its own optimizer stops early."""
    n1, n0 = w[y > 0].sum(), w[y <= 0].sum()
    t = np.where(y > 0, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def loss(ab):
        z = ab[0] * f + ab[1]
        return (w * (np.logaddexp(0, z) - t * z)).sum() / w.sum()

    def grad(ab):
        g = w * (expit(ab[0] * f + ab[1]) - t) / w.sum()
        return np.array([(g * f).sum(), g.sum()])

    def hess(ab):
        p = expit(ab[0] * f + ab[1])
        h = w * p * (1 - p) / w.sum()
        return np.array([[(h * f * f).sum(), (h * f).sum()], [(h * f).sum(), h.sum()]])

    start = minimize(loss, [0.0, 0.0], jac=grad, method="BFGS", options={"gtol": 1e-10}).x
    for _ in range(50):
        start = start - np.linalg.solve(hess(start), grad(start))
    return start


def parts(p, y, bins):
    """Murphy (1973), with the two terms of Stephenson et al. (2008) for what varies within a bin."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    n, base = len(p), y.mean()
    rel = res = within = 0.0
    ece = 0.0
    for b in range(bins):
        m = which == b
        if not m.any():
            continue
        k, f, o = m.sum(), p[m].mean(), y[m].mean()
        rel += k / n * (f - o) ** 2
        res += k / n * (o - base) ** 2
        ece += k / n * abs(f - o)
        within += ((p[m] - f) ** 2).sum() / n - 2 / n * ((p[m] - f) * (y[m] - o)).sum()
    return {"ece": ece, "reliability": rel, "resolution": res, "uncertainty": base * (1 - base), "within": within}


for name, n, ties, weighted, strength in [
    ("plain", 400, False, False, 1.5),
    ("ties", 500, True, False, 1.0),
    ("weights", 300, False, True, 0.7),
    ("ten", 10, False, False, 1.0),
    ("against", 200, False, False, -0.8),
]:
    score = rng.standard_normal(n).round(1 if ties else 6)
    y = (rng.random(n) < expit(strength * score + 0.2)).astype(float)
    w = rng.uniform(0.2, 3.0, n).round(3) if weighted else None
    at = np.concatenate([np.linspace(-4, 4, 41), score[:20]]).round(6)
    iso = IsotonicRegression(out_of_bounds="clip").fit(score, y, sample_weight=w)
    a, b = _sigmoid_calibration(score, y, sample_weight=w)
    slope, intercept = exact_platt(score, y, np.ones(n) if w is None else w)
    case = {
        "name": name, "score": score.tolist(), "rise": y.astype(int).tolist(), "weight": None if w is None else w.tolist(), "at": at.tolist(),
        "isotonic": iso.predict(at).tolist(),
        "plattSklearn": expit(-(a * at + b)).tolist(), "platt": expit(slope * at + intercept).tolist(),
    }
    if strength > 0:
        case["temperature"] = _TemperatureScaling().fit(score, y, w).predict(at)[:, 1].tolist()
    p = np.clip(expit(score + 0.1).round(4), 0, 1)
    case |= {"p": p.tolist(), "brier": brier_score_loss(y, p, pos_label=1), "parts": parts(p, y, 10)}
    cases.append(case)
json.dump(cases, sys.stdout)
