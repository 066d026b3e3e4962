// What a company's reports say beside its price: yields, margins, growth, quality, surprise, age. Reports as they were known when the bar ended;
// `back` counts quarters. NaN before enough reports are known. A year is the sum of the last four quarters.
import { MONEY, PRICE, VOLUME } from "#features/inputs/columns.js";
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { calendar, close, fact } from "#features/language/inputs.js";
import { across, withinSector } from "#features/language/joint.js";
import { constant, type Series, where } from "#features/language/series.js";

type Ratio = Series<"ratio">;
const anything = [null, null] as const;
const signed = [-1, 1] as const;
const unit = [0, 1] as const;

const money = (field: string, back = 0): Series<"money"> => fact(field, { back, dimension: MONEY });
const perShare = (field: string, back = 0): Series<"price"> => fact(field, { back, dimension: PRICE });
const year = (field: string, back = 0): Series<"money"> =>
  money(field, back)
    .add(money(field, back + 1))
    .add(money(field, back + 2))
    .add(money(field, back + 3));
const outstanding = (back = 0): Series<"volume"> => fact("shares_outstanding", { back, dimension: VOLUME });
const cap = close.mul(outstanding());

const revenue = year("revenue");
const income = year("net_income");
const operating = year("operating_income");
const cashFlow = year("operating_cash_flow");
const assets = money("assets");
const equity = money("equity");
const growth = (now: Series<"money">, before: Series<"money">): Ratio => now.sub(before).div(before.abs());
/** Earnings per share less those of the same quarter a year before, `back` quarters ago. */
const seasonal = (back: number): Series<"price"> => perShare("eps_diluted", back).sub(perShare("eps_diluted", back + 4));
const usualSurprise = [1, 2, 3, 4]
  .map((back) => seasonal(back).div(close).square())
  .reduce((sum, x) => sum.add(x))
  .div(4)
  .sqrt();
const margin = (field: string, back: number): Ratio => money(field, back).div(money("revenue", back));
const good = (x: Ratio): Ratio => where(x.gt(0), constant(1), 0);
const roa = income.div(assets);
const restated = fact("report_restated", { show: "count" }).sum(250);
const reportAge = fact("revenue", { show: "age", dimension: MONEY });
const earningsYield = income.div(cap);
const declared = perShare("dividend.declared");

