// What an order cost in five styles, as an SVG file that stands by itself: by day and by night. Bars are stacked parts under each model of impact; the
// whisker runs from half to twice the constants.
import { percent } from "../report/number-format.js";
import { escapeHtml } from "../report/html.js";
import { coordinate } from "../report/marks.js";
import { createScale, domainOf, tickValues } from "../report/scale.js";
import { theme } from "../report/theme.js";
import { styleNames } from "./execute-lines.js";
import type { ExecutionResult, StyleResult } from "./execution-result.js";

const WIDTH = 960;
const LEFT = 188;
const RIGHT = 132;
const TOP = 124;
const BAR = 18;
const GROUP = 62;
const PARTS = [
  ["spread", "half the spread"],
  ["temporary", "temporary impact"],
  ["lasting", "lasting impact"],
  ["rest", "timing and unfilled"],
] as const;

/** Means in basis points, of the parts that are drawn. */
type Drawn = Readonly<Record<(typeof PARTS)[number][0], number>>;

const style = `
svg { background: var(--page); }
text { font: 12px var(--sans); fill: var(--ink); } .title { font: 600 17px var(--sans); } .muted { fill: var(--muted); } .name { font-weight: 600; }
.card { fill: var(--card); stroke: var(--rule); } .grid { stroke: var(--hair); } .rule { stroke: var(--muted); }
.spread { fill: var(--p0); } .temporary { fill: var(--p1); } .lasting { fill: var(--p2); } .rest { fill: var(--p3); }
.whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; }`;

/** A whole SVG document; nothing in it comes from elsewhere. */
export function costPicture(result: ExecutionResult): string {
  const { styles } = result;
  const bottom = TOP + styles.length * GROUP;
  const height = bottom + 76;
  const at = (one: StyleResult, impact: string, scale: number): Drawn =>
    drawn(one.costs.find((cost) => cost.impact === impact && cost.scale === scale) as StyleResult["costs"][number]);
  const ends = styles.flatMap((one) => one.costs.map((cost) => whole(drawn(cost))));
  const lows = styles.flatMap((one) => one.costs.map((cost) => Math.min(0, drawn(cost).rest)));
  const domain = domainOf([ends, lows], [0], false);
  const scale = createScale(domain, false);
  const x = (value: number): number => LEFT + scale(value) * (WIDTH - LEFT - RIGHT);
  const text = (left: number, y: number, words: string, more = ""): string =>
    `<text x="${coordinate(left)}" y="${coordinate(y)}"${more}>${escapeHtml(words)}</text>`;
  const title = `An order of ${percent(result.share)} of a session's volume in ${styles.length} styles`;
  const note = `${result.orders} orders on ${result.days} days, ${result.instruments.slice(0, 6).join(", ")}${result.instruments.length > 6 ? " and others" : ""}. Basis points of the order.`;
  let legendAt = 36;
  const legend = PARTS.map(([part, name]) => {
    const item = `<rect class="${part}" x="${legendAt}" y="80" width="18" height="10"/>${text(legendAt + 24, 89, name)}`;
    legendAt += 48 + name.length * 6.2;
    return item;
  });
  legend.push(
    `<path class="whisker" d="M${legendAt} 85h22M${legendAt} 81v8M${legendAt + 22} 81v8"/>${text(legendAt + 30, 89, "half to twice the impact")}`,
  );
  const bars = styles.flatMap((one, i) => {
    const top = TOP + i * GROUP;
    return [
      text(36, top + 22, styleNames[one.style], ' class="name"'),
      text(36, top + 38, `±${one.risk.toFixed(0)} bps an order`, ' class="muted"'),
      ...(["square-root", "almgren"] as const).flatMap((impact, k) => {
        const y = top + 4 + k * (BAR + 6);
        const parts = at(one, impact, 1);
        let [up, down] = [0, 0];
        const rects = PARTS.map(([part]) => {
          const value = parts[part];
          const from = value < 0 ? down + value : up;
          if (value < 0) down += value;
          else up += value;
          const [a, b] = [x(from), x(from + Math.abs(value))];
          return b - a < 0.05 ? "" : `<rect class="${part}" x="${coordinate(a)}" y="${y}" width="${coordinate(b - a)}" height="${BAR}"/>`;
        });
        const [low, high] = [x(whole(at(one, impact, 0.5))), x(whole(at(one, impact, 2)))].map(coordinate) as [string, string];
        const middle = y + BAR / 2;
        return [
          ...rects,
          `<path class="whisker" d="M${low} ${middle}H${high}M${low} ${middle - 4}v8M${high} ${middle - 4}v8"/>`,
          text(
            WIDTH - RIGHT + 14,
            middle + 4,
            `${impact === "almgren" ? "Almgren" : "square root"} ${whole(parts).toFixed(1)}`,
            ' class="muted"',
          ),
        ];
      }),
    ];
  });
  const grid = tickValues(domain, 7, false).map(
    (value) =>
      `<line class="${value === 0 ? "rule" : "grid"}" x1="${coordinate(x(value))}" x2="${coordinate(x(value))}" y1="${TOP - 8}" y2="${bottom}"/>${text(x(value), bottom + 18, String(value).replace("-", "−"), ' text-anchor="middle" class="muted"')}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeHtml(`${title}. ${note}`)}">
<title>${escapeHtml(title)}</title><style>${theme}${style}</style>
<rect class="card" x="8" y="8" width="${WIDTH - 16}" height="${height - 16}" rx="8"/>
${text(36, 38, title, ' class="title"')}${text(36, 58, note, ' class="muted"')}
${legend.join("")}
${grid.join("")}
${bars.filter((bar) => bar !== "").join("\n")}
${text(36, bottom + 44, "Beside each name: the standard deviation of one order's cost, nearly all of it timing, which buys and sales pay with opposite signs. Impact is modeled.", ' class="muted"')}
</svg>
`;
}

function drawn({ parts }: StyleResult["costs"][number]): Drawn {
  const { spread, temporary, lasting, timing, opportunity } = parts;
  return { spread: spread.mean, temporary: temporary.mean, lasting: lasting.mean, rest: timing.mean + opportunity.mean };
}

function whole({ spread, temporary, lasting, rest }: Drawn): number {
  return spread + temporary + lasting + rest;
}
