// The verb behind `truewind status`: reads a session while it runs or after, and draws its page.
import { PAPER_PAGE, type RunFolder, writeWhole } from "../runs/run-folder.js";
import { renderPaperPage } from "./paper-page.js";
import { type SessionRecord, readSession } from "./read-session.js";

/** Throws `no-such-run` when the run is not a paper session. */
export function performStatus(folder: RunFolder): SessionRecord {
  const session = readSession(folder);
  writeWhole(folder.file(PAPER_PAGE), renderPaperPage(session));
  return session;
}
