// A feed that is read while it grows, and while something else stands in its place.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createTail, type FeedLine, type FeedTail } from "./tail.js";
import { answerOf } from "./web-answer.js";

const root = mkdtempSync(join(tmpdir(), "truewind-tail-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rows = Array.from({ length: 60 }, (_, k) => `S${k},2024-01-02,1,1,1,1,${k}`);
const csv = (count: number): string => ["symbol,date,open,high,low,close,volume", ...rows.slice(0, count), ""].join("\n");
const never = new AbortController().signal;
const texts = (lines: readonly FeedLine[]): string[] => lines.map(({ text }) => text);
/** Asked until the answer has come whole. */
const whole = async (tail: FeedTail): Promise<readonly FeedLine[]> => (await tail.read(never)) ?? whole(tail);
const page = `<!DOCTYPE html>\n<html>\n${"<p>Back soon</p>\n".repeat(400)}</html>\n`;

describe("a feed in files", () => {
  it("is read on where it was, and from its start once another file stands in its place, be it longer", async () => {
    const path = join(root, "feed.csv");
    writeFileSync(path, csv(20));
    const tail = createTail(path);
    expect(texts(await whole(tail))).toEqual(rows.slice(0, 20));
    appendFileSync(path, `${rows[20]}\n${rows[21]?.slice(0, 4)}`);
    expect(texts(await whole(tail))).toEqual([rows[20]]);
    appendFileSync(path, `${rows[21]?.slice(4)}\n`);
    expect(await whole(tail)).toMatchObject([{ line: 23, text: rows[21] }]);
    // Written aside and renamed, as whole files are: the same lines and one more.
    writeFileSync(`${path}.new`, csv(23));
    renameSync(`${path}.new`, path);
    expect(texts(await whole(tail))).toEqual([rows[22]]);
    const other = csv(40).replaceAll("2024-01-02", "2024-01-03");
    writeFileSync(path, other);
    expect(texts(await whole(tail))).toEqual(other.split("\n").slice(1, -1));
    writeFileSync(path, csv(2));
    expect(texts(await whole(tail))).toEqual(rows.slice(0, 2));
  });

  it("says what cannot be read, and goes on when it can", async () => {
    const folder = join(root, "folder");
    mkdirSync(join(folder, "b.csv"), { recursive: true });
    writeFileSync(join(folder, "a.csv"), csv(1));
    const tail = createTail(folder);
    expect(texts(await whole(tail))).toEqual([rows[0]]);
    await expect(whole(tail)).rejects.toMatchObject({ code: "bad-file", message: expect.stringContaining("b.csv") as string });
    rmSync(join(folder, "b.csv"), { recursive: true });
    writeFileSync(join(folder, "b.csv"), csv(2));
    expect(texts(await whole(tail))).toEqual(rows.slice(0, 2));
    writeFileSync(join(folder, "c.csv"), "ticker,date,open\nA,2024-01-02,1\n");
    await expect(whole(tail)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/c\.csv .*column symbol/) as string,
    });
  });
});

describe("a feed at a web address", () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const listen = async (answer: (from: number, response: ServerResponse) => void): Promise<string> => {
    server = createServer((request: IncomingMessage, response) => {
      answer(Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0), response);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.csv`;
  };

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
  const all: Answer = (body, _, response) => void response.writeHead(200).end(body);
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
    ["the whole where a part was asked for", all],
  ])("loses no line to %s", async (_, wrong) => {
    let shown = 10;
    let answer = ranged;
    const tail = createTail(await listen((from, response) => answer(Buffer.from(csv(shown)), from, response)));
    const seen = new Set<string>();
    const read = async (): Promise<void> => {
      const lines = await whole(tail).catch((error: unknown) => {
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

  it("is read to its end however long that takes, as long as bytes come", async () => {
    const body = Buffer.from(csv(60));
    let requests = 0;
    const url = await listen((from, response) => {
      requests++;
      response.writeHead(200);
      let sent = from;
      const timer = setInterval(() => {
        response.write(body.subarray(sent, (sent += 60)));
        if (sent >= body.length) response.end();
        if (sent >= body.length) clearInterval(timer);
      }, 60);
    });
    const tail = createTail(url, 1000);
    let underWay = 0;
    let lines = await tail.read(never);
    for (; lines === null; underWay++) lines = await tail.read(never);
    expect(texts(lines)).toEqual(rows);
    expect(underWay).toBeGreaterThan(0);
    expect(requests).toBe(1);
  });

  it.each([
    ["stands still", "no byte came for 0.4 s"],
    ["breaks off", "terminated"],
  ])("goes on where an answer %s, and tells nothing before it has come whole", async (how, why) => {
    const body = Buffer.from(csv(60));
    const asked: number[] = [];
    const url = await listen((from, response) => {
      asked.push(from);
      response.writeHead(from === 0 ? 200 : 206, { "content-length": body.length - from });
      response.write(body.subarray(from, from + 900));
      if (from + 900 >= body.length) response.end();
      else if (how === "breaks off") setTimeout(() => response.destroy(), 20);
    });
    const tail = createTail(url, 400);
    let lines: readonly FeedLine[] = [];
    while (lines.length === 0)
      lines = await whole(tail).catch((error: unknown) => {
        expect((error as Error).message).toContain(why);
        return [];
      });
    expect(texts(lines)).toEqual(rows);
    // The last 256 bytes are asked for again.
    expect(asked).toEqual([0, 644, 1288]);
  });

  it("mixes no two streams where the feed becomes another one after an answer that broke off", async () => {
    const other = csv(60).replaceAll("2024-01-02", "2024-01-03");
    let requests = 0;
    const url = await listen((from, response) => {
      const first = requests++ === 0;
      const body = Buffer.from(first ? csv(60) : other);
      response.writeHead(from === 0 ? 200 : 206, { "content-length": body.length - from });
      response.write(body.subarray(from, first ? 700 : undefined));
      if (first) setTimeout(() => response.destroy(), 20);
      else response.end();
    });
    const tail = createTail(url);
    await expect(whole(tail)).rejects.toMatchObject({ code: "bad-file" });
    expect(texts(await whole(tail))).toEqual(other.split("\n").slice(1, -1));
  });

  it("takes no line that does not end", async () => {
    const url = await listen((_, response) => void response.writeHead(200).end(`${csv(1)}${"x".repeat(2 << 20)}`));
    await expect(whole(createTail(url))).rejects.toThrow(/line 3 does not end/);
  });

  it("reads no more than there is room for of an answer that never ends", async () => {
    const url = await listen((_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || (response.write("x".repeat(1000)), setTimeout(more, 1)));
      more();
    });
    const { bytes, broken } = await answerOf(url, { from: 100, room: 5000, patienceMs: 1000 }, never);
    expect(broken).toBeNull();
    expect(bytes.length).toBeGreaterThanOrEqual(5000);
  });

  it("gives up what is under way when it is told to", async () => {
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const url = await listen((_, response) => void response.writeHead(200).on("close", close).write("symbol,date\n"));
    const stop = new AbortController();
    const tail = createTail(url, 60_000);
    const reading = tail.read(stop.signal);
    expect(await Promise.race([reading, wait(50)])).toBeUndefined();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: "bad-file" });
    await closed;
  });

  it("says why nobody answers", async () => {
    server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    await expect(whole(createTail(`http://127.0.0.1:${port}/feed`))).rejects.toThrow(/ECONNREFUSED/);
  });
});
