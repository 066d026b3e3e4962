// One owner at a time for a file, across processes. It is SQLite's exclusive lock on an otherwise empty database: the operating
// system lets go of it when the owner ends in whatever way, so there is no stale lock to judge and no process id to mistake.
import Database from "libsql";

/** Holds the lock of `path`, a file made when missing, until the returned function is called; null while another owner holds it. */
export function lockFile(path: string, waitMs = 0): (() => void) | null {
  const database = new Database(path, { timeout: waitMs });
  try {
    database.exec(`pragma busy_timeout = ${waitMs}`);
    database.exec("begin exclusive");
    return () => database.close();
  } catch (error) {
    database.close();
    if (error instanceof Error && /busy|locked/i.test(error.message)) return null;
    throw error;
  }
}
