"""Reference figures of src/portfolio: covariances and allocations on random problems.

    python portfolio_reference.py 20 > portfolio.json     # numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, skfolio 1.12.2, cvxpy 1.9.3, clarabel 0.11.1
    python portfolio_reference.py 200 > all.json          # read by the same tests where TRUEWIND_PORTFOLIO_REFERENCE names the file

By scikit-learn: linear shrinkage, principal components. By pandas' definition in NumPy: exponential weights. By the NumPy below, from the paper
and apart from the product's code: nonlinear shrinkage (Ledoit & Wolf 2020, appendix C), hierarchical risk parity (Lopez de Prado 2016, snippets
1 to 4, clusters by scipy). By skfolio: HERC, risk parity with given budgets, maximum diversification. By cvxpy: minimum variance, and both boxes.
"""
import json
import sys
import warnings

import cvxpy as cp
import numpy as np
import scipy.cluster.hierarchy as sch
from skfolio.cluster import HierarchicalClustering, LinkageMethod
from skfolio.measures import RiskMeasure
from skfolio.optimization import HierarchicalEqualRiskContribution, RiskBudgeting
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20261201)


def solved(problem, weights, value):
    """The best of several tolerances: asked for all its digits, Clarabel now and then ends early with fewer."""
    found = []
    for tol in (1e-14, 1e-12, 1e-10, 1e-8):
        try:
            problem.solve(solver=cp.CLARABEL, tol_gap_abs=tol, tol_gap_rel=tol, tol_feas=tol, max_iter=500)
        except cp.SolverError:
            continue
        if weights.value is not None:
            w = np.maximum(weights.value, 0)
            found.append(w / w.sum())
    return min(found, key=value)


def problem(k):
    """Returns (whole numbers of 1e-5 in the file) of names with a market, groups and own noise, of unlike size; every fourth has more names than sessions."""
    wide = k % 4 == 3
    names = int(rng.integers(16 if wide else 5, 31))
    sessions = int(rng.integers(14, names)) if wide else int(rng.integers(max(16, names + 5), 2 * names + 25))
    market = 0.01 * rng.standard_t(5, sessions)
    groups = 0.008 * rng.standard_normal((sessions, 4))[:, rng.integers(0, 4, names)]
    own = rng.standard_normal((sessions, names)) * rng.uniform(0.004, 0.03, names)
    return np.round(market[:, None] * rng.uniform(0.3, 1.6, names) + groups + own, 5)


def exponential(x, decay):
    w = decay ** np.arange(len(x) - 1, -1, -1)
    return (x * (w / w.sum())[:, None]).T @ x


def nonlinear(x):
    """Ledoit & Wolf (2020), in the order and the names of the paper's own listing."""
    big_n, p = x.shape
    x = x - x.mean(0)
    n = big_n - 1
    lam, u = np.linalg.eigh(x.T @ x / n)
    lam = lam[max(0, p - n):]
    # Its transform loses as many digits as the square of z has: long numbers keep them.
    lam = lam.astype(np.longdouble)
    big_l = np.tile(lam[:, None], (1, min(p, n)))
    h = n ** (-1 / 3)
    big_h = h * big_l.T
    z = (big_l - big_l.T) / big_h
    ftilde = 3 / 4 / np.sqrt(5) * np.mean(np.maximum(1 - z**2 / 5, 0) / big_h, 1)
    hf = -3 / 10 / np.pi * z + 3 / 4 / np.sqrt(5) / np.pi * (1 - z**2 / 5) * np.log(np.abs((np.sqrt(5) - z) / (np.sqrt(5) + z)))
    hf[np.abs(z) == np.sqrt(5)] = (-3 / 10 / np.pi * z)[np.abs(z) == np.sqrt(5)]
    hilbert = np.mean(hf / big_h, 1)
    if p <= n:
        d = lam / ((np.pi * p / n * lam * ftilde) ** 2 + (1 - p / n - np.pi * p / n * lam * hilbert) ** 2)
    else:
        h0 = 1 / np.pi * (3 / 10 / h**2 + 3 / 4 / np.sqrt(5) / h * (1 - 1 / 5 / h**2) * np.log((1 + np.sqrt(5) * h) / (1 - np.sqrt(5) * h)))
        h0 *= np.mean(1 / lam)
        d0 = 1 / (np.pi * (p - n) / n * h0)
        d1 = lam / (np.pi**2 * lam**2 * (ftilde**2 + hilbert**2))
        d = np.concatenate([d0 * np.ones(p - n), d1])
    return u @ np.diag(d.astype(float)) @ u.T


def factor(x, k):
    s = np.cov(x.T)
    pca = PCA(k, svd_solver="full").fit(x)
    c = pca.components_.T @ np.diag(pca.explained_variance_) @ pca.components_
    return c - np.diag(np.diag(c)) + np.diag(np.diag(s))


