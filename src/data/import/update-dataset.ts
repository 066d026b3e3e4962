// `truewind data update`: reads the declaration's files again, appends what is new and reports what history they tell differently.
import { TruewindError } from "#base/errors.js";
import { replaceDataset } from "../lake/folder.js";
import { openDataset } from "../lake/open-dataset.js";
import { buildVersion, type ImportOptions, type ImportResult } from "./build-version.js";
import type { LocatedDeclaration } from "./declaration.js";
import { secondSourceSql } from "./import-dataset.js";
import type { UpdateReport } from "./merge-previous.js";

export interface UpdateOptions extends ImportOptions {
  /** Rewrite history where the files differ from the lake; otherwise such rows are refused and listed. */
  readonly acceptRevisions?: boolean | undefined;
}

export interface UpdateResult extends ImportResult {
  readonly update: UpdateReport;
}

/** Bars only. Throws `no-such-dataset`, `bad-usage` for ticks, `data-changed` when the declaration now means something else. */
export async function updateDataset(located: LocatedDeclaration, lakeDir: string, options: UpdateOptions = {}): Promise<UpdateResult> {
  const { declaration } = located;
  const dataset = await openDataset(lakeDir, declaration.name);
  const { manifest } = dataset;
  if (declaration.kind !== "bar" || manifest.kind !== "bar") {
    throw new TruewindError(
      "bad-usage",
      `${declaration.name} holds ${manifest.kind}s, which repeat within a moment and cannot be told apart: import it again instead of updating.`,
    );
  }
  const basis = declaration.priceBasis ?? manifest.priceBasis;
  if (manifest.barInterval !== declaration.interval || manifest.calendar !== declaration.calendar || manifest.priceBasis !== basis) {
    throw new TruewindError(
      "data-changed",
      `The declaration of ${declaration.name} changed its interval, calendar or price basis: import it again instead of updating.`,
    );
  }
  const results: ImportResult[] = [];
  await replaceDataset(lakeDir, declaration.name, async (folder) => {
    const previous = { dataset, acceptRevisions: options.acceptRevisions ?? false };
    results.push(await buildVersion(located, folder, await secondSourceSql(located, lakeDir), options, previous));
  });
  const { manifest: updated, quality, update } = results[0] as ImportResult;
  return { manifest: updated, quality, update: update as UpdateReport };
}

/** One or two sentences for a person. */
export function renderUpdate(update: UpdateReport): string {
  const { appended, newSymbols, revised, revisedRows, applied, heldBack } = update;
  const lines = [`${appended} rows appended${newSymbols > 0 ? `, ${newSymbols} new symbols` : ""}.`];
  if (revisedRows > 0) {
    const first = revised
      .slice(0, 5)
      .map((one) => `${one.symbol} from ${one.first} (${one.changed} changed, ${one.inserted} inserted, ${one.removed} removed)`);
    const verdict = applied ? "they were applied" : "the lake was kept; run again with --accept-revisions to apply them";
    lines.push(
      `History was revised in ${revisedRows} rows of ${revised.length} symbols: ${first.join("; ")}${revised.length > 5 ? "; ..." : ""}; ${verdict}.`,
    );
  }
  if (heldBack > 0) lines.push(`${heldBack} new rows are held back, because their symbol's adjusted history changed and would not fit on.`);
  return `${lines.join("\n")}\n`;
}
