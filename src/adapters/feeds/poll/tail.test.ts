// A feed that is read while it grows, and while something else stands in its place.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createTail, type FeedLine } from "./tail.js";

const root = mkdtempSync(join(tmpdir(), "truewind-tail-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rows = Array.from({ length: 60 }, (_, k) => `S${k},2024-01-02,1,1,1,1,${k}`);
const csv = (count: number): string => ["symbol,date,open,high,low,close,volume", ...rows.slice(0, count), ""].join("\n");
const texts = (lines: readonly FeedLine[]): string[] => lines.map(({ text }) => text);
const page = `<!DOCTYPE html>\n<html>\n${"<p>Back soon</p>\n".repeat(400)}</html>\n`;

describe("a feed in files", () => {
  it("is read on where it was, and from its start once another file stands in its place, be it longer", async () => {
    const path = join(root, "feed.csv");
    writeFileSync(path, csv(20));
    const tail = createTail(path);
    expect(texts(await tail.read())).toEqual(rows.slice(0, 20));
    appendFileSync(path, `${rows[20]}\n${rows[21]?.slice(0, 4)}`);
    expect(texts(await tail.read())).toEqual([rows[20]]);
    appendFileSync(path, `${rows[21]?.slice(4)}\n`);
    expect(await tail.read()).toMatchObject([{ line: 23, text: rows[21] }]);
    // Written aside and renamed, as whole files are: the same lines and one more.
    writeFileSync(`${path}.new`, csv(23));
    renameSync(`${path}.new`, path);
    expect(texts(await tail.read())).toEqual([rows[22]]);
    const other = csv(40).replaceAll("2024-01-02", "2024-01-03");
    writeFileSync(path, other);
    expect(texts(await tail.read())).toEqual(other.split("\n").slice(1, -1));
    writeFileSync(path, csv(2));
    expect(texts(await tail.read())).toEqual(rows.slice(0, 2));
  });

  it("says what cannot be read, and goes on when it can", async () => {
    const folder = join(root, "folder");
    mkdirSync(join(folder, "b.csv"), { recursive: true });
    writeFileSync(join(folder, "a.csv"), csv(1));
    const tail = createTail(folder);
    expect(texts(await tail.read())).toEqual([rows[0]]);
    await expect(tail.read()).rejects.toMatchObject({ code: "bad-file", message: expect.stringContaining("b.csv") as string });
    rmSync(join(folder, "b.csv"), { recursive: true });
    writeFileSync(join(folder, "b.csv"), csv(2));
    expect(texts(await tail.read())).toEqual(rows.slice(0, 2));
    writeFileSync(join(folder, "c.csv"), "ticker,date,open\nA,2024-01-02,1\n");
    await expect(tail.read()).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/c\.csv .*column symbol/) as string,
    });
  });
});

describe("a feed at a web address", () => {
  let server: Server;
  afterEach(() => void server.close());

  type Answer = (body: Buffer, from: number, response: ServerResponse) => void;
  const ranged: Answer = (body, from, response) =>
    void (from > 0 && from >= body.length
      ? response.writeHead(416).end()
      : response.writeHead(from > 0 ? 206 : 200).end(body.subarray(from)));
  const other =
    (text: string): Answer =>
    (_, __, response) =>
      void response.writeHead(200, { "content-type": "text/html" }).end(text);
  const shorter: Answer = (body, from, response) => ranged(body.subarray(0, 100), from, response);
  const whole: Answer = (body, _, response) => void response.writeHead(200).end(body);
  const broken: Answer = (body, _, response) => {
    response.writeHead(200, { "content-length": body.length }).write(body.subarray(0, body.length / 2));
    setTimeout(() => response.destroy(), 5);
  };

  it.each([
    ["a short page", other(page.slice(0, 200))],
    ["a page that is longer than the feed", other(page.repeat(3))],
    ["a page without an end of line", other("<html>down</html>")],
    ["an error as JSON", other('{"error":"too many requests"}\n')],
    ["nothing", other("")],
    ["the feed of yesterday, which is shorter", shorter],
    ["half an answer", broken],
    ["the whole where a part was asked for", whole],
  ])("loses no line to %s", async (_, wrong) => {
    let shown = 10;
    let answer = ranged;
    server = createServer((request: IncomingMessage, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      answer(Buffer.from(csv(shown)), from, response);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const tail = createTail(`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.csv`);
    const seen = new Set<string>();
    const read = async (): Promise<void> => {
      const lines = await tail.read().catch((error: unknown) => {
        expect(error).toMatchObject({ code: "bad-file" });
        return [];
      });
      for (const { text, header } of lines) if (header?.startsWith("symbol") === true) seen.add(text);
    };
    await read();
    for (let round = 0; round < 3; round++) {
      answer = wrong;
      await read();
      shown += 10;
      answer = ranged;
      await read();
      expect([...seen]).toEqual(rows.slice(0, shown));
    }
  });

  it("says why nobody answers", async () => {
    server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    await expect(createTail(`http://127.0.0.1:${port}/feed`).read()).rejects.toThrow(/ECONNREFUSED/);
  });
});
