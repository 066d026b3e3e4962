# Makes regime.json: every feature of regimes computed independently of Truewind for the first of six instruments in three sectors, by scipy,
# statsmodels or pandas where they have the function, else by numpy from the paper's formula.
# python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 arch==8.0.0 antropy==0.2.3 pandas==3.1.1
# venv/bin/python make.py
import math, pathlib, sys, warnings
import numpy as np, pandas as pd
from scipy import stats
from statsmodels.stats.diagnostic import breaks_cusumolsresid
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression
from statsmodels.tsa.stattools import acf
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "statistical"))
from helpers import bars, corr, ema, lag, mean, roll, slope, std, write
warnings.simplefilter("ignore")

n, count, sectors = 440, 6, [0, 1, 2, 0, 1, 2]
common = [np.random.default_rng(900 + s).standard_t(5, n) * 0.006 for s in range(3)]
all_ = [bars(100 + i, n, common[sectors[i]]) for i in range(count)]
o, h, l, c, v = (all_[0][k] for k in ("open", "high", "low", "close", "volume"))
at = [385, 397, 409, 421, 430, 439]
R = np.array([b["close"] / lag(b["close"], 1) - 1 for b in all_])
r, size = R[0], np.abs(R[0])
lr = np.log(c / lag(c, 1))
rng_ = np.log(h / l)
pk = rng_**2 / (4 * math.log(2))
F = {}
sma = lambda x, w: mean(x, w)
top = lambda x, w: roll(np.max, w, x)
low_ = lambda x, w: roll(np.min, w, x)
place = lambda x, w: roll(lambda y: stats.percentileofscore(y, y[-1], kind="mean") / 100, w, x)
share = lambda known, x: np.where(np.isfinite(known), x, math.nan)  # comparisons of NaN are not known
def age(x, cap):
    out, count_, last = np.full(n, math.nan), 0, 0
    for t in range(n):
        if not math.isfinite(x[t]): continue
        s = np.sign(x[t]); count_ = min(cap, count_ + 1) if s == last else 1; last = s; out[t] = s * count_ / cap
    return out

# Trend
av = [sma(c, w) for w in (5, 10, 20, 50, 100, 200)]
F["trend_order"] = np.mean([np.sign(a - b_) for a, b_ in zip(av, av[1:])], axis=0)
F["momentum_agreement"] = np.mean([np.sign(c - lag(c, w)) for w in (5, 20, 60, 120, 250)], axis=0)
def tstat(x): f = stats.linregress(np.arange(len(x)), x); return f.slope / f.stderr
F["trend_t_120"] = roll(tstat, 120, c)
eff = lambda w: (c - lag(c, w)) / roll(lambda x: np.abs(np.diff(x)).sum(), w + 1, c)
F["signed_efficiency_120"], F["efficiency_250"] = eff(120), np.abs(eff(250))
F["trend_conflict"] = eff(20) - eff(120)
F["above_average_60"] = mean(share(sma(c, 50), (c > sma(c, 50)) * 1.0), 60)
F["new_high_share_60"] = mean(share(lag(top(c, 40), 1), (c > lag(top(c, 40), 1)) * 1.0), 60)
F["new_low_share_60"] = mean(share(lag(low_(c, 40), 1), (c < lag(low_(c, 40), 1)) * 1.0), 60)
F["cross_age_50"] = age(c / sma(c, 50) - 1, 100)
F["cross_age_20_100"] = age(sma(c, 20) / sma(c, 100) - 1, 250)
F["trend_pullback"] = (c / sma(c, 20) - 1) / std(r, 60) * np.sign(sma(c, 50) - sma(c, 200))
def local_trend(a, b_):
    """The filter on the log price itself, in matrices (Harvey 1989, section 3.2)."""
    p = np.log(c); T, Z = np.array([[1.0, 1], [0, 1]]), np.array([1.0, 0])
    x, P = np.array([p[0], 0.0]), np.eye(2); s, e = np.full(n, math.nan), np.full(n, math.nan)
    for t in range(1, n):
        x = T @ x; P = T @ P @ T.T + np.diag([a, b_]); e[t] = p[t] - Z @ x
        K = P @ Z / (Z @ P @ Z + 1); x = x + K * e[t]; P = P - np.outer(K, Z @ P); s[t] = x[1]
    return s, e
