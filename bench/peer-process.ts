// A Python peer that stays up: one JSON line asked, one answered. For peers whose import or warm-up would cost more than a round.
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { NotRun } from "./contract.js";

export interface PeerProcess {
  /** One question at a time. A peer that has died answers every later question with why. */
  ask(request: object): Promise<Readonly<Record<string, unknown>> | NotRun>;
  /** Resolves when the process is gone. A peer left open ends with us: its input closes. */
  close(): Promise<void>;
}

/** Starts `command`, which must answer each line of its input with one JSON object on a line of its output. */
export function openPeer(command: string, args: readonly string[]): PeerProcess {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  // Writing to a peer that died is no error of ours: the answer says it.
  child.stdin.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      complaint = error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });
  // An idle peer must not keep us from ending; one that is being waited for must.
  for (const pipe of child.stdio.slice(0, 3)) (pipe as Socket).unref();
  child.unref();
  const whileAlive = async <T>(waiting: () => Promise<T>): Promise<T> => {
    child.ref();
    try {
      return await waiting();
    } finally {
      child.unref();
    }
  };

  return {
    ask: (request) =>
      whileAlive(async () => {
        child.stdin.write(`${JSON.stringify(request)}\n`);
        const line: IteratorResult<string> = await lines.next();
        if (line.done !== true) return JSON.parse(line.value) as Readonly<Record<string, unknown>>;
        await gone;
        return { notRun: complaint.trim().split("\n").at(-1) || "it ended without an answer" };
      }),
    close: () =>
      whileAlive(async () => {
        child.stdin.end();
        await gone;
      }),
  };
}
