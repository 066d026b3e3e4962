"""Optuna's side of `npm run bench -- tuning`: it proposes, the other side says what came of it. One JSON line asked, one answered."""

import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def suggest(trial, space):
    chosen = {}
    for one in space:
        when = one["when"]
        if when is not None and chosen.get(when["parameter"]) not in when["is"]:
            continue
        name = one["name"]
        if one["kind"] == "categorical":
            chosen[name] = trial.suggest_categorical(name, one["choices"])
        elif one["kind"] == "int":
            chosen[name] = trial.suggest_int(name, one["low"], one["high"], log=one["log"], step=one["step"])
        else:
            chosen[name] = trial.suggest_float(name, one["low"], one["high"], log=one["log"])
    return chosen


study = trial = space = None
for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "start":
        space = asked["space"]
        conditional = any(one["when"] is not None for one in space)
        sampler = (
            optuna.samplers.RandomSampler(seed=asked["seed"])
            if asked["sampler"] == "random"
            else optuna.samplers.TPESampler(seed=asked["seed"], multivariate=True, group=conditional)
        )
        pruner = (
            optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=asked["reduction"])
            if asked["reduction"]
            else optuna.pruners.NopPruner()
        )
        study = optuna.create_study(sampler=sampler, pruner=pruner)
        answer = {"version": optuna.__version__}
    elif asked["do"] == "ask":
        trial = study.ask()
        answer = {"params": suggest(trial, space)}
    elif asked["do"] == "report":
        trial.report(asked["value"], asked["step"])
        answer = {"ends": trial.should_prune()}
    else:
        if asked["value"] is None:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, asked["value"])
        answer = {}
    print(json.dumps(answer), flush=True)
