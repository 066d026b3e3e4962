# Reference figures for features of facts: scored texts, reports, the economy, options. 130 bars of one instrument; texts of each bar one by
# one, so that tallies are made here anew. numpy 2.3.5, pandas 2.3.3. Run: python make.py > facts.json
import json
import numpy as np
import pandas as pd

rng = np.random.default_rng(21)
T = 300
close = np.round(40 * np.exp(np.cumsum(0.015 * rng.standard_normal(T))), 6)
volume = np.round(np.exp(12 + 0.5 * rng.standard_normal(T)))
ret = pd.Series(close).pct_change().to_numpy()
texts = []
for t in range(T):
    for _ in range(int(rng.poisson(0.8 if t % 9 else 4))):
        good, bad = rng.dirichlet([2, 2, 8])[:2]
        words = int(rng.integers(5, 30))
        tone = round(float(np.clip((good - bad) * 3, -1, 1)), 6)
        texts.append(dict(bar=t, tone=tone, positive=round(good, 6), negative=round(bad, 6), uncertain=round(0.1 * rng.random(), 6), words=words))
frame = pd.DataFrame(texts)
quarters = []
for q in range(9):
    money = lambda base: round(float(base * (1 + 0.03 * q) * np.exp(0.1 * rng.standard_normal())), 2)
    quarters.append({
        # Known with the bar `bar`; the last is known within the bars looked at.
        "bar": 30 * q + 5,
        "revenue": money(9e6), "net_income": money(1e6), "operating_cash_flow": money(1.3e6), "operating_income": money(1.5e6),
        "assets": money(5e7), "equity": money(2e7), "eps_diluted": round(float(0.5 + 0.02 * q + 0.1 * rng.standard_normal()), 3),
        "shares_outstanding": round(2e6 * (1 + 0.01 * q)),
    })
rates = np.round(3 + np.cumsum(0.05 * rng.standard_normal(T)), 4)
jobless = np.round(4 + np.cumsum(0.15 * rng.standard_normal(16)), 1)
iv = np.round(0.3 + 0.05 * rng.standard_normal((T, 4)), 4)


def figures(t):
    bars = frame["bar"].to_numpy()
    of = lambda n: frame[(bars > t - n) & (bars <= t)]
    tone = lambda n: of(n)["tone"].mean()
    spread = lambda n: of(n)["tone"].std(ddof=0)
    past = frame[bars <= t]
    weight = lambda h: 2.0 ** (-(t - past["bar"]) / h)
    per_bar = frame.groupby("bar")["tone"].agg(["sum", "size"]).reindex(range(T), fill_value=0.0)
    summed, count = per_bar["sum"].to_numpy(), per_bar["size"].to_numpy().astype(float)
    w = lambda x, n: np.asarray(x)[t - n + 1 : t + 1]
    out = {}
    out["tone_5"] = tone(5)
    out["tone_20"] = tone(20)
    out["tone_change_5_20"] = tone(5) - tone(20)
    out["tone_faded_10"] = (past["tone"] * weight(10)).sum() / weight(10).sum()
    out["tone_dispersion_20"] = spread(20)
    out["tone_surprise_5_60"] = (tone(5) - tone(60)) / spread(60)
    bright = of(20)["positive"].sum() / (of(20)["positive"] + of(20)["negative"]).sum()
    out["tone_agreement_20"] = 1 - np.sqrt(1 - (2 * bright - 1) ** 2)
    out["negative_share_60"] = of(60)["negative"].mean()
    out["text_count_60"] = np.log(1 + len(of(60)))
    out["text_unusual_5_60"] = (len(of(5)) / 5) / (len(of(60)) / 60)
    out["text_burst_20"] = (w(count, 20) ** 2).sum() / w(count, 20).sum() ** 2
    out["text_active_60"] = (w(count, 60) > 0).mean()
    out["text_length_20_120"] = of(20)["words"].mean() / of(120)["words"].mean()
    out["text_faded_5"] = np.log(1 + weight(5).sum())
    out["tone_return_corr_60"] = np.corrcoef(w(summed, 60), w(ret, 60))[0, 1]
    out["tone_autocorr_60"] = np.corrcoef(w(summed, 60), np.asarray(summed)[t - 60 : t])[0, 1]
    out["tone_leads_60"] = np.corrcoef(w(ret, 60), np.asarray(summed)[t - 60 : t])[0, 1]
    known = [q for q in quarters if q["bar"] <= t][::-1]
    year = lambda f, back=0: sum(q[f] for q in known[back : back + 4])
    cap = close[t] * known[0]["shares_outstanding"]
    seasonal = lambda k: known[k]["eps_diluted"] - known[k + 4]["eps_diluted"]
    out["earnings_yield"] = year("net_income") / cap
    out["book_to_market"] = known[0]["equity"] / cap
    out["accruals"] = (year("net_income") - year("operating_cash_flow")) / known[0]["assets"]
    out["asset_growth"] = known[0]["assets"] / known[4]["assets"] - 1
    out["return_on_assets"] = year("net_income") / known[0]["assets"]
    out["revenue_growth_4"] = known[0]["revenue"] / known[4]["revenue"] - 1
    out["margin_change_4"] = known[0]["operating_income"] / known[0]["revenue"] - known[4]["operating_income"] / known[4]["revenue"]
    out["earnings_surprise"] = seasonal(0) / np.sqrt(np.mean([seasonal(k) ** 2 for k in (1, 2, 3, 4)]))
    out["share_issuance_4"] = known[0]["shares_outstanding"] / known[4]["shares_outstanding"] - 1
    # Known with the same bar: the whole history of the unemployment rate, latest last.
    three = pd.Series(jobless).rolling(3).mean().to_numpy()
    out["sahm_rule"] = three[-1] - three[-13:-1].min()
    out["rates_z_252"] = (rates[t] - w(rates, 252).mean()) / w(rates, 252).std()
    out["rates_change_60"] = rates[t] - rates[t - 60]
    out["iv_rank_252"] = (iv[t, 0] - w(iv[:, 0], 252).min()) / (w(iv[:, 0], 252).max() - w(iv[:, 0], 252).min())
    out["iv_percentile_252"] = pd.Series(w(iv[:, 0], 252)).rank(pct=True).iloc[-1]
    out["iv_skew"] = (iv[t, 2] - iv[t, 0]) / iv[t, 0]
    out["iv_term_slope"] = (iv[t, 1] - iv[t, 0]) / iv[t, 0]
    out["iv_less_realized_20"] = iv[t, 0] - w(ret, 20).std() * np.sqrt(252)
    return {k: float(v) for k, v in out.items()}


print(json.dumps({
    "close": close.tolist(), "volume": volume.tolist(), "texts": texts, "quarters": quarters, "rates": rates.tolist(),
    "jobless": jobless.tolist(), "iv": iv.tolist(), "values": {t: figures(t) for t in (260, 299)},
}))
