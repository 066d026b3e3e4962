// Skips are loud, and failures where they are required.
import { afterEach, describe, expect, it, vi } from "vitest";
import { have, nightlyOr, sampleOf } from "./needs.js";

afterEach(() => vi.unstubAllEnvs());

describe("a need", () => {
  it("that is met is silent", () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(have("redis", true, "")).toBe(true);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  it("that is missing prints its reason", () => {
    vi.stubEnv("TRUEWIND_REQUIRE", "chromium");
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(have("redis", false, "no server on port 6379")).toBe(false);
    expect(write).toHaveBeenCalledWith("skipped: redis: no server on port 6379\n");
    write.mockRestore();
  });

  it.each(["redis", "chromium, redis", "all"])("that is missing fails when %s is required", (required) => {
    vi.stubEnv("TRUEWIND_REQUIRE", required);
    expect(() => have("redis", false, "no server")).toThrow("redis is required by TRUEWIND_REQUIRE: no server");
  });
});

it("long suites are whole at night only", () => {
  vi.stubEnv("TRUEWIND_NIGHTLY", "");
  expect(nightlyOr(100, 5)).toBe(5);
  expect(sampleOf(["a", "b", "c", "d", "e"], 3)).toEqual(["a", "c", "e"]);
  expect(sampleOf(["a", "b"], 1)).toEqual(["a"]);
  expect(sampleOf(["a"], 3)).toEqual(["a"]);
  vi.stubEnv("TRUEWIND_NIGHTLY", "1");
  expect(nightlyOr(100, 5)).toBe(100);
  expect(sampleOf(["a", "b", "c", "d", "e"], 3)).toEqual(["a", "b", "c", "d", "e"]);
});
