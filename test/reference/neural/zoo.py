"""The nets of the zoo in PyTorch, written out plainly: forward values, gradients of every parameter, and 50 steps of Adam.

    python zoo.py > zoo.json           # torch 2.15.0, numpy 2.4.6; the format is described in tensors.py

Parameters bear our names and have our shapes; where PyTorch keeps them otherwise (order of the gates, two biases, channels
first) they are turned on the way into its own modules. Heads: "return" by mean squared error, "direction" by cross-entropy.
A case holds x, y, the settings of the net, "loss" while training, the predictions by the running statistics, and the losses
of 50 steps of Adam (rate 0.01) in double precision, step k on the samples (8 k + 0..7) mod 32 of "curve_x" and "curve_y".
"""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from tensors import Source, case, pack, write

BATCH = 6
POOL, CURVE_BATCH, CURVE_STEPS, CURVE_RATE = 32, 8, 50, 0.01

# A gradient of one number may be a difference of large ones.
TOLERANCE = 1e-4


class Net:
    """Hands out parameters by name: draws them when first asked for, so that a net is described only once."""

    def __init__(self, source=None, parameters=None, buffers=None, training=True):
        self.source, self.parameters, self.buffers = source, {} if parameters is None else parameters, {} if buffers is None else buffers
        self.training, self.statistics = training, {}

    def __call__(self, name, *shape, gain=False):
        if name not in self.parameters:
            scale = 0.3 if len(shape) == 1 else 1 / math.sqrt(shape[-1])
            self.parameters[name] = self.source.normal(*shape, scale=scale) + (1 if gain else 0)
        assert tuple(self.parameters[name].shape) == shape, (name, shape)
        return self.parameters[name]

    def buffer(self, name, make):
        if name not in self.buffers:
            self.buffers[name] = make(self.source)
        return self.buffers[name]


def affine(p, path, x, units):
    return F.linear(x, p(f"{path}.weight", units, x.shape[-1]), p(f"{path}.bias", units))


def layer_norm(p, path, x):
    return F.layer_norm(x, x.shape[-1:], p(f"{path}.gain", x.shape[-1], gain=True), p(f"{path}.bias", x.shape[-1]))


def batch_norm(p, path, x):
    width = x.shape[-1]
    mean = p.buffer(f"{path}.mean", lambda s: s.normal(width, scale=0.1)).to(x.dtype)
    variance = p.buffer(f"{path}.variance", lambda s: s.uniform(0.2, 0.6, width)).to(x.dtype)
    rows = x.reshape(-1, width)
    gain, bias = p(f"{path}.gain", width, gain=True), p(f"{path}.bias", width)
    if p.training:
        p.statistics[f"{path}.mean"], p.statistics[f"{path}.variance"] = rows.detach().mean(0), rows.detach().var(0, unbiased=True)
    return F.batch_norm(rows, mean.clone(), variance.clone(), gain, bias, training=p.training).reshape(x.shape)


NORMS = {"layer": layer_norm, "batch": batch_norm}


def turned(t, order):
    parts = t.chunk(len(order))
    return torch.cat([parts[i] for i in order])


def lstm(p, path, x, units, reverse=False):
    """Ours: input, output, forget, cell; PyTorch's: input, forget, cell, output."""
    order = (0, 2, 3, 1)
    bias = turned(p(f"{path}.bias", 4 * units), order)
    weights = {
        "weight_ih_l0": turned(p(f"{path}.input", 4 * units, x.shape[-1]), order),
        "weight_hh_l0": turned(p(f"{path}.recurrent", 4 * units, units), order),
        "bias_ih_l0": bias, "bias_hh_l0": torch.zeros_like(bias),
    }
    return recurrence(nn.LSTM, weights, x, units, reverse)


