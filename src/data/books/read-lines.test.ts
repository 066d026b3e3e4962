import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { openRecordings } from "./recording.js";
import { readLines } from "./read-lines.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-lines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function linesOf(path: string): Promise<string[]> {
  const out: string[] = [];
  for await (const block of readLines(path)) out.push(...block);
  return out;
}

function zipOf(text: string, method: 0 | 8): Buffer {
  const data = method === 8 ? deflateRawSync(text) : Buffer.from(text);
  const head = Buffer.alloc(30);
  head.writeUInt32BE(0x504b0304, 0);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(data.length, 18);
  head.writeUInt16LE(4, 26);
  return Buffer.concat([head, Buffer.from("name"), data, Buffer.from("PK\u0001\u0002 what follows")]);
}

const many = Array.from({ length: 40_000 }, (_, k) => `line ${k} ${"x".repeat(k % 60)}`);

describe("lines of a recording", () => {
  it("are the same plain, packed as gzip, and from either kind of zip", async () => {
    const text = `${many.join("\r\n")}\r\n`;
    expect(await linesOf(file("plain", text))).toEqual(many);
    expect(await linesOf(file("gz", gzipSync(text)))).toEqual(many);
    expect(await linesOf(file("zip8", zipOf(text, 8)))).toEqual(many);
    expect(await linesOf(file("zip0", zipOf(text, 0)))).toEqual(many);
    expect(await linesOf(file("no end", "a\n\nb"))).toEqual(["a", "b"]);
  });

  it("say where a file is cut off or damaged, and that it is not there or empty", async () => {
    const packed = gzipSync(many.map((line, k) => `${line}${Math.sin(k)}`).join("\n"));
    await expect(linesOf(file("cut.gz", packed.subarray(0, packed.length - 2000)))).rejects.toThrow(
      /cut\.gz is cut off: .* after line \d+/,
    );
    const damaged = Buffer.from(packed);
    damaged.fill(255, damaged.length >> 1, (damaged.length >> 1) + 50);
    await expect(linesOf(file("bad.gz", damaged))).rejects.toThrow("is damaged");
    await expect(linesOf(join(folder, "nowhere"))).rejects.toThrow("There is no file");
    await expect(linesOf(file("empty", ""))).rejects.toThrow("is empty");
  });
});

describe("files that are no recording", () => {
  const sentences: readonly (readonly [name: string, text: string, says: RegExp])[] = [
    ["prices.csv", "date,open,high,low,close\n2020-01-01,1,1,1,1\n", /is no recording of an order book that is known here/],
    ["noise", "\u0000\u0001\u0002\n\u0003", /is no recording/],
    ["trades only", '1723161256172216566 {"stream":"x@trade","data":{"e":"trade","s":"X"}}\n', /is no recording/],
  ];
  it.each(sentences)("%s: one sentence", async (name, text, says) => {
    await expect(openRecordings([file(name, text)], { heal: false })).rejects.toThrow(says);
  });

  const good =
    '1723161256172216566 {"stream":"x@depth@0ms","data":{"e":"depthUpdate","E":1723161257440,"s":"X","U":1,"u":2,"b":[["1.5","2"]],"a":[]}}\n';
  const faults: readonly (readonly [name: string, line: string, says: RegExp])[] = [
    ["broken JSON", '1723161256172216566 {"stream":"x@de', /line 2: its JSON is broken/],
    ["no time", "nothing", /line 2: it does not begin with/],
    ["a price that is none", good.replace("1.5", "1e5"), /line 2: "1e5" is no price/],
    ["a negative size", good.replace('"2"', '"-2"'), /line 2: "-2" is no size/],
    ["no side", good.replace(',"a":[]', ""), /line 2: a side of its book is missing/],
    ["another symbol", good.replace('"s":"X"', '"s":"Y"'), /line 2: it is about Y in a recording of X/],
  ];
  it.each(faults)("%s names the line", async (name, line, says) => {
    // Far behind the lines by which the format is told.
    const path = file(name, good + line + good.repeat(1));
    const text = await openRecordings([file(`${name} ok`, good)], { heal: false });
    const format = text[0]?.format;
    const { createRecording } = await import("./recording.js");
    const recording = createRecording(format as NonNullable<typeof format>, [path], (text[0] as NonNullable<(typeof text)[0]>).skew, {
      heal: false,
    });
    const run = async (): Promise<void> => {
      for await (const batch of recording.batches(0)) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(run()).rejects.toThrow(says);
  });
});
