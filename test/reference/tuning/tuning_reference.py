"""Reference figures of searches, from Optuna: densities of its Parzen estimator, decisions of its pruners, importances by fANOVA.

Run with the environment of bench/peers: bench/peers/.venv/bin/python test/reference/tuning/tuning_reference.py
"""

import json
import math
import pathlib
import sys

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_gamma, default_weights

# Of equal observations the older one comes first: numpy leaves their order open.
unstable = np.argsort
np.argsort = lambda values, kind="stable": unstable(values, kind="stable")

optuna.logging.set_verbosity(optuna.logging.ERROR)
HERE = pathlib.Path(__file__).parent

PARAMETERS = [
    ({"kind": "float", "name": "plain", "low": -3.0, "high": 7.0, "log": False, "step": None}, FloatDistribution(-3, 7)),
    ({"kind": "float", "name": "rate", "low": 1e-4, "high": 0.5, "log": True, "step": None}, FloatDistribution(1e-4, 0.5, log=True)),
    ({"kind": "float", "name": "steps", "low": 0.0, "high": 1.0, "log": False, "step": 0.25}, FloatDistribution(0, 1, step=0.25)),
    ({"kind": "int", "name": "count", "low": 1, "high": 12, "log": False, "step": 1}, IntDistribution(1, 12)),
    ({"kind": "int", "name": "threes", "low": 2, "high": 20, "log": False, "step": 3}, IntDistribution(2, 20, step=3)),
    ({"kind": "int", "name": "leaves", "low": 2, "high": 256, "log": True, "step": 1}, IntDistribution(2, 256, log=True)),
    ({"kind": "categorical", "name": "kind", "choices": ["a", "b", "c"]}, CategoricalDistribution(["a", "b", "c"])),
]


def draw(rng, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.integers(len(distribution.choices))]
    low, high, step = distribution.low, distribution.high, distribution.step
    if distribution.log:
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return int(min(high, max(low, round(value)))) if step is not None else value
    if step is not None:
        value = low + step * int(rng.integers(0, int(round((high - low) / step)) + 1))
        return int(value) if isinstance(distribution, IntDistribution) else value
    return rng.uniform(low, high)


def densities(rng, chosen, observations):
    space = {said["name"]: distribution for said, distribution in chosen}
    internal = lambda rows: {
        name: np.array([distribution.to_internal_repr(row[name]) for row in rows], dtype=float)
        for name, distribution in space.items()
    }
    observed = [{name: draw(rng, distribution) for name, distribution in space.items()} for _ in range(observations)]
    asked = [{name: draw(rng, distribution) for name, distribution in space.items()} for _ in range(8)]
    estimator = _ParzenEstimator(
        internal(observed),
        space,
        _ParzenEstimatorParameters(
            prior_weight=1.0,
            consider_magic_clip=True,
            consider_endpoints=False,
            weights=default_weights,
            multivariate=True,
        ),
    )
    return {
        "space": [said for said, _ in chosen],
        "observed": observed,
        "asked": asked,
        "logDensity": estimator.log_pdf(internal(asked)).tolist(),
    }


def parzen():
    rng = np.random.default_rng(1)
    out = []
    for pick in range(len(PARAMETERS)):
        for observations in (1, 3, 40):
            out.append(densities(rng, [PARAMETERS[pick]], observations))
    for observations in (1, 2, 9, 30, 80):
        out.append(densities(rng, PARAMETERS, observations))
    return {
        "cases": out,
        "weights": {str(n): default_weights(n).tolist() for n in (1, 5, 24, 25, 26, 27, 60)},
        "good": {str(n): default_gamma(n) for n in (1, 9, 10, 11, 50, 240, 251, 1000)},
    }


def decisions(pruner, direction, curves):
    """Where Optuna ends each trial, told one after the other."""
    study = optuna.create_study(direction=direction, pruner=pruner)
    ends = []
    for curve in curves:
        trial = study.ask()
        end = None
        for step, value in curve:
            trial.report(value, step)
            if trial.should_prune():
                end = step
                break
        if end is None:
            study.tell(trial, curve[-1][1])
        else:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        ends.append(end)
    return ends


def pruners():
    rng = np.random.default_rng(2)
    out = []
    for direction in ("minimize", "maximize"):
        for _ in range(2):
            curves = []
            for _ in range(40):
                level, fall = rng.normal(), abs(rng.normal())
                steps = range(1, int(rng.integers(6, 19)))
                sign = 1 if direction == "minimize" else -1
                curves.append([[int(step), round(sign * float(level + fall / step + 0.2 * rng.normal()), 4)] for step in steps])
            study = {"direction": direction, "curves": curves, "cases": []}
            out.append(study)
            for options, pruner in (
                ({"kind": "median", "startup": 5, "warmup": 0}, optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=0)),
                ({"kind": "median", "startup": 2, "warmup": 4}, optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=4)),
                ({"kind": "asha", "first": 1, "reduction": 2}, optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)),
                ({"kind": "asha", "first": 2, "reduction": 3}, optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=3)),
                ({"kind": "asha", "first": 1, "reduction": 4}, optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=4)),
            ):
                study["cases"].append({"options": options, "ends": decisions(pruner, direction, curves)})
    return out


# Optuna measures parameters on a logarithmic scale along the plain one, and we along the logarithm: there are none here.
UNLOGGED = [said for said in PARAMETERS if not said[0].get("log")]
FUNCTIONS = {
    "one matters": lambda p: (p["plain"] - 2) ** 2 + 0.1 * p["count"],
    "together": lambda p: (p["plain"] - 2) * (p["count"] - 6) + 2 * p["plain"],
    "choices": lambda p: {"a": 0, "b": 3, "c": 5}[p["kind"]] + 0.2 * p["plain"],
    "a bit of all": lambda p: 0.5 * p["count"] + 3 * p["steps"] + 0.2 * p["threes"] + 0.5 * p["plain"],
}


def fanova():
    rng = np.random.default_rng(3)
    out = []
    space = {said["name"]: distribution for said, distribution in UNLOGGED}
    for name, function in FUNCTIONS.items():
        trials = [{key: draw(rng, distribution) for key, distribution in space.items()} for _ in range(100)]
        values = [float(function(trial)) for trial in trials]
        study = optuna.create_study()
        for params, value in zip(trials, values):
            study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=value))
        runs = [FanovaImportanceEvaluator(n_trees=64, seed=seed).evaluate(study) for seed in range(4)]
        shares = {key: float(np.mean([run[key] for run in runs])) for key in space}
        out.append({"name": name, "params": trials, "values": values, "shares": shares})
    return {"space": [said for said, _ in UNLOGGED], "cases": out}


made = {"parzen": parzen, "pruners": pruners, "fanova": fanova}
for file in sys.argv[1:] or made:
    content = made[file]()
    path = HERE / f"{file}.json"
    path.write_text(json.dumps({"made with": f"optuna {optuna.__version__}", "content": content}) + "\n")
    print(path.name, path.stat().st_size)
