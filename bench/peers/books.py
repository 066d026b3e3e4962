"""Maintains one order book by price in Python, on sortedcontainers: python books.py --messages FILE

FILE: one message a line, first 1 for a snapshot or 0 for a change, then bids and asks as [ticks, size, ticks, size, ...], all as JSON.
Clocked: applying every message and reading the best bid and ask after it. Not clocked: reading and parsing FILE, building the lists.
Prints messages per second, and microseconds per message at the median and the 99th percentile.
"""

import argparse
import gc
import json
import time


class Sorted:
    """sortedcontainers.SortedDict a side: what a Python programmer would write."""

    def __init__(self):
        from sortedcontainers import SortedDict

        self.bids, self.asks = SortedDict(), SortedDict()

    def apply(self, snapshot, bids, asks):
        if snapshot:
            self.bids.clear()
            self.asks.clear()
        for side, changes in ((self.bids, bids), (self.asks, asks)):
            for ticks, size in changes:
                if size == 0:
                    side.pop(ticks, None)
                else:
                    side[ticks] = size

    def best(self):
        return (self.bids.peekitem(-1) if self.bids else None, self.asks.peekitem(0) if self.asks else None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", required=True)
    args = parser.parse_args()
    pairs = lambda flat: list(zip(flat[::2], flat[1::2]))
    with open(args.messages) as file:
        messages = [(m[0], pairs(m[1]), pairs(m[2])) for m in map(json.loads, file)]
    book = Sorted()
    gc.disable()  # in the peer's favour
    started = time.perf_counter()
    for snapshot, bids, asks in messages:
        book.apply(snapshot, bids, asks)
        book.best()
    seconds = time.perf_counter() - started
    best = book.best()
    # Once more, message by message.
    book = Sorted()
    took = []
    for snapshot, bids, asks in messages:
        t = time.perf_counter_ns()
        book.apply(snapshot, bids, asks)
        book.best()
        took.append(time.perf_counter_ns() - t)
    took.sort()
    at = lambda part: took[int(part * (len(took) - 1))] / 1000
    print(
        json.dumps(
            {"messages_per_s": len(messages) / seconds, "p50_us": at(0.5), "p99_us": at(0.99), "bid": best[0][0], "ask": best[1][0]}
        )
    )


main()
