// Commands that the pages print as `sh run` are run, in order, in an empty folder with the build beside it. Any failure fails the page.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sampleOf } from "#test/needs.js";
import { fences, page, pages, root } from "./markdown.js";

const all = pages().flatMap((one) =>
  fences(one)
    .filter(({ language, words }) => language === "sh" && words.includes("run"))
    .map(({ code, line }) => [one.path, line, code] as const),
);

/** Each takes some seconds of processes: a sample by day. */
const printed = sampleOf(all, 5);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truewind-commands-"));
  for (const name of ["bin", "examples"]) symlinkSync(join(root, name), join(folder, name), "dir");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("there are pages with commands", () => {
  expect(all.map(([path]) => path)).toEqual(expect.arrayContaining(["docs/guide/data.md", "docs/guide/recovery.md"]));
});

it.skipIf(process.platform === "win32").each(printed)("%s, line %d", { timeout: 300_000 }, (_, __, code) => {
  const { TRUEWIND_HOME: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-u", "-o", "pipefail", "-c", code], { cwd: folder, env, encoding: "utf8" });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
});

it("the README shows what the demo says", { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/truewind.js"), "demo", "--workspace", "ws"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const transcript = fences(page("README.md")).find(({ language, words }) => language === "text" && words.includes("demo"));
  const said = new Set(stdout.split("\n"));
  const lines = (transcript?.code ?? "").split("\n");
  expect(lines.length).toBeGreaterThan(15);
  expect(
    lines.filter((line) => !said.has(line)),
    stdout,
  ).toEqual([]);
});