F["kalman_slope_fast"] = local_trend(0.5, 0.01)[0] / std(lr, 60)
F["kalman_slope_slow"], F["kalman_shock"] = (x / std(lr, 60) for x in local_trend(0.1, 0.0001))
N, Q = mean(pk, 5), 0.2 * mean(lr * lr, 60)
p, gain, gap = np.log(c), np.full(n, math.nan), np.full(n, math.nan); x, P = p[59], Q[60]
for t in range(60, n):
    P = P + Q[t]; gain[t] = P / (P + N[t]); x = x + gain[t] * (p[t] - x); P = (1 - gain[t]) * P; gap[t] = p[t] - x
F["kalman_gain"], F["kalman_gap"] = gain, gap / std(lr, 60)
F["sma_200_slope_20"] = (sma(c, 200) / lag(sma(c, 200), 20) - 1) / std(r, 60)
F["dist_low_250"] = c / low_(c, 250) - 1
F["golden_cross"] = sma(c, 50) / sma(c, 200) - 1

# Volatility, shape and liquidity
v20 = std(r, 20)
F["vol_percentile_120"], F["vol_percentile_250"] = place(v20, 120), place(v20, 250)
F["vol_ratio_10_120"], F["vol_ratio_40_250"] = std(r, 10) / std(r, 120), std(r, 40) / std(r, 250)
F["vol_change_20"] = np.log(v20 / lag(v20, 20))
F["vol_state_age"] = age(v20 / mean(v20, 120) - 1, 120)
F["range_percentile_120"] = place(mean(rng_, 5), 120)
F["vol_of_vol_percentile"] = place(std(size, 20) / mean(size, 20), 120)
F["skew_percentile"] = place(roll(stats.skew, 60, r), 120)
F["kurtosis_percentile"] = place(roll(lambda x: stats.lmoment(x, order=4, standardize=True), 60, r), 120)
def weighted(x):
    total = {}
    for k in range(len(x) - 2):
        w = x[k : k + 3]; key = tuple(np.argsort(w, kind="stable")); total[key] = total.get(key, 0) + np.var(w)
    return stats.entropy(list(total.values()))
F["entropy_percentile"] = place(roll(weighted, 40, r), 120)
F["autocorrelation_percentile"] = place(roll(lambda x: acf(x, nlags=1, fft=False)[1], 40, r), 120)
F["asymmetry_percentile"] = place(roll(lambda x: np.sum(x[x > 0] ** 2) / np.sum(x * x), 60, r), 120)
F["volume_percentile_120"] = place(mean(v, 5), 120)
am = size / (c * v)
F["illiquidity_percentile"] = place(mean(am, 20), 120)
F["volume_drift"] = np.log(mean(v, 20) / mean(v, 250))

# Hidden states: statsmodels' filter with these parameters
def filtered(x, means, devs, P, output="p"):
    """P[i, j]: from j to i. Switching mean and variance, as statsmodels has it."""
    k = len(means); known = np.where(np.isfinite(x))[0]; model = MarkovRegression(x[known], k_regimes=k, trend="c", switching_variance=True)
    params = np.concatenate([[P[i, j] for i in range(k - 1) for j in range(k)], means, np.square(devs)])
    f = model.filter(params, cov_type="none"); out = np.full(n, math.nan); probs = np.asarray(f.filtered_marginal_probabilities)
    if output == "surprise": out[known] = -np.asarray(f.llf_obs)
    else: out = np.full((n, k), math.nan); out[known] = probs
    return out
