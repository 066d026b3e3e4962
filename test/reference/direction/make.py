"""Accuracy, Matthews' coefficient, AUC and log-loss of fixed scores by scikit-learn. Run: python make.py > direction.json"""

import json

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, log_loss, matthews_corrcoef, roc_auc_score

rng = np.random.default_rng(7)
cases = []
for rows, ties in ((40, False), (200, True), (12, True)):
    labels = np.where(rng.random(rows) < 0.45, 1.0, -1.0)
    scores = 0.2 * labels + rng.normal(size=rows)
    if ties:
        scores = np.round(scores, 1)
    scores = np.clip(scores / 4, -0.99, 0.99)
    probabilities = (1 + scores) / 2
    calls = np.where(scores >= 0, 1.0, -1.0)
    cases.append(
        {
            "scores": scores.tolist(),
            "labels": labels.tolist(),
            "accuracy": accuracy_score(labels, calls),
            "matthews": matthews_corrcoef(labels, calls),
            "auc": roc_auc_score(labels, scores),
            "logLoss": log_loss(labels, probabilities),
        }
    )
print(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}))
