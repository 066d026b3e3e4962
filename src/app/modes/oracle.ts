// The planted truth of a simulated dataset, made again from the record beside it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { calendarByName } from "#data/calendar/calendar.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { isoDateOrThrow } from "#domain/time.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import type { TruthRecord } from "#simulation/market/truth.js";

export interface PlantedTruth {
  /** Net Sharpe ratio of an oracle that was planted; 0 where nothing was. */
  readonly plantedEdge: number;
  /** True expected excess return per instrument over the horizon, for the decision made after the last session closed by `asOf`. */
  expectedReturn(asOf: number, horizonSessions: number): Float64Array;
}

const TRUTH_FILE = "truth.json";

export function isSimulated({ folder }: OpenDataset): boolean {
  return existsSync(join(folder, TRUTH_FILE));
}

/** Null when the dataset was not simulated. */
export function plantedTruth(dataset: OpenDataset): PlantedTruth | null {
  if (!isSimulated(dataset)) return null;
  const path = join(dataset.folder, TRUTH_FILE);
  const record = JSON.parse(readFileSync(path, "utf8")) as TruthRecord;
  const sessions = calendarByName(dataset.manifest.calendar).sessions(isoDateOrThrow(record.firstDate), isoDateOrThrow(record.lastDate));
  const { truth } = simulateMarket(
    { seed: record.seed, names: record.names, sectors: record.sectors, sessions, oracleSharpe: record.oracleSharpe },
    record.strength,
  );
  return {
    plantedEdge: record.oracleSharpe,
    expectedReturn(asOf, horizonSessions) {
      let session = sessions.length - 1;
      while (session > 0 && (sessions[session]?.closeAt ?? 0) > asOf) session--;
      return truth.expectedReturn(session, horizonSessions);
    },
  };
}
