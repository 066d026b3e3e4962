"""Explanations by the shap package, by brute force over all coalitions, and LIME's local regression by scikit-learn.

    python shap_reference.py > shap.json      # shap 0.51.0, scikit-learn 1.9.1, numpy 2.4.6

"linear": weights, background and rows in standardized units; what LinearExplainer gives for the linear score.
"kernel": f(x) = a.x + sum of b_p x_i x_j over pairs p + c tanh(d.x); what KernelExplainer gives with all coalitions asked
("exact": ExactExplainer; they agree), and for the wide case with 2m + 2048 of them, whose error against the Shapley values
in closed form by enumeration over the few interacting features is what "peerError" holds.
"lime": steps z, outcomes y; slopes of Ridge(alpha=1) with the kernel's weights.
"""
import itertools
import json
import math
import sys

import numpy as np
import shap
from sklearn.linear_model import Ridge

rng = np.random.default_rng(5)
out = {}


def clean(values, digits=3):
    """Numbers that float32 holds as the JSON does."""
    return np.asarray(np.round(values, digits), np.float32).astype(float)


k, n = 7, 25
background, rows = clean(rng.standard_normal((n, k))), clean(rng.standard_normal((6, k)) * 2)
weights, intercept = rng.standard_normal(k).round(4), 0.25
explainer = shap.LinearExplainer((weights, intercept), shap.maskers.Independent(background, max_samples=n))
out["linear"] = {
    "weights": weights.tolist(), "intercept": intercept, "background": background.tolist(), "rows": rows.tolist(),
    "base": float(explainer.expected_value), "values": explainer.shap_values(rows).tolist(),
}


def make(k, pairs):
    a, d = rng.standard_normal(k).round(4), (rng.standard_normal(k) / math.sqrt(k)).round(4)
    where = [sorted(int(i) for i in rng.choice(k, 2, replace=False)) for _ in range(pairs)]
    b, c = rng.standard_normal(pairs).round(4), 1.5
    f = lambda x: x @ a + sum(w * x[:, i] * x[:, j] for w, (i, j) in zip(b, where)) + c * np.tanh(x @ d)
    return f, {"a": a.tolist(), "b": b.tolist(), "pairs": where, "c": c, "d": d.tolist()}


def brute_force(f, background, row):
    """Shapley's own formula (1953), every coalition."""
    k = len(row)
    value = {}
    for size in range(k + 1):
        for members in itertools.combinations(range(k), size):
            mixed = background.copy()
            mixed[:, list(members)] = row[list(members)]
            value[members] = f(mixed).mean()
    phi = np.zeros(k)
    for members, v in value.items():
        for j in range(k):
            if j in members:
                continue
            weight = math.factorial(len(members)) * math.factorial(k - len(members) - 1) / math.factorial(k)
            phi[j] += weight * (value[tuple(sorted((*members, j)))] - v)
    return phi


cases = []
for k, n, pairs in [(2, 10, 1), (5, 12, 4), (9, 8, 7)]:
    f, formula = make(k, pairs)
    background, rows = clean(rng.standard_normal((n, k))), clean(rng.standard_normal((3, k)) * 1.5)
    kernel = shap.KernelExplainer(f, background)
    values = kernel.shap_values(rows, nsamples=2**k, l1_reg=False, silent=True)
    exact = np.array([brute_force(f, background, row) for row in rows])
    assert np.abs(values - exact).max() < 1e-9, np.abs(values - exact).max()
    cases.append({"k": k, "formula": formula, "background": background.tolist(), "rows": rows.tolist(), "base": float(kernel.expected_value), "exact": exact.tolist()})

# Wide: tanh over three features only, so that the Shapley values are known: linear and pair terms have closed forms.
k, n = 30, 10
f0, formula = make(k, 12)
d = np.zeros(k)
d[[3, 11, 20]] = [0.9, -0.7, 0.5]
formula["d"] = d.tolist()
a, b, pairs, c = np.array(formula["a"]), formula["b"], formula["pairs"], formula["c"]
f = lambda x: x @ a + sum(w * x[:, i] * x[:, j] for w, (i, j) in zip(b, pairs)) + c * np.tanh(x @ d)
background, rows = clean(rng.standard_normal((n, k))), clean(rng.standard_normal((3, k)) * 1.5)
exact = []
for row in rows:
    phi = a * (row - background.mean(0))
    for w, (i, j) in zip(b, pairs):
        part = brute_force(lambda x: w * x[:, 0] * x[:, 1], background[:, [i, j]], row[[i, j]])
        phi[i] += part[0]
        phi[j] += part[1]
    three = [3, 11, 20]
    phi[three] += brute_force(lambda x: c * np.tanh(x @ d[three]), background[:, three], row[three])
    exact.append(phi)
np.random.seed(0)
kernel = shap.KernelExplainer(f, background)
values = kernel.shap_values(rows, l1_reg=False, silent=True)
out["kernel"] = cases
out["wide"] = {
    "k": k, "formula": formula, "background": background.tolist(), "rows": rows.tolist(), "base": float(kernel.expected_value),
    "exact": np.array(exact).tolist(), "peerCoalitions": 2 * k + 2048, "peerError": float(np.abs(values - exact).max()),
}

k, samples = 4, 120
z = clean(rng.standard_normal((samples, k)))
z[0] = 0
y = (z @ np.array([0.3, -0.2, 0.0, 0.1]) + 0.2 * z[:, 0] * z[:, 1] + 0.05 * rng.standard_normal(samples)).round(6)
weight = np.exp(-(z**2).sum(1) / (0.75**2 * k))
out["lime"] = {"k": k, "z": z.tolist(), "y": y.tolist(), "slopes": Ridge(alpha=1).fit(z, y, sample_weight=weight).coef_.tolist()}
json.dump(out, sys.stdout)
