"""Forward values and gradients of layers and operations by PyTorch on random weights and data.

    python layers.py > layers.json     # torch 2.15.0, numpy 2.4.6; the format is described in tensors.py

Layouts are PyTorch's: sequences [batch, time, feature], convolutions [batch, channel, time] and [batch, channel, time, level].
LSTM gates stand in the order i, f, g, o; GRU gates r, z, n with the reset after the product (bias_hh inside r * (...)).
"""
import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from tensors import Source, case, write

cases = []


def add(name, run, inputs, **rest):
    """inputs(source) gives tensors; run(inputs) gives a tensor, or tensors by name."""
    source = Source(name)

    def outputs(i, w, c):
        out = run(i, **c) if c else run(i)
        return out if isinstance(out, dict) else {"output": out}

    constants = rest.pop("constants", lambda s: {})(source)
    cases.append(case(name, outputs, source, inputs(source), constants=constants, **rest))


def add_module(name, module, inputs, call=None, constants=None, **rest):
    """call(apply, inputs, constants), where apply runs the module with the case's weights."""
    source = Source(name)
    call = call or (lambda apply, i, c: apply(i["input"]))

    def run(i, w, c):
        out = call(lambda *a, **k: functional_call(module, w, a, k), i, c)
        return out if isinstance(out, dict) else {"output": out}

    constants = constants(source) if constants else {}
    cases.append(case(name, run, source, inputs(source), source.weights_of(module), constants, **rest))


def normal(*shape):
    return lambda s: {"input": s.normal(*shape)}


# Dense
add_module("linear", nn.Linear(5, 4), normal(3, 5))
add_module("linear-over-time", nn.Linear(5, 4), normal(2, 6, 5))
add_module("linear-no-bias", nn.Linear(5, 4, bias=False), normal(3, 5))


# Recurrent. h0 and c0 are [layers * directions, batch, units]; h_n and c_n likewise.
def recurrent(kind, layers, bidirectional, with_state):
    name = f"{kind}-{layers}" + ("-bidirectional" if bidirectional else "") + ("-state" if with_state else "")
    batch, steps, features, units = 3, 7, 5, 6
    make = nn.LSTM if kind == "lstm" else nn.GRU
    module = make(features, units, num_layers=layers, bidirectional=bidirectional, batch_first=True)

    def inputs(s):
        state = (layers * (2 if bidirectional else 1), batch, units)
        given = {"input": s.normal(batch, steps, features)}
        if with_state:
            given["h0"] = s.normal(*state, scale=0.5)
            if kind == "lstm":
                given["c0"] = s.normal(*state, scale=0.5)
        return given

    def call(apply, i, c):
        if kind == "lstm":
            out, (h, cell) = apply(i["input"], (i["h0"], i["c0"])) if with_state else apply(i["input"])
            return {"output": out, "h_n": h, "c_n": cell}
        out, h = apply(i["input"], i["h0"]) if with_state else apply(i["input"])
        return {"output": out, "h_n": h}

    options = {"layers": layers, "units": units, "bidirectional": bidirectional}
    add_module(name, module, inputs, call, options=options)


for kind in ("lstm", "gru"):
    for layers, bidirectional, with_state in ((1, False, False), (2, False, False), (1, True, False), (2, True, False), (1, False, True), (2, False, True)):
        recurrent(kind, layers, bidirectional, with_state)


# Convolutions. Causal: (kernel - 1) * dilation zeros on the left, so that an output sees no later step.
for dilation in (1, 2, 4):
    pad = 2 * dilation
    add_module(
        f"conv1d-causal-dilation-{dilation}", nn.Conv1d(4, 5, 3, dilation=dilation), normal(2, 4, 9),
        lambda apply, i, c, pad=pad: apply(F.pad(i["input"], (pad, 0))), options={"kernel": 3, "dilation": dilation, "left": pad},
    )
add_module("conv1d-pointwise", nn.Conv1d(4, 5, 1), normal(2, 4, 9), options={"kernel": 1, "dilation": 1, "left": 0})
for name, channels, kernel, stride, padding, shape in (
    ("levels-stride", (1, 3), (1, 2), (1, 2), (0, 0), (2, 1, 6, 8)),
    ("time", (3, 3), (4, 1), (1, 1), (0, 0), (2, 3, 8, 4)),
    ("time-same", (3, 4), (3, 1), (1, 1), (1, 0), (2, 3, 7, 2)),
    ("all-levels", (3, 4), (1, 5), (1, 1), (0, 0), (2, 3, 6, 5)),
    ("square-stride-2", (2, 3), (3, 3), (2, 2), (1, 1), (2, 2, 7, 6)),
):
    module = nn.Conv2d(*channels, kernel, stride=stride, padding=padding)
    add_module(f"conv2d-{name}", module, normal(*shape), options={"kernel": kernel, "stride": stride, "padding": padding})


