# Makes microstructure.json: a small order book driven by seeded random orders, and features of it computed independently of Truewind by
# numpy and scipy, message by message from the definitions in the papers.
# python -m venv venv && venv/bin/pip install numpy==2.2.6 scipy==1.15.3 && venv/bin/python make.py
# What differs from the papers: the realised kernel takes products with returns before the window too (products are added bar by bar).
import json, math, pathlib
import numpy as np
from scipy import stats

rng = np.random.default_rng(20240808)
TICK, LEVELS, BARS, PER_BAR = 0.01, 10, 150, 9
book = [{10000 - k: int(rng.integers(1, 40)) for k in range(1, 16)}, {10001 + k: int(rng.integers(1, 40)) for k in range(15)}]

def best(side):
    return max(book[0]) if side == 0 else min(book[1])
def put(side, tick, size):
    if size > 0: book[side][tick] = size
    else: book[side].pop(tick, None)

events, bars, now = [], [], 0
def snapshot():
    bids = sorted(book[0].items(), reverse=True)[:LEVELS]
    asks = sorted(book[1].items())[:LEVELS]
    return [[(p * TICK, s) for p, s in side] for side in (bids, asks)]
def tell(side, tick, size):
    put(side, tick, size)
    events.append([now, side, tick, size, 0])

for side in (0, 1):
    for tick, size in sorted(book[side].items(), reverse=side == 0): events.append([0, side, tick, size, 0])
start = len(events)
for b in range(BARS):
    for _ in range(PER_BAR):
        now += int(rng.integers(1, 200_000))
        what = rng.random()
        side = int(rng.integers(0, 2))
        if what < 0.35:
            # A trade against the best of a side: the taker is on the other.
            tick = best(side); there = book[side][tick]
            size = int(min(there, rng.integers(1, 30)))
            events.append([now, 2, tick, size, -1 if side == 0 else 1])
            tell(side, tick, there - size)
        elif what < 0.5 and best(1) - best(0) > 1:
            tell(side, best(0) + 1 if side == 0 else best(1) - 1, int(rng.integers(1, 30)))
        else:
            k = int(rng.integers(0, 12))
            tick = best(0) - k if side == 0 else best(1) + k
            tell(side, tick, int(rng.integers(0, 40)) if k > 0 else int(rng.integers(1, 40)))
        # The book stays deep: where few levels are left, new ones come.
        for s in (0, 1):
            k = 0
            while len(book[s]) < 13:
                k += 1
                tick = best(0) - k if s == 0 else best(1) + k
                if tick not in book[s]: tell(s, tick, int(rng.integers(1, 40)))
    now += 1000
    bars.append(now)

# What the messages say, replayed from the events alone.
level = [{}, {}]
books, trades = [], []          # (time, bids, asks); (time, price, size, sign, book before)
for t, kind, tick, size, sign in events[:start]: level[kind][tick] = size
book = level
books.append((0, *snapshot()))
for t, kind, tick, size, sign in events[start:]:
    if kind == 2: trades.append((t, tick * TICK, size, sign, len(books) - 1))
    else:
        level[kind].pop(tick, None)
        if size: level[kind][tick] = size
        books.append((t, *snapshot()))
def mid_of(b): return (b[1][0][0] + b[2][0][0]) / 2
ends = np.array(bars)
def bar_of(t): return int(np.searchsorted(ends, t, side="right"))
n = BARS
def e_of(k, old, new):          # Cont, Kukanov and Stoikov 2014, equation 4, at level k
    (pb0, qb0), (pb, qb) = old[1][k], new[1][k]
    (pa0, qa0), (pa, qa) = old[2][k], new[2][k]
    return (pb >= pb0) * qb - (pb <= pb0) * qb0 - (pa <= pa0) * qa + (pa >= pa0) * qa0
flow, standing, messages = np.zeros((n, LEVELS)), np.zeros((n, LEVELS)), np.zeros(n)
last = [0] * n
for m in range(len(books)):
    b = bar_of(books[m][0])
    for c in range(b, n): last[c] = m
    if m == 0: continue
    messages[b] += 1
    for k in range(LEVELS):
        flow[b, k] += e_of(k, books[m - 1], books[m])
        standing[b, k] += sum(x[s][k][1] for x in (books[m - 1], books[m]) for s in (1, 2))
def time_mean(f):               # average over each bar's time
    out = np.zeros(n)
    for b in range(n):
        a, z = (ends[b - 1] if b else books[0][0]), ends[b]
        total = 0.0
        for m in range(len(books)):
            t0 = books[m][0]; t1 = books[m + 1][0] if m + 1 < len(books) else ends[-1]
            w = min(t1, z) - max(t0, a)
            if w > 0: total += w * f(books[m])
        out[b] = total / (z - a)
    return out
