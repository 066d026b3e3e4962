"""Writes the ONNX files that other makers' tools export, and what they say of a few rows.

Needs torch 2.15 (CPU is enough), onnx 1.23, onnxscript, scikit-learn 1.9, skl2onnx 1.20, lightgbm 4.7, onnxmltools 1.16, onnxruntime 1.32.
pandas, too. Run in this folder: python make_fixtures.py; weights.bin is not kept. The expected outputs come from the tools themselves, not from an ONNX runtime.
"""
import json
import numpy as np
import torch
import onnx
import sklearn
import skl2onnx
import lightgbm
import pandas as pd
import onnxmltools
from onnx import TensorProto, helper
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skl2onnx.common.data_types import FloatTensorType as SklearnFloat
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat

rng = np.random.default_rng(7)
torch.manual_seed(7)
x = rng.normal(size=(200, 3)).astype(np.float32)
y = (x[:, 0] - 0.5 * x[:, 1] + 0.1 * rng.normal(size=200)).astype(np.float32)
rows = rng.normal(size=(5, 3)).astype(np.float32)
windows = rng.normal(size=(5, 4, 3)).astype(np.float32)
expected = {
    "versions": {
        "torch": torch.__version__.split("+")[0], "onnx": onnx.__version__, "scikit-learn": sklearn.__version__,
        "skl2onnx": skl2onnx.__version__, "lightgbm": lightgbm.__version__, "onnxmltools": onnxmltools.__version__,
    },
    "rows": rows.tolist(),
    "windows": windows.tolist(),
    "outputs": {},
}


def keep(name, values):
    expected["outputs"][name] = np.asarray(values, dtype=np.float64).tolist()


class Recurrent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(3, 8, batch_first=True)
        self.head = torch.nn.Linear(8, 1)

    def forward(self, features):
        return self.head(self.lstm(features)[0][:, -1])


mlp = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)).eval()
batch = torch.export.Dim("batch")
torch.onnx.export(mlp, (torch.from_numpy(rows),), "torch-mlp.onnx", input_names=["x"], output_names=["y"],
                  dynamic_shapes=((({0: batch}),)), dynamo=True, external_data=False)
keep("torch-mlp", mlp(torch.from_numpy(rows)).detach().numpy()[:, 0])
lstm = Recurrent().eval()
torch.onnx.export(lstm, (torch.from_numpy(windows),), "torch-lstm.onnx", input_names=["features"], output_names=["score"],
                  dynamic_shapes=({0: batch},), dynamo=True, external_data=False)
keep("torch-lstm", lstm(torch.from_numpy(windows)).detach().numpy()[:, 0])
outside = onnx.load("torch-mlp.onnx")
onnx.save_model(outside, "torch-external.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)

ridge = make_pipeline(StandardScaler(), Ridge()).fit(x, y)
with open("sklearn-ridge.onnx", "wb") as file:
    file.write(skl2onnx.to_onnx(ridge, initial_types=[("input", SklearnFloat([None, 3]))]).SerializeToString())
keep("sklearn-ridge", ridge.predict(rows).ravel())
logistic = LogisticRegression().fit(x, y > 0)
for name, zipmap in (("sklearn-logistic", False), ("sklearn-zipmap", True)):
    with open(f"{name}.onnx", "wb") as file:
        options = {id(logistic): {"zipmap": zipmap}}
        file.write(skl2onnx.to_onnx(logistic, initial_types=[("input", SklearnFloat([None, 3]))], options=options).SerializeToString())
keep("sklearn-logistic", logistic.predict_proba(rows)[:, 1])
frame = pd.DataFrame(x, columns=["c", "b", "a"])
split = make_pipeline(ColumnTransformer([("one", StandardScaler(), ["b"]), ("two", "passthrough", ["c", "a"])]), Ridge()).fit(frame, y)
with open("sklearn-columns.onnx", "wb") as file:
    types = [(name, SklearnFloat([None, 1])) for name in ("c", "b", "a")]
    file.write(skl2onnx.to_onnx(split, initial_types=types).SerializeToString())
keep("sklearn-columns", split.predict(pd.DataFrame(rows, columns=["c", "b", "a"])).ravel())

trees = lightgbm.LGBMRegressor(n_estimators=10, num_leaves=7, verbose=-1, n_jobs=1).fit(x, y)
with open("lightgbm.onnx", "wb") as file:
    file.write(onnxmltools.convert_lightgbm(trees, initial_types=[("input", ToolsFloat([None, 3]))]).SerializeToString())
keep("lightgbm", trees.predict(rows))


def tiny(name, opset=17, domain="", op="Identity", ir=8):
    """A graph of one node, for what is refused."""
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["batch", 3]) for n in ("x", "y")]
    graph = helper.make_graph([helper.make_node(op, ["x"], ["y"], domain=domain)], "g", info[:1], info[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else []))
    model.ir_version = ir
    with open(f"{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


tiny("new-opset", opset=99)
tiny("new-form", ir=99)
tiny("unknown-domain", domain="com.example", op="Oracle")
tiny("unknown-operator", op="Oracle")
with open("expected.json", "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")


def strip(message):
    """Takes out notes of the exporter, which name files of the machine that it ran on."""
    for field, value in message.ListFields():
        if field.name in ("metadata_props", "doc_string"):
            message.ClearField(field.name)
        elif field.message_type is not None:
            for part in value if field.is_repeated else [value]:
                strip(part)


for name in ("torch-mlp.onnx", "torch-lstm.onnx", "torch-external.onnx"):
    model = onnx.load(name, load_external_data=False)
    strip(model)
    with open(name, "wb") as file:
        file.write(model.SerializeToString())
