"""Fills of hftbacktest on a recording of Binance futures: python hft.py RECORDING.gz > fills.json

pip install hftbacktest==2.4.4. Reads the recorder's lines by itself; sizes are lots of 0.001 and prices ticks of 0.1, both whole numbers, so
that its floats are exact. The recorder's clock ran behind: every local time is moved by SHIFT_US, and never lies before the exchange's.
Event order: by the exchange's stamps for the exchange, by the recorder's for the strategy (hftbacktest.data.correct_event_order).
The strategy is that of src/app/matching/quoter.ts. Each case: fills as [order, exchange time us - BASE_US, ticks, lots, maker].
"""

import gzip
import json
import sys

import numpy as np
from numba import njit
from hftbacktest import (
    ALL_ASSETS, BUY_EVENT, DEPTH_EVENT, DEPTH_SNAPSHOT_EVENT, GTX, LIMIT, NONE, SELL_EVENT, TRADE_EVENT,
    BacktestAsset, HashMapMarketDepthBacktest, ROIVectorMarketDepthBacktest, event_dtype,
)
from hftbacktest.data import correct_event_order, validate_event_order
from hftbacktest.order import CANCELED, EXPIRED, FILLED, IOC, NEW, PARTIALLY_FILLED

TICK, LOT = 0.1, 0.001
SHIFT_US = 1_300_000
BASE_US = 1_723_161_250_000_000


def whole(text, unit):
    value = round(float(text) / unit)
    assert abs(value * unit - float(text)) < 1e-9 * max(1.0, float(text)), text
    return float(value)


def rows_of(path):
    """(event, exchange us, seen us, ticks, lots), in the order of the file, from the snapshot on."""
    rows, waiting, last, seen = [], [], None, 0
    for line in gzip.open(path, "rt"):
        stamp, text = line.split(" ", 1)
        data = json.loads(text)
        data = data.get("data", data)
        kind = data.get("e")
        at = (data["T"] if "T" in data else data["E"]) * 1000 if "E" in data else None
        seen = max(seen, int(stamp[:16]) + SHIFT_US, at)
        if "lastUpdateId" in data:
            last = data["lastUpdateId"]
            sides = [{}, {}]
            changes = [(data["bids"], data["asks"])]
            for diff in waiting:
                if diff["u"] >= last:
                    changes.append((diff["b"], diff["a"]))
                    last = diff["u"]
            for change in changes:
                for side, levels in zip(sides, change):
                    for price, size in levels:
                        side[whole(price, TICK)] = whole(size, LOT)
            for event, side, sign in ((BUY_EVENT, sides[0], -1), (SELL_EVENT, sides[1], 1)):
                for ticks in sorted(side, key=lambda t: t * sign):
                    if side[ticks] > 0:
                        rows.append((DEPTH_SNAPSHOT_EVENT | event, at, seen, ticks, side[ticks]))
        elif kind == "depthUpdate":
            if last is None:
                waiting.append(data)
            elif data["u"] > last or rows == []:
                last = data["u"]
                for event, levels in ((BUY_EVENT, data["b"]), (SELL_EVENT, data["a"])):
                    for price, size in levels:
                        rows.append((DEPTH_EVENT | event, at, seen, whole(price, TICK), whole(size, LOT)))
        elif kind == "trade" and float(data["q"]) > 0:
            rows.append((TRADE_EVENT | (SELL_EVENT if data["m"] else BUY_EVENT), at, seen, whole(data["p"], TICK), whole(data["q"], LOT)))
    return rows


def events_of(rows):
    data = np.zeros(len(rows), event_dtype)
    for k, (ev, at, seen, px, qty) in enumerate(rows):
        data[k] = (ev, at * 1000, seen * 1000, px, qty, 0, 0, 0.0)
    ordered = correct_event_order(data, np.argsort(data["exch_ts"], kind="mergesort"), np.argsort(data["local_ts"], kind="mergesort"))
    validate_event_order(ordered)
    return ordered


