"""One tree library beside ours: trains, predicts and explains on the files of bench/trees-data.ts. One JSON line asked, one answered.

Usage: trees.py lightgbm|xgboost|sklearn FOLDER [--threads N]

Each runs in the quickest way that it offers for the same work (200 trees of at most 31 leaves, rate 0.1, 255 bins): LightGBM by default and
with quantized gradients, single rows by its fast C function.
"""
import argparse
import ctypes
import json
import pathlib
import sys
import time
import warnings

import numpy as np

from peak_rss import peak_rss_mb

ROUNDS, LEAVES, RATE, LEAST_ROWS = 200, 31, 0.1, 20
SHAP_ROWS = 1000
BULK_ROWS = 100_000


class Files:
    def __init__(self, folder: str) -> None:
        at = pathlib.Path(folder)
        self.meta = json.loads((at / "meta.json").read_text())
        k = self.meta["features"]
        self.x = np.fromfile(at / "x.f32", np.float32).reshape(-1, k)
        self.y = np.fromfile(at / "y.f64", np.float64)
        self.tx = np.fromfile(at / "tx.f32", np.float32).reshape(-1, k)
        self.ty = np.fromfile(at / "ty.f64", np.float64)
        self.binary = self.meta["task"] == "binary"

    def score(self, raw: np.ndarray) -> float:
        """Area under the curve, or root mean square error."""
        if not self.binary:
            return float(np.sqrt(np.mean((raw - self.ty) ** 2)))
        order = np.argsort(raw, kind="stable")
        ranks = np.empty(len(raw))
        ranks[order] = np.arange(1, len(raw) + 1)
        up = self.ty > 0
        return float((ranks[up].sum() - up.sum() * (up.sum() + 1) / 2) / (up.sum() * (~up).sum()))


class LightGbm:
    def __init__(self, files: Files, threads: int) -> None:
        import lightgbm

        self.lib, self.files = lightgbm, files
        self.params = {
            "objective": "binary" if files.binary else "regression",
            "num_leaves": LEAVES,
            "learning_rate": RATE,
            "min_data_in_leaf": LEAST_ROWS,
            "max_bin": 255,
            "num_threads": threads,
            "verbosity": -1,
        }

    ways = {"plain": {}, "quantized": {"use_quantized_grad": True}}

    def train(self, way: str, seed: int, rounds: int = ROUNDS):
        params = {**self.params, **self.ways[way], "seed": seed}
        label = (self.files.y > 0).astype(float) if self.files.binary else self.files.y
        return self.lib.train(params, self.lib.Dataset(self.files.x, label, params=params), rounds)

    def raw(self, model, x: np.ndarray) -> np.ndarray:
        return model.predict(x, raw_score=True)

    def single(self, model):
        """The function of its C interface that is made for one row after another."""
        native = self.lib.basic._LIB
        config = ctypes.c_void_p()
        k = self.files.meta["features"]
        native.LGBM_BoosterPredictForMatSingleRowFastInit(
            model._handle, 1, 0, -1, 0, k, ctypes.c_char_p(b"num_threads=1"), ctypes.byref(config)
        )
        out, length = ctypes.c_double(), ctypes.c_int64()
        rows = np.ascontiguousarray(self.files.tx[:4096])
        base, stride = rows.ctypes.data, 4 * k
        call = native.LGBM_BoosterPredictForMatSingleRowFast
        to_length, to_out = ctypes.byref(length), ctypes.byref(out)

        def one(i: int) -> None:
            call(config, ctypes.c_void_p(base + (i % len(rows)) * stride), to_length, to_out)

        one.keep = rows
        return one

    def contributions(self, model, x: np.ndarray) -> np.ndarray:
        return model.predict(x, pred_contrib=True)


class XgBoost:
    def __init__(self, files: Files, threads: int) -> None:
        import xgboost

        self.lib, self.files = xgboost, files
        self.params = {
            "objective": "binary:logistic" if files.binary else "reg:squarederror",
            "tree_method": "hist",
            "grow_policy": "lossguide",
            "max_leaves": LEAVES,
            "max_depth": 0,
            "eta": RATE,
            "max_bin": 255,
            "lambda": 0,
            "nthread": threads,
        }

    ways = {"plain": {}}

    def train(self, way: str, seed: int, rounds: int = ROUNDS):
        label = (self.files.y > 0).astype(float) if self.files.binary else self.files.y
        data = self.lib.QuantileDMatrix(self.files.x, label, max_bin=255, nthread=self.params["nthread"])
        return self.lib.train({**self.params, "seed": seed}, data, rounds)

    def raw(self, model, x: np.ndarray) -> np.ndarray:
        return model.inplace_predict(x, predict_type="margin")

    def single(self, model):
        rows = self.files.tx
        model.set_param({"nthread": 1})
        return lambda i: model.inplace_predict(rows[i % len(rows) : i % len(rows) + 1], predict_type="margin")

    def contributions(self, model, x: np.ndarray) -> np.ndarray:
        return model.predict(self.lib.DMatrix(x), pred_contribs=True)


