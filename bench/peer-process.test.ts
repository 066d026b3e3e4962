// The line protocol of peers that stay up, against small Node processes.
import { afterEach, describe, expect, it } from "vitest";
import { openPeer, type PeerProcess } from "./peer-process.js";

const open: PeerProcess[] = [];
const peer = (script: string): PeerProcess => {
  const made = openPeer(process.execPath, ["-e", script]);
  open.push(made);
  return made;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const ECHO = `
  let n = 0;
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { die, say } = JSON.parse(line);
    if (die) { console.error("first line\\nno memory left"); process.exit(1); }
    console.log(JSON.stringify({ say, n: ++n }));
  });`;

describe("a peer that stays up", () => {
  it("answers question after question from one process", async () => {
    const { ask } = peer(ECHO);
    expect(await ask({ say: "a" })).toEqual({ say: "a", n: 1 });
    expect(await ask({ say: "b" })).toEqual({ say: "b", n: 2 });
  });

  it("is not run, with the last line of its complaint, once it has died", async () => {
    const { ask } = peer(ECHO);
    await ask({ say: "a" });
    expect(await ask({ die: true })).toEqual({ notRun: "no memory left" });
    expect(await ask({ say: "b" })).toEqual({ notRun: "no memory left" });
  });

  it("is not run when there is no such program", async () => {
    const made = openPeer("/no/such/python", []);
    expect(await made.ask({})).toEqual({ notRun: expect.stringContaining("ENOENT") });
  });
});
