// Processes of this machine that train one net together: the command itself has rank 0 and starts the others. They hold nothing that is
// not on disk or in the command, so they may end at any moment, and they do when the command is gone.
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type ProcessExchange, hostExchange } from "#adapters/compute/processes/exchange.js";
import { TruewindError } from "#base/errors.js";
import type { Device } from "#models/tensor/runtime.js";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import type { TrainJob } from "./train-thread.js";

/** What a training may use of the machine. */
export interface Compute {
  /** Of each process. */
  readonly threads: number;
  readonly processes: number;
}

/** Begins to work together, where a training does so, once all is on disk that the others read. */
export type Share = () => Promise<GradientExchange | undefined>;

export const alone: Share = () => Promise.resolve(undefined);

/** What a process is told that joins. */
export interface RankSetup {
  readonly job: TrainJob;
  readonly device: Device;
  readonly rank: number;
  readonly port: number;
}

/** The variable that hands the token to the processes, and to nobody else. */
export const TOKEN_VARIABLE = "TRUEWIND_EXCHANGE_TOKEN";

/** Why a process of rank 1 and up ended. */
export type FromRank = { readonly message: string };

export interface SharedWork {
  readonly exchange: GradientExchange;
  /** Ends the processes. */
  close(): void;
}

/** One that ends is heard of at once: this only bounds how long a loaded machine may take to start it. */
const JOIN_WITHIN_MS = 600_000;
/** Time for a process that is lost to say why. */
const LAST_WORD_MS = 1000;

/** Starts the others and waits for them. Throws `worker-lost`. */
export async function shareWork(job: TrainJob, device: Device): Promise<SharedWork> {
  const { processes } = job.compute;
  const token = randomBytes(32).toString("hex");
  const { port, joined } = await hostExchange({ workers: processes, token, port: 0, joinWithinMs: JOIN_WITHIN_MS });
  const children: ChildProcess[] = [];
  let exchange: ProcessExchange | null = null;
  const close = (): void => {
    exchange?.close();
    for (const child of children) child.kill("SIGKILL");
  };
  const lost = new Promise<never>((_, reject) => {
    for (let rank = 1; rank < processes; rank++) {
      const child = startRank({ job, device, rank, port }, token);
      children.push(child);
      let word = "";
      child.on("message", ({ message }: FromRank) => (word = message));
      child.on("error", ({ message }) => (word = message));
      child.on("close", (code, signal) => {
        if (code === 0) return;
        const why = word !== "" ? word : signal === null ? `exit code ${code}` : `signal ${signal}`;
        const text = `Process ${rank + 1} of ${processes} ended (${why}): give the same command again, and the training goes on from its checkpoint.`;
        reject(new TruewindError("worker-lost", text));
      });
    }
  });
  // Heard only where somebody waits for the processes.
  lost.catch(() => undefined);
  try {
    exchange = await Promise.race([joined, lost]);
  } catch (error) {
    close();
    throw error;
  }
  const wire = exchange;
  return {
    exchange: {
      rank: wire.rank,
      workers: wire.workers,
      async average(gradient, weight) {
        try {
          return await wire.average(gradient, weight);
        } catch (error) {
          await Promise.race([lost, wait(LAST_WORD_MS)]);
          throw error;
        }
      },
    },
    close,
  };
}

function startRank(setup: RankSetup, token: string): ChildProcess {
  const child = fork(new URL("./train-rank.js", import.meta.url), {
    serialization: "advanced",
    // Its words come as a message; standard output belongs to the command.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, [TOKEN_VARIABLE]: token },
  });
  child.send(setup);
  return child;
}