const rows: readonly FeatureRow[] = [
  ["earnings_yield", earningsYield, "ratio", anything, "Basu 1977: year's net income over market value"],
  ["book_to_market", equity.div(cap), "ratio", anything, "Fama and French 1992: equity over market value"],
  ["sales_yield", revenue.div(cap), "ratio", anything, "Barbee, Mukherji and Raines 1996: year's revenue over market value"],
  [
    "cash_flow_yield",
    cashFlow.div(cap),
    "ratio",
    anything,
    "Lakonishok, Shleifer and Vishny 1994: year's operating cash flow over market value",
  ],
  [
    "free_cash_flow_yield",
    cashFlow.sub(year("capital_expenditure")).div(cap),
    "ratio",
    anything,
    "operating cash flow less capital expenditure, over market value",
  ],
  [
    "dividend_yield",
    perShare("dividend_per_share")
      .add(perShare("dividend_per_share", 1))
      .add(perShare("dividend_per_share", 2))
      .add(perShare("dividend_per_share", 3))
      .div(close),
    "ratio",
    anything,
    "dividends of four quarters over the close",
  ],
  ["declared_yield", declared.div(close), "ratio", anything, "last declared dividend over the close"],
  [
    "dividend_change",
    declared.div(perShare("dividend.declared", 1)).sub(1),
    "ratio",
    anything,
    "last declared dividend over the one before (Michaely, Thaler and Womack 1995)",
  ],
  ["operating_margin", operating.div(revenue), "ratio", anything, "year's operating income over revenue"],
  ["net_margin", income.div(revenue), "ratio", anything, "year's net income over revenue"],
  [
    "margin_change_4",
    margin("operating_income", 0).sub(margin("operating_income", 4)),
    "ratio",
    anything,
    "quarter's operating margin less that of a year before",
  ],
  ["return_on_assets", roa, "ratio", anything, "year's net income over assets (Piotroski 2000, ROA)"],
  ["return_on_equity", income.div(equity), "ratio", anything, "Haugen and Baker 1996: year's net income over equity"],
  ["operating_profitability", operating.div(equity), "ratio", anything, "Fama and French 2015: year's operating income over equity"],
  [
    "cash_profitability",
    cashFlow.div(assets),
    "ratio",
    anything,
    "Ball, Gerakos, Linnainmaa and Nikolaev 2016: operating cash flow over assets",
  ],
  ["asset_turnover", revenue.div(assets), "ratio", anything, "year's revenue over assets"],
  [
    "asset_turnover_change",
    revenue.div(assets).sub(year("revenue", 4).div(money("assets", 4))),
    "ratio",
    anything,
    "Soliman 2008: change of asset turnover over four quarters",
  ],
  [
    "accruals",
    income.sub(cashFlow).div(assets),
    "ratio",
    anything,
    "Sloan 1996, by the cash flow statement: net income less operating cash flow over assets",
  ],
  [
    "asset_growth",
    assets.div(money("assets", 4)).sub(1),
    "ratio",
    anything,
    "Cooper, Gulen and Schill 2008, equation 1, over four quarters",
  ],
  [
    "investment",
    year("capital_expenditure").div(assets),
    "ratio",
    anything,
    "year's capital expenditure over assets (Titman, Wei and Xie 2004)",
  ],
  ["revenue_growth_4", growth(money("revenue"), money("revenue", 4)), "ratio", anything, "quarter's revenue over that of a year before"],
  [
    "revenue_growth_change",
    growth(money("revenue"), money("revenue", 4)).sub(growth(money("revenue", 1), money("revenue", 5))),
    "ratio",
    anything,
    "growth less growth a quarter before",
  ],
  ["income_growth_4", growth(income, year("net_income", 4)), "ratio", anything, "year's net income against the year before, over its size"],
  ["eps_change_yield", seasonal(0).div(close), "ratio", anything, "seasonal change of earnings per share over the close"],
  [
    "earnings_surprise",
    seasonal(0).div(close).div(usualSurprise),
    "deviations",
    anything,
    "Foster, Olsen and Shevlin 1984, model 1: seasonal change over the root mean square of the four before",
  ],
  [
    "earnings_streak",
    good(seasonal(0).div(close))
      .add(good(seasonal(1).div(close)))
      .add(good(seasonal(2).div(close)))
      .add(good(seasonal(3).div(close))),
    "quarters",
    [0, 4],
    "of four quarters, those above the year before (Barth, Elliott and Finn 1999)",
  ],
  ["leverage", assets.div(equity), "ratio", anything, "assets over equity (Bhandari 1988)"],
  [
    "leverage_change_4",
    equity.div(assets).sub(money("equity", 4).div(money("assets", 4))),
    "ratio",
    anything,
    "change of equity's share of assets",
  ],
  [
    "current_ratio",
    money("current_assets").div(money("current_liabilities")),
    "ratio",
    anything,
    "current assets over current liabilities",
  ],
  ["cash_share", money("cash").div(assets), "ratio", anything, "Palazzo 2012: cash over assets"],
  [
    "financing_yield",
    year("financing_cash_flow").div(assets),
    "ratio",
    anything,
    "Bradshaw, Richardson and Sloan 2006: net external financing over assets",
  ],
  [
    "share_issuance_4",
    outstanding().div(outstanding(4)).sub(1),
    "ratio",
    anything,
    "Pontiff and Woodgate 2008: growth of shares outstanding over four quarters",
  ],
  [
    "quality_score",
    good(roa)
      .add(good(cashFlow.div(assets)))
      .add(good(roa.sub(year("net_income", 4).div(money("assets", 4)))))
      .add(good(cashFlow.sub(income).div(assets)))
      .add(good(equity.div(assets).sub(money("equity", 4).div(money("assets", 4)))))
      .add(
        good(
          money("current_assets")
            .div(money("current_liabilities"))
            .sub(money("current_assets", 4).div(money("current_liabilities", 4))),
        ),
      )
      .add(good(outstanding(4).div(outstanding()).sub(1).add(1e-9)))
      .add(good(margin("operating_income", 0).sub(margin("operating_income", 4))))
      .add(good(revenue.div(assets).sub(year("revenue", 4).div(money("assets", 4))))),
    "points",
    [0, 9],
    "Piotroski 2000: nine signs, operating margin for gross margin, equity's share of assets for long-term debt",
  ],
  ["value_less_sector", earningsYield.sub(withinSector("mean", earningsYield)), "ratio", anything, "earnings yield less the sector's mean"],
  ["profit_less_universe", roa.sub(across("mean", roa)), "ratio", anything, "return on assets less the universe's mean"],
  ["report_age", reportAge, "days", anything, "days since the last report became known"],
  [
    "report_fresh",
    reportAge.div(-20).min(0).exp(),
    "ratio",
    unit,
    "exp(-age of the last report / 20 days) (drift after earnings, Bernard and Thomas 1989)",
  ],
  [
    "surprise_fresh",
    seasonal(0).div(close).div(usualSurprise).clip(-5, 5).mul(reportAge.div(-20).min(0).exp()).div(5),
    "ratio",
    signed,
    "Bernard and Thomas 1989: surprise, fading over 20 days",
  ],
  ["restated_250", restated, "reports", [0, null], "reports within 250 bars that changed a period already known"],
  [
    "days_to_report",
    fact("earnings.next").sub(calendar("dayNumber")).clip(0, 120),
    "days",
    [0, 120],
    "days to the next announced report, at most 120; 0 when it is past",
  ],
];

export const companyFeatures: readonly FeatureDefinition[] = defineFeatures("fundamental", 1, rows);
