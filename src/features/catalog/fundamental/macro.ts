// The economy as known when the bar ended: rates, inflation, work, money, stress. Fields are FRED's; `back` counts an observation's periods
// (months, weeks or days). Equal for all instruments at a moment.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { marketFact } from "#features/language/inputs.js";
import { constant, type Series, where } from "#features/language/series.js";

type Ratio = Series<"ratio">;
const anything = [null, null] as const;
const unit = [0, 1] as const;

const at = (field: string, back = 0): Ratio => marketFact(field, { back });
const meanOf = (field: string, from: number, count: number): Ratio =>
  Array.from({ length: count }, (_, k) => at(field, from + k))
    .reduce((sum, x) => sum.add(x))
    .div(count);
const growth = (field: string, back: number): Ratio => at(field).div(at(field, back)).sub(1).mul(100);
const unusual = (x: Ratio, bars: number): Ratio => x.sub(x.mean(bars)).div(x.std(bars));
const lowest = (xs: readonly Ratio[]): Ratio => xs.reduce((least, x) => least.min(x));

const tenYears = at("DGS10");
const slope = at("T10Y2Y");
const credit = at("BAMLH0A0HYM2");
const vix = at("VIXCLS");
const inflation = growth("CPIAUCSL", 12);
const realRate = tenYears.sub(at("T10YIE"));
const work = meanOf("UNRATE", 0, 3);

const rows: readonly FeatureRow[] = [
  ["rates_level", tenYears, "percent", anything, "FRED DGS10: yield of ten years"],
  ["rates_change_5", tenYears.diff(5), "percentage points", anything, "change of DGS10"],
  ["rates_change_60", tenYears.diff(60), "percentage points", anything, "change of DGS10"],
  ["rates_z_252", unusual(tenYears, 252), "deviations", anything, "DGS10 in deviations from its mean"],
  ["rates_vol_60", tenYears.diff(1).std(60), "percentage points per bar", [0, null], "volatility of DGS10"],
  ["curve_slope", slope, "percentage points", anything, "FRED T10Y2Y: ten less two years (Estrella and Hardouvelis 1991)"],
  ["curve_change_20", slope.diff(20), "percentage points", anything, "change of T10Y2Y"],
  ["curve_change_120", slope.diff(120), "percentage points", anything, "change of T10Y2Y"],
  [
    "curve_inverted_252",
    where(slope.lt(constant(0)), constant(1), 0).mean(252),
    "ratio",
    unit,
    "share of a year's bars with an inverted curve",
  ],
  ["policy_rate", at("FEDFUNDS"), "percent", anything, "FRED FEDFUNDS"],
  ["policy_change_6", at("FEDFUNDS").sub(at("FEDFUNDS", 6)), "percentage points", anything, "change of FEDFUNDS over six months"],
  ["policy_gap", tenYears.sub(at("FEDFUNDS")), "percentage points", anything, "ten years less the policy rate"],
  ["real_rate", realRate, "percent", anything, "DGS10 less T10YIE"],
  ["real_rate_change_60", realRate.diff(60), "percentage points", anything, "change of DGS10 less T10YIE"],
  ["expected_inflation", at("T10YIE"), "percent", anything, "FRED T10YIE"],
  ["expected_inflation_change_20", at("T10YIE").diff(20), "percentage points", anything, "change of T10YIE"],
  ["inflation_yoy", inflation, "percent", anything, "CPIAUCSL over twelve months"],
  [
    "inflation_turn",
    growth("CPIAUCSL", 3).mul(4).sub(inflation),
    "percentage points",
    anything,
    "three months of CPIAUCSL a year less twelve months",
  ],
  ["inflation_gap", inflation.sub(at("T10YIE")), "percentage points", anything, "inflation less expected inflation"],
  [
    "taylor_gap",
    at("FEDFUNDS").sub(inflation.mul(1.5).add(1)),
    "percentage points",
    anything,
    "Taylor 1993 without the output gap: policy rate less 1 + 1.5 x inflation",
  ],
  ["unemployment", at("UNRATE"), "percent", anything, "FRED UNRATE"],
  ["unemployment_gap", at("UNRATE").sub(meanOf("UNRATE", 0, 12)), "percentage points", anything, "UNRATE less its mean of twelve months"],
  [
    "sahm_rule",
    work.sub(lowest(Array.from({ length: 12 }, (_, k) => meanOf("UNRATE", k + 1, 3)))),
    "percentage points",
    anything,
    "Sahm 2019: three-month mean less its lowest of the twelve months before",
  ],
  [
    "claims_change_4",
    meanOf("ICSA", 0, 4)
      .div(meanOf("ICSA", 4, 4))
      .sub(1),
    "ratio",
    anything,
    "four weeks of ICSA over the four before",
  ],
  [
    "claims_unusual",
    at("ICSA")
      .div(meanOf("ICSA", 0, 13))
      .sub(1),
    "ratio",
    anything,
    "ICSA over its mean of a quarter",
  ],
  ["financial_conditions", at("NFCI"), "deviations", anything, "FRED NFCI"],
  ["financial_conditions_change_4", at("NFCI").sub(at("NFCI", 4)), "deviations", anything, "change of NFCI over four weeks"],
  ["credit_spread", credit, "percentage points", anything, "FRED BAMLH0A0HYM2 (Gilchrist and Zakrajsek 2012)"],
  ["credit_change_20", credit.diff(20), "percentage points", anything, "change of BAMLH0A0HYM2"],
  ["credit_z_252", unusual(credit, 252), "deviations", anything, "BAMLH0A0HYM2 in deviations from its mean"],
  ["balance_sheet_growth_13", growth("WALCL", 13), "percent", anything, "WALCL over thirteen weeks"],
  ["vix_level", vix, "index", anything, "FRED VIXCLS"],
  ["vix_change_1", vix.change(1), "ratio", anything, "relative change of VIXCLS"],
  ["vix_change_20", vix.change(20), "ratio", anything, "relative change of VIXCLS"],
  ["vix_z_60", unusual(vix, 60), "deviations", anything, "VIXCLS in deviations from its mean"],
  ["vix_percentile_252", vix.statistic("percentRank", 252), "percentile", unit, "rank of VIXCLS among a year's"],
  ["vix_range_5", at("vix.high").div(at("vix.low")).sub(1).mean(5), "ratio", anything, "daily range of the VIX"],
  [
    "vix_close_place",
    at("vix.close")
      .sub(at("vix.low"))
      .div(at("vix.high").sub(at("vix.low")))
      .clip(0, 1),
    "ratio",
    unit,
    "place of the VIX close in its day",
  ],
  ["jobs_growth_3", growth("PAYEMS", 3), "percent", anything, "PAYEMS over three months"],
  ["production_growth_12", growth("INDPRO", 12), "percent", anything, "INDPRO over twelve months"],
  ["retail_growth_12", growth("RSAFS", 12), "percent", anything, "RSAFS over twelve months"],
  ["confidence_change_3", at("UMCSENT").sub(at("UMCSENT", 3)), "points", anything, "change of UMCSENT over three months"],
];

export const macroFeatures: readonly FeatureDefinition[] = defineFeatures("fundamental", 1, rows);
