// What an account holds now, as orders are to start from it: the end of a paper session, or a file.
import { existsSync } from "node:fs";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { parseOrThrow, readYaml } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import type { PaperOutcome } from "../runs/paper-outcome.js";
import { findRunFolder, PAPER_FILE, readJson } from "../runs/run-folder.js";

export interface CurrentHoldings {
  /** Micro-units of the account's currency. */
  readonly cashMicro: bigint;
  /** Lots by symbol or anonymized name. */
  readonly positions: Readonly<Record<string, number>>;
}

const holdingsFile = z.strictObject({
  /** In the account's currency. */
  cash: z.number().min(-1e12).max(1e12),
  /** Lots, negative when short. */
  positions: z.record(z.string(), z.number().int().min(-1e12).max(1e12)).default({}),
});

/**
 * `from`: a YAML or JSON file with `cash` and `positions`, or a finished paper session, which must end on `session` (YYYY-MM-DD): what was split or
 * paid after it would be missed. Throws `no-such-file`, `no-such-run`, `bad-config` or `data-changed`.
 */
export function readHoldings(from: string, workspace: Workspace, currency: string, session: string): CurrentHoldings {
  if (existsSync(from)) {
    const { cash, positions } = parseOrThrow(holdingsFile, readYaml(from), from);
    return { cashMicro: BigInt(Math.round(cash * 1e6)), positions };
  }
  const folder = findRunFolder(workspace, from);
  if (!existsSync(folder.file(PAPER_FILE)))
    throw new TruewindError(
      "no-such-run",
      `Run ${folder.id} is no finished paper session: give one that has come to its end, or a file of holdings.`,
    );
  const { to, cashMicro, positions } = readJson(folder.file(PAPER_FILE)) as PaperOutcome;
  if (to !== session)
    throw new TruewindError(
      "data-changed",
      `Paper session ${folder.id} ended on ${to} and the data on ${session}: run it to that day, or give its holdings as a file.`,
    );
  const foreign = Object.keys(cashMicro).filter((key) => key !== currency && cashMicro[key] !== "0");
  if (foreign.length > 0)
    throw new TruewindError(
      "bad-config",
      `Paper session ${folder.id} holds cash in ${foreign.join(", ")}: give its holdings as a file in ${currency}.`,
    );
  return { cashMicro: BigInt(cashMicro[currency] ?? "0"), positions };
}
