"""Replays a tape with hftbacktest and answers questions, one JSON line each: python matching.py --tape FILE --rows N

FILE: five columns of N float64 each: kind (0 bid level, 1 ask level, 2 buyer took, 3 seller took, 8 book unknown), exchange time and time seen
in microseconds, ticks, lots. A question {"depth": "hash map" | "vector", "quotes": true | false} is answered with the rows replayed a second and
the number of fills. Clocked, in seconds of the processor: the replay with the strategy of test/reference/matching/hft.py. Not clocked: reading, ordering the events, making
the backtest, and the compiler, which runs once before the first answer.
"""

import argparse
import json
import os
import sys
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "reference", "matching"))
import hft  # noqa: E402
from hftbacktest import (  # noqa: E402
    BUY_EVENT, DEPTH_EVENT, SELL_EVENT, TRADE_EVENT, HashMapMarketDepthBacktest, ROIVectorMarketDepthBacktest,
)

EVENTS = {0: DEPTH_EVENT | BUY_EVENT, 1: DEPTH_EVENT | SELL_EVENT, 2: TRADE_EVENT | BUY_EVENT, 3: TRADE_EVENT | SELL_EVENT}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tape", required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--start", type=int, required=True)
    parser.add_argument("--every", type=int, required=True)
    parser.add_argument("--looks", type=int, required=True)
    args = parser.parse_args()
    kind, at, seen, ticks, lots = np.fromfile(args.tape, "f8").reshape(5, args.rows)
    known = [k for k in range(args.rows) if kind[k] in EVENTS]
    # Tapes are in the exchange's order; the recorder's is that of the times seen, and hft.py sorts both ways.
    events = hft.events_of([(EVENTS[kind[k]], int(at[k]), int(seen[k]), ticks[k], lots[k]) for k in known])

    def once(depth, quotes):
        backtest = HashMapMarketDepthBacktest if depth == "hash map" else ROIVectorMarketDepthBacktest
        made = hft.asset(events, "risk-averse", (7_013_000, 4_007_000), False, 1.0)
        if depth == "vector":
            made = made.roi_lb(float(ticks[known].min())).roi_ub(float(ticks[known].max()))
        hbt = backtest([made])
        out = np.zeros((100_000, 5), np.int64)
        # Without quotes: the same looks, and a position limit of nothing.
        most = 1.0 if quotes else -1.0
        looks = args.looks if quotes else 1
        every = args.every if quotes else args.every * args.looks
        started = time.process_time()
        fills = hft.quoter(hbt, args.start * 1000, every * 1000, 1.0, 0, most, 1.0, looks, out)
        seconds = time.process_time() - started
        hbt.close()
        return {"rows_per_s": args.rows / seconds, "fills": int(fills)}

    for depth in ("hash map", "vector"):
        once(depth, True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(once(question["depth"], question["quotes"])), flush=True)


main()
