"""PyTorch on one net of `npm run bench -- neural`: answers requests, one JSON line in, one JSON line out.

    neural_torch.py CASE [--threads 2]

{"do": "memory"}      ten eager training steps: {"mb"}, the process's peak; ask it in a process of its own
{"do": "choose"}      every way of running, tried for a second each: {"train": {"eager": ms, ...}, "latency": ..., "failed": why}
{"do": "train"}       one round: {"ms"}, median of the steps (zero_grad, forward, loss, backward, Adam)
{"do": "latency"}     one round of batch-1 inference: {"p50_us", "p99_us"}
{"do": "throughput"}  one round of batch-512 inference: {"per_s"}, samples
{"do": "stream"}      one round of single steps with carried state (recurrent nets): {"p50_us", "p99_us"}

The rounds take "way", a name that "choose" gave; it is made and warmed up when first asked for. They run until "seconds"
(default 1) have passed. Data are random and already in memory; garbage collection is off. "choose" resets the compiler
between ways, so that the rounds belong in a fresh process.
"""
import argparse
import gc
import json
import os
import sys
import time

# Compiling in this process leaves no pool of workers beside the measurement.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch.nn.functional as F
from torch import nn

from peak_rss import peak_rss_mb


class Recurrent(nn.Module):
    def __init__(self, make, features, units, layers):
        super().__init__()
        self.body = make(features, units, num_layers=layers, batch_first=True)
        self.head = nn.Linear(units, 1)

    def forward(self, x):
        return self.head(self.body(x)[0][:, -1])

    def step(self, x, state):
        out, state = self.body(x, state)
        return self.head(out[:, -1]), state


class Encoder(nn.Module):
    def __init__(self, width, heads, layers, feedforward, dropout):
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, heads, feedforward, dropout, batch_first=True)
        # Ours drops nothing out of the attention weights: neither shall this one.
        layer.self_attn.dropout = 0.0
        self.body = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.body(x).mean(1))


class ResidualBlock(nn.Module):
    """Bai, Kolter, Koltun 2018, without weight normalization and dropout."""

    def __init__(self, channels_in, channels, dilation):
        super().__init__()
        self.left = 2 * dilation
        self.first = nn.Conv1d(channels_in, channels, 3, dilation=dilation)
        self.second = nn.Conv1d(channels, channels, 3, dilation=dilation)
        self.skip = nn.Conv1d(channels_in, channels, 1) if channels_in != channels else nn.Identity()

    def forward(self, x):
        y = F.relu(self.first(F.pad(x, (self.left, 0))))
        y = F.relu(self.second(F.pad(y, (self.left, 0))))
        return F.relu(y + self.skip(x))


class Tcn(nn.Module):
    def __init__(self, features, channels):
        super().__init__()
        self.body = nn.Sequential(*(ResidualBlock(features if d == 1 else channels, channels, d) for d in (1, 2, 4, 8)))
        self.head = nn.Linear(channels, 1)

    def forward(self, x):
        return self.head(self.body(x)[:, :, -1])


