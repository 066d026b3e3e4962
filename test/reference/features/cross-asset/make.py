# Reference figures for cross-asset features, on simulated closes of six instruments: row 0 is the market, row 1 bonds, rows 2 to 5 are names
# in sectors 0, 0, 1, 1 (rows 0 and 1 belong to none and are not in the universe). Figures are those of row 3.
# numpy 2.3.5, pandas 2.3.3, scipy 1.17.1, statsmodels 0.14.5. Run: python make.py > cross-asset.json
import json
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

rng = np.random.default_rng(20)
T, N, OWN = 320, 6, 3
market = 0.01 * rng.standard_t(5, T)
bonds = -0.2 * market + 0.004 * rng.standard_normal(T)
rows = [market, bonds]
for k in range(4):
    sector = 0.004 * rng.standard_normal(T) if k % 2 == 0 else sector
    rows.append((0.6 + 0.3 * k) * market + 0.3 * np.roll(market, 1) + 0.5 * bonds + sector + 0.01 * rng.standard_t(4, T))
close = np.round(50 * np.exp(np.cumsum(np.array(rows), axis=1)), 6)
ret = close[:, 1:] / close[:, :-1] - 1
ret = np.concatenate([np.full((N, 1), np.nan), ret], axis=1)
universe = [2, 3, 4, 5]
sectors = {0: [2, 3], 1: [4, 5]}


def ols(y, *xs):
    return sm.OLS(y, sm.add_constant(np.column_stack(xs))).fit()


def figures(t):
    w = lambda x, n: x[t - n + 1 : t + 1]
    y, m, b = ret[OWN], ret[0], ret[1]
    lag = np.concatenate([[np.nan], m[:-1]])
    ylag = np.concatenate([[np.nan], y[:-1]])
    sector = ret[sectors[0]].mean(axis=0)
    one = lambda n, x=m: ols(w(y, n), w(x, n))
    mom = close[:, t] / close[:, t - 20] - 1
    above = close[:, t] > close[:, t - 49 : t + 1].mean(axis=1)
    out = {}
    out["beta_market_60"] = one(60).params[1]
    out["r2_market_60"] = one(60).rsquared
    out["alpha_60"] = one(60).params[0]
    out["idio_vol_120"] = one(120).resid.std()
    two = ols(w(y, 120), w(m, 120), w(b, 120))
    out["loading_bonds_120"] = two.params[2]
    dimson = ols(w(y, 120), w(m, 120), w(lag, 120))
    out["beta_dimson_120"] = dimson.params[1] + dimson.params[2]
    out["price_delay_120"] = 1 - one(120).rsquared / dimson.rsquared
    out["loading_sector_120"] = ols(w(y, 120), w(m, 120), w(sector, 120)).params[2]
    # Vasicek: statsmodels' squared standard error has divisor n - 2, as here.
    fits = {i: ols(w(ret[i], 120), w(m, 120)) for i in universe}
    betas = np.array([f.params[1] for f in fits.values()])
    spread, error = betas.var(), fits[OWN].bse[1] ** 2
    out["beta_vasicek_120"] = (spread * fits[OWN].params[1] + error * betas.mean()) / (spread + error)
    x252, m252 = w(y, 252), w(m, 252)
    down = m252 < m252.mean()
    up = m252 > m252.mean()
    slope = lambda s: np.cov(x252[s], m252[s], ddof=0)[0, 1] / m252[s].var()
    out["beta_down_252"] = slope(down)
    out["beta_up_252"] = slope(up)
    out["corr_down_252"] = np.corrcoef(x252[down], m252[down])[0, 1]
    e = ols(x252, m252).resid
    v = m252 - m252.mean()
    out["coskew_252"] = (e * v**2).mean() / (np.sqrt((e**2).mean()) * (v**2).mean())
    u = x252 - x252.mean()
    out["cokurt_252"] = (u * v**3).mean() / (x252.std() * m252.std() ** 3)
    out["idio_skew_120"] = stats.skew(one(120).resid)
    in_tail = m252 <= np.sort(m252)[24]
    out["tail_market_252"] = (x252[in_tail] <= np.sort(x252)[24]).mean()
    out["corr_market_20"] = stats.pearsonr(w(y, 20), w(m, 20))[0]
    out["corr_break_bonds_20_120"] = stats.pearsonr(w(y, 20), w(b, 20))[0] - stats.pearsonr(w(y, 120), w(b, 120))[0]
    out["lag_market_60"] = stats.pearsonr(w(y, 60), w(lag, 60))[0]
    out["lead_market_60"] = stats.pearsonr(w(ylag, 60), w(m, 60))[0]
    out["semibeta_falls_120"] = (np.minimum(w(y, 120), 0) * np.minimum(w(m, 120), 0)).sum() / (w(m, 120) ** 2).sum()
    out["rel_market_20"] = mom[OWN] - mom[0]
    out["rel_sector_20"] = mom[OWN] - mom[sectors[0]].mean()
    out["sector_mom_20"] = mom[sectors[0]].mean() - mom[universe].mean()
    out["universe_breadth_50"] = above[universe].mean()
    out["universe_dispersion_20"] = mom[universe].std()
    groups = pd.Series(mom[universe]).groupby([0, 0, 1, 1])
    between = (groups.transform("mean") - mom[universe].mean()).pow(2).sum()
    out["universe_sectors_20"] = between / ((mom[universe] - mom[universe].mean()) ** 2).sum()
    mean = ret[universe].mean(axis=0)
    out["universe_comovement_60"] = w(mean, 60).var() / np.mean([w(ret[i], 60).var() for i in universe])
    out["stock_bond_corr_60"] = stats.pearsonr(w(m, 60), w(b, 60))[0]
    out["market_drawdown_252"] = close[0, t] / close[0, t - 251 : t + 1].max() - 1
    return {k: float(v) for k, v in out.items()}


print(json.dumps({"close": close.tolist(), "own": OWN, "values": {t: figures(t) for t in (290, 319)}}))
