// The splits of an experiment as an SVG file that stands by itself: by day and by night, and on paper by day.
import { escapeHtml } from "./html.js";
import { coordinate } from "./marks.js";
import { type SplitRow, splitBars, USES } from "./split-bars.js";
import { theme } from "./theme.js";

export interface SplitPicture {
  readonly title: string;
  /** What the reader should see, in one sentence. */
  readonly note: string;
  readonly rows: readonly SplitRow[];
}

const WIDTH = 960;
const MARGIN = 24;
const ROW = 16;
const TOP = 104;
const LETTER = 7;

const style = `
svg { background: var(--page); }
text { font: 12px var(--sans); fill: var(--ink); } .title { font: 600 17px var(--sans); } .muted { fill: var(--muted); }
.card { fill: var(--card); stroke: var(--rule); } .grid { stroke: var(--rule); stroke-width: 1; }
.train { fill: var(--train); } .purged { fill: var(--purge); } .embargo { fill: var(--embargo); } .test { fill: var(--strategy); }`;

/** A whole SVG document; nothing in it comes from elsewhere. Throws nothing: without rows it holds the words alone. */
export function renderSplitPicture({ title, note, rows }: SplitPicture): string {
  const left = MARGIN + 12 + LETTER * Math.max(2, ...rows.map(({ name }) => name.length));
  const width = WIDTH - left - MARGIN - 12;
  const bottom = TOP + rows.length * ROW;
  const height = bottom + 56;
  const { rows: bars, ticks } = rows.length === 0 ? { rows: [], ticks: [] } : splitBars(rows, width, ROW);
  const text = (x: number, y: number, words: string, more = ""): string =>
    `<text x="${coordinate(x)}" y="${coordinate(y)}"${more}>${escapeHtml(words)}</text>`;
  let at = MARGIN + 12;
  const legend = USES.map(([use, name]) => {
    const item = `<rect class="${use}" x="${at}" y="${TOP - 32}" width="18" height="10"/>${text(at + 24, TOP - 23, name)}`;
    at += 24 + 18 + name.length * 6.2;
    return item;
  });
  // Closer ticks would write over each other.
  const shown = ticks.filter((tick, i) => i === 0 || tick.at - (ticks[i - 1]?.at ?? 0) > 44 / width || !tick.minor);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeHtml(`${title}. ${note}`)}">
<title>${escapeHtml(title)}</title><style>${theme}${style}</style>
<rect class="card" x="8" y="8" width="${WIDTH - 16}" height="${height - 16}" rx="8"/>
${text(MARGIN + 12, 36, title, ' class="title"')}${text(MARGIN + 12, 56, note, ' class="muted"')}
${legend.join("")}
${shown.map((tick) => `<line class="grid" x1="${coordinate(left + tick.at * width)}" x2="${coordinate(left + tick.at * width)}" y1="${TOP}" y2="${bottom + 6}"/>${text(left + tick.at * width, bottom + 22, tick.label, ' text-anchor="middle" class="muted"')}`).join("")}
${rows.map(({ name }, i) => text(left - 8, TOP + i * ROW + 12, name, ' text-anchor="end" class="muted"')).join("")}
<g transform="translate(${left} ${TOP})">${bars.join("\n")}</g>
</svg>
`;
}