def gru(p, path, x, units, reverse=False):
    """Ours: update, reset, candidate; PyTorch's: reset, update, candidate."""
    order = (1, 0, 2)
    zeros = x.new_zeros(2 * units)
    weights = {
        "weight_ih_l0": turned(p(f"{path}.input", 3 * units, x.shape[-1]), order),
        "weight_hh_l0": turned(p(f"{path}.recurrent", 3 * units, units), order),
        "bias_ih_l0": turned(p(f"{path}.bias", 3 * units), order), "bias_hh_l0": torch.cat([zeros, p(f"{path}.resetBias", units)]),
    }
    return recurrence(nn.GRU, weights, x, units, reverse)


def recurrence(make, weights, x, units, reverse):
    out = functional_call(make(x.shape[-1], units, batch_first=True), weights, (x.flip(1) if reverse else x,))[0]
    return out.flip(1) if reverse else out


def recurrent(p, path, x, kind, units, layers, norm=None, direction="forward", residual=False):
    for layer in range(layers):
        at = f"{path}.layer{layer}"
        if direction == "both":
            y = torch.cat([kind(p, f"{at}.forward", x, units), kind(p, f"{at}.backward", x, units, True)], -1)
        else:
            y = kind(p, at, x, units, direction == "backward")
        if norm:
            y = NORMS[norm](p, f"{at}.norm", y)
        x = x + y if residual and x.shape[-1] == y.shape[-1] else y
    return x


def conv1d(p, path, x, channels, kernel, dilation, causal):
    inputs, span = x.shape[-1], (kernel - 1) * dilation
    weight = p(f"{path}.weight", channels, kernel * inputs).reshape(channels, kernel, inputs).transpose(1, 2).contiguous()
    padding = (span, 0) if causal else (span // 2, span - span // 2)
    return F.conv1d(F.pad(x.transpose(1, 2), padding), weight, p(f"{path}.bias", channels), dilation=dilation).transpose(1, 2)


def conv(p, path, x, channels, kernel, dilations=(1,), causal=True, residual=False):
    for layer, dilation in enumerate(dilations):
        at = f"{path}.layer{layer}"
        if not residual:
            x = conv1d(p, at, x, channels, kernel, dilation, causal).relu()
            continue
        y = conv1d(p, f"{at}.first", x, channels, kernel, dilation, causal).relu()
        y = conv1d(p, f"{at}.second", y, channels, kernel, dilation, causal).relu()
        around = x if x.shape[-1] == channels else affine(p, f"{at}.shortcut", x, channels)
        x = (y + around).relu()
    return x


def encoder(p, path, x, heads, layers, feed_forward, first=True, activation="relu", causal=False):
    width = x.shape[-1]
    mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype) if causal else None
    for layer in range(layers):
        at = f"{path}.layer{layer}"
        module = nn.TransformerEncoderLayer(width, heads, feed_forward, dropout=0.0, activation=activation, batch_first=True, norm_first=first)
        weights = {
            "self_attn.in_proj_weight": p(f"{at}.attention.projection.weight", 3 * width, width),
            "self_attn.in_proj_bias": p(f"{at}.attention.projection.bias", 3 * width),
            "self_attn.out_proj.weight": p(f"{at}.attention.output.weight", width, width),
            "self_attn.out_proj.bias": p(f"{at}.attention.output.bias", width),
            "linear1.weight": p(f"{at}.feedForward.first.weight", feed_forward, width),
            "linear1.bias": p(f"{at}.feedForward.first.bias", feed_forward),
            "linear2.weight": p(f"{at}.feedForward.second.weight", width, feed_forward),
            "linear2.bias": p(f"{at}.feedForward.second.bias", width),
            "norm1.weight": p(f"{at}.attention.norm.gain", width, gain=True), "norm1.bias": p(f"{at}.attention.norm.bias", width),
            "norm2.weight": p(f"{at}.feedForward.norm.gain", width, gain=True), "norm2.bias": p(f"{at}.feedForward.norm.bias", width),
        }
        x = functional_call(module, weights, (x,), {"src_mask": mask})
    return layer_norm(p, f"{path}.norm", x) if first else x


