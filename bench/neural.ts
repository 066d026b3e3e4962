// Training and inference of nets against PyTorch on the CPU with two threads: the same shapes, batches and work, in interleaved rounds.
// Each side of each net is one process that stays; memory is asked of a fresh one. PyTorch runs in its quickest way (neural-torch.ts).
// BENCH_NETS=lstm-1x64,tcn measures these alone.
import { fileURLToPath } from "node:url";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { type NetCase, netCaseOf, netCases } from "./neural-cases.js";
import { torchNet } from "./neural-torch.js";
import { openPeer, type PeerProcess } from "./peer-process.js";

const THREADS = 2;
const CHILD = fileURLToPath(new URL("./neural-child.js", import.meta.url));
/** Length of a round, seconds, as the peer's. */
const SECONDS = 1;

function casesOf(net: NetCase): readonly BenchCase[] {
  const torch = torchNet(net.name, THREADS, (line) => process.stderr.write(`  ${line}\n`));
  const start = (): PeerProcess => openPeer(process.execPath, [CHILD, net.name, String(THREADS)]);
  let rounds: PeerProcess | undefined;
  const ours = async (request: object, field: string): Promise<number> => {
    rounds ??= start();
    return fieldOf(await rounds.ask({ ...request, seconds: SECONDS }), field);
  };
  const memory = async (): Promise<number> => {
    const fresh = start();
    const answer = await fresh.ask({ do: "memory" });
    await fresh.close();
    return fieldOf(answer, "mb");
  };
  const named = (label: string): string => `${net.name}: ${label}`;
  const peer = (run: () => Promise<number | NotRun>): NonNullable<BenchCase["peer"]> => ({ name: "PyTorch", run });
  return [
    { name: named(`train step, batch ${net.batch}`), unit: "ms", ours: () => ours({ do: "train" }, "ms"), peer: peer(() => torch.train()) },
    { name: named("one sample, p50"), unit: "us", ours: () => ours({ do: "latency" }, "p50_us"), peer: peer(() => torch.latency("p50")) },
    { name: named("one sample, p99"), unit: "us", ours: () => ours({ do: "latency" }, "p99_us"), peer: peer(() => torch.latency("p99")) },
    {
      name: named("512 samples at once"),
      unit: "samples/s",
      ours: () => ours({ do: "throughput" }, "per_s"),
      peer: peer(() => torch.throughput()),
    },
    ...(net.streams
      ? (["p50", "p99"] as const).map(
          (quantile): BenchCase => ({
            name: named(`one step of a stream, ${quantile}`),
            unit: "us",
            ours: () => ours({ do: "stream" }, `${quantile}_us`),
            peer: peer(() => torch.stream(quantile)),
          }),
        )
      : []),
    { name: named("peak memory of training"), unit: "MB", ours: memory, peer: peer(() => torch.memory()) },
  ];
}

function fieldOf(answer: Readonly<Record<string, unknown>> | NotRun, field: string): number {
  if ("notRun" in answer) throw new Error(`our side: ${String(answer.notRun)}`);
  return answer[field] as number;
}

const asked = process.env["BENCH_NETS"]?.split(",").map((name) => netCaseOf(name));

export const bench: Bench = { cases: (asked ?? netCases).flatMap(casesOf) };