# Pooling over time (the last axis, but for max-pool2d-same: [batch, channel, time, level])
def apart(*shape):
    return lambda s: {"input": s.apart(*shape)}


add("max-pool-1d", lambda i: F.max_pool1d(i["input"], 3, stride=2), apart(2, 4, 9), options={"kernel": 3, "stride": 2})
add("avg-pool-1d", lambda i: F.avg_pool1d(i["input"], 3, stride=2), normal(2, 4, 9), options={"kernel": 3, "stride": 2})
add("max-pool-2d-same", lambda i: F.max_pool2d(i["input"], (3, 1), stride=1, padding=(1, 0)), apart(2, 3, 7, 2), options={"kernel": [3, 1], "stride": [1, 1], "padding": [1, 0]})
add("max-over-time", lambda i: i["input"].amax(1), apart(3, 7, 4), options={"axis": 1})
add("mean-over-time", lambda i: i["input"].mean(1), normal(3, 7, 4), options={"axis": 1})


# Attention. Multi-head weights read out are [batch, head, query, key].
def attend(causal):
    def call(apply, i, c):
        query, key = i["input"], i.get("memory", i["input"])
        mask = nn.Transformer.generate_square_subsequent_mask(query.shape[1], dtype=query.dtype) if causal else None
        out, weights = apply(query, key, key, attn_mask=mask, average_attn_weights=False)
        return {"output": out, "weights": weights}

    return call


heads = {"heads": 2, "width": 8}
for causal in (False, True):
    tail = "-causal" if causal else ""
    add_module(f"multi-head-attention{tail}", nn.MultiheadAttention(8, 2, batch_first=True), normal(2, 6, 8), attend(causal), options={**heads, "causal": causal}, read_only=("weights",))
    add(
        f"scaled-dot-product-attention{tail}",
        lambda i, causal=causal: F.scaled_dot_product_attention(i["query"], i["key"], i["value"], is_causal=causal),
        lambda s: {k: s.normal(2, 3, 6, 4) for k in ("query", "key", "value")}, options={"causal": causal},
    )
add_module("multi-head-attention-memory", nn.MultiheadAttention(8, 2, batch_first=True), lambda s: {"input": s.normal(2, 3, 8), "memory": s.normal(2, 6, 8)}, attend(False), options=heads, read_only=("weights",))
for name, first, activation, causal in (("post-norm", False, "relu", False), ("pre-norm", True, "gelu", False), ("post-norm-causal", False, "relu", True)):
    def encode(apply, i, c, causal=causal):
        mask = nn.Transformer.generate_square_subsequent_mask(6, dtype=i["input"].dtype) if causal else None
        return apply(i["input"], src_mask=mask)

    # Training mode: the inference fast path is another kernel.
    module = nn.TransformerEncoderLayer(8, 2, dim_feedforward=12, dropout=0.0, activation=activation, batch_first=True, norm_first=first)
    add_module(f"transformer-encoder-layer-{name}", module, normal(2, 6, 8), encode, options={**heads, "feedforward": 12, "activation": activation, "norm_first": first, "causal": causal})


# Normalization
add_module("layer-norm", nn.LayerNorm(6), normal(2, 5, 6), options={"eps": 1e-5})


def batch_norm(name, shape, training):
    """Three training batches, then the third again by the running statistics; "train" differentiates the third batch's
    training output, "eval" its evaluation.

    running_var takes the unbiased variance, the normalization the biased one, as PyTorch does; momentum 0.1."""

    def run(i, w, c):
        running_mean, running_var = torch.zeros(4, dtype=i["input"].dtype), torch.ones(4, dtype=i["input"].dtype)
        for batch in (c["batch_1"], c["batch_2"], i["input"]):
            trained = F.batch_norm(batch, running_mean, running_var, w["weight"], w["bias"], training=True, momentum=0.1)
        # The statistics are not differentiated: detached by PyTorch.
        evaluated = F.batch_norm(i["input"], running_mean, running_var, w["weight"], w["bias"], training=False)
        return {"output": trained if training else evaluated, "running_mean": running_mean, "running_var": running_var}

    source = Source(name)
    constants = {"batch_1": source.normal(*shape), "batch_2": source.normal(*shape, scale=2) + 1}
    inputs = {"input": source.normal(*shape)}
    weights = source.weights_of(nn.BatchNorm1d(4))
    options = {"eps": 1e-5, "momentum": 0.1, "channel_axis": 1}
    cases.append(case(name, run, source, inputs, weights, constants, options, ("running_mean", "running_var")))


for training in (True, False):
    tail = "train" if training else "eval"
    batch_norm(f"batch-norm-{tail}", (5, 4), training)
    batch_norm(f"batch-norm-time-{tail}", (3, 4, 5), training)