def two(x, par, output="p"):
    a, s, b_, u, stay, keep = par; P = np.array([[stay, 1 - keep], [1 - stay, keep]])
    f = filtered(x, [a, b_], [s, u], P, output)
    return f if output == "surprise" else f[:, 1]
turbulent, bearish, drifting = (0, 0.6, 0, 1.6, 0.97, 0.93), (0.1, 0.75, -0.15, 1.5, 0.97, 0.94), (0.1, 1, -0.1, 1, 0.99, 0.985)
F["turbulent_120"], F["turbulent_250"] = two(r / std(r, 120), turbulent), two(r / std(r, 250), turbulent)
F["bear_250"], F["falling_250"] = two(r / std(r, 250), bearish), two(r / std(r, 250), drifting)
F["state_surprise"] = two(r / std(r, 120), turbulent, "surprise")
P3 = np.full((3, 3), 0.03) + np.eye(3) * 0.91
f3 = filtered(r / std(r, 120), [-0.5, 0, 0.4], [1.4, 0.6, 1], P3)
F["three_states_falling"], F["three_states_rising"] = f3[:, 0], f3[:, 2]
F["three_states_entropy"] = -np.sum(f3 * np.log(f3), axis=1) / math.log(3)
wide = (-0.25, 0.3, 0.5, 0.8, 0.95, 0.9)
F["wide_range_state"] = two(rng_ / mean(rng_, 60) - 1, wide)
F["range_state_surprise"] = two(rng_ / mean(rng_, 60) - 1, wide, "surprise")
F["active_volume_state"] = two(np.log(v / mean(v, 60)), (-0.3, 0.4, 0.3, 0.6, 0.94, 0.9))
target = mean(r * r, 250)
def garch(a, b_):
    out = np.full(n, math.nan); last = target[250]
    for t in range(250, n): last = (1 - a - b_) * target[t] + a * r[t] ** 2 + b_ * last; out[t] = last
    return np.sqrt(out)
F["garch_regime"] = garch(0.15, 0.8) / garch(0.03, 0.96)

# Change points
def run_length(x, between=60, longest=40):
    """Adams and MacKay 2007 with scipy's Student distribution; all from `longest` - 1 bars on is one hypothesis."""
    H = 1 / between; out = np.full((n, 3), math.nan)
    p, m, b_ = np.zeros(longest), np.zeros(longest), np.ones(longest); p[0] = 1
    k, a = 1.0 + np.arange(longest), 1 + np.arange(longest) / 2
    for t in range(n):
        if not math.isfinite(x[t]): continue
        mass = p * stats.t.pdf(x[t], 2 * a, m, np.sqrt(b_ * (k + 1) / (a * k))); evidence = mass.sum()
        m2, b2 = (k * m + x[t]) / (k + 1), b_ + k * (x[t] - m) ** 2 / (2 * (k + 1))
        s = mass[-2] / max(mass[-2] + mass[-1], 1e-300)
        b_, m = np.concatenate([[1], b2[:-1]]), np.concatenate([[0], m2[:-1]])
        m[-1] = s * m2[-2] + (1 - s) * m2[-1]; b_[-1] = 1 + s * (b2[-2] - 1) + (1 - s) * (b2[-1] - 1) * (longest - 1) / longest
        p = np.concatenate([[H * evidence], (1 - H) * mass[:-1]]); p[-1] += (1 - H) * mass[-1]; p = p / evidence
        out[t] = np.dot(np.arange(longest), p) / longest, p[:5].sum(), -math.log(evidence)
    return out.T
