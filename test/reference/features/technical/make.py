# Makes technical.json: raw TA-Lib functions on random bars, and on the same bars a few published formulas in numpy that TA-Lib lacks.
# python -m venv venv && venv/bin/pip install numpy==2.4.6 TA-Lib==0.8.2 && venv/bin/python make.py
# With two arguments, a CSV of bars (columns open to volume after a date; .gz too) and an output: the same for the last 1700 bars of it.
#
# Cumulated lines (OBV, AD, PVT, WAD, PVI, NVI) are given as their rise over a window, since Truewind keeps no endless sums.
# What differs:
# - First values: TA-Lib begins all outputs of a function at the bar of its last one (STOCH, KDJ, SMI, MACDEXT); Truewind as soon as each is
#   known. MAVP begins later here, when a whole window of periods is known; PLUS_DM and MINUS_DM one bar later, when the sums of DX begin.
# - Start of averages, compared only after the memory that the formula declares (under "seeded"): MACD, MACDFIX, PPO, APO and PVO with
#   exponential averages start the fast one later, so that both begin at one bar; KC starts its true range likewise; ADOSC starts at the
#   first bar's flow; HT_DCPHASE, HT_SINE, HT_TRENDLINE and HT_TRENDMODE start the transform at bar 37, HT_DCPERIOD and HT_PHASOR at bar 12 as
#   Truewind does for all; MAMA and FAMA start at 0, Truewind's at a price.
import json, math, pathlib, sys
import numpy as np
import talib as ta

rng = np.random.default_rng(20261121)
n = 1700
ret = rng.standard_t(4, n) * 0.012
close = 50 * np.exp(np.cumsum(ret))
open_ = np.concatenate([[50.0], close[:-1]]) * np.exp(rng.normal(0, 0.004, n))
high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.004, n)))
low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.004, n)))
volume = np.round(np.exp(rng.normal(11, 0.7, n)))
bars = [[float(f"{x:.6g}") for x in c] for c in (open_, high, low, close, volume)]
if len(sys.argv) > 1:
    bars = np.genfromtxt(sys.argv[1], delimiter=",", skip_header=1, usecols=(1, 2, 3, 4, 5))[-n:].T.tolist()
    n = len(bars[0])
o, h, l, c, v = (np.array(x) for x in bars)
hl, cv, hlc, hlcv, ohlc = (h, l), (c, v), (h, l, c), (h, l, c, v), (o, h, l, c)

def rise(x, k): return np.concatenate([np.full(k, math.nan), x[k:] - x[:-k]])
def logsum(x, k):  # an index multiplied by (1 + r): the product over k bars
    return np.concatenate([np.full(k, math.nan), x[k:] / x[:-k]])
def many(names, results): return dict(zip(names, results))

