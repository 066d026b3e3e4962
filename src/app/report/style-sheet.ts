// The layout of the report: one column of cards, pairs side by side where there is room, charts of fixed height and free width.
// Assumes the custom properties of theme.ts. Nothing may widen the page: wide things scroll inside their own box.
import { printStyle } from "./print-style.js";
import { validationStyle } from "./validation-style.js";
import { whyStyle } from "./why-style.js";

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 var(--sans); font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere; }
h1, h2, h3, p, ul, ol, dl, dd, figure, table { margin: 0; padding: 0; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.15; letter-spacing: -.01em; text-wrap: balance; }
a { color: var(--accent); }
small { font-size: .85em; color: var(--muted); font-weight: 400; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 9; }
.masthead, nav, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 28px; }
.masthead { display: flex; align-items: flex-end; justify-content: space-between; gap: 24px; padding-top: 26px; padding-bottom: 14px; }
.brand { display: flex; align-items: center; gap: 10px; font: 600 25px/1 var(--serif); letter-spacing: -.01em; }
.mark { width: 36px; height: 36px; flex: none; } .mark .truth { stroke: var(--accent); }
.run { text-align: right; min-width: 0; } .run h1 { font-size: 19px; } .run p { color: var(--muted); font-size: 13.5px; }
.ribbon { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 6px; justify-content: center; padding: 5px 12px; background: var(--stamp-ground); border-block: 1px solid var(--rule); }
.stamp { display: inline-block; font: 600 11px/1.5 var(--sans); letter-spacing: .05em; text-transform: uppercase; color: var(--stamp); background: var(--stamp-ground); border: 1px solid currentColor; border-radius: 3px; padding: 1px 7px; white-space: nowrap; }
.ribbon .stamp { border-color: transparent; padding: 0 7px; }
nav { display: flex; gap: 4px 20px; padding-top: 10px; padding-bottom: 14px; overflow-x: auto; font-size: 14px; scrollbar-width: none; }
nav a { color: var(--muted); text-decoration: none; white-space: nowrap; padding: 3px 0; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--ink); border-color: var(--accent); }
section { scroll-margin-top: 44px; margin-bottom: 60px; }
section > header { border-top: 2px solid var(--ink); padding-top: 13px; margin-bottom: 6px; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; }
section > header h2 { font-size: 30px; margin-right: 6px; } .lead { color: var(--muted); max-width: 46em; margin-bottom: 20px; text-wrap: pretty; }
.fine { color: var(--muted); font-size: 13.5px; max-width: 52em; margin: 10px 0 20px; }
footer { display: flex; gap: 14px; align-items: center; color: var(--muted); font-size: 13.5px; padding-top: 18px; padding-bottom: 40px; border-top: 1px solid var(--rule); }
code, pre { font-family: var(--mono); font-size: .86em; }
`;

const verdict = `
.verdict { position: relative; isolation: isolate; overflow: hidden; background: var(--sky); border-radius: 14px; padding: 40px 44px 30px; margin-bottom: 56px; }
.wind { position: absolute; inset: 0; width: 100%; height: 100%; z-index: -1; -webkit-mask-image: linear-gradient(90deg, transparent 70%, #000 98%); mask-image: linear-gradient(90deg, transparent 70%, #000 98%); }
.wind path { stroke: var(--wind); stroke-width: 1.6; opacity: var(--wind-strength); stroke-linejoin: round; }
.eyebrow { font-size: 12px; letter-spacing: .14em; text-transform: uppercase; color: var(--muted); font-weight: 600; margin-bottom: 8px; }
.verdict h2 { font-size: clamp(38px, 6.6vw, 68px); line-height: 1.02; letter-spacing: -.025em; }
.because { font-size: clamp(17px, 2vw, 20px); line-height: 1.45; max-width: 36em; margin: 16px 0 30px; text-wrap: pretty; }
.gauge { max-width: 760px; margin-bottom: 30px; } .gauge > p { font-size: 13px; color: var(--muted); margin-top: 6px; }
.track { position: relative; height: 62px; border-bottom: 1px solid var(--muted); margin-bottom: 26px; }
.tick { position: absolute; bottom: -5px; height: 5px; border-left: 1px solid var(--muted); }
.tick em { position: absolute; top: 6px; transform: translateX(-50%); font: 12.5px/1.3 var(--sans); color: var(--muted); white-space: nowrap; }
.tick.zero { height: 60px; border-left: 1.5px dashed var(--baseline); } .tick.zero em { top: 61px; color: var(--baseline); font-weight: 600; }
.band { position: absolute; bottom: 11px; height: 12px; border-radius: 6px; background: var(--strategy); opacity: .32; }
.point { position: absolute; bottom: 8px; width: 18px; height: 18px; margin-left: -9px; border-radius: 50%; background: var(--strategy); border: 3px solid var(--sky); font-style: normal; }
.point b { position: absolute; bottom: 17px; left: 50%; transform: translateX(-50%); font-size: 17px; color: var(--strategy); background: var(--sky); padding: 0 4px; border-radius: 4px; z-index: 1; white-space: nowrap; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px 24px; margin-bottom: 18px; }
.facts dt { font-size: 12.5px; line-height: 1.35; color: var(--muted); } .facts dd { font-size: 18px; font-weight: 600; line-height: 1.35; }
.facts > div { border-left: 2px solid var(--rule); padding-left: 12px; } .verdict .facts > div { border-color: var(--accent); }
.caveat { font-size: 14px; max-width: 58em; } .caveat p + p { margin-top: 5px; }
.verdict .caveat { border-top: 1px solid color-mix(in srgb, var(--ink) 18%, transparent); padding-top: 14px; margin-top: 22px; }
`;

const chart = `
.chart { background: var(--card); border: 1px solid var(--hair); border-radius: 10px; padding: 18px 20px 14px; margin-bottom: 20px; min-width: 0; container-type: inline-size; break-inside: avoid; }
.chart h3 { font-size: 18.5px; } figcaption p { color: var(--muted); font-size: 13.5px; line-height: 1.45; margin: 4px 0 10px; max-width: 60em; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 0 20px; } .pair > .chart { display: flex; flex-direction: column; } .pair > .chart > .frame, .pair > .chart > .scroll { margin-top: auto; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; margin-bottom: 10px; color: var(--muted); }
.legend li { display: inline-flex; align-items: center; gap: 6px; max-width: 100%; min-width: 0; } .legend b { color: var(--ink); font-weight: 600; min-width: 3.2em; }
.legend .when { margin-left: auto; } .swatch { width: 22px; height: 10px; flex: none; overflow: visible; }
.frame { position: relative; padding: 0 0 22px 46px; } .frame.bare { padding-left: 0; }
.plot { position: relative; cursor: crosshair; touch-action: pan-y; } .bare .plot { cursor: default; }
.plot svg, .spark svg { display: block; width: 100%; height: 100%; overflow: visible; }
.tall .plot { height: 340px; } .medium .plot { height: 220px; } .short .plot { height: 140px; }
.ylabels { position: absolute; left: 0; top: 0; bottom: 22px; width: 40px; font-size: 11.5px; color: var(--muted); }
.ylabels span { position: absolute; right: 0; transform: translateY(50%); white-space: nowrap; }
.xlabels { position: relative; height: 22px; font-size: 11.5px; color: var(--muted); margin-bottom: -22px; }
.xlabels span { position: absolute; top: 5px; transform: translateX(-50%); white-space: nowrap; } .xlabels .end { transform: translateX(-100%); } .xlabels .start { transform: none; }
.cursor { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1px solid var(--ink); opacity: 0; pointer-events: none; } .on .cursor { opacity: .55; }
svg path, svg line { vector-effect: non-scaling-stroke; } .wind path, .mark path { vector-effect: none; }
.grid { stroke: var(--hair); stroke-width: 1; } .rule { stroke: var(--muted); stroke-width: 1; opacity: .7; }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
.line.strategy { stroke: var(--strategy); stroke-width: 2; } .line.baseline { stroke: var(--baseline); } .line.benchmark { stroke: var(--benchmark); stroke-dasharray: 5 3; } .line.oracle { stroke: var(--oracle); stroke-dasharray: 1.5 3.5; } .line.muted { stroke: var(--faint); }
.area { stroke: none; fill-opacity: .28; } .area.strategy { fill: var(--strategy); } .area.baseline { fill: var(--baseline); }
.bars { stroke: none; } .bars.strategy { fill: var(--strategy); } .bars.baseline { fill: var(--baseline); } .bars.down.strategy { fill-opacity: .55; }
.dots { fill: none; stroke-linecap: round; stroke-width: 3.5; } .dots.muted { stroke: var(--faint); stroke-opacity: .75; }
.null-dot { fill: none; stroke: var(--baseline); stroke-linecap: round; stroke-width: 8; stroke-opacity: .8; } .real-name { position: absolute; top: -4px; padding: 0 6px; font-size: 12.5px; color: var(--strategy); white-space: nowrap; } .real-name.left { transform: translateX(-100%); }
.train { fill: var(--train); } .purged { fill: var(--purge); } .embargo { fill: var(--embargo); } .test { fill: var(--strategy); }
.stack { display: flex; gap: 2px; height: 26px; border-radius: 5px; overflow: hidden; margin: 4px 0 12px; background: var(--hair); }
.part { display: block; background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); } .p3 { background: var(--p3); } .p4 { background: var(--muted); }
.parts { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 26px; font-size: 14px; } .parts li { display: flex; align-items: center; gap: 7px; } .parts .part { width: 11px; height: 11px; border-radius: 2px; }
@container (max-width: 520px) { .xlabels .minor, .sectors .xlabels span:not(:first-child, :last-child) { display: none; } }
`;

const tables = `
.scroll { position: relative; overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th { font-weight: 500; text-align: left; } td { text-align: right; position: relative; }
.scroll th, .scroll td { overflow-wrap: normal; } @media (min-width: 641px) { .headline { table-layout: fixed; } }
.headline { background: var(--card); font-size: 15.5px; } .headline th, .headline td { padding: 8px 14px; border-bottom: 1px solid var(--hair); white-space: nowrap; }
.headline thead th { text-align: right; font-weight: 600; border-bottom: 1px solid var(--ink); } .headline tbody th { color: var(--muted); } .headline td:nth-child(2) { font-weight: 650; }
.headline tbody tr:first-child td { font-size: 18px; } .headline { border-radius: 10px; border-collapse: separate; border-spacing: 0; border: 1px solid var(--hair); } .headline tbody tr:last-child > * { border-bottom: 0; }
.headline .key { border-bottom: 3px solid var(--strategy); } .headline .key.baseline { border-color: var(--baseline); } .headline .key.benchmark { border-color: var(--benchmark); } .headline .key.oracle { border-color: var(--oracle); }
.heat { table-layout: fixed; font-size: 11.5px; border-collapse: separate; border-spacing: 1px; } .heat th, .heat td { padding: 4px 1px; text-align: center; white-space: nowrap; }
.heat thead th { color: var(--muted); } .heat tbody th { text-align: left; color: var(--muted); overflow: hidden; text-overflow: ellipsis; padding-right: 4px; } .heat th:first-child { width: 36px; text-align: left; } .heat .total { width: 42px; font-weight: 600; }
.heat .pos { background: rgb(var(--pos) / calc(var(--v) * var(--shade))); } .heat .neg { background: rgb(var(--neg) / calc(var(--v) * var(--shade))); }
.heat.mute th:first-child, .heat.named th:first-child { width: 148px; } .heat.named .total { width: 56px; } .heat.mute td { height: 21px; } .heat:not(.mute) tbody td { border-radius: 2px; } .heat.mute thead th:not(:first-child) { font-size: 10.5px; } .heat.mute.wide { min-width: 760px; } .heat.mute.wide thead th:not(:first-child) { writing-mode: vertical-rl; height: 62px; }
.days th, .days td, .sectors th, .sectors td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--hair); } .days td, .sectors td { padding: 5px 0 5px 12px; white-space: nowrap; } .days thead th, .sectors thead th { color: var(--muted); font-size: 12.5px; text-align: right; } .days thead th, .sectors thead th { padding: 5px 0 5px 12px; } .days thead th:first-child, .sectors thead th:first-child { text-align: left; padding-left: 0; }
.days .size { width: 34%; } .size i { display: block; height: 9px; background: var(--strategy); border-radius: 2px; opacity: .75; min-width: 1px; } .rules th:first-child { width: 34%; overflow-wrap: anywhere; } .rules .size { width: 50%; }
.sectors th:first-child { width: 9.5em; } .sectors .spark { height: 40px; padding: 3px 8px; } .sectors .spark svg { height: 34px; } .sectors .axis { height: 22px; } .sectors td:nth-last-child(-n+2) { width: 5em; } .sectors tfoot td { border: 0; }
.assumptions { padding-left: 1.4em; max-width: 48em; } .assumptions li { padding: 4px 0 4px 6px; } .assumptions li::marker { color: var(--accent); font: 600 1em var(--serif); }
.identity div:last-child { border: 0; } .chart .identity { margin-bottom: 8px; } .chart .fine { margin: 0 0 14px; } .identity div { display: grid; grid-template-columns: 9em 1fr; gap: 12px; padding: 7px 0; border-bottom: 1px solid var(--rule); } .identity dt { color: var(--muted); font-size: 14px; } .identity dd { min-width: 0; overflow-wrap: anywhere; }
details { margin-top: 18px; } summary { cursor: pointer; font-weight: 600; } pre { background: var(--card); border: 1px solid var(--hair); border-radius: 10px; padding: 16px 18px; overflow: auto; max-height: 560px; line-height: 1.45; }
`;

const phone = `
@media (max-width: 640px) {
  body { font-size: 15.5px; } .masthead, nav, main, footer { padding-left: 16px; padding-right: 16px; }
  .masthead { flex-direction: column; align-items: flex-start; gap: 10px; padding-top: 18px; } .run { text-align: left; }
  .verdict { margin-left: -16px; margin-right: -16px; border-radius: 0; padding: 28px 16px 22px; } .facts { grid-template-columns: 1fr 1fr; gap: 14px; }
  section > header h2 { font-size: 26px; } .chart { padding: 14px 12px 12px; margin-left: -6px; margin-right: -6px; } .tall .plot { height: 250px; } .medium .plot { height: 190px; }
  .legend .when { flex-basis: 100%; margin-left: 0; } .frame { padding-left: 40px; } .ylabels { width: 35px; }
  .headline { font-size: 13.5px; } .headline th, .headline td { padding: 7px 5px; white-space: normal; } .headline tbody tr:first-child td { font-size: 14.5px; } .headline td { white-space: nowrap; } .wind path { opacity: calc(var(--wind-strength) * .35); }
  .heat { font-size: 9.5px; border-spacing: 0; } .heat th:first-child { width: 27px; } .heat .total { width: 31px; } .heat th, .heat td { letter-spacing: -.03em; } .heat.mute th:first-child, .heat.named th:first-child { width: 104px; } .heat.named .total { width: 42px; }
  .days { font-size: 13px; } .days .size { width: 14%; } .rules .size { width: 40%; } .sectors { font-size: 12.5px; } .sectors th:first-child { width: 7.2em; } .sectors td:nth-last-child(-n+2) { width: 4em; padding-left: 4px; }
  .identity div { grid-template-columns: 1fr; gap: 0; } .gauge .tick:not(.zero) em { font-size: 11px; }
}
`;

/** Everything but the custom properties, the script and the pictures. */
export const styleSheet = page + verdict + chart + tables + whyStyle + validationStyle + phone + printStyle;