z = r / std(r, 60)
F["run_length"], F["recent_change"], F["run_surprise"] = run_length(z)
rg, act = (rng_ / mean(rng_, 120) - 1) * 2, np.log(v / mean(v, 120))
F["range_run_length"], F["range_recent_change"], _ = run_length(rg)
F["volume_run_length"] = run_length(act)[0]
def cusum(x, k): y = np.concatenate([[0], np.cumsum(x - k)]); return y[-1] - y.min()
F["cusum_up_40"], F["cusum_down_40"] = roll(lambda x: cusum(x, 0.25), 40, z), roll(lambda x: cusum(-x, 0.25), 40, z)
F["cusum_vol_up_60"], F["cusum_vol_down_60"] = roll(lambda x: cusum(x, 0.5), 60, z * z - 1), roll(lambda x: cusum(-x, 0.25), 60, z * z - 1)
def hinkley(x, d): return cusum(x - np.cumsum(x) / np.arange(1, len(x) + 1), d)
F["page_hinkley_volume_60"], F["page_hinkley_range_60"] = roll(lambda x: hinkley(x, 0.05), 60, act), roll(lambda x: hinkley(x, 0.1), 60, rg)
def bridge(x):
    d = x - x.mean(); s = np.cumsum(d)[:-1]; k = np.argmax(np.abs(s)); sup = breaks_cusumolsresid(d, ddof=0)[0]
    return -np.sign(s[k]) * sup, 1 - (k + 1) / len(x)
def tiao(x):
    d = (x - x.mean()) ** 2; s = (np.cumsum(d) / d.sum() - np.arange(1, len(x) + 1) / len(x))[:-1]; k = np.argmax(np.abs(s))
    return -math.sqrt(len(x) / 2) * s[k], 1 - (k + 1) / len(x)
for w in (60, 120): F[f"mean_break_{w}"], F[f"variance_break_{w}"] = roll(lambda x: bridge(x)[0], w, r), roll(lambda x: tiao(x)[0], w, r)
F["mean_break_age_120"], F["variance_break_age_120"] = roll(lambda x: bridge(x)[1], 120, r), roll(lambda x: tiao(x)[1], 120, r)
F["distribution_shift_80"], F["size_shift_80"] = (roll(lambda y: stats.ks_2samp(y[-20:], y[:-20]).statistic, 80, x) for x in (r, size))
F["mean_shift_t"] = roll(lambda y: stats.ttest_ind(y[-30:], y[:-30], equal_var=False).statistic, 120, r)
F["volume_shift_t"] = roll(lambda y: stats.ttest_ind(y[-20:], y[:-20], equal_var=False).statistic, 80, act)

# Drawdowns
depth = 1 - c / top(c, 250)
def deepest(x): y = np.concatenate([[1], np.exp(np.cumsum(x))]); return np.max(1 - y / np.maximum.accumulate(y))
F["drawdown_depth_250"] = depth / std(r, 60) / math.sqrt(250)
F["drawdown_age_250"] = roll(lambda x: (len(x) - 1 - np.argmax(x)) / 250, 251, c)
F["under_water_120"] = roll(lambda x: np.mean((np.maximum.accumulate(x) > x)[1:]), 121, c)
F["drawdown_position"] = (1 - c / top(c, 121)) / roll(deepest, 120, lr)
F["drawdown_state_age"] = age(depth - 8 * std(r, 60), 120)

