// The colors and typefaces of the report, by day and by night. Blue against orange stays distinct for every common kind of
// color blindness; text on cells keeps a contrast above 4.5. Only typefaces that machines already have.

const day = `
  --page: #f4f1ea; --card: #fffdf9; --ink: #12283a; --muted: #556473; --rule: #ddd8cc; --hair: #e9e5db;
  --accent: #0b6e78; --strategy: #0b57a4; --baseline: #bd5500; --benchmark: #66727e; --oracle: #86398f; --faint: #8fa3b5;
  --pos: 11 87 164; --neg: 205 98 0; --shade: .55;
  --stamp: #8a3b00; --stamp-ground: #fbeeda; --purge: #d98324; --embargo: #f0d3a6; --train: #9fb9d3;
  --p0: #0b57a4; --p1: #d98324; --p2: #59a5b5; --p3: #86398f;
  --sky: #e2ecee; --wind: #0b6e78; --wind-strength: .2;`;

const night = `
  --page: #0b1620; --card: #11202d; --ink: #e4ecf3; --muted: #9db0c0; --rule: #26394a; --hair: #1c2d3c;
  --accent: #5cc3c9; --strategy: #6fb3ff; --baseline: #f2a14f; --benchmark: #93a3b1; --oracle: #d596de; --faint: #5f778c;
  --pos: 70 140 225; --neg: 214 120 30; --shade: .6;
  --stamp: #ffcf94; --stamp-ground: #3a2710; --purge: #f2a14f; --embargo: #7a5526; --train: #35587c;
  --p0: #6fb3ff; --p1: #f2a14f; --p2: #7fd0d6; --p3: #d596de;
  --sky: #0f2430; --wind: #5cc3c9; --wind-strength: .16;`;

/** Custom properties for both schemes; print is always by day. */
export const theme = `
:root { color-scheme: light dark; ${day}
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Book Antiqua", Georgia, "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
@media screen and (prefers-color-scheme: dark) { :root { ${night} } }
`;
