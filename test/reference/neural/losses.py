"""Losses by PyTorch on random predictions, with a weight per sample, and their gradients.

    python losses.py > losses.json     # torch 2.15.0, numpy 2.4.6; the format is described in tensors.py

Every case has the constant sample_weight [batch] (one of them 0), and its loss is sum(w * l) / sum(w) unless said otherwise
beside it. Where PyTorch has the weighted form itself, the script checks this one against it at equal sample weights.
"""
import torch
import torch.nn.functional as F

from tensors import Source, agree, case, write

cases = []
BATCH = 8


def mean(loss, w):
    return (w * loss).sum() / w.sum()


def add(name, run, inputs, constants, options=None, torch_mean=None):
    """run(inputs, constants) gives the loss; torch_mean is PyTorch's own for equal weights."""
    source = Source(name)
    given, fixed = inputs(source), constants(source)
    if torch_mean:
        equal = {**fixed, "sample_weight": torch.ones_like(fixed["sample_weight"])}
        agree(name, torch_mean(given, fixed), run(given, equal))
    cases.append(case(name, lambda i, w, c: {"loss": run(i, c)}, source, given, constants=fixed, options=options))


def sample_weight(s, *shape):
    w = s.uniform(0.2, 3, *(shape or (BATCH,)))
    w.view(-1)[2] = 0
    return w


def values(s, scale=1.0):
    return {"target": s.normal(BATCH, scale=scale), "sample_weight": sample_weight(s)}


def prediction(s):
    return {"prediction": s.normal(BATCH)}


add("mse", lambda i, c: mean((i["prediction"] - c["target"]) ** 2, c["sample_weight"]), prediction, values,
    torch_mean=lambda i, c: F.mse_loss(i["prediction"], c["target"]))
# Mean over the outputs of a sample, then the weighted mean over samples
add("mse-outputs", lambda i, c: mean(((i["prediction"] - c["target"]) ** 2).mean(1), c["sample_weight"]),
    lambda s: {"prediction": s.normal(BATCH, 3)}, lambda s: {"target": s.normal(BATCH, 3), "sample_weight": sample_weight(s)},
    torch_mean=lambda i, c: F.mse_loss(i["prediction"], c["target"]))
for delta in (1.0, 0.3):
    add(f"huber-{delta}", lambda i, c, d=delta: mean(F.huber_loss(i["prediction"], c["target"], reduction="none", delta=d), c["sample_weight"]),
        prediction, values, {"delta": delta})

# Pinball loss max(q e, (q - 1) e) of e = target - prediction [batch, quantile]; mean over the quantiles
quantiles = [0.05, 0.25, 0.5, 0.9]


def pinball(i, c):
    q = torch.tensor(quantiles, dtype=i["prediction"].dtype)
    e = c["target"][:, None] - i["prediction"]
    return mean(torch.maximum(q * e, (q - 1) * e).mean(1), c["sample_weight"])


add("quantile", pinball, lambda s: {"prediction": s.normal(BATCH, 4)}, values, {"quantiles": quantiles})

# 0.5 * (log variance + (mean - target)^2 / variance), without the constant 0.5 * log(2 pi)
add("gaussian-nll", lambda i, c: mean(F.gaussian_nll_loss(i["mean"], c["target"], i["log_variance"].exp(), reduction="none"), c["sample_weight"]),
    lambda s: {"mean": s.normal(BATCH), "log_variance": s.normal(BATCH)}, values,
    torch_mean=lambda i, c: F.gaussian_nll_loss(i["mean"], c["target"], i["log_variance"].exp()))


# Classes. A class weight multiplies the sample's weight, in the divisor too, as F.cross_entropy does:
# w = sample_weight * class_weight[label].
def logits(s):
    return {"logits": s.normal(BATCH, 3, scale=2)}


def labels(s):
    return {"label": s.labels(3, BATCH), "sample_weight": sample_weight(s)}


add("cross-entropy", lambda i, c: mean(F.cross_entropy(i["logits"], c["label"], reduction="none"), c["sample_weight"]), logits, labels,
    torch_mean=lambda i, c: F.cross_entropy(i["logits"], c["label"]))
