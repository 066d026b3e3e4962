// A sector as the first word of an anonymized name.

/** Words that vendors use for the same sector, letters and digits alone -> the short one. */
const SHORT: Readonly<Record<string, string>> = {
  INFORMATIONTECHNOLOGY: "TECH",
  TECHNOLOGY: "TECH",
  HEALTHCARE: "HEALTH",
  FINANCIALS: "FINANCE",
  FINANCIAL: "FINANCE",
  FINANCIALSERVICES: "FINANCE",
  CONSUMERDISCRETIONARY: "CYCLICAL",
  CONSUMERCYCLICAL: "CYCLICAL",
  CONSUMERSTAPLES: "STAPLES",
  CONSUMERDEFENSIVE: "STAPLES",
  COMMUNICATIONSERVICES: "COMM",
  TELECOMMUNICATIONS: "COMM",
  BASICMATERIALS: "MATERIALS",
};

const LONGEST = 12;

/** `NA`: not known. `OTHER`: nothing of its name is a Latin letter or a digit. Two sectors may have one word: it tells names apart for people only. */
export function sectorWord(sector: string | null): string {
  if (sector === null) return "NA";
  const plain = sector
    .normalize("NFKD")
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "");
  return (Object.hasOwn(SHORT, plain) ? (SHORT[plain] as string) : plain.slice(0, LONGEST)) || "OTHER";
}
