// Number forms, unknown values and JSON leftovers included.
import { describe, expect, it } from "vitest";
import { counted, grouped, money, percent, pValue, ratio, signedPercent, times } from "./number-format.js";

describe("numbers for people", () => {
  it("writes percent with a real minus sign and a plus only where the sign is the message", () => {
    expect(percent(0.1234)).toBe("12.3%");
    expect(percent(-0.1234)).toBe("\u221212.3%");
    expect(signedPercent(0.1234)).toBe("+12.3%");
    expect(signedPercent(-0.1234, 2)).toBe("\u221212.34%");
  });

  it("never writes a signed zero", () => {
    expect(percent(-0.00001)).toBe("0.0%");
    expect(signedPercent(0.00001)).toBe("0.0%");
    expect(ratio(-0)).toBe("0.00");
  });

  it("shows a dash for what is not known, also after a JSON round trip", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined]) {
      expect([percent(value), ratio(value), grouped(value), money(value, "USD"), pValue(value), times(value)]).toEqual(
        Array(6).fill("\u2013"),
      );
    }
  });

  it("groups digits and keeps cents only of small amounts", () => {
    expect(grouped(1234567.4)).toBe("1,234,567");
    expect(grouped(-1234)).toBe("\u22121,234");
    expect(money(999.5, "INR")).toBe("INR 999.50");
    expect(money(1e6, "USD")).toBe("USD 1,000,000");
    expect(grouped(1e308)).toBe("1.00e+308");
  });

  it("never shows a p-value of zero", () => {
    expect(pValue(0)).toBe("<\u00a00.001");
    expect(pValue(0.0104)).toBe("0.010");
  });

  it("counts one thing in the singular", () => {
    expect([counted(1, "trial"), counted(0, "trial"), counted(1204, "trial")]).toEqual(["1 trial", "0 trials", "1,204 trials"]);
  });
});
