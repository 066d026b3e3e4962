"""Gradients, curvatures, starting scores and losses of LightGBM's objectives: objectives.json, read by
src/models/trees/objectives/objectives.test.ts.

LightGBM does not give out the derivatives of its own objectives, but a tree of one round at learning rate 1 without penalties does: the value
of a leaf is -G / H of its rows, and the dump gives H. Rows get leaves of their own where splitting gains anything; where several share one,
the sums are compared. LightGBM keeps derivatives as float32, and LambdaRank's sigmoid in a table.

    python objectives.py > objectives.json     (lightgbm 4.7)
"""

import json

import lightgbm as lgb
import numpy as np

rng = np.random.default_rng(7)
ROWS, QUERIES = 48, 4
y = np.round(rng.standard_t(3, ROWS) * 0.02, 4)
score = np.round(rng.normal(0, 0.02, ROWS), 4)
weight = np.round(rng.uniform(0.2, 3, ROWS), 2)
group = [12] * QUERIES
x = np.arange(ROWS, dtype=float).reshape(-1, 1)


def leaves(objective, label, start, w, query, outputs=1):
    """Per output: leaf, value and curvature per row of one tree over the given raw scores."""
    params = dict(
        objective=objective, learning_rate=1, num_leaves=ROWS, min_data_in_leaf=1, min_data_in_bin=1, min_sum_hessian_in_leaf=1e-9,
        lambda_l1=0, lambda_l2=0, boost_from_average=False, max_bin=255, verbose=-1, deterministic=True, num_threads=1, seed=1,
        **EXTRA.get(objective, {}),
    )
    data = lgb.Dataset(x, label, weight=w, group=query, init_score=start, free_raw_data=False)
    booster = lgb.train(params, data, 1)
    out = []
    for tree in booster.dump_model()["tree_info"]:
        found = {}

        def walk(node):
            if "leaf_index" in node:
                found[node["leaf_index"]] = (node["leaf_value"], node.get("leaf_weight"))
            elif "left_child" in node:
                walk(node["left_child"])
                walk(node["right_child"])
            else:
                found[0] = (node["leaf_value"], node.get("leaf_weight"))

        walk(tree["tree_structure"])
        leaf = booster.predict(x, pred_leaf=True, start_iteration=0)
        leaf = np.asarray(leaf).reshape(ROWS, -1)[:, tree["tree_index"]]
        out.append(dict(leaf=[int(l) for l in leaf], value=[found[l][0] for l in leaf], hessian=[found[l][1] for l in leaf]))
    assert len(out) == outputs
    return out


def base(objective, label, w):
    """The score that LightGBM starts from."""
    params = dict(objective=objective, num_leaves=2, min_data_in_leaf=ROWS, verbose=-1, **EXTRA.get(objective, {}))
    booster = lgb.train(params, lgb.Dataset(x, label, weight=w), 1)
    return [float(v) for v in np.atleast_1d(booster.predict(x[:1], raw_score=True)[0])]


def loss(metric, objective, label, start, w, query):
    params = dict(objective=objective, metric=metric, num_leaves=2, min_data_in_leaf=10 * ROWS, verbose=-1, boost_from_average=False,
                  **EXTRA.get(objective, {}))
    data = lgb.Dataset(x, label, weight=w, group=query, init_score=start, free_raw_data=False)
    record = {}
    lgb.train(params, data, 1, valid_sets=[data], valid_names=["v"], callbacks=[lgb.record_evaluation(record)])
    return list(record["v"].values())[0][0]


DELTA, ALPHA, CLASSES, GRADES, TRUNCATION = 0.02, 0.3, 3, 5, 4
EXTRA = {
    "huber": dict(alpha=DELTA),
    "quantile": dict(alpha=ALPHA),
    "multiclass": dict(num_class=CLASSES),
    "lambdarank": dict(lambdarank_truncation_level=TRUNCATION, label_gain=[2**g - 1 for g in range(GRADES)], eval_at=[TRUNCATION]),
}
rise = (y > 0).astype(int)
bounds = np.sort(y)[[int(np.ceil(c * ROWS / CLASSES)) - 1 for c in range(1, CLASSES)]]
of_class = np.searchsorted(bounds, y, side="left")
of_many = np.concatenate([score * 20 * (c + 1) for c in range(CLASSES)])
grade = np.concatenate([(2 * np.argsort(np.argsort(y[q * 12:(q + 1) * 12])) + 1) * GRADES // 24 for q in range(QUERIES)])
assert len(set(y[0:12])) == 12

cases = []
for name, label, start, outputs, metric in [
    ("squared", y, score, 1, "l2"),
    ("huber", y, score, 1, "huber"),
    ("quantile", y, score, 1, "quantile"),
    ("binary", rise, score * 20, 1, "binary_logloss"),
    ("multiclass", of_class, of_many, CLASSES, "multi_logloss"),
    ("lambdarank", grade, score * 20, 1, "ndcg"),
]:
    kind = "regression" if name == "squared" else name
    query = group if name == "lambdarank" else None
    for w in [None, weight]:
        if name == "lambdarank" and w is not None:
            continue  # LightGBM weighs pairs there by a mean over the query
        cases.append(dict(
            objective=name,
            weighted=w is not None,
            scores=[float(v) for v in start],
            trees=leaves(kind, label, start, w, query, outputs) if name != "quantile" else None,
            base=base(kind, label, w) if name not in ("huber", "lambdarank", "quantile") else None,
            loss=loss(metric, kind, label, start, w, query),
        ))
print(json.dumps(dict(
    y=[float(v) for v in y], weight=[float(v) for v in weight], query=12, delta=DELTA, alpha=ALPHA, classes=CLASSES, grades=GRADES,
    truncation=TRUNCATION, cases=cases, lightgbm=lgb.__version__,
)))