dc = ta.HT_DCPERIOD(c)
periods = np.where(np.isnan(dc), 2, dc * 0.5)
exact = {
    "wma_10": ta.WMA(c, 10), "trima_40": ta.TRIMA(c, 40), "trima_15": ta.TRIMA(c, 15), "dema_21": ta.DEMA(c, 21), "tema_60": ta.TEMA(c, 60),
    "t3_10": ta.T3(c, 10), "kama_10": ta.KAMA(c, 10), "kama_30": ta.KAMA(c, 30), "hma_55": ta.HMA(c, 55), "hma_20": ta.HMA(c, 20),
    "zlema_34": ta.ZLEMA(c, 34), "rma_50": ta.RMA(c, 50), "vwma_20": ta.VWMA(c, v, 20),
    "midpoint_14": ta.MIDPOINT(c, 14), "midprice_100": ta.MIDPRICE(*hl, 100), "sar": ta.SAR(*hl, 0.02, 0.2),
    "sarext": ta.SAREXT(*hl, 0, 0, 0.005, 0.005, 0.05, 0.01, 0.01, 0.1),
    **many(["accbands_upper", "accbands_middle", "accbands_lower"], ta.ACCBANDS(*hlc, 20)),
    **many(["donchian_upper", "donchian_middle", "donchian_lower"], ta.DONCHIAN(*hl, 20)),
    **many(["supertrend", "supertrend_side"], ta.SUPERTREND(*hlc, 10, 3)),
    "apo_sma": ta.APO(c, 12, 26, 0), "macdext": ta.MACDEXT(c, 12, 0, 26, 0, 9, 0)[0], "macdext_hist": ta.MACDEXT(c, 12, 0, 26, 0, 9, 0)[2],
    "coppock": ta.COPPOCK(c, 10, 11, 14), "trix_15": ta.TRIX(c, 15), "dpo_20": ta.DPO(c, 20), "tsi": ta.TSI(c, 25, 13), "fosc_14": ta.FOSC(c, 14),
    "ao": ta.AO(*hl, 5, 34), "ac": ta.AC(*hl, 5, 34, 5), **many(["bull_power", "bear_power"], ta.ERI(*hlc, 13)),
    "er_10": ta.ER(c, 10), "vhf_28": ta.VHF(c, 28), "qstick_10": ta.QSTICK(o, c, 10), "cmou_14": ta.CMOU(c, 14), "cmo_5": ta.CMO(c, 5),
    "mom_40": ta.MOM(c, 40), "roc_10": ta.ROC(c, 10), "rocr_10": ta.ROCR(c, 10), "rocp_10": ta.ROCP(c, 10),
    "plus_dm_14": ta.PLUS_DM(*hl, 14), "minus_dm_14": ta.MINUS_DM(*hl, 14), "plus_di_14": ta.PLUS_DI(*hlc, 14), "minus_di_14": ta.MINUS_DI(*hlc, 14),
    "dx_14": ta.DX(*hlc, 14), "adx_14": ta.ADX(*hlc, 14), "adxr_14": ta.ADXR(*hlc, 14),
    **many(["aroon_down_25", "aroon_up_25"], ta.AROON(*hl, 25)), "aroonosc_14": ta.AROONOSC(*hl, 14),
    **many(["vortex_up_14", "vortex_down_14"], ta.VORTEX(*hlc, 14)),
    "rsi_28": ta.RSI(c, 28), **many(["stoch_k", "stoch_d"], ta.STOCH(*hlc, 14, 3, 0, 3, 0)), "stochf_k": ta.STOCHF(*hlc, 5, 3, 0)[0],
    "stochrsi_k": ta.STOCHRSI(c, 14, 14, 3, 0)[0], "stochrsi_d": ta.STOCHRSI(c, 14, 5, 3, 0)[1],
    **many(["kdj_k", "kdj_d", "kdj_j"], ta.KDJ(*hlc)), "willr_10": ta.WILLR(*hlc, 10), "cci_14": ta.CCI(*hlc, 14),
    **many(["smi", "smi_signal"], ta.SMI(*hlc, 13, 2, 25, 9)), "ultosc": ta.ULTOSC(*hlc, 7, 14, 28), "bop": ta.BOP(*ohlc), "imi_14": ta.IMI(o, c, 14),
    "percentrank_100": ta.PERCENTRANK(c, 100),
    "trange": ta.TRANGE(*hlc), "atr_14": ta.ATR(*hlc, 14), "natr_50": ta.NATR(*hlc, 50), "adr_7": ta.ADR(*hl, 7), "cvi": ta.CVI(*hl, 10, 10),
    "massi": ta.MASSI(*hl, 9, 25), "rvi_14": ta.RVI(c, 14, 10),
    "efi_13": ta.EFI(*cv, 13), "cmf_20": ta.CMF(*hlcv, 20), "rvol_20": ta.RVOL(v, 20), "marketfi": ta.MARKETFI(h, l, v), "mfi_28": ta.MFI(*hlcv, 28),
    "obv_rise_60": rise(ta.OBV(*cv), 60), "ad_rise_60": rise(ta.AD(*hlcv), 60), "pvt_rise_20": rise(ta.PVT(*cv), 20),
    "wad_rise_20": rise(ta.WAD(*hlc), 20), "pvi_rise_1": logsum(ta.PVI(*cv), 1), "nvi_rise_1": logsum(ta.NVI(*cv), 1),
    "ht_dcperiod": dc,
    **many(["ht_inphase", "ht_quadrature"], ta.HT_PHASOR(c)), "mavp": ta.MAVP(c, periods, 2, 30, 0),
    "avgprice": ta.AVGPRICE(*ohlc), "medprice": ta.MEDPRICE(*hl), "typprice": ta.TYPPRICE(*hlc), "wclprice": ta.WCLPRICE(*hlc),
    **many(["ha_open", "ha_high", "ha_low", "ha_close"], ta.HA(*ohlc)), "avgdev_14": ta.AVGDEV(c, 14),
    "linearreg_20": ta.LINEARREG(c, 20), "linearreg_slope_100": ta.LINEARREG_SLOPE(c, 100), "linearreg_angle_14": np.concatenate([np.full(10, math.nan), ta.LINEARREG_ANGLE(ta.ROC(c, 10)[10:], 14)]),
    "linearreg_intercept_30": ta.LINEARREG_INTERCEPT(c, 30), "tsf_60": ta.TSF(c, 60), "stddev_100": ta.STDDEV(c, 100, 1), "var_10": ta.VAR(c, 10, 1),
    "beta_20": ta.BETA(h, l, 20), "correl_30": ta.CORREL(h, l, 30), "bbands_upper": ta.BBANDS(c, 20, 2, 2)[0],
    "max_60": ta.MAX(v, 60), "min_20": ta.MIN(l, 20), "sum_14": ta.SUM(v, 14),
    "since_highest_120": np.arange(n) - ta.MAXINDEX(h, 120), "since_lowest_120": np.arange(n) - ta.MININDEX(l, 120),
}
seeded = {
    "apo_5_20": ta.APO(c, 5, 20, 1), "ppo_12_26": ta.PPO(c, 12, 26, 1), "pvo_12_26": ta.PVO(v, 12, 26, 1),
    "macd_5_35": ta.MACD(c, 5, 35, 5)[0], "macd_hist_5_35": ta.MACD(c, 5, 35, 5)[2], "macdfix": ta.MACDFIX(c, 9)[0], "macdfix_signal": ta.MACDFIX(c, 9)[1],
    **many(["kc_upper", "kc_middle", "kc_lower"], ta.KC(*hlc, 20, 10, 2)),
    "ht_trendline": ta.HT_TRENDLINE(c), "ht_dcphase": ta.HT_DCPHASE(c), **many(["ht_sine", "ht_leadsine"], ta.HT_SINE(c)),
    "ht_trendmode": ta.HT_TRENDMODE(c),
    "adosc": ta.ADOSC(*hlcv, 3, 10), **many(["mama", "fama"], ta.MAMA(c, 0.5, 0.05)),
}
# Published formulas that TA-Lib lacks, step by step from their papers; as registered, and so compared as features.
def roll(x, w, f): return np.array([math.nan] * (w - 1) + [f(x[t - w + 1 : t + 1]) for t in range(w - 1, n)])
def lag(x, k): return np.concatenate([np.full(k, math.nan), x[:-k]])
def chain(f, *xs):  # a recursion over bars at which all inputs are known
    out = np.full(n, math.nan)
    for t in range(n):
        row = [x[t] for x in xs]
        if all(map(math.isfinite, row)): out[t] = f(*row)
    return out
