// The picture of a null distribution: one dot per drawn market, and the real result as a line among them.
import { type DotStrip, renderDotStrip } from "../report/dot-strip.js";
import type { Html } from "../report/html.js";

export interface NullStrip extends Pick<DotStrip, "title" | "note" | "format"> {
  readonly nulls: readonly number[];
  readonly real: number | null;
}

export function renderNullStrip({ nulls, real, ...strip }: NullStrip): Html {
  return renderDotStrip({
    ...strip,
    dots: "Markets without an edge",
    values: nulls,
    line: { name: "The real result", short: "real", value: real },
    empty: "There is nothing to draw: no market of this kind was run.",
  });
}
