# Makes statistical.json: every statistical feature computed independently of Truewind, by scipy, statsmodels, arch, antropy or pandas where
# they have the function, else by numpy from the paper's formula.
# python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 arch==8.0.0 antropy==0.2.3 pandas==3.1.1
# venv/bin/python make.py
import math, pathlib, warnings
import numpy as np, pandas as pd, antropy
from scipy import stats
from scipy.signal import periodogram
from scipy.special import xlogy
from statsmodels.sandbox.stats.runs import runstest_1samp
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.stattools import acf, adfuller, kpss, pacf_yw
from arch.unitroot import VarianceRatio
from arch import arch_model
from helpers import bars, corr, ema, lag, mean, roll, std, write
warnings.simplefilter("ignore")

n = 420
b = bars(7, n)
o, h, l, c, v = (b[k] for k in ("open", "high", "low", "close", "volume"))
at = [287, 300, 313, 340, 366, 391, 405, 419]
r = c / lag(c, 1) - 1
lr = np.log(c / lag(c, 1))
size = np.abs(r)
dv = np.log(v / lag(v, 1))
rng_ = np.log(h / l)
F = {}

# Distribution
def yuen(x, share=0.2):
    g = int(share * len(x)); s = np.sort(x)
    w = np.asarray(stats.mstats.winsorize(x, limits=(share, share)))
    return stats.trim_mean(x, share) / (np.std(w, ddof=1) / ((len(x) - 2 * g) / len(x) * math.sqrt(len(x))))
for k in (60, 120): F[f"trimmed_t_{k}"] = roll(yuen, k, r)
F["median_return_30"] = roll(lambda x: np.median(x) / np.std(x), 30, r)
for k in (20, 120): F[f"skew_{k}"] = roll(stats.skew, k, r)
for k in (20, 60, 120): F[f"kurtosis_{k}"] = roll(stats.kurtosis, k, r)
for k in (30, 90):
    F[f"l_skew_{k}"] = roll(lambda x: stats.lmoment(x, order=3, standardize=True), k, r)
    F[f"l_kurtosis_{k}"] = roll(lambda x: stats.lmoment(x, order=4, standardize=True), k, r)
F["geary_40"] = roll(lambda x: np.mean(np.abs(x - x.mean())) / np.std(x), 40, r)
for k in (40, 90): F[f"jarque_bera_{k}"] = roll(lambda x: stats.jarque_bera(x).statistic, k, r)
for k in (60, 120): F[f"mad_ratio_{k}"] = roll(lambda x: stats.median_abs_deviation(x, scale="normal") / np.std(x), k, r)
def qskew(x, q):
    a, m, z = np.quantile(x, [q, 0.5, 1 - q]); return (z + a - 2 * m) / (z - a)
for k in (60, 120):
    F[f"quartile_skew_{k}"] = roll(lambda x: qskew(x, 0.25), k, r)
    F[f"decile_skew_{k}"] = roll(lambda x: qskew(x, 0.1), k, r)
for k in (40, 120): F[f"median_skew_{k}"] = roll(lambda x: (x.mean() - np.median(x)) / np.mean(np.abs(x - np.median(x))), k, r)
def moors(x):
    e = np.quantile(x, np.arange(9) / 8); return ((e[7] - e[5]) + (e[3] - e[1])) / (e[6] - e[2])
for k in (60, 120): F[f"octile_kurtosis_{k}"] = roll(moors, k, r)
def spread(x, q): a = np.quantile(x, [q, 1 - q, 0.25, 0.75]); return (a[1] - a[0]) / (a[3] - a[2])
F["tail_spread_60"] = roll(lambda x: spread(x, 0.05), 60, r)
F["tail_spread_120"] = roll(lambda x: spread(x, 0.025), 120, r)
for k in (20, 60, 120): F[f"semivariance_{k}"] = roll(lambda x: (np.sum(x[x > 0] ** 2) - np.sum(x[x < 0] ** 2)) / np.sum(x * x), k, r)
for k in (60, 120): F[f"payoff_{k}"] = roll(lambda x: x[x > 0].mean() / -x[x < 0].mean(), k, r)
for k in (20, 120): F[f"volume_cv_{k}"] = roll(stats.variation, k, v)
F["volume_l_skew_120"] = roll(lambda x: stats.lmoment(x, order=3, standardize=True), 120, v)
F["volume_change_kurtosis_60"] = roll(stats.kurtosis, 60, dv)

