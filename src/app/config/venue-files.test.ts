import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { experimentHash, parseExperiment, readExperiment } from "./experiment.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-venue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const FILE = join(folder, "experiment.yaml");

function experimentWith(venue: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(FILE, `name: perp\ndata: { dataset: market }\nvenue: ${venue}\n`);
  return readExperiment(FILE);
}

const said = (venue: string, files: Readonly<Record<string, string>> = {}): string => {
  try {
    experimentWith(venue, files);
  } catch (error) {
    return (error as Error).message.replaceAll(folder, "");
  }
  return "nothing";
};

describe("files of the venue", () => {
  it("stand in the experiment row by row, as if they had been written there", () => {
    const read = experimentWith("{ halts: h.csv, borrow: b.csv, funding: f.csv }", {
      "h.csv": "instrument,from,to\nA,2024-05-08T14:30:00Z,2024-05-08T15:00:00Z\n",
      "b.csv": "\uFEFFinstrument, bps ,from\r\nA,,2024-05-08\r\nA,1250.5,2024-06-01\r\n\r\n",
      "f.csv": "instrument,at,rate\nA,2024-05-08T08:00:00Z,-1e-4\n",
    });
    expect(read.venue).toEqual({
      halts: [{ instrument: "A", from: "2024-05-08T14:30:00Z", to: "2024-05-08T15:00:00Z" }],
      borrow: [
        { instrument: "A", from: "2024-05-08", units: null, bps: null },
        { instrument: "A", from: "2024-06-01", units: null, bps: 1250.5 },
      ],
      funding: [{ instrument: "A", at: "2024-05-08T08:00:00Z", rate: -0.0001 }],
      fundingRate: null,
      fundingHours: 8,
    });
    const { venue: lists, ...rest } = read;
    expect(experimentHash(parseExperiment({ ...rest, venue: lists }, "here"))).toBe(experimentHash(read));
  });

  it("make another run when one figure in them is another, and leave runs without them as they were", () => {
    const rows = "instrument,at,rate\nA,2024-05-08T08:00:00Z,0.0001\n";
    const [one, again] = [experimentWith("{ funding: f.csv }", { "f.csv": rows }), experimentWith("{ funding: f.csv }")];
    const other = experimentWith("{ funding: f.csv }", { "f.csv": rows.replace("0.0001", "0.0002") });
    expect(experimentHash(again)).toBe(experimentHash(one));
    expect(experimentHash(other)).not.toBe(experimentHash(one));
    expect(parseExperiment({ name: "perp", data: { dataset: "market" } }, "here")).not.toHaveProperty("venue");
  });

  it.each([
    [
      "a column that nobody knows",
      "instrument,from,until\n",
      'h.csv, which venue.halts of /experiment.yaml names, begins with "instrument,from,until": its first line must name the columns instrument,from,to.',
    ],
    ["a column twice", "instrument,from,to,to\n", "its first line must name"],
    ["an empty file", "", 'begins with ""'],
    ["no row", "instrument,from,to\n", "has a problem:\n  it holds no row"],
    ["too few fields", "instrument,from,to\nA,2024-05-08\n", "line 2: it has 2 fields, not 3"],
    ["quotation marks", 'instrument,from,to\n"A",2024-05-08,2024-05-09\n', "line 2: it has a quotation mark; write fields without"],
    ["no moment", "instrument,from,to\n\nA,yesterday,2024-05-08\n", "line 3, from: it must be a day or a moment"],
    ["an end before its begin", "instrument,from,to\nA,2024-05-08,2024-05-08\n", "line 2, to: it must be later than from"],
    ["no name", "instrument,from,to\n,2024-05-08,2024-05-09\n", "line 2, instrument: it is empty"],
  ])("say of %s what and where", (_, text, expected) => {
    expect(said("{ halts: h.csv }", { "h.csv": text })).toContain(expected);
  });

  it.each([
    ["instrument,at,rate\nA,2024-05-08,much\n", "line 2, rate: it is no number"],
    ["instrument,at,rate\nA,2024-05-08,0x10\n", "line 2, rate: it is no number"],
    ["instrument,at,rate\nA,2024-05-08,\n", "line 2, rate: it is no number"],
    ["instrument,at,rate\nA,2024-05-08,1.5\n", "line 2, rate: it must be at most 1"],
    ["instrument,at,rate\nA,2024-05-08,0\nB,2024-05-08,0\nA,2024-05-08T00:00:00Z,0\n", "line 4: it says again what stands 2 before it"],
    [`instrument,at,rate\n${"A,2024-05-08,x\n".repeat(12)}`, "and 2 more"],
  ])("say of a bad funding what and where: %j", (text, expected) => {
    expect(said("{ funding: f.csv }", { "f.csv": text })).toContain(expected);
  });

  it("are looked for beside the experiment, and what is written there is checked alike", () => {
    expect(said("{ halts: gone.csv }")).toContain("Cannot read /gone.csv: there is no such file");
    expect(said("{ halt: h.csv }")).toContain('venue: unknown key "halt"');
    expect(said("{ halts: [{ instrument: A, from: 2024-05-08, to: 2024-05-07 }] }")).toContain("venue.halts.0.to: must be later than from");
    expect(said("{ borrow: [{ instrument: A, from: 2024-05-08, units: -1 }] }")).toContain("venue.borrow.0.units: must be at least 0");
    expect(said("{ fundingRate: 0.0001, funding: [{ instrument: A, at: 2024-05-08, rate: 0 }] }")).toContain("keep the one or the other");
    expect(said("{ fundingRate: 0.0001, fundingHours: 5 }")).toContain("venue.fundingHours: must divide a day");
  });
});
