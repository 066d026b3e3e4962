// Boosted trees against LightGBM, XGBoost and scikit-learn on two threads: same files, rounds, leaves and bins, in interleaved rounds. Each
// side of each case is one process that stays; memory is asked of a fresh one. BENCH_STOCKS=WORKSPACE adds the shares of
// docs/experiments.md, BENCH_TREES=100k,1m,stocks measures these alone.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { PEERS } from "./peer.js";
import { openPeer, type PeerProcess } from "./peer-process.js";
import { simulatedFolder, stocksFolder } from "./trees-data.js";

const THREADS = 2;
const CHILD = fileURLToPath(new URL("./trees-child.js", import.meta.url));
const LIBRARIES = { lightgbm: "LightGBM", xgboost: "XGBoost", sklearn: "scikit-learn" } as const;
type Library = keyof typeof LIBRARIES;

interface Set {
  readonly name: string;
  readonly title: string;
  /** Null where its data is not at hand. */
  readonly folder: () => Promise<string | null>;
}

const sets: readonly Set[] = [
  { name: "100k", title: "100k x 170, two classes", folder: () => Promise.resolve(simulatedFolder(100_000, 170, "binary")) },
  { name: "1m", title: "1M x 50, squared error", folder: () => Promise.resolve(simulatedFolder(1_000_000, 50, "regression")) },
  { name: "stocks", title: "434 shares x 158, squared error", folder: stocksFolder },
];

class Side {
  private running: PeerProcess | undefined;
  private gone: string | undefined;

  constructor(
    private readonly command: string,
    private readonly args: readonly string[],
  ) {}

  async ask(request: object): Promise<Readonly<Record<string, unknown>> | NotRun> {
    if (!existsSync(this.command)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
    if (this.gone !== undefined) return { notRun: this.gone };
    const answer = await (this.running ??= openPeer(this.command, this.args)).ask(request);
    if ("notRun" in answer) this.gone = String(answer["notRun"]);
    return answer;
  }

  /** In a process of its own. */
  async askFresh(request: object): Promise<Readonly<Record<string, unknown>> | NotRun> {
    const fresh = new Side(this.command, this.args);
    const answer = await fresh.ask(request);
    await fresh.running?.close();
    return answer;
  }
}

function casesOf({ title }: Set, folder: string): readonly BenchCase[] {
  const ours = new Side(process.execPath, [CHILD, folder, String(THREADS)]);
  const peers = new Map(
    (Object.keys(LIBRARIES) as Library[]).map((name) => [
      name,
      new Side(`${PEERS}.venv/bin/python`, [`${PEERS}trees.py`, name, folder, "--threads", String(THREADS)]),
    ]),
  );
  let seed = 0;
  const told = (who: string, answer: Readonly<Record<string, unknown>> | NotRun): void => {
    if (!("notRun" in answer) && "score" in answer)
      process.stderr.write(
        `  ${who}: held out ${Number(answer["score"]).toFixed(5)}${"way" in answer ? ` (${String(answer["way"])})` : ""}\n`,
      );
  };
  const own =
    (request: () => object, field: string, fresh = false) =>
    async (): Promise<number> => {
      const answer = await (fresh ? ours.askFresh(request()) : ours.ask(request()));
      told("ours", answer);
      if ("notRun" in answer) throw new Error(`our side: ${String(answer["notRun"])}`);
      return answer[field] as number;
    };
  const peer = (name: Library, request: () => object, field: string, fresh = false): NonNullable<BenchCase["peer"]> => ({
    name: LIBRARIES[name],
    run: async () => {
      const side = peers.get(name) as Side;
      const answer = await (fresh ? side.askFresh(request()) : side.ask(request()));
      told(LIBRARIES[name], answer);
      return "notRun" in answer ? (answer as NotRun) : (answer[field] as number);
    },
  });
  const train = (): object => ({ do: "train", seed: (seed++ % 1000) + 1 });
  const all = Object.keys(LIBRARIES) as Library[];
  const named = (label: string): string => `${title}: ${label}`;
  const each = (label: string, unit: BenchCase["unit"], request: () => object, field: string, fresh = false): readonly BenchCase[] =>
    all.map((name) => ({
      name: named(`${label}, ${LIBRARIES[name]}`),
      unit,
      ours: own(request, field, fresh),
      peer: peer(name, request, field, fresh),
    }));
  return [
    ...each("200 trees x 31 leaves", "s", train, "s"),
    ...each("peak memory of training", "MB", () => ({ do: "memory" }), "mb", true),
    ...(["p50", "p99"] as const).map(
      (q): BenchCase => ({
        name: named(`one row, ${q}`),
        unit: "us",
        ours: own(() => ({ do: "row" }), `${q}_us`),
        peer: peer("lightgbm", () => ({ do: "row" }), `${q}_us`),
      }),
    ),
    ...each("100,000 rows at once", "rows/s", () => ({ do: "bulk" }), "per_s"),
    {
      name: named("SHAP values of 1000 rows, shap"),
      unit: "s",
      ours: own(() => ({ do: "contributions" }), "s"),
      peer: peer("lightgbm", () => ({ do: "shap" }), "s"),
    },
    {
      name: named("SHAP values of 1000 rows, LightGBM"),
      unit: "s",
      ours: own(() => ({ do: "contributions" }), "s"),
      peer: peer("lightgbm", () => ({ do: "contributions" }), "s"),
    },
  ];
}

async function cases(): Promise<readonly BenchCase[]> {
  const asked = process.env["BENCH_TREES"]?.split(",");
  const found: BenchCase[] = [];
  for (const set of sets) {
    if (asked !== undefined && !asked.includes(set.name)) continue;
    const folder = await set.folder();
    if (folder === null) process.stderr.write(`  ${set.title}: not run, as BENCH_STOCKS names no workspace with these data\n`);
    else found.push(...casesOf(set, folder));
  }
  return found;
}

export const bench: Bench = { cases: await cases() };
