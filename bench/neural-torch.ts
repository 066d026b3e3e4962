// PyTorch's side of the neural bench: for each net the quickest way that PyTorch offers, chosen first and then measured in rounds.
import { existsSync } from "node:fs";
import type { NotRun } from "./contract.js";
import { PEERS } from "./peer.js";
import { openPeer, type PeerProcess } from "./peer-process.js";

type Kind = "train" | "latency" | "throughput" | "stream";

/** Milliseconds of each way of running, by name: `eager-fused` is Adam's fused form, `compile-1` torch.compile on one thread. */
type Ways = Readonly<Record<Kind, Readonly<Record<string, number>>>> & { readonly failed: Readonly<Record<string, string>> };

/** One net of `bench/peers/neural_torch.py`; every method is one round. */
export interface TorchNet {
  /** Median milliseconds of a training step. */
  train(): Promise<number | NotRun>;
  /** Microseconds of one batch-1 inference. */
  latency(quantile: "p50" | "p99"): Promise<number | NotRun>;
  /** Samples per second at batch 512. */
  throughput(): Promise<number | NotRun>;
  /** Microseconds of one step with carried state. Recurrent nets only. */
  stream(quantile: "p50" | "p99"): Promise<number | NotRun>;
  /** Peak resident memory of a process that does nothing but train eagerly, MB. */
  memory(): Promise<number | NotRun>;
}

/** `say` is told once which ways were chosen. Nothing is started before the first round. */
export function torchNet(name: string, threads: number, say: (line: string) => void): TorchNet {
  const python = `${PEERS}.venv/bin/python`;
  const start = (): PeerProcess => openPeer(python, [`${PEERS}neural_torch.py`, name, "--threads", String(threads)]);
  let tried: Promise<Ways | NotRun> | undefined;
  let rounds: PeerProcess | undefined;

  const once = async (request: object): Promise<Readonly<Record<string, unknown>> | NotRun> => {
    if (!existsSync(python)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
    const peer = start();
    const answer = await peer.ask(request);
    await peer.close();
    return answer;
  };
  const ways = (): Promise<Ways | NotRun> => {
    tried ??= once({ do: "choose" }).then((answer) => {
      if (!isNotRun(answer)) say(`PyTorch ${name}: ${describe(answer as unknown as Ways)}`);
      return answer as unknown as Ways | NotRun;
    });
    return tried;
  };
  const round = async (kind: Kind, field: string): Promise<number | NotRun> => {
    const found = await ways();
    if (isNotRun(found)) return found;
    const way = quickest(found[kind]);
    if (way === undefined) return { notRun: `PyTorch has no way of ${kind} for ${name}` };
    rounds ??= start();
    const answer = await rounds.ask({ do: kind, way });
    return isNotRun(answer) ? answer : (answer[field] as number);
  };

  return {
    train: () => round("train", "ms"),
    latency: (quantile) => round("latency", `${quantile}_us`),
    throughput: () => round("throughput", "per_s"),
    stream: (quantile) => round("stream", `${quantile}_us`),
    async memory() {
      const answer = await once({ do: "memory" });
      return isNotRun(answer) ? answer : (answer["mb"] as number);
    },
  };
}

function quickest(ways: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(ways).sort(([, a], [, b]) => a - b)[0]?.[0];
}

function describe(ways: Ways): string {
  const kinds = ["train", "latency", "throughput", "stream"] as const;
  return kinds
    .filter((kind) => Object.keys(ways[kind]).length > 0)
    .map((kind) => `${kind} by ${quickest(ways[kind])}`)
    .join(", ");
}

function isNotRun(value: object): value is NotRun {
  return "notRun" in value;
}
