// `truewind kill` and `truewind approve` against real processes: one that is stopped cannot answer, and still sends nothing when it goes on.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { LATCHED } from "#app/stop/session-control.js";
import type { OrderId } from "#domain/order.js";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { nightlyOr } from "#test/needs.js";

let cli: Cli;
beforeAll(async () => {
  cli = createCli("stop");
  await simulateMarket(cli);
  cli.write("small.yaml", experimentYaml({ rebalance: { every: 1 } }));
});
afterAll(() => cli.dispose());

const PAPER = ["paper", "small.yaml", "--sessions", "14", "--json"];
const folderOf = (): string => {
  const runs = join(cli.workspace, "runs");
  return join(runs, readdirSync(runs).find((id) => /-paper-/.test(id)) ?? "none");
};
/** Orders that went to the venue, each with the moment of its decision. */
function sent(): { readonly at: number; readonly lots: number; readonly id: OrderId }[] {
  const entries = [...readJournal(join(folderOf(), "journal.twj"))];
  const turnedAway = new Set(
    entries.flatMap((e) => (e.kind === "event" && e.event.kind === "order-rejected" && e.event.reason === LATCHED ? [e.event.order] : [])),
  );
  return entries.flatMap((e) =>
    e.kind === "decision"
      ? e.decisions.flatMap(({ verdict, order: { id, lots } }) =>
          verdict === "refuse" || turnedAway.has(id) ? [] : [{ at: e.asOf, id, lots }],
        )
      : [],
  );
}
const commands = (): { readonly kind: string; readonly seenAt: number }[] =>
  [...readJournal(join(folderOf(), "journal.twj"))].flatMap((e) =>
    e.kind === "event" && e.event.kind === "command" ? [{ kind: e.event.command.kind, seenAt: e.event.seenAt }] : [],
  );

describe.skipIf(process.platform === "win32")("a session that another process kills", () => {
  it("while it is stopped sends nothing when it goes on, and trades again only after an approval", { timeout: 120_000 }, async () => {
    const session = cli.start([...PAPER, "--pace", "8"]);
    while (!existsSync(join(cli.workspace, "runs")) || !existsSync(join(folderOf(), "snapshot.bin"))) await wait(20);
    session.process.kill("SIGSTOP");
    await wait(100);
    const id = folderOf().split("/").at(-1) as string;
    const killed = (await cli.json(["kill", id, "--reason", "it does not answer"])) as { told: string[] };
    expect(killed.told).toEqual([id]);
    expect((await cli.run(["status", id])).stdout).toMatch(/EMERGENCY STOP since \S+: it does not answer; no order passes/);
    // The latch is there, and the session knows nothing of it: it may have journaled a decision, and can send it no more.
    const before = sent().length;
    session.process.kill("SIGCONT");
    const stopped = await session.ended;
    expect(stopped.code).toBe(0);
    const outcome = JSON.parse(stopped.stdout) as { halted: string; open: string[]; trips: { breaker: string }[] };
    expect(outcome).toMatchObject({ halted: "killed: it does not answer", open: ["kill"] });
    expect(outcome.trips.at(-1)?.breaker).toBe("kill");
    const [kill] = commands();
    expect(kill?.kind).toBe("kill");
    expect(sent().filter(({ at }) => at >= (kill?.seenAt ?? 0))).toEqual([]);
    expect(sent().length - before).toBeLessThanOrEqual(0);
    // One process more, for what emergency-stop.test.ts holds in its own.
    if (nightlyOr(1, 0) === 1) expect(await cli.json(["replay", folderOf()])).toMatchObject({ identical: true });

    // It has ended: the same command would begin anew, and does not while the stop is set.
    const again = await cli.run(PAPER);
    expect([again.code, JSON.parse(again.stdout)]).toEqual([3, { error: expect.objectContaining({ code: "killed" }) as unknown }]);
  });

  it.skipIf(nightlyOr(0, 1) === 1)(
    "under a stop of the whole workspace neither begins nor goes on, and is told how to open it",
    { timeout: 120_000 },
    async () => {
      await cli.json(["kill", "--all"]);
      const { code, stdout } = await cli.run(["paper", "small.yaml", "--sessions", "20", "--json"]);
      expect([code, JSON.parse(stdout)]).toMatchObject([
        3,
        { error: { message: expect.stringMatching(/no reason given.*truewind approve/) as string } },
      ]);
      const approved = (await cli.json(["approve", "--all", "--by", "Ada", "--reason", "it was a drill"])) as { lifted: boolean };
      expect(approved.lifted).toBe(true);
      const session = cli.start(["paper", "small.yaml", "--sessions", "20", "--json", "--pace", "6"]);
      const found = (): string | undefined => {
        const runs = join(cli.workspace, "runs");
        return readdirSync(runs).find(
          (name) => /-paper-/.test(name) && join(runs, name) !== folderOf() && existsSync(join(runs, name, "snapshot.bin")),
        );
      };
      while (found() === undefined) await wait(20);
      const id = found() as string;
      await cli.json(["kill", "--all", "--flatten", "--reason", "smoke"]);
      await wait(300);
      const both = await cli.run(["approve", id, "--by", "Ada", "--reason", "no fire", "--json"]);
      expect([both.code, JSON.parse(both.stdout)]).toMatchObject([
        3,
        { error: { code: "killed", message: expect.stringMatching(/--all/) as string } },
      ]);
      await cli.json(["approve", "--all", "--by", "Ada", "--reason", "no fire"]);
      const { stdout: end } = await session.ended;
      expect(JSON.parse(end)).toMatchObject({
        halted: null,
        open: [],
        trips: expect.arrayContaining([expect.objectContaining({ breaker: "kill" })]) as unknown,
      });
      const journal = join(cli.workspace, "runs", id, "journal.twj");
      const told = [...readJournal(journal)].flatMap((e) => (e.kind === "event" && e.event.kind === "command" ? [e.event.command] : []));
      expect(told).toEqual([
        { kind: "kill", reason: "smoke", flatten: true },
        { kind: "approve", by: "Ada", reason: "no fire", breaker: null },
      ]);
      expect(await cli.json(["replay", join(cli.workspace, "runs", id)])).toMatchObject({ identical: true });
      expect(readFileSync(join(cli.workspace, "runs", id, "paper.json"), "utf8")).toContain('"kill"');
      // A stop that was lifted is in the record, which repeats itself, and on the certificate.
      const { rules } = (await cli.json(["certify", id])) as { rules: readonly { id: string; passed: boolean | null; because: string }[] };
      expect(rules.find((rule) => rule.id === "replay")?.passed).toBe(true);
      expect(rules.find((rule) => rule.id === "anomalies")).toMatchObject({
        passed: false,
        because: expect.stringMatching(/KILLED/) as string,
      });
    },
  );

  it.each<[string, string[], RegExp]>([
    ["an empty name", ["approve", "--all", "--by", "", "--reason", "x"], /--by must say something/],
    ["neither a run nor all", ["kill"], /Name one run, or give --all/],
  ])("says what is wrong with %s", async (_, args, message) => {
    const { code, stderr } = await cli.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
