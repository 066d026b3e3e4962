"""The tests of bench/truth.ts by Python packages. One JSON line asked ({"do": ...}), one answered ({"s": seconds})."""
import json
import sys
import time

import numpy as np


def noise(days: int, strategies: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    return 0.005 * rng.standard_normal((days, 1)) + 0.01 * rng.standard_normal((days, strategies))


def spa(days: int, strategies: int, draws: int, block: int) -> None:
    from arch.bootstrap import SPA

    test = SPA(np.zeros(days), -noise(days, strategies), block_size=block, reps=draws, seed=7)
    yield
    test.compute()
    test.pvalues


TASKS = {"spa": spa}

for line in sys.stdin:
    request = json.loads(line)
    task = TASKS[request.pop("do")](**request)
    next(task)  # what is not timed
    start = time.perf_counter()
    for _ in task:
        pass
    print(json.dumps({"s": time.perf_counter() - start}), flush=True)