def from_first(f, x, *a):  # a TA-Lib function over the known part
    k = int(np.argmax(np.isfinite(x)))
    return np.concatenate([np.full(k, math.nan), f(x[k:], *a)])

tr = ta.TRANGE(*hlc)
def fisher(place):
    value = y = 0.0
    def step(p):
        nonlocal value, y
        value = min(max(0.33 * 2 * (p - 0.5) + 0.67 * value, -0.999), 0.999)
        y = 0.5 * math.log((1 + value) / (1 - value)) + 0.5 * y
        return y
    return chain(step, place)
def laguerre(x, g):
    out = np.full(n, math.nan); l = [x[0]] * 4
    for t in range(n):
        a, b, d, e = l
        l0 = (1 - g) * x[t] + g * a; l1 = -g * l0 + a + g * b; l2 = -g * l1 + b + g * d; l3 = -g * l2 + d + g * e
        l = [l0, l1, l2, l3]
        cu = sum(max(p - q, 0) for p, q in zip(l, l[1:])); cd = sum(max(q - p, 0) for p, q in zip(l, l[1:]))
        if t > 0: out[t] = cu / (cu + cd)
    return out
def super_smoother(x, period):
    a = math.exp(-1.414213562373095 * math.pi / period); b = 2 * a * math.cos(1.414213562373095 * math.pi / period)
    y1 = y2 = None; out = np.full(n, math.nan)
    for t in range(1, n):
        if y1 is None: y1 = y2 = x[t]
        y = (1 - b + a * a) * (x[t] + x[t - 1]) / 2 + b * y1 - a * a * y2
        y1, y2, out[t] = y, y1, y
    return out
