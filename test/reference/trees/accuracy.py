"""Held-out losses of LightGBM on synthetic tables, five seeds each: accuracy.json, read by src/models/trees/boosting/accuracy.test.ts.

The tables come from `table` below, which the test repeats to the bit (32-bit integers and sums of uniforms alone). Same settings on both
sides. A seed chooses LightGBM's bagging and columns, and our rounding of gradients besides.

    python accuracy.py > accuracy.json     (lightgbm 4.7)
"""

import json

import lightgbm as lgb
import numpy as np

SETTINGS = dict(rounds=60, learningRate=0.1, leaves=15, minDataInLeaf=20, baggingFraction=0.7, featureFraction=0.7)
TRAIN, TEST, FEATURES, MOMENT = 3000, 3000, 10, 30
CLASSES, ALPHA, GRADES, TRUNCATION = 3, 0.8, 5, 10


def uniforms(seed, count):
    """xorshift32 (Marsaglia 2003), as fractions of 2^32."""
    out, x = np.empty(count), np.uint32(seed)
    state = int(x)
    for i in range(count):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        out[i] = state / 2**32
    return out


def table(seed):
    rows = TRAIN + TEST
    u = uniforms(seed, rows * (FEATURES + 2))
    x = u[: rows * FEATURES].reshape(rows, FEATURES).astype(np.float32)
    noise = u[rows * FEATURES : rows * (FEATURES + 1)] + u[rows * (FEATURES + 1) :] - 1
    v = x.astype(float)
    y = (
        4 * v[:, 0] * v[:, 1] - 1 + 2 * (v[:, 2] - 0.5) ** 2 - 1 / 6 + 0.5 * (v[:, 3] - 0.5)
        + np.where(v[:, 4] > 0.7, 0.3, 0) - 0.09 + noise
    )
    x[:, 5][x[:, 5] < 0.2] = np.nan
    return x, y


def grades(y):
    ranks = np.concatenate([np.argsort(np.argsort(q)) for q in y.reshape(-1, MOMENT)])
    return (2 * ranks + 1) * GRADES // (2 * MOMENT)


x, y = table(2463534242)
train, test = slice(0, TRAIN), slice(TRAIN, TRAIN + TEST)
bounds = np.sort(y[train])[[int(np.ceil(c * TRAIN / CLASSES)) - 1 for c in range(1, CLASSES)]]
of_class = np.searchsorted(bounds, y, side="left")


def fit(objective, label, seed, **more):
    s = SETTINGS
    query = [MOMENT] * (TRAIN // MOMENT) if objective == "lambdarank" else None
    params = dict(
        objective=objective, learning_rate=s["learningRate"], num_leaves=s["leaves"], min_data_in_leaf=s["minDataInLeaf"],
        bagging_fraction=s["baggingFraction"], bagging_freq=1, feature_fraction=s["featureFraction"], seed=seed, verbose=-1, num_threads=1,
        max_bin=255, **more,
    )
    return lgb.train(params, lgb.Dataset(x[train], label[train], group=query), s["rounds"]).predict(x[test], raw_score=True)


def ndcg(score):
    gain, discount = 2.0 ** grades(y[test]) - 1, 1 / np.log2(2 + np.arange(TRUNCATION))
    total = 0
    for g, s in zip(gain.reshape(-1, MOMENT), score.reshape(-1, MOMENT)):
        total += (g[np.argsort(-s, kind="stable")[:TRUNCATION]] * discount).sum() / (np.sort(g)[::-1][:TRUNCATION] * discount).sum()
    return total / (TEST // MOMENT)


def soft(s):
    e = np.exp(s - s.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


middle = np.median(y[train])
DELTA = 1.35 * 1.4826 * np.median(np.abs(y[train] - middle))


def huber(r):
    return np.mean(np.where(np.abs(r) <= DELTA, r * r / 2, DELTA * (np.abs(r) - DELTA / 2)))


rise = (y > 0).astype(int)
losses = {
    "squared": lambda seed: np.mean((y[test] - fit("regression", y, seed)) ** 2),
    "huber": lambda seed: huber(y[test] - fit("huber", y, seed, alpha=DELTA)),
    "quantile": lambda seed: np.mean(np.maximum(ALPHA * (r := y[test] - fit("quantile", y, seed, alpha=ALPHA)), (ALPHA - 1) * r)),
    "binary": lambda seed: np.mean(np.log1p(np.exp(-np.where(rise[test] == 1, 1, -1) * fit("binary", rise, seed)))),
    "multiclass": lambda seed: -np.mean(np.log(soft(fit("multiclass", of_class, seed, num_class=CLASSES))[np.arange(TEST), of_class[test]])),
    "lambdarank": lambda seed: 1 - ndcg(fit("lambdarank", grades(y), seed, lambdarank_truncation_level=TRUNCATION)),
}
print(json.dumps(dict(
    settings=SETTINGS, train=TRAIN, test=TEST, features=FEATURES, moment=MOMENT, classes=CLASSES, alpha=ALPHA, grades=GRADES,
    truncation=TRUNCATION, checksum=float(y.sum()), losses={name: [float(loss(seed)) for seed in range(1, 6)] for name, loss in losses.items()},
    lightgbm=lgb.__version__,
), indent=1))
