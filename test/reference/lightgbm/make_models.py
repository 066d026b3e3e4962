"""Models of LightGBM as its own text, what it predicts with them, and how it and the shap package explain them.

Run in this folder with lightgbm 4.7, shap 0.51 and numpy: python make_models.py
Writes NAME.txt per model and expected.json. Numbers that are not known are null.
"""

import json

import lightgbm as lgb
import numpy as np
import shap

FEATURES = ["momentum", "value", "size", "sector", "age", "flow"]
SECTOR = 3
rng = np.random.default_rng(7)


def table(rows):
    x = rng.normal(size=(rows, len(FEATURES)))
    x[:, SECTOR] = rng.integers(0, 70, rows)
    x[:, 4] = np.where(rng.random(rows) < 0.6, 0.0, x[:, 4])  # sparse
    x[rng.random(x.shape) < 0.08] = np.nan
    return x


train = table(1500)
known = np.nan_to_num(train)
signal = known[:, 0] * known[:, 1] + np.sin(2 * known[:, 2]) + (known[:, SECTOR] % 7 - 3) / 3 + known[:, 4]
target = signal + 0.5 * rng.normal(size=len(signal))
direction = (target > 0).astype(float)
three = np.digitize(target, [-1, 1]).astype(float)
positive = np.exp(target / 3)
grade = np.clip(np.round(target + 2), 0, 4)
groups = [50] * 30

rows = table(40)
rows[0] = np.nan
rows[1] = 0
rows[2, SECTOR] = -3
rows[3, SECTOR] = 1e9
rows[4, SECTOR] = 12.7
rows[5, SECTOR] = -0.5
rows[6, :3] = [1e300, -1e300, 1e-36]
rows[7, 4] = -1e-36
background = table(20)

BASE = {"num_leaves": 15, "min_data_in_leaf": 5, "learning_rate": 0.2, "verbose": -1, "num_threads": 1, "seed": 1}
CATEGORIES = {"categories": [SECTOR], "min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 4}

MODELS = {
    "regression": ({"objective": "regression"}, target),
    "zero-as-missing": ({"objective": "regression", "zero_as_missing": True}, target),
    "no-missing": ({"objective": "regression", "use_missing": False}, target),
    "categorical": ({"objective": "regression", **CATEGORIES}, target),
    "categorical-no-missing": ({"objective": "regression", "use_missing": False, **CATEGORIES}, target),
    "deep": ({"objective": "regression", "num_leaves": 200, "min_data_in_leaf": 1, "learning_rate": 0.5, "rounds": 2}, target**3),
    "constant": ({"objective": "regression"}, np.full(len(target), 0.25)),
    "l1": ({"objective": "regression_l1"}, target),
    "huber": ({"objective": "huber"}, target),
    "quantile": ({"objective": "quantile", "alpha": 0.8}, target),
    "square-root": ({"objective": "regression", "reg_sqrt": True}, target),
    "poisson": ({"objective": "poisson"}, positive),
    "binary": ({"objective": "binary", "sigmoid": 0.7}, direction),
    "cross-entropy": ({"objective": "cross_entropy"}, direction),
    "multiclass": ({"objective": "multiclass", "num_class": 3, **CATEGORIES}, three),
    "one-against-all": ({"objective": "multiclassova", "num_class": 3}, three),
    "lambdarank": ({"objective": "lambdarank"}, grade),
    "forest": ({"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "learning_rate": 1}, target),
    "forest-binary": ({"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, direction),
    "dart": ({"objective": "regression", "boosting": "dart", "drop_rate": 0.5}, target),
    "linear-leaves": ({"objective": "regression", "linear_tree": True, "rounds": 1}, target),
}
# The shap package walks these itself: it knows no zero_as_missing and no categories of LightGBM, and adds classes up.
INTERVENTIONAL = ["regression", "deep", "binary", "huber"]
INTERACTIONS = ["regression", "deep", "binary"]


def listed(values):
    values = np.asarray(values, dtype=np.float64)
    return [[None if np.isnan(v) else float(v) for v in row] for row in values.reshape(len(values), -1)]


expected = {"features": FEATURES, "rows": listed(rows), "background": listed(background), "models": {}}
for name, (settings, label) in MODELS.items():
    settings = {**BASE, **settings}
    rounds = settings.pop("rounds", 6)
    group = groups if name == "lambdarank" else None
    categories = settings.pop("categories", "auto")
    data = lgb.Dataset(train, label, group=group, feature_name=FEATURES, categorical_feature=categories)
    booster = lgb.train(settings, data, rounds)
    booster.save_model(f"{name}.txt")
    with open(f"{name}.txt") as file:
        text = file.read()
    # The settings of the training are not read, and are most of the file.
    with open(f"{name}.txt", "w") as file:
        file.write(text.split("\nparameters:")[0] + "\n")
    booster = lgb.Booster(model_file=f"{name}.txt")
    if name == "linear-leaves":
        continue
    entry = {"predictions": listed(booster.predict(rows)), "raw": listed(booster.predict(rows, raw_score=True))}
    if not name.startswith("forest"):
        entry["contributions"] = listed(booster.predict(rows, pred_contrib=True))
    if name in INTERVENTIONAL:
        values = shap.TreeExplainer(booster, background, feature_perturbation="interventional").shap_values(
            rows, check_additivity=False
        )
        entry["interventional"] = listed(values)
    if name in INTERACTIONS:
        explainer = shap.TreeExplainer(booster)
        entry["interactions"] = listed(explainer.shap_interaction_values(rows[:12]))
    expected["models"][name] = entry

with open("expected.json", "w") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")
