# Splits of skfolio's CombinatorialPurgedCV as a reference: python3.11, skfolio 1.12.2.
# Usage: python make.py > splits.json
# One sample per moment. A label of `horizon` moments overlaps with the `horizon - 1` samples on either side, which is skfolio's purged_size;
# its embargo counts samples behind a test.
import json

import numpy as np
from skfolio.model_selection import CombinatorialPurgedCV

cases = []
for n, groups, tested, purged, embargo in [
    (60, 6, 2, 0, 0),
    (60, 6, 2, 3, 0),
    (60, 6, 2, 2, 4),
    (120, 10, 2, 4, 3),
    (120, 8, 3, 1, 2),
    (60, 5, 2, 5, 1),
]:
    cv = CombinatorialPurgedCV(n_folds=groups, n_test_folds=tested, purged_size=purged, embargo_size=embargo)
    x = np.zeros((n, 1))
    splits = []
    for train, tests in cv.split(x):
        splits.append({"train": train.tolist(), "tests": [test.tolist() for test in tests]})
    cases.append(
        {
            "samples": n,
            "groups": groups,
            "tested": tested,
            "purged": purged,
            "embargo": embargo,
            "splits": splits,
            # Per path, the split of each group; skfolio has one row per group.
            "paths": cv.recombined_paths.T.tolist(),
        }
    )
print(json.dumps({"cases": cases}, separators=(",", ":")))
