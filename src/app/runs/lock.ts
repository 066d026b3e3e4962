// One process per session: a lock file with the owner's process id. A lock whose owner is gone is taken over.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { TruewindError } from "#base/errors.js";

/** Returns the function that lets go. Throws `busy` while another live process holds it. */
export function acquireLock(path: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      const fd = openSync(path, "wx");
      writeSync(fd, String(process.pid));
      closeSync(fd);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(path, "utf8"));
      if (attempt > 2 || (owner > 0 && owner !== process.pid && isAlive(owner))) {
        throw new TruewindError("busy", `Process ${owner} is running this session: stop it first, or wait for its end.`);
      }
      rmSync(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
