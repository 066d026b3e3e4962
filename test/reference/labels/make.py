# Volatilities, triple barriers and sample weights, worked out another way: python3.11, numpy 2.4.6, pandas 3.1.1.
# Usage: python make.py > labels.json
# Nothing here shares a line with the product: volatilities are pandas' ewm, barriers are walked bar by bar as Lopez de Prado (2018, section
# 3.4) describes, uniqueness counts overlapping labels bar by bar (snippets 4.1 and 4.2 in words).
import json

import numpy as np
import pandas as pd

rng = np.random.default_rng(6)
DAYS, HORIZON = 90, 8


def market(seed):
    r = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(r.normal(0, 0.02, DAYS)))
    open_ = np.concatenate([[50], close[:-1]]) * np.exp(r.normal(0, 0.01, DAYS))
    high = np.maximum(open_, close) * np.exp(np.abs(r.normal(0, 0.008, DAYS)))
    low = np.minimum(open_, close) * np.exp(-np.abs(r.normal(0, 0.008, DAYS)))
    return [np.round(a, 4) for a in (open_, high, low, close)]


def volatility(close, half_life):
    squares = pd.Series(close).pct_change() ** 2
    return np.sqrt(squares.ewm(halflife=half_life, adjust=True).mean()).to_numpy()


def barrier(o, h, l, known, start, profit, stop):
    """Value, side and (session, whether at its open) of the first touch."""
    scale = known * np.sqrt(HORIZON)
    up, down = profit * scale, -stop * scale
    paid = o[start]
    for t in range(start, start + HORIZON):
        if o[t] / paid - 1 <= down:
            return o[t] / paid - 1, -1, t, True
        if o[t] / paid - 1 >= up:
            return o[t] / paid - 1, 1, t, True
        if l[t] / paid - 1 <= down:
            return down, -1, t, False
        if h[t] / paid - 1 >= up:
            return up, 1, t, False
    end = start + HORIZON
    value = o[end] / paid - 1
    return value, (-1 if value <= down else 1 if value >= up else 0), end, True


markets = []
for seed in range(4):
    o, h, l, c = market(seed)
    half_life, profit, stop = [(10, 0.8, 0.8), (5, 0.5, 1.0), (20, 1.5, 0.3), (3, 0.4, 0.4)][seed]
    sigma = volatility(c, half_life)
    rows = []
    for decision in range(25, DAYS - HORIZON - 1, 2):
        value, side, session, at_open = barrier(o, h, l, sigma[decision], decision + 1, profit, stop)
        rows.append({"decision": decision, "value": value, "side": side, "session": session, "atOpen": at_open})
    # Sessions of a label: from its first open to its end; one that ends at an open does not span that session.
    spans = [(row["decision"] + 1, row["session"] + (0 if row["atOpen"] else 1)) for row in rows]
    spans = [(a, max(b, a + 1)) for a, b in spans]
    concurrent = np.zeros(DAYS)
    for a, b in spans:
        concurrent[a:b] += 1
    markets.append(
        {
            "open": o.tolist(),
            "high": h.tolist(),
            "low": l.tolist(),
            "close": c.tolist(),
            "halfLife": half_life,
            "profit": profit,
            "stop": stop,
            "volatility": [None if np.isnan(x) else x for x in sigma],
            "rows": rows,
            "uniqueness": [float(np.mean(1 / concurrent[a:b])) for a, b in spans],
        }
    )
print(json.dumps({"horizon": HORIZON, "markets": markets}, separators=(",", ":")))