# Tails
F["min_return_20"] = pd.Series(r).rolling(20).min().to_numpy()
F["max_five_20"] = roll(lambda x: np.sort(x)[-5:].mean() / np.std(x), 20, r)
F["max_five_90"] = roll(lambda x: np.sort(x)[-5:].mean() / np.std(x), 90, r)
for k in (60, 120): F[f"value_at_risk_{k}"] = roll(lambda x: np.quantile(x, 0.05) / np.std(x), k, r)
F["shortfall_40"] = roll(lambda x: np.sort(x)[:4].mean() / np.std(x), 40, r)
F["shortfall_90"] = roll(lambda x: np.sort(x)[:4].mean() / np.std(x), 90, r)  # 5 % of 90 is 4.5: four whole values
def excess(x): s = np.sort(x); return (s[6] - s[:6]).mean() / np.std(x)
F["excess_loss_60"] = roll(excess, 60, r)
F["excess_loss_120"] = roll(excess, 120, r)
def hill(x):
    s = np.sort(x)[::-1]; k = int(0.1 * len(x)); return np.mean(np.log(s[:k])) - math.log(s[k])
F["hill_60"], F["hill_120"] = roll(hill, 60, size), roll(hill, 120, size)
F["hill_up_120"], F["hill_down_120"] = roll(hill, 120, r), roll(hill, 120, -r)
def walk(x): return np.concatenate([[0], np.cumsum(x)])
def depth(x): y = walk(x); return np.maximum.accumulate(y) - y
for k in (30, 120):
    F[f"drawdown_{k}"] = roll(lambda x: np.max(1 - np.exp(walk(x)) / np.maximum.accumulate(np.exp(walk(x)))), k, lr)
    F[f"fall_balance_{k}"] = roll(lambda x: (depth(x).max() - depth(-x).max()) / (depth(x).max() + depth(-x).max()), k, lr)
for k in (60, 120): F[f"pain_ratio_{k}"] = roll(lambda x: depth(x)[1:].mean() / depth(x).max(), k, lr)

# Dependence
def ac(x, k): return acf(x, nlags=k, fft=False)[k]
for name, x, k, w in (("acf", r, 1, 30), ("acf", r, 1, 120), ("acf", r, 2, 90), ("acf", r, 5, 90), ("size_acf", size, 1, 60), ("size_acf", size, 1, 120),
                      ("size_acf", size, 5, 120), ("volume_acf", v, 2, 60), ("volume_acf", v, 5, 120)):
    F[f"{name}_{k}_{w}"] = roll(lambda y: ac(y, k), w, x)
for k, w in ((2, 60), (3, 90), (4, 120)): F[f"pacf_{k}_{w}"] = roll(lambda y: pacf_yw(y, nlags=k, method="mle")[k], w, r)
for w, k in ((60, 5), (120, 10)):
    F[f"ljung_box_{w}"] = roll(lambda x: acorr_ljungbox(x, lags=[k])["lb_stat"].iloc[0], w, r)
    F[f"mcleod_li_{w}"] = roll(lambda x: acorr_ljungbox((x - x.mean()) ** 2, lags=[k])["lb_stat"].iloc[0], w, r)
def vr(x, q): return VarianceRatio(walk(x), lags=q, trend="c", debiased=True, robust=True, overlap=True)
for q, w in ((4, 60), (8, 60), (10, 120), (20, 120)): F[f"random_walk_{q}_{w}"] = roll(lambda x: vr(x, q).vr, w, r)
for q, w in ((2, 60), (6, 120)): F[f"random_walk_z_{q}_{w}"] = roll(lambda x: vr(x, q).stat, w, r)
for w in (40, 120): F[f"runs_z_{w}"] = roll(lambda x: runstest_1samp(x, cutoff=0, correction=False)[0], w, r)
for w in (60, 120):
    F[f"time_reversal_{w}"] = roll(lambda x: np.mean((x[1:] - x.mean()) ** 2 * (x[:-1] - x.mean()) - (x[1:] - x.mean()) * (x[:-1] - x.mean()) ** 2) / np.std(x) ** 3, w, r)
    F[f"bicorrelation_{w}"] = roll(lambda x: np.mean((x - x.mean())[2:] * (x - x.mean())[1:-1] * (x - x.mean())[:-2]) / np.std(x) ** 3, w, r)
    F[f"leverage_{w}"] = corr(lag(r, 1), size, w)