spread = time_mean(lambda x: (x[2][0][0] - x[1][0][0]) / mid_of(x))
imbalance = time_mean(lambda x: (x[1][0][1] - x[2][0][1]) / (x[1][0][1] + x[2][0][1]))
both = time_mean(lambda x: x[1][0][1] + x[2][0][1])
def tilt(a, b): return (a - b) / (a + b)
state = [books[last[b]] for b in range(n)]
def each(f): return np.array([f(s) for s in state], float)
def depth(s, side, k=LEVELS): return sum(q for _, q in s[side][:k])
def worth(s, side, k): return sum(p * q for p, q in s[side][:k]) / depth(s, side, k)
def fill(s, side, part):
    left = want = part * min(depth(s, 1), depth(s, 2)); paid = 0.0
    for p, q in s[side]:
        take = min(left, q); paid += take * p; left -= take
    return abs(paid / want - mid_of(s)) / mid_of(s)

def roll(f, w, *xs):
    out = np.full(n, math.nan)
    for t in range(w - 1, n):
        cut = [x[t - w + 1 : t + 1] for x in xs]
        if all(np.isfinite(c).all() for c in cut): out[t] = f(*cut)
    return out
def total(x, w): return roll(np.sum, w, x)
def lag(x, k=1): return np.concatenate([np.full(k, math.nan), x[:-k]])
mids = each(mid_of)
# Bars of the mid.
o, h, l, c, v = (np.zeros(n) for _ in range(5))
for b in range(n):
    inside = [mid_of(x) for x in books if bar_of(x[0]) == b]
    o[b], h[b], l[b], c[b] = inside[0], max(inside), min(inside), inside[-1]
    v[b] = sum(q for t, _, q, _, _ in trades if bar_of(t) == b)
ret = c / lag(c) - 1
# Trades by bar.
by = [[x for x in trades if bar_of(x[0]) == b] for b in range(n)]
bought = np.array([sum(q for _, _, q, s, _ in x if s > 0) for x in by], float)
sold = np.array([sum(q for _, _, q, s, _ in x if s < 0) for x in by], float)
net = bought - sold
prices = np.array([p for _, p, *_ in trades])
r_all = np.concatenate([[0.0], np.diff(np.log(prices))])
ticks = [[] for _ in range(n)]
for k in range(1, len(trades)): ticks[bar_of(trades[k][0])].append(k)
def tick_sum(f): return np.array([sum(f(k) for k in x) for x in ticks], float)
gammas = [tick_sum(lambda k, j=j: r_all[k] * (r_all[k - j] if k - j >= 1 else 0.0)) for j in range(5)]
def parzen(x): return 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else 2 * (1 - x) ** 3
rk = sum((1 if j == 0 else 2 * parzen(j / 5)) * total(gammas[j], 20) for j in range(5))
signed = np.array([q * s for _, _, q, s, _ in trades], float)
def ols(y, *xs):
    x = np.column_stack([np.ones(len(y)), *xs])
    return np.linalg.lstsq(x, y, rcond=None)[0]
def vpin(buy, sell, buckets=10):
    # Volume one unit at a time, newest last: Easley, Lopez de Prado and O'Hara 2012, equation 4. A bar's volume is evenly mixed.
    volume = buy + sell; size = volume.sum() / buckets; edges = np.concatenate([[0], np.cumsum(volume)])
    out = 0.0
    for k in range(buckets):
        a, z = k * size, (k + 1) * size
        part = [max(0.0, min(z, edges[i + 1]) - max(a, edges[i])) for i in range(len(volume))]
        out += abs(sum(w * (buy[i] - sell[i]) / volume[i] for i, w in enumerate(part) if volume[i] > 0))
    return out / volume.sum()
paid = np.array([sum(s * (p - mid_of(books[m])) * q for _, p, q, s, m in x) for x in by])
money = np.array([sum(mid_of(books[m]) * q for _, p, q, s, m in x) for x in by])
lasting = np.array([sum(s * (p - mids[b]) * q for _, p, q, s, m in x) for b, x in enumerate(by)])
beta = np.log(h / l) ** 2 + lag(np.log(h / l) ** 2)
gamma = np.log(np.maximum(h, lag(h)) / np.minimum(l, lag(l))) ** 2
alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / (3 - 2 * math.sqrt(2)) - np.sqrt(gamma / (3 - 2 * math.sqrt(2)))
cs = np.maximum(2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha)), 0)
eta = (np.log(h) + np.log(l)) / 2
ar = 4 * (lag(np.log(c)) - lag(eta)) * (lag(np.log(c)) - eta)
rel = lambda w: v / roll(np.mean, w, v)
sizes = [[q for _, _, q, _, _ in x] for x in by]
def pooled(f, w, xs): return np.array([math.nan] * (w - 1) + [f(np.array(sum(xs[t - w + 1 : t + 1], []), float)) for t in range(w - 1, n)])
def bulk(change, volume):
    share = 2 * stats.norm.cdf(change / np.std(change)) - 1
    return (volume * share).sum() / volume.sum(), np.abs(volume * share).sum() / volume.sum()

def amihud(r, price, volume):   # bars without volume are left out
    some = volume > 0
    return np.mean(np.abs(r[some]) / (price[some] * volume[some])) if some.any() else math.nan

