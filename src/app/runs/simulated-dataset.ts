// Makes a simulated market and puts it into the lake, with the planted truth beside it.
import { calendarByName } from "#data/calendar/calendar.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { TruewindError } from "#base/errors.js";
import { type IsoDate, parseIsoDate } from "#domain/time.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import type { Workspace } from "../config/workspace.js";

export interface SimulatedDatasetOptions {
  readonly name: string;
  readonly seed: string;
  readonly names: number;
  readonly sectors: number;
  /** `YYYY-MM-DD`, inclusive. */
  readonly from: string;
  readonly to: string;
  /** Net Sharpe ratio of an oracle; 0 plants nothing. */
  readonly edge: number;
}

export function simulateDataset(workspace: Workspace, options: SimulatedDatasetOptions): Promise<DatasetManifest> {
  const { name, seed, names, sectors, from, to, edge } = options;
  const sessions = calendarByName("XNYS").sessions(dayOf(from), dayOf(to));
  if (sessions.length === 0) throw new TruewindError("bad-usage", `There is no trading day from ${from} to ${to}: choose a later end.`);
  const market = simulateMarket({ seed, names, sectors, sessions, oracleSharpe: edge });
  const facts = {
    name,
    kind: "bar",
    barInterval: "1d",
    priceBasis: "raw",
    priceBasisAssumed: false,
    survivorsOnly: false,
    survivorsAssumed: false,
    calendar: "XNYS",
    instruments: market.instruments,
    notTradable: market.notTradable,
    source: `simulated market, seed ${seed}, ${names} names, ${edge === 0 ? "no edge planted" : `an edge planted (oracle Sharpe ${edge})`}`,
  } as const;
  return writeDataset(workspace.lake, facts, market.bars(), market.references, market.truth.record);
}

function dayOf(text: string): IsoDate {
  const date = parseIsoDate(text);
  if (date === null) throw new TruewindError("bad-usage", `"${text}" is not a day: write it as YYYY-MM-DD.`);
  return date;
}