class DeepLob(nn.Module):
    """Zhang, Zohren, Roberts 2019: the paper's layer sizes; time stays 100 long by padding 1 and then 2 on both sides."""

    def __init__(self):
        super().__init__()

        def block(channels_in, kernel, stride):
            return nn.Sequential(
                nn.Conv2d(channels_in, 16, kernel, stride=stride), nn.LeakyReLU(0.01),
                nn.Conv2d(16, 16, (4, 1), padding=(1, 0)), nn.LeakyReLU(0.01),
                nn.Conv2d(16, 16, (4, 1), padding=(2, 0)), nn.LeakyReLU(0.01),
            )

        def branch(kernel):
            return nn.Sequential(
                nn.Conv2d(16, 32, 1), nn.LeakyReLU(0.01),
                nn.Conv2d(32, 32, (kernel, 1), padding=(kernel // 2, 0)), nn.LeakyReLU(0.01),
            )

        self.blocks = nn.Sequential(block(1, (1, 2), (1, 2)), block(16, (1, 2), (1, 2)), block(16, (1, 10), 1))
        self.three, self.five = branch(3), branch(5)
        self.pool = nn.Sequential(nn.MaxPool2d((3, 1), 1, (1, 0)), nn.Conv2d(16, 32, 1), nn.LeakyReLU(0.01))
        self.lstm = nn.LSTM(96, 64, batch_first=True)
        self.head = nn.Linear(64, 1)

    def forward(self, x):
        x = self.blocks(x)
        x = torch.cat([self.three(x), self.five(x), self.pool(x)], 1)
        return self.head(self.lstm(x.squeeze(3).transpose(1, 2))[0][:, -1])


# Shape of one sample, batch, net
CASES = {
    "lstm-3x256": ((60, 64), 64, lambda: Recurrent(nn.LSTM, 64, 256, 3)),
    "lstm-1x64": ((30, 32), 128, lambda: Recurrent(nn.LSTM, 32, 64, 1)),
    "gru-2x128": ((60, 32), 64, lambda: Recurrent(nn.GRU, 32, 128, 2)),
    "transformer-d128": ((60, 128), 64, lambda: Encoder(128, 8, 3, 256, 0.0)),
    "transformer-d128-dropout": ((60, 128), 64, lambda: Encoder(128, 8, 3, 256, 0.1)),
    "transformer-d512": ((60, 512), 32, lambda: Encoder(512, 8, 4, 2048, 0.0)),
    "tcn": ((32, 60), 64, lambda: Tcn(32, 64)),
    "cnn-lstm": ((1, 100, 40), 32, DeepLob),
}


def timed(call, seconds, least):
    """Sorted nanoseconds of each call."""
    gc.collect()
    gc.disable()
    clock, times = time.perf_counter_ns, []
    end = clock() + int(seconds * 1e9)
    while len(times) < least or clock() < end:
        t0 = clock()
        call()
        times.append(clock() - t0)
    gc.enable()
    return sorted(times)


def quantile(times, q):
    return times[min(len(times) - 1, int(q * len(times)))]


class Peer:
    def __init__(self, name, threads):
        self.shape, self.batch, self.make = CASES[name]
        self.threads = threads
        self.recurrent = name.startswith(("lstm", "gru"))
        self.ways = {}

    def build(self):
        torch.manual_seed(1)
        return self.make()

    def data(self, batch):
        torch.manual_seed(2)
        return torch.randn(batch, *self.shape)

    # Each way is (threads, call), warmed up when made.
    def train_way(self, way):
        torch.set_num_threads(self.threads)
        net = self.build().train()
        x = self.data(self.batch)
        y = torch.randn(self.batch, 1)
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused="fused" in way)
        run = torch.compile(net) if "compile" in way else net

        def step():
            optimizer.zero_grad()
            loss = F.mse_loss(run(x), y)
            loss.backward()
            optimizer.step()

        return self.threads, step

    def infer_way(self, way, batch):
        kind, threads = way.split("-")
        torch.set_num_threads(int(threads))
        net, x = self.build().eval(), self.data(batch)
        if kind == "script":
            with torch.no_grad():
                run = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))
        else:
            run = net

        def call():
            with torch.inference_mode():
                run(x)

        return int(threads), call

    def stream_way(self, way):
        threads = int(way.split("-")[1])
        torch.set_num_threads(threads)
        net, x = self.build().eval(), self.data(1)
        state = None

        def call():
            nonlocal state
            with torch.inference_mode():
                _, state = net.step(x[:, :1], state)

        return threads, call

    def made(self, kind, way):
        key = (kind, way)
        if key not in self.ways:
            threads, call = {
                "train": lambda: self.train_way(way),
                "latency": lambda: self.infer_way(way, 1),
                "throughput": lambda: self.infer_way(way, 512),
                "stream": lambda: self.stream_way(way),
            }[kind]()
            for _ in range(3):
                call()
            self.ways[key] = threads, call
        return self.ways[key]

    def times(self, kind, way, seconds):
        threads, call = self.made(kind, way)
        torch.set_num_threads(threads)
        call()
        return timed(call, seconds, 200 if kind in ("latency", "stream") else 3)

    def choose(self, seconds):
        t = self.threads
        one_or_all = sorted({1, t})
        kinds = {
            "train": ("eager", "eager-fused", "compile-fused"),
            # Compiling for inference was never quicker than TorchScript where it was tried, and takes minutes.
            "latency": tuple(f"{k}-{n}" for k in ("eager", "script") for n in one_or_all),
            "throughput": tuple(f"{k}-{t}" for k in ("eager", "script")),
            "stream": tuple(f"eager-{n}" for n in one_or_all) if self.recurrent else (),
        }
        report, failed = {}, {}
        for kind, ways in kinds.items():
            report[kind] = {}
            for way in ways:
                try:
                    # The lower quartile: a moment of the machine must not decide.
                    report[kind][way] = quantile(self.times(kind, way, seconds), 0.25) / 1e6
                except Exception as error:
                    failed[f"{kind} {way}"] = str(error).strip().split("\n")[0][:200]
                self.ways.clear()
                torch._dynamo.reset()
        return {**report, "failed": failed}

    def answer(self, request):
        do, seconds = request["do"], request.get("seconds", 1.0)
        if do == "memory":
            _, step = self.train_way("eager")
            for _ in range(10):
                step()
            return {"mb": peak_rss_mb()}
        if do == "choose":
            return self.choose(seconds)
        times = self.times(do, request["way"], seconds)
        if do == "train":
            return {"ms": quantile(times, 0.5) / 1e6}
        if do == "throughput":
            return {"per_s": 512e9 / quantile(times, 0.5)}
        return {"p50_us": quantile(times, 0.5) / 1e3, "p99_us": quantile(times, 0.99) / 1e3}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("case", choices=CASES)
    args.add_argument("--threads", type=int, default=2)
    args = args.parse_args()
    peer = Peer(args.case, args.threads)
    for line in sys.stdin:
        print(json.dumps(peer.answer(json.loads(line))), flush=True)


main()
