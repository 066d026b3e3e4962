"""The tests of bench/truth.ts by Python packages. One JSON line asked ({"do": ...}), one answered ({"s": seconds})."""
import json
import sys
import time
from collections.abc import Iterator

import numpy as np


def noise(days: int, strategies: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    return 0.005 * rng.standard_normal((days, 1)) + 0.01 * rng.standard_normal((days, strategies))


def spa(days: int, strategies: int, draws: int, block: int) -> Iterator[None]:
    from arch.bootstrap import SPA

    test = SPA(np.zeros(days), -noise(days, strategies), block_size=block, reps=draws, seed=7)
    yield
    test.compute()
    test.pvalues


def cscv(days: int, strategies: int, blocks: int) -> None:
    """No package offers it; NumPy as a careful user writes it: sums per block, all splits in one matrix product."""
    from itertools import combinations

    returns = noise(days, strategies)
    yield
    bounds = [b * days // blocks for b in range(blocks + 1)]
    sums = np.array([returns[a:b].sum(0) for a, b in zip(bounds, bounds[1:])])
    squares = np.array([(returns[a:b] ** 2).sum(0) for a, b in zip(bounds, bounds[1:])])
    length = np.diff(bounds)
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    train = np.zeros((len(chosen), blocks))
    np.put_along_axis(train, chosen, 1.0, axis=1)

    def sharpe(which: np.ndarray) -> np.ndarray:
        n = (which @ length)[:, None]
        total = which @ sums
        return total / n / np.sqrt((which @ squares - total**2 / n) / (n - 1))

    inside, outside = sharpe(train), sharpe(1 - train)
    best = inside.argmax(1)
    own = np.take_along_axis(outside, best[:, None], 1)
    place = ((outside < own).sum(1) + ((outside == own).sum(1) + 1) / 2) / (strategies + 1)
    logits = np.log(place / (1 - place))
    np.mean(logits <= 0)
    np.polyfit(inside.max(1), own[:, 0], 1)


def deflated(days: int, strategies: int) -> None:
    from scipy.stats import norm

    returns = noise(days, strategies)
    yield
    mean, deviation = returns.mean(0), returns.std(0)
    z = (returns - mean) / deviation
    skewness, kurtosis = (z**3).mean(0), (z**4).mean(0)
    sharpe = mean / deviation
    gamma = 0.5772156649015329
    luck = np.sqrt(1 / days) * ((1 - gamma) * norm.ppf(1 - 1 / strategies) + gamma * norm.ppf(1 - 1 / (strategies * np.e)))
    norm.cdf((sharpe - luck) * np.sqrt(days - 1) / np.sqrt(1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2))


def cpcv(rows: int, groups: int, tested: int, purged: int, embargo: int, training: int) -> None:
    from skfolio.model_selection import CombinatorialPurgedCV

    x = np.zeros((rows, 1))
    cv = CombinatorialPurgedCV(n_folds=groups, n_test_folds=tested, purged_size=purged, embargo_size=embargo)
    yield
    found = sum(len(train) for train, _ in cv.split(x))
    assert found == training, found


def interval(days: int, draws: int, block: int) -> Iterator[None]:
    from arch.bootstrap import StationaryBootstrap

    bootstrap = StationaryBootstrap(block, noise(days, 1)[:, 0], seed=7)
    yield
    bootstrap.conf_int(lambda x: x.mean() / x.std(ddof=1), reps=draws, method="percentile")


def confidence_set(days: int, models: int, draws: int, block: int, statistic: str) -> Iterator[None]:
    from arch.bootstrap import MCS

    losses = noise(days, models) ** 2
    yield
    MCS(losses, 0.05, reps=draws, block_size=block, method="R" if statistic == "range" else "max", seed=7).compute()


TASKS = {"cpcv": cpcv, "spa": spa, "interval": interval, "set": confidence_set, "cscv": cscv, "deflated": deflated}

for line in sys.stdin:
    request = json.loads(line)
    task = TASKS[request.pop("do")](**request)
    next(task)  # what is not timed
    start = time.perf_counter()
    for _ in task:
        pass
    print(json.dumps({"s": time.perf_counter() - start}), flush=True)
