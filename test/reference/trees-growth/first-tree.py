"""First trees of LightGBM 4.7 on small tables with whole gradients, for src/models/trees/growth: python first-tree.py > first-tree.json"""
import json

import lightgbm as lgb
import numpy as np

ROWS = 400
CASES = {
    "plain": {},
    "penalties": {"lambda_l1": 3, "lambda_l2": 5, "min_gain_to_split": 3},
    "depth": {"max_depth": 3, "min_data_in_leaf": 20},
    "hessian": {"min_sum_hessian_in_leaf": 40, "min_data_in_leaf": 1},
    "monotone": {"monotone_constraints": [1, -1, 0, 0], "monotone_constraints_method": "basic"},
    "categories": {"categorical": [3], "cat_l2": 0, "cat_smooth": 4, "min_data_per_group": 12},
    "one-hot": {"categorical": [3], "max_cat_to_onehot": 40, "cat_l2": 0},
}


def grow(name, settings):
    rng = np.random.default_rng(len(name))
    x = np.stack([rng.integers(0, 60, ROWS), rng.integers(0, 9, ROWS), rng.integers(-200, 200, ROWS), rng.integers(0, 24, ROWS)], 1).astype(float)
    x[rng.random(x.shape) < 0.08] = np.nan
    y = 3 * np.nan_to_num(x[:, 0]) - 9 * np.nan_to_num(x[:, 1]) + 40 * np.isin(x[:, 3], [2, 3, 11, 17]) + 20 * np.isnan(x[:, 2])
    gradient = np.round(np.mean(y) - y + rng.normal(0, 20, ROWS))
    hessian = rng.integers(1, 6, ROWS).astype(float) if name == "hessian" else np.ones(ROWS)
    categorical = settings.pop("categorical", "auto")
    parameters = {
        "objective": lambda prediction, data: (gradient, hessian),
        "num_leaves": 12, "learning_rate": 1.0, "min_data_in_leaf": 10, "min_data_in_bin": 1, "max_bin": 255, "min_sum_hessian_in_leaf": 0,
        "boost_from_average": False, "verbose": -1, "num_threads": 1, "deterministic": True, "feature_pre_filter": False, **settings,
    }
    data = lgb.Dataset(x, y, params=parameters, categorical_feature=categorical, free_raw_data=False)
    model = lgb.train(parameters, data, 1)
    gains = []

    def walk(node):
        if "split_gain" in node:
            gains.append(node["split_gain"])
            walk(node["left_child"])
            walk(node["right_child"])

    walk(model.dump_model()["tree_info"][0]["tree_structure"])
    return {
        "name": name,
        "x": [None if np.isnan(v) else int(v) for v in x.ravel()],
        "gradient": [int(v) for v in gradient],
        "hessian": [int(v) for v in hessian],
        "value": [round(float(v), 9) for v in model.predict(x, raw_score=True)],
        "gains": sorted(round(float(g), 4) for g in gains),
    }


print(json.dumps([grow(name, settings) for name, settings in CASES.items()], separators=(",", ":")))
