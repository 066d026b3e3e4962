// `tca.json` and `tca.html` beside a journal: what its trading cost. A backtest's report takes it in as sections.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { TruewindError } from "#base/errors.js";
import { codeVersion } from "../config/code-version.js";
import { renderTcaPage } from "../report/tca-page.js";
import type { TcaResult } from "../report/trade-costs.js";
import { type RunFolder, TCA_FILE, TCA_PAGE, readJson, writeWhole } from "../runs/run-folder.js";

/** `path`: a journal, or the folder of a run. */
export function folderOf(path: string): RunFolder {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  return { id: basename(folder), path: folder, file: (name) => join(folder, name) };
}

/** Returns the page. */
export function keepTca(folder: RunFolder, result: TcaResult): string {
  writeWhole(folder.file(TCA_FILE), `${JSON.stringify(result)}\n`);
  const page = folder.file(TCA_PAGE);
  writeWhole(page, renderTcaPage(result, codeVersion()));
  return page;
}

/** For a report; nothing where nobody asked. Throws `corrupt-artifact`. */
export function withCosts(folder: Pick<RunFolder, "file">): { readonly tradeCosts?: TcaResult } {
  const path = folder.file(TCA_FILE);
  if (!existsSync(path)) return {};
  try {
    return { tradeCosts: readJson(path) as TcaResult };
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `${path} is damaged: delete it, \`truewind tca\` makes it again.`, { cause });
  }
}