def sinusoids(x):
    _, steps, width = x.shape
    position = torch.arange(steps, dtype=torch.float64)[:, None]
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    table = torch.zeros(steps, width, dtype=torch.float64)
    table[:, 0::2], table[:, 1::2] = torch.sin(position * rates), torch.cos(position * rates)[:, : width // 2]
    return table.float().to(x.dtype)


def log_volatility(x, feature, half_life):
    squares = (x if feature is None else x[..., feature : feature + 1]).square().mean(-1)
    out = []
    for t in range(squares.shape[1]):
        weights = torch.tensor([2 ** (-(t - s) / half_life) for s in range(t + 1)], dtype=torch.float64)
        out.append((squares[:, : t + 1] * (weights / weights.sum()).to(x.dtype)).sum(1))
    return (torch.stack(out, 1) + 1e-4).sqrt().log()[..., None]


def additive_pool(p, path, x, units):
    score = torch.tanh(affine(p, f"{path}.hidden", x, units)) @ p(f"{path}.score.weight", 1, units).T
    return (score.softmax(1) * x).sum(1)


def query_pool(p, path, x, heads):
    batch, steps, width = x.shape
    weights = (x @ p(f"{path}.query.weight", heads, width).T).softmax(1)
    values = affine(p, f"{path}.value", x, width).reshape(batch, steps, heads, width // heads)
    return affine(p, f"{path}.output", torch.einsum("bth,bthd->bhd", weights, values).reshape(batch, width), width)


def downsample(x, factor):
    groups = x.shape[1] // factor
    return x[:, x.shape[1] - groups * factor :].unflatten(1, (groups, factor)).mean(2)


def gate(p, path, branches):
    stacked = torch.stack(branches, -1)
    score = affine(p, f"{path}.gate", torch.cat(branches, -1), stacked.shape[-2] * len(branches))
    return (score.unflatten(-1, stacked.shape[-2:]).softmax(-1) * stacked).sum(-1)


def book(p, path, x, channels):
    leaky = lambda t: F.leaky_relu(t, 0.01)

    def along(at, t, kernel, out):
        inputs = t.shape[1]
        weight = p(f"{at}.weight", out, kernel * inputs).reshape(out, kernel, inputs).transpose(1, 2).contiguous()[..., None]
        return leaky(F.conv2d(F.pad(t, (0, 0, kernel - 1, 0)), weight, p(f"{at}.bias", out)))

    def point(at, t, out):
        return leaky(F.conv2d(t, p(f"{at}.weight", out, t.shape[1])[..., None, None], p(f"{at}.bias", out)))

    y = x[:, None]
    for name, size in (("sides", 2), ("levels", 2), ("book", x.shape[-1] // 4)):
        inputs = y.shape[1]
        weight = p(f"{path}.{name}.join.weight", channels, size * inputs).reshape(channels, size, inputs).transpose(1, 2).contiguous()[:, :, None]
        y = leaky(F.conv2d(y, weight, p(f"{path}.{name}.join.bias", channels), stride=(1, size)))
        y = along(f"{path}.{name}.first", y, 4, channels)
        y = along(f"{path}.{name}.second", y, 4, channels)
    at, wide = f"{path}.inception", 2 * channels
    three = along(f"{at}.three", point(f"{at}.three.point", y, wide), 3, wide)
    five = along(f"{at}.five", point(f"{at}.five.point", y, wide), 5, wide)
    pooled = F.max_pool2d(F.pad(y, (0, 0, 2, 0), value=-torch.inf), (3, 1), stride=1)
    return torch.cat([three, five, point(f"{at}.pool.point", pooled, wide)], 1)[..., 0].transpose(1, 2)


def over_time(p, path, x):
    steps, channels = x.shape[1:]
    return torch.einsum("btc,ct->bc", x, p(f"{path}.weight", channels, steps, 1)[..., 0]) + p(f"{path}.bias", channels, 1, 1)[:, 0, 0]


def moving_average(x, kernel):
    ends = (x[:, :1].expand(-1, kernel // 2, -1), x, x[:, -1:].expand(-1, kernel // 2, -1))
    return F.avg_pool1d(torch.cat(ends, 1).transpose(1, 2), kernel, stride=1).transpose(1, 2)


# The nets: body(p, x, options) gives [batch, width].
def lstm_batch_norm(p, x, o):
    return recurrent(p, "0-lstm", x, lstm, o["units"], o["layers"], "batch")[:, -1]


def lstm_attention(p, x, o):
    y = recurrent(p, "0-lstm", x, lstm, o["units"], o["layers"], "layer", "both")
    return additive_pool(p, "1-attention", y, o["units"])


def lstm_residual(p, x, o):
    return recurrent(p, "1-lstm", affine(p, "0-dense", x, o["units"]), lstm, o["units"], o["layers"], "layer", residual=True)[:, -1]


def gru_layer_norm(p, x, o):
    return recurrent(p, "0-gru", x, gru, o["units"], o["layers"], "layer")[:, -1]


def gru_attention(p, x, o):
    y = affine(p, "0-dense", x, o["units"])
    y = recurrent(p, "2-gru", y + sinusoids(y), gru, o["units"], o["layers"], "layer")
    return query_pool(p, "3-attention", y, o["heads"])


def gru_fusion(p, x, o):
    sides = [recurrent(p, f"0-parallel.branch{i}.0-gru", x, gru, o["units"], o["layers"], "layer", d) for i, d in enumerate(("forward", "backward"))]
    y = gate(p, "0-parallel", sides)
    return affine(p, "2-dense", torch.cat([y[:, -1], y.mean(1), y.amax(1)], -1), o["units"]).relu()


def transformer(p, x, o):
    y = affine(p, "0-dense", x, o["units"])
    return encoder(p, "2-encoder", y + sinusoids(y), o["heads"], o["layers"], 2 * o["units"]).mean(1)


def transformer_volatility(p, x, o):
    y = affine(p, "0-dense", x, o["units"])
    v, table = log_volatility(x, o["feature"], o["halfLife"]), sinusoids(y)
    y = y + table * (1 + p("1-position.modulation", o["units"]) * v) + p("1-position.volatility", o["units"]) * v
    y = encoder(p, "2-encoder", y, o["heads"], o["layers"], 2 * o["units"])[:, -1]
    y = y * 2 * torch.sigmoid(p("4-volatility-gate.slope", o["units"]) * v[:, -1] + p("4-volatility-gate.bias", o["units"]))
    return affine(p, "5-dense", y, o["units"]).relu()


def transformer_multi_scale(p, x, o):
    parts = []
    for i, factor in enumerate(o["scales"]):
        at, shift = f"0-parallel.branch{i}", 0 if factor == 1 else 1
        y = affine(p, f"{at}.{shift}-dense", x if factor == 1 else downsample(x, factor), o["units"])
        y = encoder(p, f"{at}.{shift + 2}-encoder", y + sinusoids(y), o["heads"], o["layers"], 2 * o["units"])
        parts.append(query_pool(p, f"{at}.{shift + 3}-attention", y, o["heads"]))
    return affine(p, "1-dense", torch.cat(parts, -1), o["units"]).relu()


def cnn(p, x, o):
    return conv(p, "0-conv", x, o["channels"], o["kernel"], (1, 1), causal=False).amax(1)


def tcn(p, x, o):
    return conv(p, "0-conv", x, o["channels"], o["kernel"], o["dilations"], residual=True)[:, -1]


def deep_lob(p, x, o):
    return recurrent(p, "1-lstm", book(p, "0-book", x, o["channels"]), lstm, o["units"], 1)[:, -1]


def multi_scale(p, x, o):
    scales = o["scales"]

    def branch(at, factor):
        shift = 0 if factor == 1 else 1
        y = conv(p, f"{at}.{shift}-conv", x if factor == 1 else downsample(x, factor), o["channels"], o["kernel"], residual=True)
        return additive_pool(p, f"{at}.{shift + 1}-attention", y, o["channels"])

    def fused(at, count):
        """The gate over the `count` finest scales."""
        finer = branch(f"{at}.branch0", scales[0]) if count == 2 else fused(f"{at}.branch0.0-parallel", count - 1)
        return gate(p, at, [finer, branch(f"{at}.branch1", scales[count - 1])])

    return fused("0-parallel", len(scales))


def mlp_attention(p, x, o):
    y = x.flatten(1)
    scores = affine(p, "1-feature-attention.score", torch.tanh(affine(p, "1-feature-attention.hidden", y, o["attention"])), y.shape[-1])
    y = y * scores.softmax(-1) * y.shape[-1]
    for layer in range(o["layers"]):
        y = affine(p, f"{layer + 2}-dense", y, o["units"]).relu()
    return y


def dlinear(p, x, o):
    trend = moving_average(x, o["kernel"])
    return over_time(p, "0-over-time.trend", trend) + over_time(p, "0-over-time.rest", x - trend)


def nlinear(p, x, o):
    return over_time(p, "0-over-time", x - x[:, -1:]) + x[:, -1]


NETS = {
    "lstm-batch-norm": (lstm_batch_norm, {"units": 5, "layers": 2}, 6, 3),
    "lstm-attention": (lstm_attention, {"units": 5, "layers": 1}, 6, 3),
    "lstm-residual": (lstm_residual, {"units": 5, "layers": 3}, 6, 3),
    "gru-layer-norm": (gru_layer_norm, {"units": 5, "layers": 2}, 6, 3),
    "gru-attention": (gru_attention, {"units": 6, "layers": 1, "heads": 2}, 6, 3),
    "gru-fusion": (gru_fusion, {"units": 5, "layers": 1}, 6, 3),
    "transformer": (transformer, {"units": 8, "layers": 2, "heads": 2}, 6, 3),
    "transformer-volatility": (transformer_volatility, {"units": 8, "layers": 1, "heads": 2, "feature": 1, "halfLife": 3}, 6, 3),
    "transformer-multi-scale": (transformer_multi_scale, {"units": 8, "layers": 1, "heads": 2, "scales": [1, 3]}, 7, 3),
    "cnn": (cnn, {"channels": 5, "kernel": 3}, 6, 3),
    "tcn": (tcn, {"channels": 5, "kernel": 3, "dilations": [1, 2]}, 8, 3),
    "deep-lob": (deep_lob, {"channels": 3, "units": 5}, 6, 12),
    "multi-scale": (multi_scale, {"channels": 5, "kernel": 3, "scales": [1, 2, 4]}, 9, 3),
    "mlp-attention": (mlp_attention, {"units": 5, "layers": 2, "attention": 3}, 2, 4),
    "dlinear": (dlinear, {"kernel": 3}, 6, 3),
    "nlinear": (nlinear, {}, 6, 3),
}


# Settings of blocks that no net of the zoo has.
def post_causal(p, x, o):
    y = affine(p, "0-dense", x, 8)
    return encoder(p, "1-encoder", y, 2, 1, 12, first=False, activation="gelu", causal=True)[:, -1]


def two_ways(p, x, o):
    return recurrent(p, "0-gru", x, gru, 4, 2, "batch", "both", residual=True).mean(1)


def normed_conv(p, x, o):
    y = conv1d(p, "0-conv.layer0", x, 4, 3, 2, causal=True)
    return torch.tanh(layer_norm(p, "0-conv.layer0.norm", y)).flatten(1)


def shared(p, x, o):
    weight, bias = p("0-over-time.trend.weight", 1, x.shape[1]), p("0-over-time.trend.bias", 1)
    rest_weight, rest_bias = p("0-over-time.rest.weight", 1, x.shape[1]), p("0-over-time.rest.bias", 1)
    trend = moving_average(x, 5)
    return torch.einsum("btc,t->bc", trend, weight[0]) + bias + torch.einsum("btc,t->bc", x - trend, rest_weight[0]) + rest_bias


def around(p, x, o):
    y = x + F.gelu(layer_norm(p, "0-parallel.branch1.0-dense.norm", affine(p, "0-parallel.branch1.0-dense", x, x.shape[-1])))
    v = log_volatility(x, None, 2)
    gated = y * 2 * torch.sigmoid(p("1-volatility-gate.slope", x.shape[-1]) * v + p("1-volatility-gate.bias", x.shape[-1]))
    a = affine(p, "2-feature-attention.score", torch.tanh(affine(p, "2-feature-attention.hidden", gated, 3)), x.shape[-1]).softmax(-1)
    return (gated * a * x.shape[-1]).flatten(1)


BLOCKS = {
    "encoder, norm behind, causal": (post_causal, [{"kind": "dense", "units": 8, "activation": "none"}, {"kind": "encoder", "heads": 2, "feedForward": 12, "causal": True, "norm": "post", "activation": "gelu"}, {"kind": "last"}]),
    "gru, both directions, batch norm, residual": (two_ways, [{"kind": "gru", "units": 4, "layers": 2, "direction": "both", "norm": "batch", "residual": True}, {"kind": "mean"}]),
    "convolution, dilated, layer norm": (normed_conv, [{"kind": "conv", "channels": 4, "dilations": [2], "activation": "tanh", "norm": "layer"}]),
    "linear over time, shared": (shared, [{"kind": "over-time", "kernel": 5}]),
    "a way around, volatility of all, attention at each step": (around, [
        {"kind": "parallel", "join": "sum", "branches": [[], [{"kind": "dense", "units": 3, "activation": "gelu", "norm": "layer"}]]},
        {"kind": "volatility-gate", "halfLife": 2}, {"kind": "feature-attention", "units": 3},
    ]),
}


def predict(p, body, x, options):
    y = body(p, x, options)
    return affine(p, "head.return", y, 1)[:, 0], affine(p, "head.direction", y, 1)[:, 0]


def loss_of(p, body, x, y, options):
    center, odds = predict(p, body, x, options)
    return F.mse_loss(center, y) + F.binary_cross_entropy_with_logits(odds, (y > 0).to(y.dtype))


def curve(body, weights, buffers, x, y, options):
    leaves = {k: v.detach().double().requires_grad_() for k, v in weights.items()}
    optimizer = torch.optim.Adam(leaves.values(), lr=CURVE_RATE)
    losses = []
    for step in range(CURVE_STEPS):
        rows = [(CURVE_BATCH * step + i) % POOL for i in range(CURVE_BATCH)]
        loss = loss_of(Net(parameters=leaves, buffers=buffers), body, x[rows].double(), y[rows].double(), options)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


cases = []
entries = [(name, body, options, {"net": name, "options": options, "steps": steps, "features": features}) for name, (body, options, steps, features) in NETS.items()]
entries += [(name, body, {}, {"blocks": blocks, "steps": 6, "features": 3}) for name, (body, blocks) in BLOCKS.items()]
for name, body, options, settings in entries:
    steps, features = settings["steps"], settings["features"]
    source = Source(f"zoo {name}")
    drawn = Net(source)
    x, y = source.normal(BATCH, steps, features), source.normal(BATCH) + 0.5
    predict(drawn, body, x, options)
    weights, buffers = drawn.parameters, drawn.buffers

    def run(i, w, c, body=body, options=options, buffers=buffers):
        training = Net(parameters=w, buffers=buffers)
        loss = loss_of(training, body, c["x"], c["y"], options)
        center, odds = predict(Net(parameters=w, buffers=buffers, training=False), body, c["x"], options)
        return {"loss": loss, "return": center, "direction": odds.sigmoid(), **{f"statistic.{k}": v for k, v in training.statistics.items()}}

    read_only = ("return", "direction", *(f"statistic.{k}" for k in buffers))
    one = case(name, run, source, {}, weights, {"x": x, "y": y}, settings, read_only, TOLERANCE)
    pool_x, pool_y = source.normal(POOL, steps, features), source.normal(POOL)
    # Something to learn, so that the losses fall.
    pool_y = 0.5 * pool_y + pool_x[:, -1, 0] - 0.5 * pool_x[:, 0, 1]
    one["buffers"] = {k: pack(v) for k, v in buffers.items()}
    one["curve"] = {"x": pack(pool_x), "y": pack(pool_y), "losses": curve(body, weights, buffers, pool_x, pool_y, options)}
    cases.append(one)

write(cases)