class Sklearn:
    def __init__(self, files: Files, threads: int) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        self.files = files
        self.kind = HistGradientBoostingClassifier if files.binary else HistGradientBoostingRegressor

    ways = {"plain": {}}

    def train(self, way: str, seed: int, rounds: int = ROUNDS):
        model = self.kind(
            learning_rate=RATE, max_iter=rounds, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_ROWS, early_stopping=False, random_state=seed
        )
        return model.fit(self.files.x, self.files.y > 0 if self.files.binary else self.files.y)

    def raw(self, model, x: np.ndarray) -> np.ndarray:
        return model.decision_function(x) if self.files.binary else model.predict(x)

    def single(self, model):
        rows = self.files.tx
        return lambda i: self.raw(model, rows[i % len(rows) : i % len(rows) + 1])

    def contributions(self, model, x: np.ndarray) -> np.ndarray:
        raise RuntimeError("scikit-learn explains by the shap package alone")


class Peer:
    def __init__(self, name: str, folder: str, threads: int) -> None:
        self.files = Files(folder)
        self.side = {"lightgbm": LightGbm, "xgboost": XgBoost, "sklearn": Sklearn}[name](self.files, threads)
        self.way, self.model = None, None

    def quickest(self) -> str:
        def seconds(way: str) -> float:
            t0 = time.perf_counter()
            self.side.train(way, 1, 40)
            return time.perf_counter() - t0

        ways = list(self.side.ways)
        return ways[0] if len(ways) == 1 else min(ways, key=lambda way: min(seconds(way), seconds(way)))

    def trained(self):
        self.model = self.model or self.side.train(self.way or next(iter(self.side.ways)), 1)
        return self.model

    def answer(self, request: dict) -> dict:
        kind = request["do"]
        if kind == "train":
            self.way = self.way or self.quickest()
            t0 = time.perf_counter()
            self.model = self.side.train(self.way, request.get("seed", 1))
            seconds = time.perf_counter() - t0
            return {"s": seconds, "way": self.way, "score": self.files.score(np.asarray(self.side.raw(self.model, self.files.tx)))}
        if kind == "memory":
            self.side.train(next(iter(self.side.ways)), 1)
            return {"mb": peak_rss_mb()}
        model = self.trained()
        if kind == "row":
            one, times = self.side.single(model), []
            for i in range(request.get("calls", 3000)):
                t0 = time.perf_counter_ns()
                one(i)
                times.append((time.perf_counter_ns() - t0) / 1000)
            return {"p50_us": float(np.quantile(times, 0.5)), "p99_us": float(np.quantile(times, 0.99))}
        if kind == "bulk":
            rows = np.resize(self.files.tx, (BULK_ROWS, self.files.meta["features"]))
            t0 = time.perf_counter()
            self.side.raw(model, rows)
            return {"per_s": BULK_ROWS / (time.perf_counter() - t0)}
        rows = np.ascontiguousarray(self.files.tx[:SHAP_ROWS])
        if kind == "contributions":
            t0 = time.perf_counter()
            self.side.contributions(model, rows)
            return {"s": time.perf_counter() - t0}
        if kind == "shap":
            import shap

            explainer = shap.TreeExplainer(model)
            t0 = time.perf_counter()
            explainer.shap_values(rows, check_additivity=False)
            return {"s": time.perf_counter() - t0}
        raise ValueError(f"nothing is known of {kind}")


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("library", choices=["lightgbm", "xgboost", "sklearn"])
    args.add_argument("folder")
    args.add_argument("--threads", type=int, default=2)
    args = args.parse_args()
    warnings.filterwarnings("ignore")
    peer = Peer(args.library, args.folder, args.threads)
    for line in sys.stdin:
        print(json.dumps(peer.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
