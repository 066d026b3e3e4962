// On paper: black on white, nothing split in the middle, and the stamps repeated at the foot of every sheet.

export const printStyle = `
@media print {
  @page { margin: 14mm 13mm 18mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html, body { background: #fff; font-size: 11pt; }
  nav, .skip, .cursor { display: none; }
  .masthead, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .ribbon { position: fixed; top: auto; bottom: 0; left: 0; right: 0; border: 0; padding: 2px; }
  .verdict { padding: 22px 26px; } .verdict h2 { font-size: 40pt; }
  section { margin-bottom: 26px; } section > header, .chart, .gauge, .facts { break-inside: avoid; } #model, #trading { break-before: page; } .lead { break-inside: avoid; } section > header, .lead, h2, h3, figcaption { break-after: avoid; } .scroll, .days, .sectors, .parts { break-inside: avoid; } .pair { grid-template-columns: 1fr 1fr; } .pair:has(.heat) { grid-template-columns: 1fr; }
  .chart { border: 1px solid #ddd; } .scroll, pre { overflow: visible; max-height: none; } .tall .plot { height: 260px; } .medium .plot { height: 170px; }
}
`;