for w in (60, 90): F[f"chatterjee_{w}"] = roll(lambda x, y: stats.chatterjeexi(x, y).statistic, w, lag(r, 1), r)
F["quadrant_60"] = roll(lambda x, y: np.mean(np.sign(x - np.median(x)) * np.sign(y - np.median(y))), 60, lag(r, 1), r)
def rho(x, y, w): return roll(lambda a, b_: stats.spearmanr(a, b_).statistic, w, x, y)
F["rank_volume_return_20"], F["rank_volume_return_60"] = rho(r, v, 20), rho(r, v, 60)
F["rank_volume_size_20"], F["rank_volume_size_90"] = rho(size, v, 20), rho(size, v, 90)
F["rank_volume_leads_60"] = rho(lag(dv, 1), r, 60)
F["kendall_volume_40"] = roll(lambda a, b_: stats.kendalltau(a, b_).statistic, 40, r, dv)
for w in (20, 90): F[f"volume_asymmetry_{w}"] = roll(lambda x, y: (y[x > 0].mean() - y[x < 0].mean()) / y.mean(), w, r, v)
for w in (60, 250): F[f"information_discreteness_{w}"] = roll(lambda x: np.sign(walk(x)[-1]) * (np.mean(x < 0) - np.mean(x > 0)), w, lr)

# Disorder
def shannon(counts, places): p = np.asarray(counts) / np.sum(counts); return stats.entropy(p) / math.log(places)
F["bin_entropy_60"] = roll(lambda x: shannon(np.histogram(x, 8)[0], 8), 60, r)
F["bin_entropy_120"] = roll(lambda x: shannon(np.histogram(x, 10)[0], 10), 120, r)
F["permutation_entropy_3_60"] = roll(lambda x: antropy.perm_entropy(x, order=3, normalize=True), 60, r)
F["permutation_entropy_4_120"] = roll(lambda x: antropy.perm_entropy(x, order=4, normalize=True), 120, r)
def weighted(x, order):
    total = {}
    for k in range(len(x) - order + 1):
        w = x[k : k + order]; key = tuple(np.argsort(w, kind="stable")); total[key] = total.get(key, 0) + np.var(w)
    return shannon(list(total.values()), math.factorial(order))
for w in (60, 120): F[f"weighted_entropy_3_{w}"] = roll(lambda x: weighted(x, 3), w, r)
def words(x, length, base): return np.unique([tuple(x[k : k + length]) for k in range(len(x) - length + 1)], axis=0, return_counts=True)[1], base**length
F["sign_entropy_2_60"] = roll(lambda x: shannon(*words((x > 0) * 1, 2, 2)), 60, r)
F["sign_entropy_4_120"] = roll(lambda x: shannon(*words((x > 0) * 1, 4, 2)), 120, r)
def thirds(x): return np.minimum(2, np.floor(3 * stats.norm.cdf(x, x.mean(), np.std(x)))).astype(int)
F["dispersion_entropy_60"] = roll(lambda x: shannon(*words(thirds(x), 2, 3)), 60, r)
F["dispersion_entropy_120"] = roll(lambda x: shannon(*words(thirds(x), 3, 3)), 120, r)
for w in (20, 60): F[f"size_entropy_{w}"] = roll(lambda x: shannon(x, len(x)), w, size)
F["volume_entropy_40"] = roll(lambda x: shannon(x, len(x)), 40, v)
for w in (60, 90): F[f"lempel_ziv_{w}"] = roll(lambda x: antropy.lziv_complexity((x > np.median(x)) * 1, normalize=False) * math.log2(len(x)) / len(x), w, r)
F["sample_entropy_40"] = roll(lambda x: antropy.sample_entropy(x, order=1, tolerance=0.3 * np.std(x)), 40, r)
F["volume_sample_entropy_40"] = roll(lambda x: antropy.sample_entropy(x, order=1, tolerance=0.3 * np.std(x)), 40, dv)
def phi(x, m, near):
    e = np.lib.stride_tricks.sliding_window_view(x, m)
    return np.mean(np.log(np.mean(np.abs(e[:, None] - e[None]).max(axis=2) <= near, axis=1)))
