// Threads that share out the pieces of a job. Who takes a piece is settled by one counter, so that nobody waits for a thread that has no
// core: the thread that trains does all the work where the others do not come to it.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { TruewindError } from "#base/errors.js";
import { Arena, type ArenaSetup } from "./arena.js";
import { Control } from "./control.js";
import { runPiece } from "./jobs.js";

/** Looks this often for the next job or the last piece before lying down: jobs follow each other at once, but cores may be taken. */
const SPINS = 3000;
const WAIT_MS = 1000;
/** Waits in a row without any piece done, after which a thread that holds one counts as lost. */
const PATIENCE = 300;

export interface HelperSetup extends ArenaSetup {
  readonly thread: number;
}

export class Team {
  readonly #helpers: Worker[] = [];
  readonly #ends: Promise<void>[] = [];
  #failure: Error | null = null;

  constructor(readonly arena: Arena) {
    for (let thread = 1; thread < arena.layout.threads; thread++) {
      // Resolved by the package's own map, because threads run what was built.
      const file = createRequire(import.meta.url).resolve("#models/trees/growth/growth-worker.js");
      const setup: HelperSetup = { ...arena.setup, thread };
      const helper = new Worker(file, { workerData: setup });
      helper.on("error", (error) => (this.#failure ??= error));
      this.#ends.push(new Promise((resolve) => void helper.on("exit", () => resolve())));
      // An idle helper must not keep the process from ending.
      helper.unref();
      this.#helpers.push(helper);
    }
  }

  /** Does every piece of a job. `alone`: too little for two. */
  run(job: number, pieces: number, alone = false): void {
    const { arena } = this;
    const { words } = arena;
    if (this.#failure !== null) throw lost(this.#failure);
    if (alone || pieces <= 1 || this.#helpers.length === 0) {
      for (let piece = 0; piece < pieces; piece++) runPiece(arena, job, piece, 0);
      return;
    }
    words[Control.job] = job;
    words[Control.pieces] = pieces;
    Atomics.store(words, Control.done, 0);
    Atomics.store(words, Control.left, pieces);
    Atomics.notify(words, Control.left, Math.min(pieces - 1, this.#helpers.length));
    workOn(arena, 0);
    let idle = 0;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(words, Control.done);
      if (done === pieces) break;
      if (spins < SPINS) continue;
      idle = Atomics.wait(words, Control.done, done, WAIT_MS) === "timed-out" ? idle + 1 : 0;
      if (idle > PATIENCE) throw lost(null);
    }
    if (Atomics.load(words, Control.failed) !== 0) throw lost(null);
  }

  async release(): Promise<void> {
    const { words } = this.arena;
    Atomics.store(words, Control.left, -1);
    Atomics.notify(words, Control.left);
    for (const helper of this.#helpers) helper.ref();
    await Promise.all(this.#ends);
  }
}

/** Takes pieces until none is left. */
function workOn(arena: Arena, thread: number): void {
  const { words } = arena;
  for (;;) {
    const left = Atomics.load(words, Control.left);
    if (left <= 0) return;
    if (Atomics.compareExchange(words, Control.left, left, left - 1) !== left) continue;
    // Whoever holds a piece keeps the job from changing.
    const pieces = words[Control.pieces] as number;
    try {
      runPiece(arena, words[Control.job] as number, pieces - left, thread);
    } catch (error) {
      Atomics.store(words, Control.failed, 1);
      if (thread === 0) throw error;
    }
    if (Atomics.add(words, Control.done, 1) === pieces - 1) Atomics.notify(words, Control.done);
  }
}

/** What a helper does until the end. */
export function help(setup: HelperSetup): void {
  const arena = new Arena(setup);
  const { words } = arena;
  for (;;) {
    workOn(arena, setup.thread);
    for (let spins = 0; ; spins++) {
      const left = Atomics.load(words, Control.left);
      if (left < 0) return;
      if (left > 0) break;
      if (spins >= SPINS) Atomics.wait(words, Control.left, 0);
    }
  }
}

function lost(cause: Error | null): TruewindError {
  const message = cause === null ? "it does not come back with its work" : cause.message;
  return new TruewindError("worker-lost", `A thread that grows trees was lost: ${message}. Train again, with fewer threads if it recurs.`);
}