def hrp(cov):
    """Lopez de Prado (2016): correlDist, linkage of the distances as observations, getQuasiDiag, getRecBipart, getClusterVar, getIVP."""
    dev = np.sqrt(np.diag(cov))
    corr = cov / np.outer(dev, dev)
    np.fill_diagonal(corr, 1.0)
    dist = np.sqrt((1 - np.clip(corr, -1, 1)) / 2)
    link = sch.linkage(dist, "single").astype(object)
    link = link.copy()
    order, n = [int(link[-1, 0]), int(link[-1, 1])], len(cov)
    while max(order) >= n:
        order = [leaf for i in order for leaf in ([i] if i < n else [int(link[i - n, 0]), int(link[i - n, 1])])]

    def variance(items):
        sub = cov[np.ix_(items, items)]
        w = 1 / np.diag(sub)
        w /= w.sum()
        return w @ sub @ w

    w = np.ones(n)
    groups = [order]
    while groups:
        groups = [g[a:b] for g in groups for a, b in ((0, len(g) // 2), (len(g) // 2, len(g))) if len(g) > 1]
        for left, right in zip(groups[::2], groups[1::2]):
            alpha = 1 - variance(left) / (variance(left) + variance(right))
            w[left] *= alpha
            w[right] *= 1 - alpha
    return w


def herc(x, clusters=None):
    model = HierarchicalEqualRiskContribution(
        risk_measure=RiskMeasure.VARIANCE,
        hierarchical_clustering_estimator=HierarchicalClustering(max_clusters=clusters, linkage_method=LinkageMethod.WARD),
    )
    return model.fit(x).weights_


def parity(cov, budgets):
    """Spinu's problem by cvxpy, sharpened by Newton's method, and that it is what skfolio finds is asserted below."""
    n = len(cov)
    dev = np.sqrt(np.diag(cov))
    c = cov / np.outer(dev, dev)
    y = cp.Variable(n)
    cp.Problem(cp.Minimize(cp.quad_form(y, cp.psd_wrap(c)) / 2 - budgets @ cp.log(y))).solve(solver=cp.CLARABEL)
    z = y.value
    for _ in range(20):
        z = z - np.linalg.solve(c + np.diag(budgets / z**2), c @ z - budgets / z)
    w = z / dev
    return w / w.sum()


def skfolio_parity(x, budgets):
    tight = {name: 1e-12 for name in ("tol_gap_abs", "tol_gap_rel", "tol_feas")}
    return RiskBudgeting(risk_measure=RiskMeasure.VARIANCE, risk_budget=budgets, solver="CLARABEL", solver_params=tight).fit(x).weights_


def least_variance(cov, high):
    n, scale = len(cov), np.mean(np.diag(cov))
    w = cp.Variable(n)
    least = cp.Minimize(cp.quad_form(w, cp.psd_wrap(cov / scale)))
    return solved(cp.Problem(least, [cp.sum(w) == 1, w >= 0, w <= high]), w, lambda w: w @ cov @ w)


def most_diversified(cov, high):
    n, dev = len(cov), np.sqrt(np.diag(cov))
    scale = dev.mean()
    y = cp.Variable(n)
    bounds = [(dev / scale) @ y == 1, y >= 0, y <= high * cp.sum(y)]
    least = cp.Minimize(cp.quad_form(y, cp.psd_wrap(cov / scale**2)))
    return solved(cp.Problem(least, bounds), y, lambda w: -(w @ dev) / np.sqrt(w @ cov @ w))


def entry(k):
    x = problem(k)
    sessions, n = x.shape
    sample = np.cov(x.T)
    linear = LedoitWolf().fit(x)
    factors = int(rng.integers(1, 5))
    high = float(np.round(rng.uniform(1.2, 3) / n, 4))
    budgets = np.round(rng.uniform(0.2, 3, n), 3)
    shrunk = linear.covariance_
    out = {
        "returns": np.rint(x.T * 1e5).astype(int).tolist(),
        "factors": factors,
        "high": high,
        "budgets": budgets.tolist(),
        "sample": checks(sample),
        "ewma": checks(exponential(x, 0.94)),
        "ledoitWolf": checks(shrunk),
        "shrinkage": float(linear.shrinkage_),
        "nonlinear": checks(nonlinear(x)),
        "factor": checks(factor(x, factors)),
        "equalRisk": short(parity(shrunk, np.ones(n) / n), 13),
        "givenRisk": short(parity(shrunk, budgets / budgets.sum()), 13),
        "hrp": short(hrp(shrunk), 13),
        "minimumVariance": objective_variance(shrunk, least_variance(shrunk, 1)),
        "minimumVarianceBox": objective_variance(shrunk, least_variance(shrunk, high)),
        "maximumDiversification": objective_ratio(shrunk, most_diversified(shrunk, 1)),
        "maximumDiversificationBox": objective_ratio(shrunk, most_diversified(shrunk, high)),
    }
    if sessions > n:
        out["herc"] = short(herc(x), 13)
        out["hercThree"] = short(herc(x, 3), 13)
        found = parity(sample, budgets / budgets.sum())
        assert np.abs(skfolio_parity(x, budgets / budgets.sum()) - found).max() < 1e-4  # skfolio stops early
        out["sampleRisk"] = short(found, 13)
    return out


def objective_variance(cov, w):
    return {"weights": short(w, 7), "value": float(w @ cov @ w)}


def objective_ratio(cov, w):
    return {"weights": short(w, 7), "value": float(w @ np.sqrt(np.diag(cov)) / np.sqrt(w @ cov @ w))}


def checks(cov):
    """A matrix by its diagonal and its product with a fixed vector: smaller than all of it, and no entry goes unseen."""
    return {"diagonal": short(np.diag(cov), 15), "times": short(cov @ np.cos(np.arange(len(cov))), 15)}


def short(values, digits):
    return [float(f"{value:.{digits}g}") for value in values]


json.dump({"problems": [entry(k) for k in range(int(sys.argv[1]))]}, sys.stdout)
