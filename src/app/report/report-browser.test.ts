// The report in a real browser: nothing sticks out, nothing is fetched, nothing runs that is not ours.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunResult } from "#domain/run-result.js";
import { createExplanation } from "#test/fixtures/explanation.js";
import { createEmptyRunResult, createRunResult } from "#test/fixtures/run-result.js";
import { have } from "#test/needs.js";
import type { Explanation } from "./explanation.js";
import type { ReportExtras } from "./extras.js";
import { formats, formatValue } from "./number-format.js";
import { renderReport } from "./report.js";

const CHROMIUM = "/usr/bin/chromium";
const found = have("chromium", existsSync(CHROMIUM), `no browser at ${CHROMIUM} (Debian package chromium)`);

const evil = "<script>window.broken=1</script><img src=x onerror=window.broken=1>";
const named = createRunResult({ sessions: 300 });
/** Cases with a section that says why. */
const explained: Readonly<Record<string, Explanation>> = {
  full: createExplanation(),
  short: createExplanation({ rows: 1, features: 1 }),
  hostile: createExplanation({ mark: `${evil}${"x".repeat(80)}` }),
};
const member = (name: string) => ({ name, family: name, weight: 0.5, score: 0.031, contribution: -0.002 });
const ensemble = {
  combine: "dynamic",
  measure: "rank correlation" as const,
  score: 0.04,
  members: [member("elastic-net"), member("calibrated")],
  correlation: [
    [1, 0.421],
    [0.421, 1],
  ],
  regimes: null,
  fellBack: false,
};
const cases: Readonly<Record<string, RunResult>> = {
  together: { ...named, models: named.models.map((model) => ({ ...model, ensemble })) },
  full: createRunResult({ simulated: true, longShort: true, folds: 36, decision: "no edge" }),
  short: createRunResult({ sessions: 1, folds: 1 }),
  empty: createEmptyRunResult(),
  hostile: {
    ...named,
    name: evil,
    benchmark: named.benchmark && { ...named.benchmark, instrument: evil },
    assumptions: ["W".repeat(400), evil],
    orders: { ...named.orders, rules: { [evil]: 3, ["rule".repeat(60)]: 2 } },
    sectorExposure: { months: ["2016-01"], sectors: [{ name: `${evil}${"x".repeat(200)}`, weight: [0.2] }] },
  },
};

function extrasOf(name: string, { verdict }: RunResult): ReportExtras {
  const explanation = explained[name];
  return { trials: 3, adjustedVerdict: verdict, ...(explanation === undefined ? {} : { explanation }) };
}

describe.skipIf(!found)("the report in Chromium", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "truewind-report-"));
  const troubles: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    for (const [name, result] of Object.entries(cases)) {
      writeFileSync(join(folder, `${name}.html`), renderReport(result, extrasOf(name, result)));
    }
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: string, width: number, scheme: "light" | "dark", javaScriptEnabled = true): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled });
    const page = await context.newPage();
    troubles.length = 0;
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    page.on("console", (message) => troubles.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
    page.on(
      "request",
      (request) => request.url() !== address && !request.url().startsWith("data:") && troubles.push(`request: ${request.url()}`),
    );
    await page.goto(address);
    return page;
  }

  it.each(
    Object.keys(cases).flatMap((name) =>
      [390, 1280].flatMap((width) => (["light", "dark"] as const).map((scheme) => [name, width, scheme] as const)),
    ),
  )("fits and stays silent: %s at %i px, %s", async (name, width, scheme) => {
    const page = await open(name, width, scheme);
    await page.locator("details summary").click();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(await page.evaluate("window.broken")).toBeUndefined();
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it.each([390, 1280])("shows names and means of members whole at %i px", async (width) => {
    const page = await open("together", width, "light");
    const cells = ".heat.named tbody th, .heat.named .total";
    const sizes = await page.$$eval(cells, (found) => found.map((cell) => [cell.textContent, cell.scrollWidth - cell.clientWidth]));
    expect(sizes.length).toBeGreaterThanOrEqual(8);
    expect(sizes.filter(([, beyond]) => Number(beyond) > 0)).toEqual([]);
    await page.context().close();
  });

  it("shows the session under the pointer, by arrow keys too, and the last one again afterwards", async () => {
    const page = await open("full", 1280, "light");
    const result = cases["full"] as RunResult;
    const figure = page.locator("figure.chart").first();
    const [value, when] = [figure.locator(".legend b").first(), figure.locator(".when")];
    const shown = (index: number): string =>
      formatValue((result.strategy.equity[index] ?? Number.NaN) / result.startingCash, formats.multiple);
    const last = result.dates.length - 1;
    expect(await value.textContent()).toBe(shown(last));
    await figure.locator(".plot").hover({ position: { x: 1, y: 20 } });
    expect(await when.textContent()).toBe(result.dates[2] ?? "");
    expect(await value.textContent()).toBe(shown(2));
    await page.mouse.move(0, 0);
    expect(await when.textContent()).toBe(result.dates[last]);
    await figure.locator(".plot").focus();
    await page.keyboard.press("ArrowLeft");
    expect(await when.textContent()).toBe(result.dates[last - 1]);
    expect(await value.textContent()).toBe(shown(last - 1));
    await page.context().close();
  });

  it("is complete without the script", async () => {
    const page = await open("full", 390, "light", false);
    expect(await page.locator("h2").first().textContent()).toBe("No edge was found.");
    expect(await page.locator("figure.chart svg path.line").count()).toBeGreaterThan(4);
    await page.context().close();
  });

  it("lets no foreign script run even if one got into the page", async () => {
    const path = join(folder, "tampered.html");
    writeFileSync(
      path,
      renderReport(named, { trials: 1, adjustedVerdict: named.verdict }).replace("<main>", "<main><script>window.broken=1</script>"),
    );
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path).href);
    expect(await page.evaluate("window.broken")).toBeUndefined();
    await page.close();
  });
});
