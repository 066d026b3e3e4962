// The layout of explanations: waterfalls and swarms are lanes beside their names, and stand below them where there is little room.

export const whyStyle = `
.moment { font-size: 22px; margin-top: 26px; }
.waterfall { list-style: none; padding: 0; font-size: 13.5px; line-height: 1.3; } .waterfall li { display: grid; grid-template-columns: minmax(9em, 34%) 1fr; gap: 0 12px; align-items: stretch; min-height: 30px; }
.waterfall .name { padding: 5px 0; align-self: center; overflow-wrap: anywhere; } .waterfall .name small { display: inline-block; font-size: 12px; } .lane { position: relative; min-height: 30px; }
.lane i { position: absolute; top: 7px; bottom: 7px; border-radius: 2px; } .pos > .lane i { background: var(--strategy); } .neg > .lane i { background: var(--baseline); } .total > .lane i { background: var(--ink); min-width: 3px; top: 4px; bottom: 4px; }
.lane s { position: absolute; top: calc(100% - 7px); height: 14px; border-left: 1px dashed var(--faint); z-index: 0; } .lane b { position: absolute; top: 50%; transform: translateY(-50%); font-weight: 600; font-size: 12.5px; white-space: nowrap; } .lane b.on { color: var(--card); }
.waterfall .total { font-weight: 600; border-bottom: 1px solid var(--hair); } .waterfall .total small { font-weight: 400; } .waterfall .total:last-child { border-bottom: 0; border-top: 1px solid var(--hair); }
.value { fill: none; stroke-linecap: round; stroke-width: 4; stroke-opacity: .75; } .value.low { stroke: var(--baseline); } .value.middle { stroke: var(--faint); } .value.high { stroke: var(--strategy); } .value.unknown { stroke: var(--oracle); }
.lane-row { display: grid; grid-template-columns: minmax(9em, 22%) 1fr; gap: 0 12px; align-items: center; font-size: 13.5px; } .lane-row svg { display: block; width: 100%; height: 34px; overflow: visible; } .lane-row.axis { height: 24px; } .lane-row .name { overflow-wrap: anywhere; line-height: 1.25; }
.pair > .attention.chart > .scroll { margin-top: 6px; } .plot.still { cursor: default; } .importance { font-size: 13.5px; table-layout: fixed; } .importance th:first-child { width: 32%; overflow-wrap: anywhere; } .days.importance .size, .importance th:nth-child(2) { width: auto; } .importance th:nth-child(3), .importance td:nth-child(3) { width: 5.6em; } .importance th:nth-child(4), .importance td:nth-child(4) { width: 10.5em; } .importance td small { white-space: nowrap; }
@media (max-width: 640px) { .waterfall li, .lane-row { grid-template-columns: 1fr; } .waterfall .name { padding: 5px 0 0; } .lane s { display: none; } .lane { min-height: 26px; } .lane-row { padding-top: 5px; } .importance th:first-child { width: 40%; } .importance th:nth-child(4), .importance td:nth-child(4) { width: 5.6em; } .importance td small { display: block; } }
@media print { .waterfall, .swarm, .importance { break-inside: avoid; } #why { break-before: page; } }
`;
