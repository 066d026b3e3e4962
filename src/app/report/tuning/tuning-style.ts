// What pages of searches have beside the common style: thin lines of many trials, and the ends of their axes.
import { trusted } from "../html.js";

export const tuningStyle = trusted(`
.parallel .frame { padding: 0 0 4px; } .ends { position: relative; height: 20px; font-size: 11.5px; color: var(--muted); } .ends span { position: absolute; top: 2px; transform: translateX(-50%); white-space: nowrap; }
.ends.names { height: 24px; font-size: 13px; color: var(--ink); } .line.thin { stroke-width: 1; stroke-opacity: .7; } .line.faint { stroke-width: .8; stroke-opacity: .55; }
.value.chosen { stroke-width: 9; stroke-opacity: 1; } @media print { .slice, .parallel { break-inside: avoid; } }
@media (max-width: 640px) { .ends.names span { font-size: 10.5px; } }
`);