# Activations: distinct values on both sides of the kink, none on it
for name, f, options in (
    ("sigmoid", torch.sigmoid, {}), ("tanh", torch.tanh, {}), ("relu", torch.relu, {}), ("abs", torch.abs, {}),
    ("leaky-relu", lambda x: F.leaky_relu(x, 0.01), {"slope": 0.01}), ("elu", F.elu, {"alpha": 1}),
    ("gelu-erf", F.gelu, {}), ("gelu-tanh", lambda x: F.gelu(x, approximate="tanh"), {}), ("silu", F.silu, {}),
    ("softplus", F.softplus, {}), ("exp", torch.exp, {}), ("neg", torch.neg, {}), ("square", torch.square, {}),
    ("clip", lambda x: x.clamp(-1, 1.5), {"min": -1, "max": 1.5}),
    ("softmax", lambda x: x.softmax(-1), {"axis": -1}), ("log-softmax", lambda x: x.log_softmax(-1), {"axis": -1}),
):
    add(name, lambda i, f=f: f(i["input"]), lambda s: {"input": s.apart(4, 6, step=0.3)}, options=options)
for name, f in (("log", torch.log), ("sqrt", torch.sqrt), ("reciprocal", torch.reciprocal)):
    add(name, lambda i, f=f: f(i["input"]), lambda s: {"input": s.uniform(0.1, 4, 3, 5)})
# Where a naive exp overflows: values near 200, and values up to +-140
add("softmax-large", lambda i: i["input"].softmax(-1), lambda s: {"input": s.apart(3, 5) + 200}, options={"axis": -1})
add("softplus-large", lambda i: F.softplus(i["input"]), lambda s: {"input": s.apart(3, 5, step=20.0)})

# Two operands, broadcast
for name, f in (("add", torch.add), ("sub", torch.sub), ("mul", torch.mul), ("div", torch.div), ("min", torch.minimum), ("max", torch.maximum)):
    for tail, a, b in (("", (3, 4), (3, 4)), ("-row", (2, 3, 4), (4,)), ("-both", (2, 1, 4), (3, 1)), ("-scalar", (3, 4), ())):
        def two(s, a=a, b=b, name=name):
            return {"a": s.normal(*a), "b": s.uniform(0.5, 2, *b) if name == "div" else s.normal(*b)}

        add(f"{name}{tail}", lambda i, f=f: f(i["a"], i["b"]), two)
add("matmul", lambda i: i["a"] @ i["b"], lambda s: {"a": s.normal(3, 4), "b": s.normal(4, 5)})
add("matmul-batched", lambda i: i["a"] @ i["b"], lambda s: {"a": s.normal(2, 3, 4), "b": s.normal(2, 4, 5)})
add("matmul-broadcast", lambda i: i["a"] @ i["b"], lambda s: {"a": s.normal(2, 3, 4), "b": s.normal(4, 5)})

# Reductions, and moving values about
for name, f in (("sum", torch.sum), ("mean", torch.mean)):
    add(f"{name}-all", lambda i, f=f: f(i["input"]).reshape(1), normal(3, 4))
    add(f"{name}-axis", lambda i, f=f: f(i["input"], 1), normal(2, 3, 4), options={"axis": 1, "keep": False})
    add(f"{name}-axes-keep", lambda i, f=f: f(i["input"], (0, 2), keepdim=True), normal(2, 3, 4), options={"axes": [0, 2], "keep": True})
add("reduce-max", lambda i: i["input"].amax(2), apart(2, 3, 4), options={"axis": 2})
add("reduce-min", lambda i: i["input"].amin(2), apart(2, 3, 4), options={"axis": 2})
add("concat", lambda i: torch.cat([i["a"], i["b"]], 1), lambda s: {"a": s.normal(2, 3, 4), "b": s.normal(2, 2, 4)}, options={"axis": 1})
add("split", lambda i: dict(zip(("first", "second"), i["input"].split((2, 4), 2))), normal(2, 3, 6), options={"axis": 2, "sizes": [2, 4]})
add("slice", lambda i: i["input"][:, 1:6], normal(2, 7, 3), options={"axis": 1, "start": 1, "end": 6})
add("last-step", lambda i: i["input"][:, -1], normal(2, 7, 3), options={"axis": 1, "index": -1})
add("transpose", lambda i: i["input"].permute(1, 2, 0), normal(2, 3, 4), options={"order": [1, 2, 0]})
add("reshape", lambda i: i["input"].reshape(2, 12), normal(2, 3, 4), options={"shape": [2, 12]})
add("pad", lambda i: F.pad(i["input"], (2, 1)), normal(2, 3, 4), options={"axis": 2, "before": 2, "after": 1})
add("dropout-mask", lambda i, mask: i["input"] * mask / (1 - 0.3), normal(4, 6), constants=lambda s: {"mask": s.keep(0.7, 4, 6)}, options={"rate": 0.3})

write(cases)