add("cross-entropy-class-weight",
    lambda i, c: mean(F.cross_entropy(i["logits"], c["label"], reduction="none"), c["sample_weight"] * c["class_weight"][c["label"]]),
    logits, lambda s: {**labels(s), "class_weight": s.uniform(0.3, 3, 3)},
    torch_mean=lambda i, c: F.cross_entropy(i["logits"], c["label"], weight=c["class_weight"]))


def binary(s):
    return {"label": s.keep(0.5, BATCH), "sample_weight": sample_weight(s)}


def binary_logits(s):
    return {"logits": s.normal(BATCH, scale=3)}


# pos_weight multiplies the loss of the positives, not the divisor, as PyTorch does
for positive in (1.0, 2.5):
    pos = {"pos_weight": positive}
    add(f"binary-cross-entropy-{positive}",
        lambda i, c, p=positive: mean(F.binary_cross_entropy_with_logits(i["logits"], c["label"], pos_weight=torch.tensor(p, dtype=i["logits"].dtype), reduction="none"), c["sample_weight"]),
        binary_logits, binary, pos)


# Focal loss (Lin, Goyal, Girshick, He, Dollar 2017, eq. 5): -alpha_t (1 - p_t)^gamma log p_t, divisor sum(sample_weight)
def focal_binary(i, c, gamma=2.0, alpha=0.25):
    sign = 2 * c["label"] - 1
    log_pt = F.logsigmoid(sign * i["logits"])
    alpha_t = torch.where(c["label"] > 0.5, alpha, 1 - alpha)
    return mean(-alpha_t * (1 - log_pt.exp()) ** gamma * log_pt, c["sample_weight"])


def focal(i, c, gamma=2.0):
    log_pt = i["logits"].log_softmax(1).gather(1, c["label"][:, None])[:, 0]
    alpha_t = c["class_weight"][c["label"]] if "class_weight" in c else 1
    return mean(-alpha_t * (1 - log_pt.exp()) ** gamma * log_pt, c["sample_weight"])


add("focal-binary", focal_binary, binary_logits, binary, {"gamma": 2, "alpha": 0.25})
add("focal", focal, logits, labels, {"gamma": 2})
add("focal-class-weight", focal, logits, lambda s: {**labels(s), "class_weight": s.uniform(0.3, 3, 3)}, {"gamma": 2})


# Information coefficient: 1 - weighted Pearson correlation over the batch, and per row of [date, asset] with the mean over dates
def one_minus_correlation(i, c):
    x, y, w = i["prediction"], c["target"], c["sample_weight"]
    w = w / w.sum(-1, keepdim=True)
    x = x - (w * x).sum(-1, keepdim=True)
    y = y - (w * y).sum(-1, keepdim=True)
    covariance = (w * x * y).sum(-1)
    return (1 - covariance / ((w * x * x).sum(-1) * (w * y * y).sum(-1)).sqrt()).mean()


add("ic", one_minus_correlation, prediction, values,
    torch_mean=lambda i, c: 1 - torch.corrcoef(torch.stack([i["prediction"], c["target"]]))[0, 1])
add("ic-by-date", one_minus_correlation, lambda s: {"prediction": s.normal(3, 6)}, lambda s: {"target": s.normal(3, 6), "sample_weight": sample_weight(s, 3, 6)})


# RankNet (Burges et al. 2005): log(1 + exp(-(s_i - s_j))) over the ordered pairs with target_i > target_j;
# a pair weighs w_i * w_j, divisor the sum of the pairs' weights. Equal targets make no pair.
def pairwise(i, c):
    s, t, w = i["prediction"], c["target"], c["sample_weight"]
    pair = (t[:, None] > t[None, :]).to(s.dtype) * w[:, None] * w[None, :]
    return (pair * F.softplus(-(s[:, None] - s[None, :]))).sum() / pair.sum()


def tied(s):
    c = values(s)
    c["target"][5] = c["target"][1]
    return c


add("pairwise-logistic", pairwise, prediction, tied)

write(cases)
