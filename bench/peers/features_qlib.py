"""Alpha158 by pyqlib's own loader over a folder in its own layout, on a number of processes; prints one JSON line."""
import argparse
import json
import time
import warnings

from peak_rss import peak_rss_mb


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--folder", required=True)
    args.add_argument("--processes", type=int, required=True)
    args = args.parse_args()
    warnings.filterwarnings("ignore")
    import qlib
    from qlib.contrib.data.loader import Alpha158DL
    from qlib.data import D

    qlib.init(provider_uri=args.folder, expression_cache=None, dataset_cache=None, kernels=args.processes, logging_level=40)
    fields, names = Alpha158DL.get_feature_config(
        {"kbar": {}, "price": {"windows": [0], "feature": ["OPEN", "HIGH", "LOW", "VWAP"]}, "rolling": {}}
    )
    t0 = time.perf_counter()
    frame = D.features(D.instruments("all"), fields, freq="day")
    seconds = time.perf_counter() - t0
    # After the first 60 bars of each symbol, where its partial windows end.
    full = frame[frame.groupby(level=0).cumcount() >= 60]
    means = full.mean(axis=0).to_numpy()
    print(json.dumps({
        "seconds": round(seconds, 4),
        "rows": len(frame),
        "peak_rss_mb": peak_rss_mb(),
        **{f"mean_{name}": float(v) for name, v in zip(names, means)},
    }))


if __name__ == "__main__":
    main()