def pincus(x, m, near): return phi(x, m, near) - phi(x, m + 1, near)
assert np.isclose(pincus(r[1:60], 2, 0.01), antropy.app_entropy(r[1:60], order=2, tolerance=0.01), rtol=1e-9)  # antropy has no order 1
F["approximate_entropy_40"] = roll(lambda x: pincus(x, 1, 0.25 * np.std(x)), 40, r)
for name, x, w in (("spectral_entropy_64", r, 64), ("spectral_entropy_128", r, 128), ("size_spectral_entropy_64", size, 64)):
    F[name] = roll(lambda y: antropy.spectral_entropy(y, sf=1, method="fft", normalize=True), w, x)
def band(x, short, long):
    f, p = periodogram(x); keep = (f > 0) & (f >= 1 / long - 1e-12) & (f <= 1 / short + 1e-12); return p[keep].sum() / p.sum()
F["slow_power_64"] = roll(lambda x: band(x, 16, 64), 64, r)
F["cycle_power_64"] = roll(lambda x: band(x, 6, 14), 64, r)
F["fast_power_64"] = roll(lambda x: band(x, 2, 3), 64, r)
F["week_power_128"] = roll(lambda x: band(x, 4.5, 5.5), 128, r)
F["peak_frequency_64"] = roll(lambda x: periodogram(x)[0][np.argmax(periodogram(x)[1])], 64, r)
for w in (64, 128): F[f"fisher_g_{w}"] = roll(lambda x: periodogram(x)[1].max() / periodogram(x)[1].sum(), w, r)

# Scaling
def rescaled(x):
    sizes, values = [], []
    s = len(x)
    while s >= 8:
        parts = [x[k : k + s] for k in range(0, len(x) - s + 1, s)]
        values.append(np.log(np.mean([np.ptp(np.concatenate([[0], np.cumsum(p - p.mean())])) / np.std(p) for p in parts]))); sizes.append(math.log(s)); s //= 2
    return np.polyfit(sizes, values, 1)[0]
for w in (64, 128): F[f"hurst_{w}"] = roll(rescaled, w, r)
def long_run(d, q): return np.sum(d * d) + 2 * sum((1 - k / (q + 1)) * np.sum(d[k:] * d[:-k]) for k in range(1, q + 1))
def lo(x, q): d = x - x.mean(); return np.ptp(np.concatenate([[0], np.cumsum(d)])) / math.sqrt(long_run(d, q) / len(x)) / math.sqrt(len(x))
F["modified_range_60"], F["modified_range_120"] = roll(lambda x: lo(x, 4), 60, r), roll(lambda x: lo(x, 8), 120, r)
def dfa(x):
    y = np.cumsum(x - x.mean()); sizes, values = [], []
    s = 4
    while s <= len(x) / 2:
        res = [np.polyfit(np.arange(s), y[k : k + s], 1, full=True)[1][0] for k in range(0, len(y) - s + 1, s)]
        values.append(np.log(math.sqrt(np.sum(res) / (len(res) * s)))); sizes.append(math.log(s)); s *= 2
    return np.polyfit(sizes, values, 1)[0]
F["dfa_64"], F["dfa_128"], F["size_dfa_128"] = roll(dfa, 64, r), roll(dfa, 128, r), roll(dfa, 128, size)
def growth(x, lags):
    y = walk(x); s = 2 ** np.arange(lags)
    return np.polyfit(np.log(s), [np.log(np.mean(np.abs(y[k:] - y[:-k]))) for k in s], 1)[0]
F["growth_exponent_60"], F["growth_exponent_120"] = roll(lambda x: growth(x, 4), 60, lr), roll(lambda x: growth(x, 5), 120, lr)
F["higuchi_40"] = roll(lambda x: antropy.higuchi_fd(walk(x), kmax=5), 40, lr)
F["higuchi_120"] = roll(lambda x: antropy.higuchi_fd(walk(x), kmax=8), 120, lr)
for w in (30, 90): F[f"katz_{w}"] = roll(lambda x: antropy.katz_fd(walk(x)), w, lr)
F["petrosian_60"] = roll(antropy.petrosian_fd, 60, r)
def gph(x, m):
    p = np.abs(np.fft.fft(x)[1 : m + 1]) ** 2; f = np.arange(1, m + 1) / len(x)
    return -np.polyfit(np.log(4 * np.sin(np.pi * f) ** 2), np.log(p), 1)[0]
