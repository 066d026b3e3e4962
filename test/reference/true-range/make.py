# Average true ranges by TA-Lib over random bars. Needs numpy and TA-Lib; writes atr.json beside itself.
import json
from pathlib import Path

import numpy as np
import talib

rng = np.random.default_rng(66)
close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, 80)))
high = close * (1 + rng.uniform(0, 0.02, 80))
low = close * (1 - rng.uniform(0, 0.02, 80))
bars = [[round(float(v), 4) for v in row] for row in zip(high, low, close)]
high, low, close = (np.array(column) for column in zip(*bars))
found = {
    str(n): [None if np.isnan(v) else float(f"{v:.12g}") for v in talib.ATR(high, low, close, timeperiod=n)] for n in (2, 5, 14)
}
Path(__file__).with_name("atr.json").write_text(json.dumps({"talib": talib.__version__, "bars": bars, "atr": found}) + "\n")
