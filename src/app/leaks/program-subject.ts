// A pipeline in any language: a program that is told a folder with bars.csv and facts.csv, and leaves there what it made of them. It is run
// again and again on altered data, each time in a folder of its own that is removed afterwards.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TruewindError } from "#base/errors.js";
import type { LeakSubject } from "#research/leaks/subject.js";
import { readOutput } from "./read-output.js";
import { writeWorld } from "./write-world.js";

/** The folder is the last argument of the command, which runs in the current one. Throws `bad-config` when the program fails. */
export function programSubject(command: string, signal: AbortSignal | undefined): LeakSubject {
  return {
    name: command,
    async run(world) {
      const folder = mkdtempSync(join(tmpdir(), "truewind-leaks-"));
      try {
        writeWorld(folder, world);
        await runProgram(command, folder, signal);
        return readOutput(folder, world);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Of what a program complains, only the end is told. */
const TAIL = 2000;

function runProgram(command: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(`${command} "${folder}"`, {
      shell: true,
      stdio: ["ignore", "ignore", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-TAIL);
    });
    child.on("error", (cause) => {
      reject(
        new TruewindError(
          signal?.aborted === true ? "interrupted" : "bad-config",
          `The program "${command}" cannot be run: ${cause.message}.`,
          { cause },
        ),
      );
    });
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const last = said.trim().split("\n").at(-1) ?? "";
      reject(
        new TruewindError(
          "bad-config",
          `The program "${command}" ended with ${code}${last === "" ? "" : `: ${last}`}. Run it on a folder by hand.`,
        ),
      );
    });
  });
}
