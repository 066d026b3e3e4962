import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "#ports/journal.js";
import { journalContract, sampleEvents } from "#test/contracts/journal.js";
import { readJournalHeader } from "./file.js";
import { FileJournal, readJournal } from "./journal.js";

const options = { referenceBefore: 0, durable: true };

journalContract("file", () => {
  const folder = mkdtempSync(join(tmpdir(), "journal-"));
  const path = join(folder, "a.journal");
  return {
    create: () => FileJournal.create(path, { run: "r" }, options),
    resume: () => FileJournal.resume(path, options, 0).journal,
    read: () => {
      readJournalHeader(path);
      return [...readJournal(path)] as JournalEntry[];
    },
    bytes: () => readFileSync(path),
    damage: (bytes) => writeFileSync(path, bytes),
    remove: () => rmSync(folder, { recursive: true }),
  };
});

describe("a journal file", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
    path = join(folder, "b.journal");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (journal: FileJournal): void => {
    for (const event of sampleEvents) journal.event(event);
  };

  it("appears under its name with a whole header, or not at all", () => {
    FileJournal.create(path, { run: 7 }, options).close();
    expect(readdirSync(folder)).toEqual(["b.journal"]);
    expect(readJournalHeader(path)).toEqual({ run: 7 });
  });

  it("names rows instead of holding them, when they are seen before the given moment", () => {
    const journal = FileJournal.create(path, {}, { referenceBefore: 1e18, durable: false });
    write(journal);
    journal.close();
    const rows = [...readJournal(path)].flatMap((e) => (e.kind === "event" && e.event.kind === "rows" ? [e.event] : []));
    expect(rows.map((row) => row.count)).toEqual([3, 3, 2]);
    expect(rows[0]).toMatchObject({ at: 20, seenAt: 21, nextRow: 1_000_000_007 });
  });

  it("skips entries that a snapshot covers, and refuses a snapshot that is ahead of it", () => {
    const first = FileJournal.create(path, {}, options);
    write(first);
    first.close();
    const { journal } = FileJournal.resume(path, options, 5);
    expect(journal.entries).toBe(5);
    expect(journal.isRepeating).toBe(true);
    for (const event of sampleEvents.slice(5)) journal.event(event);
    expect(journal.isRepeating).toBe(false);
    journal.finish();
    journal.close();
    expect(() => FileJournal.resume(path, options, sampleEvents.length + 1)).toThrow(/ends before its snapshot/);
  });

  it("says so when the session ends before its record does", () => {
    const first = FileJournal.create(path, {}, options);
    write(first);
    first.close();
    const { journal } = FileJournal.resume(path, options, 0);
    for (const event of sampleEvents.slice(0, -1)) journal.event(event);
    expect(() => journal.finish()).toThrow(expect.objectContaining({ code: "replay-differs" }));
    journal.close();
  });

  it("tells how much it cut, and cuts a tail of zeros that a crash left", () => {
    const first = FileJournal.create(path, {}, options);
    write(first);
    first.barrier();
    const whole = readFileSync(path);
    first.close();
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(5000)]));
    const resumed = FileJournal.resume(path, options, 0);
    resumed.journal.close();
    expect(resumed.cutBytes).toBe(5000);
    expect(Buffer.compare(readFileSync(path), whole)).toBe(0);
  });

  it("cuts a last block of which the disk kept any one part and lost the rest: also of the twelve bytes in front of it", () => {
    const journal = FileJournal.create(path, {}, options);
    write(journal);
    journal.barrier();
    const { length } = readFileSync(path);
    write(journal);
    journal.close();
    const bytes = readFileSync(path);
    for (let lost = 0; lost < 40; lost++) {
      const torn = Buffer.from(bytes).fill(0, length + lost, length + lost + 7);
      writeFileSync(path, torn);
      const { journal: resumed, cutBytes } = FileJournal.resume(path, options, 0);
      resumed.close();
      expect(cutBytes, `from byte ${lost}`).toBe(bytes.length - length);
    }
  });

  it("does not take damage before the last block for a torn tail: later entries are not thrown away", () => {
    const journal = FileJournal.create(path, {}, options);
    const ends: number[] = [];
    for (let i = 0; i < 3; i++) {
      ends.push(readFileSync(path).length);
      write(journal);
      journal.barrier();
    }
    journal.close();
    const bytes = readFileSync(path);
    for (const at of [(ends[1] as number) - 1, (ends[1] as number) + 1, (ends[1] as number) + 20]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(path, damaged);
      expect(() => [...readJournal(path)], `byte ${at}`).toThrow(expect.objectContaining({ code: "corrupt-journal" }));
      expect(() => FileJournal.resume(path, options, 0), `byte ${at}`).toThrow(expect.objectContaining({ code: "corrupt-journal" }));
      expect(readFileSync(path).length).toBe(bytes.length);
    }
  });

  it("refuses a file that is no journal, and one of another version", () => {
    writeFileSync(path, "TRUEWIND-JOURNAL-1\nxxxx");
    expect(() => readJournalHeader(path)).toThrow(expect.objectContaining({ code: "corrupt-journal" }));
  });

  it("holds blocks larger than one flush", () => {
    const journal = FileJournal.create(path, {}, { referenceBefore: 0, durable: false });
    for (let i = 0; i < 40_000; i++) for (const event of sampleEvents.slice(3, 7)) journal.event(event);
    journal.close();
    let n = 0;
    for (const entry of readJournal(path)) if (entry.kind === "event") n++;
    expect(n).toBe(160_000);
  });
});
