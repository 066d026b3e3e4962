"""pyqlib's LightGBM on its own Alpha158 over daily bars, trained anew for each fold of a comparison; writes its predictions as CSV.

Usage: stocks_qlib.py --bars FOLDER --comparison comparison.json --out predictions.csv.gz [--threads N] [--seed N]

FOLDER holds SYMBOL.csv.gz with date,open,high,low,close,volume; comparison.json is what `truewind compare` keeps. Settings of the model and
processors are those of qlib's own benchmark (examples/benchmarks/LightGBM, workflow_config_lightgbm_Alpha158.yaml), number of threads
aside. The label is the return from the next open over the comparison's horizon; the last fifth of each training part is the validation of
early stopping, and labels that reach into it, or past the fold's own bound, are left out.
"""
import argparse
import json
import os
import pathlib
import tempfile
import warnings

import numpy as np
import pandas as pd

BENCHMARK = {
    "loss": "mse",
    "colsample_bytree": 0.8879,
    "learning_rate": 0.2,
    "subsample": 0.8789,
    "lambda_l1": 205.6999,
    "lambda_l2": 580.9768,
    "max_depth": 8,
    "num_leaves": 210,
}
FIELDS = ["open", "high", "low", "close", "volume", "vwap", "factor"]


def write_layout(bars: pathlib.Path, folder: pathlib.Path, symbols: set[str] | None) -> list[str]:
    """qlib's own files: a calendar, a list of instruments, one float32 column per field. Returns the days."""
    frames = {}
    for path in sorted(bars.glob("*.csv.gz")):
        symbol = path.name.removesuffix(".csv.gz")
        if symbols is not None and symbol not in symbols:
            continue
        frame = pd.read_csv(path, index_col="date")
        # Bars carry no volume-weighted price: the typical one stands in, as in the comparison.
        frame["vwap"] = (frame["high"] + frame["low"] + frame["close"]) / 3
        frame["factor"] = 1.0
        frames[symbol] = frame
    days = sorted(set().union(*(frame.index for frame in frames.values())))
    place = {day: i for i, day in enumerate(days)}
    for name in ("calendars", "instruments", "features"):
        (folder / name).mkdir()
    (folder / "calendars" / "day.txt").write_text("\n".join(days) + "\n")
    lines = [f"{symbol}\t{frame.index[0]}\t{frame.index[-1]}" for symbol, frame in frames.items()]
    (folder / "instruments" / "all.txt").write_text("\n".join(lines) + "\n")
    for symbol, frame in frames.items():
        at = folder / "features" / symbol.lower()
        at.mkdir()
        whole = frame.reindex(days[place[frame.index[0]] : place[frame.index[-1]] + 1])
        for field in FIELDS:
            column = np.concatenate([[place[frame.index[0]]], whole[field].to_numpy()])
            column.astype("<f4").tofile(at / f"{field}.day.bin")
    return days


def segments(fold: dict, days: list[str], horizon: int) -> dict:
    """Training, validation and test by day, no label reaching into what follows its part."""
    reach = horizon + 1
    known = [i for i, day in enumerate(days) if day <= fold["labelsEndBy"]]
    first = next(i for i, day in enumerate(days) if day >= fold["trainFrom"])
    last = known[-1] - reach
    split = first + (last - first) * 4 // 5
    return {
        "train": (days[first], days[split - reach]),
        "valid": (days[split], days[last]),
        "test": (fold["testFrom"], fold["testTo"]),
    }


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--bars", type=pathlib.Path, required=True)
    args.add_argument("--comparison", type=pathlib.Path, required=True)
    args.add_argument("--out", type=pathlib.Path, required=True)
    args.add_argument("--symbols", type=pathlib.Path, help="CSV whose first column names the shares to be used")
    args.add_argument("--threads", type=int, default=2)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    warnings.filterwarnings("ignore")
    import qlib
    from qlib.contrib.data.handler import Alpha158
    from qlib.contrib.model.gbdt import LGBModel
    from qlib.data.dataset import DatasetH

    comparison = json.loads(args.comparison.read_text())
    horizon = comparison["label"]["horizon"]
    out = args.out.resolve()
    symbols = None if args.symbols is None else set(pd.read_csv(args.symbols).iloc[:, 0])
    found = []
    with tempfile.TemporaryDirectory() as name:
        days = write_layout(args.bars, pathlib.Path(name), symbols)
        os.chdir(name)  # qlib keeps a record of its experiments where it runs
        qlib.init(provider_uri=name, expression_cache=None, dataset_cache=None, kernels=args.threads, logging_level=40)
        for fold in comparison["folds"]:
            parts = segments(fold, days, horizon)
            handler = Alpha158(
                instruments="all",
                start_time=parts["train"][0],
                end_time=parts["test"][1],
                fit_start_time=parts["train"][0],
                fit_end_time=parts["train"][1],
                label=([f"Ref($open, -{horizon + 1}) / Ref($open, -1) - 1"], ["LABEL0"]),
            )
            model = LGBModel(**BENCHMARK, num_threads=args.threads, seed=args.seed, verbosity=-1)
            dataset = DatasetH(handler, parts)
            model.fit(dataset, verbose_eval=0)
            found.append(model.predict(dataset, segment="test"))
            print(json.dumps({"fold": fold["testFrom"], "rounds": model.model.current_iteration(), **parts}), flush=True)
    scores = pd.concat(found).rename("score").reset_index()
    scores.columns = ["date", "symbol", "score"]
    scores["date"] = pd.to_datetime(scores["date"]).dt.strftime("%Y-%m-%d")
    scores.to_csv(out, index=False)


if __name__ == "__main__":
    main()