@njit
def quoter(hbt, start_ns, every_ns, lots, offset, most, lot, looks, out):
    hbt.elapse(0)
    hbt.elapse(start_ns - hbt.current_timestamp)
    buy = sell = close = 0
    buy_off = sell_off = False
    buy_ticks = sell_ticks = 0
    count, fills, position = 0, 0, 0.0
    told = np.zeros(100_000, np.float64)
    orders = hbt.orders(0)
    for look in range(looks):
        # What was heard: orders that ended, or traded in part.
        for k in range(3):
            id = buy if k == 0 else (sell if k == 1 else close)
            if id == 0:
                continue
            order = orders.get(id)
            done = round((order.qty - order.leaves_qty) / lot)
            if done > told[id] + 0.5:
                out[fills, 0] = id
                out[fills, 1] = order.exch_timestamp // 1000
                out[fills, 2] = order.exec_price_tick
                out[fills, 3] = done - told[id]
                out[fills, 4] = 1 if order.arr[0].maker else 0
                fills += 1
                position += (done - told[id]) * order.side
                told[id] = done
            if order.status == FILLED or order.status == CANCELED or order.status == EXPIRED:
                if k == 0:
                    buy, buy_off = 0, False
                elif k == 1:
                    sell, sell_off = 0, False
                else:
                    close = 0
        hbt.clear_inactive_orders(0)
        depth = hbt.depth(0)
        bid, ask = depth.best_bid_tick, depth.best_ask_tick
        if bid > 0 and ask < 1_000_000_000:
            want = bid - offset
            if buy == 0:
                if position < most:
                    count += 1
                    buy, buy_ticks = count, want
                    hbt.submit_buy_order(0, buy, want, lots * lot, GTX, LIMIT, False)
            elif not buy_off and (buy_ticks != want or position >= most):
                buy_off = True
                hbt.cancel(0, buy, False)
            want = ask + offset
            if sell == 0:
                if position > -most:
                    count += 1
                    sell, sell_ticks = count, want
                    hbt.submit_sell_order(0, sell, want, lots * lot, GTX, LIMIT, False)
            elif not sell_off and (sell_ticks != want or position <= -most):
                sell_off = True
                hbt.cancel(0, sell, False)
            if abs(position) >= most and close == 0:
                count += 1
                close = count
                if position > 0:
                    hbt.submit_sell_order(0, close, bid, abs(position) * lot, IOC, LIMIT, False)
                else:
                    hbt.submit_buy_order(0, close, ask, abs(position) * lot, IOC, LIMIT, False)
        error = hbt.elapse(every_ns)
        if error > 1:
            return -error
    return fills


def asset(events, queue, latency, partial, lot):
    made = BacktestAsset().data(events).linear_asset(1.0).tick_size(1.0).lot_size(lot).last_trades_capacity(0)
    made = made.constant_order_latency(*latency) if len(latency) == 2 else made.intp_order_latency(latency)
    made = {
        "risk-averse": lambda a: a.risk_adverse_queue_model(),
        "power": lambda a: a.power_prob_queue_model(3.0),
        "log": lambda a: a.log_prob_queue_model(),
    }[queue](made)
    made = made.partial_fill_exchange() if partial else made.no_partial_fill_exchange()
    return made.trading_value_fee_model(0.0, 0.0)


START_US = 1_723_161_260_000_037
EVERY_US = 50_000
LATENCY_US = (7_013, 4_007)


def recorded():
    """Requests as if recorded once a second: the same rule stands in the test."""
    rows = np.zeros(400, np.dtype([("req_ts", "i8"), ("exch_ts", "i8"), ("resp_ts", "i8"), ("_padding", "i8")], align=True))
    for k in range(len(rows)):
        sent = 1_723_161_255_000_000 + k * 1_000_000
        there = sent + 3_000 + (k * 7_919) % 9_000
        rows[k] = (sent * 1000, there * 1000, (there + 2_000 + (k * 104_729) % 5_000) * 1000, 0)
    return rows


CASES = [
    # queue, latency, lots, offset, most, partial fills; the log model counts units of the asset, so that its sizes are bitcoins
    ("risk-averse", LATENCY_US, 1, 0, 1, False),
    ("risk-averse", LATENCY_US, 1, 2, 4, False),
    ("risk-averse", "recorded", 1, 0, 1, False),
    ("power", LATENCY_US, 1, 0, 1, False),
    ("log", LATENCY_US, 1, 0, 1, False),
    ("log", LATENCY_US, 1, 2, 4, True),
    ("risk-averse", LATENCY_US, 50, 3, 200, True),
    ("risk-averse", LATENCY_US, 50, 0, 200, False),
]


def run(events, looks, queue, latency, lots, offset, most, partial, backtest=HashMapMarketDepthBacktest):
    ns = recorded() if latency == "recorded" else tuple(us * 1000 for us in latency)
    lot = LOT if queue == "log" else 1.0
    if queue == "log":
        events = events.copy()
        events["qty"] = np.round(events["qty"] * LOT, 3)
    hbt = backtest([asset(events, queue, ns, partial, lot)])
    out = np.zeros((20_000, 5), np.int64)
    fills = quoter(hbt, START_US * 1000, EVERY_US * 1000, float(lots), offset, float(most), lot, looks, out)
    hbt.close()
    if fills < 0:
        raise SystemExit(f"hftbacktest ended with error {-fills}")
    return [[int(a), int(b) - BASE_US, int(c), int(d), int(e)] for a, b, c, d, e in out[:fills]]


def main():
    rows = rows_of(sys.argv[1])
    events = events_of(rows)
    looks = (rows[-1][1] - START_US) // EVERY_US
    print(len(rows), "rows", len(events), "events", looks, "looks", file=sys.stderr)
    cases = []
    for queue, latency, lots, offset, most, partial in CASES:
        fills = run(events, looks, queue, latency, lots, offset, most, partial)
        print(queue, latency, lots, offset, most, partial, len(fills), "fills", sum(f[3] for f in fills), "lots", file=sys.stderr)
        settings = {"queue": queue, "latency": latency, "lots": lots, "offsetTicks": offset, "mostLots": most, "partialFills": partial}
        cases.append({**settings, "fills": fills})
    head = {"package": "hftbacktest 2.4.4", "rows": len(rows), "shiftUs": SHIFT_US, "baseUs": BASE_US, "startUs": START_US, "everyUs": EVERY_US, "looks": int(looks)}
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    print(json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(lines) + "\n]}")


if __name__ == "__main__":
    main()