def high_pass(x, period):
    w = 0.7071067811865476 * 2 * math.pi / period; a = (math.cos(w) + math.sin(w) - 1) / math.cos(w)
    out = np.full(n, math.nan); y1 = y2 = 0.0
    for t in range(2, n):
        y = (1 - a / 2) ** 2 * (x[t] - 2 * x[t - 1] + x[t - 2]) + 2 * (1 - a) * y1 - (1 - a) ** 2 * y2
        y1, y2, out[t] = y, y1, y
    return out
run = np.zeros(n)
for t in range(1, n): run[t] = max(run[t - 1], 0) + 1 if c[t] > c[t - 1] else min(run[t - 1], 0) - 1 if c[t] < c[t - 1] else 0
med = (h + l) / 2
middle = lambda w: (ta.MAX(h, w) + ta.MIN(l, w)) / 2
span_a, span_b = lag((middle(9) + middle(26)) / 2, 26), lag(middle(52), 26)
cloud_top, cloud_bottom = np.maximum(span_a, span_b), np.minimum(span_a, span_b)
roc = lambda k: ta.ROC(c, k)
sma = lambda x, k: from_first(ta.SMA, x, k)
ema = lambda x, k: from_first(ta.EMA, x, k)
prev = lag(c, 1); true_low, true_high = np.fmin(l, prev), np.fmax(h, prev); true_low[0] = true_high[0] = math.nan
walk = lambda move, k: move / (lag(sma(tr, k), 1) * math.sqrt(k))
up_move, down_move = np.maximum(h - lag(h, 1), 0), np.maximum(lag(l, 1) - l, 0)
sym = lambda x: (x + 2 * lag(x, 1) + 2 * lag(x, 2) + lag(x, 3)) / 6
known = np.where(np.isfinite(prev), v, math.nan)
step = np.sign(c - prev)
hlc3 = (h + l + c) / 3
trend = np.where(np.abs(hlc3 / lag(hlc3, 1) - 1) < 1e-12, 0, np.sign(hlc3 - lag(hlc3, 1)))  # equal but for the last bits
published = {
    "fisher_10": fisher((med - ta.MIN(med, 10)) / (ta.MAX(med, 10) - ta.MIN(med, 10))),
    "laguerre_rsi": laguerre(c, 0.7),
    "super_smoother_slope_20": (super_smoother(c, 20) - lag(super_smoother(c, 20), 1)) / c,
    "decycler_125": high_pass(c, 125) / c,
    "streak": np.clip(np.where(np.isfinite(prev), run, math.nan), -20, 20),
    "connors_rsi": (ta.RSI(c, 3) + np.concatenate([[math.nan], ta.RSI(np.clip(run[1:], -20, 20), 2)])
        + from_first(ta.PERCENTRANK, c / prev - 1, 100)) / 3,
    "choppiness_14": 100 * np.log10(roll(tr, 14, np.sum) / (roll(true_high, 14, np.max) - roll(true_low, 14, np.min))) / math.log10(14),
    "ulcer_14": roll(c, 14, lambda w: math.sqrt(np.mean((w / np.maximum.accumulate(w) - 1) ** 2))),
    "cloud_distance": (np.maximum(c - cloud_top, 0) + np.minimum(c - cloud_bottom, 0)) / c,
    "cloud_thickness": (span_a - span_b) / c, "tenkan_kijun": (middle(9) - middle(26)) / c,
    "kst": sma(roc(10), 10) + 2 * sma(roc(15), 10) + 3 * sma(roc(20), 10) + 4 * sma(roc(30), 15),
    "random_walk_up": np.maximum(walk(h - lag(l, 8), 8), walk(h - lag(l, 24), 24)),
    "demarker_14": sma(up_move, 14) / (sma(up_move, 14) + sma(down_move, 14)),
    "relative_vigor_10": sma(sym(c - o), 10) / sma(sym(h - l), 10),
    "chandelier_long_22": (c - (ta.MAX(h, 22) - 3 * ta.ATR(*hlc, 22))) / c,
    "twiggs_money_flow_21": from_first(ta.RMA, (2 * c - true_high - true_low) / (true_high - true_low) * v, 21) / from_first(ta.RMA, known, 21),
    "klinger": (ema(trend * v, 34) - ema(trend * v, 55)) / ema(known, 55),
    "volume_zone_14": 100 * ema(step * v, 14) / ema(known, 14),
    "vw_macd_hist": (lambda m: (m - ema(m, 9)) / c)(ema(c * v, 12) / ema(v, 12) - ema(c * v, 26) / ema(v, 26)),
    "alligator_lips_jaws": (lag(ta.RMA(med, 5), 3) - lag(ta.RMA(med, 13), 8)) / c,
    "ease_of_movement_14": roll((med - lag(med, 1)) * (h - l) / sma(h - l, 14) ** 2 * sma(v, 14) / v, 14, np.mean),
    "gravity_7": roll(med, 7, lambda w: float(((np.arange(7) - 3) * w).sum() / w.sum() / 7)),
    "trend_intensity_30": (lambda d: 100 * roll(np.maximum(d, 0), 30, np.sum) / roll(np.abs(d), 30, np.sum))(c - ta.SMA(c, 60)),
    "wave_trend": (lambda d: ema(d / (0.015 * ema(np.abs(d), 10)), 21))((h + l + c) / 3 - ema((h + l + c) / 3, 10)),
}
at = [40, 64, 90, 121, 150, 200, 333, 500, 750, 999, 1310, 1600, 1625, 1650, 1699]
at = [t for t in at if t < n]
begin = {"supertrend_side": 10, "ht_trendmode": 63, "since_highest_120": 119, "since_lowest_120": 119}  # whole numbers: 0 stands for none
def shown(name, x):
    x = np.array(x, dtype=float)
    x[: begin.get(name, 0)] = math.nan
    known = np.isfinite(x)
    return {"first": int(np.argmax(known)), "values": [float(x[t]) if known[t] else None for t in at]}
out = {
    "bars": many(["open", "high", "low", "close", "volume"], bars),
    "at": at,
    "exact": {k: shown(k, x) for k, x in exact.items()},
    "seeded": {k: shown(k, x) for k, x in seeded.items()},
    "published": {k: shown(k, x) for k, x in published.items()},
}
target = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("technical.json"))
target.write_text(json.dumps(out, separators=(",", ":")) + "\n")