F["long_memory_64"], F["long_memory_128"], F["size_long_memory_128"] = roll(lambda x: gph(x, 8), 64, r), roll(lambda x: gph(x, 11), 128, r), roll(lambda x: gph(x, 11), 128, size)
def ffd(x, d):
    w = [1.0]
    for k in range(1, len(x)): w.append(-w[-1] * (d - k + 1) / k)
    return np.dot(w, walk(x)[:0:-1]) / np.std(x)
for k in (3, 6, 8): F[f"fractional_difference_{k}"] = roll(lambda x: ffd(x, k / 10), 60, lr)
F["dickey_fuller_60"] = roll(lambda x: adfuller(walk(x), maxlag=0, regression="c", autolag=None)[0], 60, lr)
F["dickey_fuller_lag_120"] = roll(lambda x: adfuller(walk(x), maxlag=1, regression="c", autolag=None)[0], 120, lr)
F["dickey_fuller_trend_120"] = roll(lambda x: adfuller(walk(x), maxlag=0, regression="ct", autolag=None)[0], 120, lr)
def half(x):
    y = walk(x); slope = stats.linregress(y[:-1], x).slope
    return 1.0 if slope >= 0 else min(1.0, math.log(2) / -math.log1p(slope) / len(x))
for w in (60, 120): F[f"half_life_{w}"] = roll(half, w, lr)
F["kpss_120"] = roll(lambda x: kpss(walk(x), "c", nlags=8)[0], 120, lr)
for w in (60, 120): F[f"mean_crossings_{w}"] = roll(lambda x: np.sum(np.diff(walk(x) > walk(x).mean())) / len(x), w, lr)
def bend(x):
    y = walk(x); t = np.arange(len(y)) - len(x) / 2; X = np.column_stack([np.ones_like(t), t, t * t])
    beta, res = np.linalg.lstsq(X, y, rcond=None)[:2]
    return beta[2] / math.sqrt(res[0] / (len(y) - 3) * np.linalg.inv(X.T @ X)[2, 2])
for w in (30, 60, 120): F[f"curvature_{w}"] = roll(bend, w, lr)
for w in (20, 40): F[f"mann_kendall_{w}"] = roll(lambda x: stats.kendalltau(np.arange(len(x)), x).statistic, w, c)

# Volatility
u, d, e = np.log(h / o), np.log(l / o), np.log(c / o)
pk = rng_**2 / (4 * math.log(2))
gk = 0.5 * rng_**2 - (2 * math.log(2) - 1) * e**2
rs = u * (u - e) + d * (d - e)
on = np.log(o / lag(c, 1))
def var(x, w): return pd.Series(x).rolling(w).apply(lambda y: np.var(y, ddof=1), raw=True).to_numpy()
def yz(w): k = 0.34 / (1.34 + (w + 1) / (w - 1)); return var(on, w) + k * var(e, w) + (1 - k) * mean(rs, w)
F["garman_klass_10"] = np.sqrt(mean(gk, 10))
F["rogers_satchell_40"] = np.sqrt(mean(rs, 40))
F["yang_zhang_90"] = np.sqrt(yz(90))
for w in (20, 60): F[f"range_efficiency_{w}"] = mean(pk, w) / var(lr, w)
F["drift_share_60"] = mean(rs, 60) / mean(gk, 60)
F["yang_zhang_ratio_10_60"] = np.sqrt(yz(10) / yz(60))
for w in (20, 90): F[f"overnight_share_{w}"] = var(on, w) / (var(on, w) + var(e, w))
risk = lambda w: np.sqrt(ema(r * r, w))
F["ewma_vol"], F["ewma_ratio"] = risk(32), risk(8) / risk(99)
F["har_vol_ratio"] = (np.sqrt(pk) + np.sqrt(mean(pk, 5)) + np.sqrt(mean(pk, 22))) / 3 / np.sqrt(mean(pk, 120))
target = mean(r * r, 250)
first = 250
def garch(a, g, be):
    ht, z = np.full(n, math.nan), np.full(n, math.nan); last = target[first]
    for t in range(first, n):
        if t > first: z[t] = r[t] / math.sqrt(last)
        last = (1 - a - g / 2 - be) * target[t] + (a + g * (r[t] < 0)) * r[t] ** 2 + be * last; ht[t] = last
    return np.sqrt(ht), z