features = {
    "quote_spread": each(lambda s: (s[2][0][0] - s[1][0][0]) / mid_of(s)),
    "quote_mean_spread": spread,
    "quote_mean_imbalance": imbalance,
    "quote_imbalance": each(lambda s: tilt(s[1][0][1], s[2][0][1])),
    "micro_price_gap": each(lambda s: (s[1][0][0] * s[2][0][1] + s[2][0][0] * s[1][0][1]) / (s[1][0][1] + s[2][0][1]) / mid_of(s) - 1),
    "ofi_1": flow[:, 0] / (both / 2),
    "ofi_1_10": total(flow[:, 0], 10) / total(both / 2, 10),
    "ofi_all": flow.sum(1) / (standing.sum(1) / messages / 4),
    "ofi_all_10": total(flow.sum(1), 10) / (total(standing.sum(1), 10) / total(messages, 10) / 4),
    **{f"ofi_{k}_10": total(flow[:, k - 1], 10) / (total(standing[:, k - 1], 10) / total(messages, 10) / 4) for k in range(2, 11)},
    **{f"book_imbalance_level_{k}": each(lambda s, k=k: tilt(s[1][k - 1][1], s[2][k - 1][1])) for k in range(2, 11)},
    **{f"book_imbalance_to_{k}": each(lambda s, k=k: tilt(depth(s, 1, k), depth(s, 2, k))) for k in (3, 5, 10)},
    "book_mean_imbalance_10": time_mean(lambda s: tilt(depth(s, 1), depth(s, 2))),
    "book_micro_3": each(lambda s: (worth(s, 1, 3) * depth(s, 2, 3) + worth(s, 2, 3) * depth(s, 1, 3)) / (depth(s, 1, 3) + depth(s, 2, 3)) / mid_of(s) - 1),
    "book_cost_bid_small": each(lambda s: fill(s, 1, 0.25)),
    "book_cost_ask_small": each(lambda s: fill(s, 2, 0.25)),
    "book_cost_convexity_ask": each(lambda s: fill(s, 2, 0.75) / fill(s, 2, 0.25)),
    "book_concentration_bid": each(lambda s: sum(q * q for _, q in s[1]) / depth(s, 1) ** 2),
    "trade_imbalance_60": total(net, 60) / total(bought + sold, 60),
    "trade_size_cv_20": pooled(lambda x: np.std(x) / np.mean(x), 20, sizes),
    "trade_size_skew_20": pooled(lambda x: stats.skew(x), 20, sizes),
    "vpin_50": roll(vpin, 50, bought, sold),
    "kyle_lambda_60": roll(lambda y, x, w: ols(y, x)[1] * w.mean(), 60, ret, net, v),
    "kyle_lambda_trades_60": total(tick_sum(lambda k: signed[k] * r_all[k]), 60) / total(tick_sum(lambda k: signed[k] ** 2), 60) * total(v, 60) / total(np.array([len(x) for x in by], float), 60),
    "ofi_impact_60": roll(lambda y, x, w: ols(y, x)[1] * w.mean() / 2, 60, mids / lag(mids) - 1, flow[:, 0], both),
    "realised_kernel_20": np.maximum(rk, 0) / total(gammas[0], 20),
    "tick_jump_share_20": np.maximum(0, 1 - math.pi / 2 * total(tick_sum(lambda k: abs(r_all[k]) * abs(r_all[k - 1])), 20) / total(gammas[0], 20)),
    "tick_signed_jump_20": total(tick_sum(lambda k: math.copysign(r_all[k] ** 2, r_all[k])), 20) / total(gammas[0], 20),
    "tick_vol_20": np.sqrt(total(gammas[0], 20) / 20),
    "effective_spread_20": 2 * total(paid, 20) / total(money, 20),
    "realised_spread_20": 2 * total(lasting, 20) / total(money, 20),
    "roll_spread_60": roll(lambda a, b: 2 * math.sqrt(max(0, -np.cov(a, b, bias=True)[0, 1])), 60, ret, lag(ret)),
    "corwin_schultz_20": roll(np.mean, 20, cs),
    "abdi_ranaldo_20": np.sqrt(np.maximum(roll(np.mean, 20, ar), 0)),
    "amihud_ratio_5_60": roll(amihud, 5, ret, c, v) / roll(amihud, 60, ret, c, v),
    "pastor_stambaugh_60": roll(lambda y, a, b: ols(y, a, b)[1], 60, ret, lag(np.sign(ret) * rel(60)), lag(ret)),
    "bulk_imbalance_60": roll(lambda a, b: bulk(a, b)[0], 60, ret, v),
    "bulk_vpin_50": roll(lambda a, b: bulk(a, b)[1], 50, ret, v),
}
at = sorted(set(range(0, n, 7)) | {59, 60, n - 1})
def clean(x): return None if not math.isfinite(x) else float(f"{x:.15g}")
here = pathlib.Path(__file__).parent
with np.errstate(all="ignore"):
    json.dump({
        "events": events, "start": start, "ends": [int(t) for t in ends], "tick": TICK,
        "bars": [[float(x) for x in row] for row in zip(o, h, l, c, v)],
        "at": at,
        "values": {k: [clean(x[t]) for t in at] for k, x in features.items()},
    }, open(here / "microstructure.json", "w"), separators=(",", ":"))
