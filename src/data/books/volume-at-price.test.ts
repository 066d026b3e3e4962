import { describe, expect, it } from "vitest";
import { VolumeAtPrice } from "./volume-at-price.js";

describe("volume at price", () => {
  it("has its point of control at the most volume and a value area grown around it", () => {
    const volume = new VolumeAtPrice(() => 0);
    for (const [ticks, size] of [
      [98, 1],
      [99, 3],
      [100, 10],
      [101, 4],
      [102, 2],
      [99, 2],
    ] as const)
      volume.trade(0, ticks, size);
    // 22 in all, 70 % is 15.4: 10 at 100, then 5 at 99 (15), then 4 at 101 (19).
    expect(volume.profile(0.7)).toEqual({ pointOfControl: 100, valueLow: 99, valueHigh: 101, volume: 22, prices: 5 });
    expect(volume.volumeAt(99)).toBe(5);
  });

  it("begins anew with the session", () => {
    const volume = new VolumeAtPrice((at) => Math.floor(at / 10));
    expect(volume.trade(5, 100, 1)).toBe(true);
    expect(volume.trade(9, 100, 1)).toBe(false);
    expect(volume.trade(10, 101, 1)).toBe(true);
    expect(volume.volumeAt(100)).toBe(0);
  });

  it("is empty without trades", () => {
    expect(new VolumeAtPrice(() => 0).profile(0.7)).toMatchObject({ pointOfControl: Number.NaN, volume: 0 });
  });
});
