// The page of all features is what the registry holds. TRUEWIND_ACCEPT_LISTS=1 writes it anew.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FEATURE_LIST, renderFeatureList } from "./feature-list.js";
import { page, root } from "./markdown.js";

it("docs/guide/feature-list.md lists every feature of the registry", () => {
  const wanted = renderFeatureList();
  if (process.env["TRUEWIND_ACCEPT_LISTS"] === "1") writeFileSync(join(root, FEATURE_LIST), wanted);
  expect(page(FEATURE_LIST).text === wanted, "the page is not what the registry says: run with TRUEWIND_ACCEPT_LISTS=1").toBe(true);
});
