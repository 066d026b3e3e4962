// Keys on disk: one process makes one, and all use it.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { lockFile } from "#adapters/stores/sqlite/file-lock.js";
import { sha256 } from "#base/hash.js";
import { emptyKey, growKey } from "#data/names/name-key.js";
import { changeKey, keyFile, readKey } from "./key-file.js";

const root = mkdtempSync(join(tmpdir(), "truewind-keys-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const lineage = sha256("data");
const facts = { sector: null, currency: "USD", dollarVolume: 1 };

it("a key is made once: who comes later finds it, and adds to it", () => {
  const path = keyFile(join(root, "names"), lineage);
  expect(readKey(path, lineage)).toBeNull();
  const first = changeKey(path, lineage, (key) => growKey(key ?? emptyKey(lineage, sha256("one")), [{ symbol: "A", ...facts }]));
  const second = changeKey(path, lineage, (key) => growKey(key ?? emptyKey(lineage, sha256("other")), [{ symbol: "B", ...facts }]));
  expect(second.secret).toBe(first.secret);
  expect(second.names.get("A")).toBe(first.names.get("A"));
  expect(readKey(path, lineage)).toEqual(second);
  expect(readdirSync(join(root, "names")).filter((name) => name.endsWith(".part"))).toEqual([]);
});

it("a change that fails leaves the key as it was, and the next may go on", () => {
  const path = keyFile(join(root, "names"), lineage);
  const before = readKey(path, lineage);
  expect(() =>
    changeKey(path, lineage, () => {
      throw new Error("stopped");
    }),
  ).toThrow("stopped");
  expect(readKey(path, lineage)).toEqual(before);
  const free = lockFile(`${path}.lock`);
  expect(free).not.toBeNull();
  free?.();
});