# The market
each = lambda f: np.array([f(b, R[i]) for i, b in enumerate(all_)])
mkt, disp = R.mean(axis=0), R.std(axis=0)
F["dispersion_ratio_1"], F["dispersion_20"], F["dispersion_percentile"] = disp / mean(disp, 60), mean(disp, 20), place(mean(disp, 5), 120)
F["dispersion_tails_20"] = mean(stats.iqr(R, axis=0) / disp, 20)
F["market_skew_1"] = mean(stats.skew(R, axis=0), 5)
F["momentum_dispersion"] = each(lambda b, x: b["close"] / lag(b["close"], 120) - 1).std(axis=0)
V = each(lambda b, x: std(x, 20) / std(x, 120))
F["volatility_dispersion"] = np.log(V).std(axis=0)
S = np.array([R[[i for i in range(count) if sectors[i] == s]].mean(axis=0) for s in range(3)])
F["sector_share_20"] = mean(S.std(axis=0), 20) / mean(disp, 20)
adv = share(mkt, (R > 0).mean(axis=0))
F["breadth_1"], F["breadth_volatility_40"] = adv, std(2 * adv - 1, 40)
above = lambda w: share(sma(c, w), each(lambda b, x: b["close"] > sma(b["close"], w)).mean(axis=0))
F["above_average_share_200"] = above(200)
F["above_average_change_50"] = above(50) - lag(above(50), 20)
new = share(lag(top(c, 60), 1), each(lambda b, x: (b["close"] > lag(top(b["close"], 60), 1)) * 1.0 - (b["close"] < lag(low_(b["close"], 60), 1))).mean(axis=0))
F["net_new_highs_10"] = mean(new, 10)
together = lambda w: (std(mkt, w) / each(lambda b, x: std(x, w)).mean(axis=0)) ** 2
F["average_correlation_20"], F["average_correlation_120"] = together(20), together(120)
F["correlation_change"], F["correlation_percentile"] = np.log(together(20) / together(120)), place(together(40), 120)
F["market_correlation_gap"] = corr(r, mkt, 40) - corr(r, mkt, 120)
F["market_vol_20"], F["market_vol_ratio_5_60"], F["market_vol_percentile"] = std(mkt, 20), std(mkt, 5) / std(mkt, 60), place(std(mkt, 20), 250)
F["market_trend_60"] = roll(lambda x: stats.ttest_1samp(x, 0).statistic, 60, mkt)
F["market_drawdown_120"] = roll(lambda x: deepest(np.log1p(x)), 120, mkt)
F["market_skew_60"] = roll(stats.skew, 60, mkt)
F["market_autocorrelation_60"] = roll(lambda x: acf(x, nlags=1, fft=False)[1], 60, mkt)
F["market_bear"] = two(mkt / std(mkt, 120), bearish)
F["market_run_length"] = run_length(mkt / std(mkt, 120))[0]
F["volatile_share"] = share(V[0], (V > 1).mean(axis=0))
A = each(lambda b, x: np.abs(x) / (b["close"] * b["volume"]))
F["market_illiquidity"] = np.log(np.array([mean(a, 20) / mean(a, 120) for a in A])).mean(axis=0)
F["market_activity_5"] = mean(each(lambda b, x: np.log(b["volume"] / mean(b["volume"], 60))).mean(axis=0), 5)
def state(keep):
    """Averages and covariances of the sectors before and after each bar; the plain average while it weighs more."""
    m, C, k = np.zeros(3), np.zeros((3, 3)), 0
    for t in range(1, n):
        d = S[:, t] - m; before = (k, d, C); k += 1; w = max(1 - keep, 1 / k); m = m + w * d; C = (1 - w) * (C + w * np.outer(d, d)); yield t, before, C
turb, absorb = np.full(n, math.nan), np.full(n, math.nan)
for t, (k, d, C), _ in state(0.97):
    if k >= 60: turb[t] = d @ np.linalg.solve(0.9 * C + 0.1 * np.diag(np.diag(C)), d) / 3
for t, (k, *_), C in state(0.98):
    if k >= 60: absorb[t] = np.linalg.eigvalsh(C)[-1] / np.trace(C)
F["turbulence_1"], F["turbulence_20"], F["turbulence_percentile"] = turb, mean(turb, 20), place(mean(turb, 5), 120)
F["absorption_ratio"], F["absorption_shift"] = absorb, (mean(absorb, 15) - mean(absorb, 120)) / std(absorb, 120)
F["market_stress"] = (F["market_vol_percentile"] + F["correlation_percentile"] + F["dispersion_percentile"]) / 3

# Only closes and volumes of the others take part.
told = [{k: list(x) for k, x in b.items() if i == 0 or k in ("close", "volume")} for i, b in enumerate(all_)]
write(pathlib.Path(__file__).with_name("regime.json"), n, told, F, at)