F["garch_vol"] = garch(0.06, 0, 0.92)[0]
F["gjr_ratio"], F["gjr_calibration_30"] = garch(0.03, 0.06, 0.92)[0] / np.sqrt(target), mean(garch(0.03, 0.06, 0.92)[1] ** 2, 30)
lh = math.log(target[first]); eg = np.full(n, math.nan)
for t in range(first, n):
    z = r[t] / math.exp(lh / 2); lh = 0.05 * math.log(target[t]) + 0.95 * lh + 0.12 * (abs(z) - math.sqrt(2 / math.pi)) - 0.08 * z; eg[t] = math.exp(lh / 2)
F["egarch_ratio"] = eg / np.sqrt(target)
cs, ct = np.full(n, math.nan), np.full(n, math.nan); hh = q = target[first]
for t in range(first, n):
    q2 = target[t] + 0.98 * (q - target[t]) + 0.03 * (r[t] ** 2 - hh); hh = q2 + 0.08 * (r[t] ** 2 - q) + 0.8 * (hh - q); q = q2
    cs[t], ct[t] = hh / q - 1, q / target[t] - 1
F["component_short"], F["component_trend"] = cs, ct
# The recursions themselves against arch, where the long run does not change: a check of this file, not a feature.
for spec, ours in ((dict(vol="GARCH", p=1, o=1, q=1), [1e-6, 0.03, 0.06, 0.92]), (dict(vol="EGARCH", p=1, o=1, q=1), [-0.4, 0.12, -0.08, 0.95])):
    x = r[1:] * 1.0; cv = arch_model(x, mean="Zero", rescale=False, **spec).fix(ours).conditional_volatility ** 2
    z = x[:-1] / np.sqrt(cv[:-1])
    want = 1e-6 + (0.03 + 0.06 * (x[:-1] < 0)) * x[:-1] ** 2 + 0.92 * cv[:-1] if spec["vol"] == "GARCH" else np.exp(-0.4 + 0.95 * np.log(cv[:-1]) + 0.12 * (np.abs(z) - math.sqrt(2 / math.pi)) - 0.08 * z)
    assert np.allclose(want, cv[1:], rtol=1e-12), spec
zz = r / std(r, 120); sv = np.full(n, math.nan); start = 120; a, P = 0.0, 0.05 / (1 - 0.95**2)
for t in range(start, n):
    y = math.log(zz[t] ** 2 + 0.02) - 0.02 / (zz[t] ** 2 + 0.02) + 1.2703628454614782  # E log chi2(1) = -(gamma + log 2)
    K = P / (P + math.pi**2 / 2); a = a + K * (y - a); P = (1 - K) * P; sv[t] = a / 2; a, P = 0.95 * a, 0.95**2 * P + 0.05
F["stochastic_vol"] = sv
rv = lambda w: mean(r * r, w)
bv = lambda w: math.pi / 2 * mean(size * lag(size, 1), w)
for w in (20, 60, 120): F[f"jump_share_{w}"] = 1 - bv(w) / rv(w)
three = np.array([np.median([size[t], size[t - 1], size[t - 2]]) if t >= 3 else math.nan for t in range(n)])
for w in (30, 90): F[f"jump_median_{w}"] = 1 - math.pi / (6 - 4 * math.sqrt(3) + math.pi) * mean(three**2, w) / rv(w)
qp = math.pi**2 / 4 * mean(size * lag(size, 1) * lag(size, 2) * lag(size, 3), 40)
F["jump_z_40"] = (1 - bv(40) / rv(40)) / np.sqrt((math.pi**2 / 4 + math.pi - 5) / 40 * np.maximum(1, qp / bv(40) ** 2))
F["vol_of_vol_60"] = std(std(r, 20), 60) / mean(std(r, 20), 60)
for w in (20, 90): F[f"range_variation_{w}"] = roll(stats.variation, w, rng_)
F["range_skew_60"] = roll(stats.skew, 60, rng_)
F["range_acf_1_60"] = roll(lambda x: ac(x, 1), 60, rng_)
F["volatility_trend_60"] = roll(lambda x: stats.linregress(np.arange(60), x).slope / x.mean() * 60, 60, size)

write(pathlib.Path(__file__).with_name("statistical.json"), n, {k: list(x) for k, x in b.items()}, F, at)
