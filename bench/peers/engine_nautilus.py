"""EMA-cross backtest of 1-minute bars in nautilus_trader's BacktestEngine; prints one JSON line."""
import argparse
import json
import time

import nautilus_trader
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader import indicators as ind
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import BarSpecification, BarType
from nautilus_trader.model.enums import (
    AccountType, AggregationSource, BarAggregation, OmsType, OrderSide, PriceType,
)
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

from peak_rss import peak_rss_mb

VENUE = Venue("SIM")
COLUMNS = ["open", "high", "low", "close", "volume"]

# Nautilus' costly ones are left out to be fair to it: LinearRegression, Hull and Weighted
# averages cost 6 to 55 us a bar, and OnBalanceVolume re-sums its whole history on every bar.
EXTRA_INDICATORS = [
    lambda: ind.ExponentialMovingAverage(5),
    lambda: ind.ExponentialMovingAverage(12),
    lambda: ind.ExponentialMovingAverage(26),
    lambda: ind.ExponentialMovingAverage(50),
    lambda: ind.SimpleMovingAverage(10),
    lambda: ind.SimpleMovingAverage(20),
    lambda: ind.SimpleMovingAverage(50),
    lambda: ind.DoubleExponentialMovingAverage(20),
    lambda: ind.WilderMovingAverage(14),
    lambda: ind.RelativeStrengthIndex(14),
    lambda: ind.RateOfChange(10),
    lambda: ind.MovingAverageConvergenceDivergence(12, 26),
    lambda: ind.AverageTrueRange(14),
    lambda: ind.BollingerBands(20, 2.0),
    lambda: ind.DonchianChannel(20),
    lambda: ind.Stochastics(14, 3),
    lambda: ind.CommodityChannelIndex(20),
    lambda: ind.ChandeMomentumOscillator(14),
    lambda: ind.DirectionalMovement(14),
    lambda: ind.KeltnerChannel(20, 2.0),
]


class EmaCrossConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType
    size: int
    indicators: int


class EmaCross(Strategy):
    def __init__(self, config: EmaCrossConfig) -> None:
        super().__init__(config)
        self.fast = ind.ExponentialMovingAverage(10)
        self.slow = ind.ExponentialMovingAverage(20)
        self.extra = [make() for make in EXTRA_INDICATORS[: config.indicators]]
        self.instrument_id = config.instrument_id
        # Flat to one side, and one side to the other: made once, as quantities are costly.
        self.open_qty = Quantity.from_int(config.size)
        self.flip_qty = Quantity.from_int(2 * config.size)

    def on_start(self) -> None:
        for indicator in (self.fast, self.slow, *self.extra):
            self.register_indicator_for_bars(self.config.bar_type, indicator)
        self.subscribe_bars(self.config.bar_type)

    def on_reset(self) -> None:
        for indicator in (self.fast, self.slow, *self.extra):
            indicator.reset()

    def on_bar(self, bar) -> None:
        # Not self.indicators_initialized(): the extra indicators must not change the orders.
        if not self.slow.initialized or not self.fast.initialized:
            return
        fast, slow = self.fast.value, self.slow.value
        if fast > slow:
            if not self.portfolio.is_net_long(self.instrument_id):
                self.trade(OrderSide.BUY)
        elif fast < slow:
            if not self.portfolio.is_net_short(self.instrument_id):
                self.trade(OrderSide.SELL)

    def trade(self, side: OrderSide) -> None:
        flat = self.portfolio.is_flat(self.instrument_id)
        self.submit_order(self.order_factory.market(
            self.instrument_id, side, self.open_qty if flat else self.flip_qty,
        ))


def read_bars(path: str) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype={"symbol": "category", **{c: "float64" for c in COLUMNS}})
    # Nanoseconds on purpose: pandas 3 would keep microseconds, which the wrangler may misread.
    frame.index = pd.DatetimeIndex((frame.pop("ts_us") * 1000).astype("datetime64[ns]")).tz_localize("UTC")
    return frame


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--csv", required=True)
    args.add_argument("--size", type=int, default=1)
    args.add_argument("--rounds", type=int, default=1, help="engine.run() repeats; run_s is the quickest")
    args.add_argument("--indicators", type=int, default=0, choices=range(len(EXTRA_INDICATORS) + 1), metavar="0..20")
    args = args.parse_args()

    # run_analysis off: the closing statistics are no part of processing events.
    engine = BacktestEngine(BacktestEngineConfig(
        logging=LoggingConfig(bypass_logging=True), run_analysis=False,
    ))
    engine.add_venue(
        venue=VENUE, oms_type=OmsType.NETTING, account_type=AccountType.MARGIN, base_currency=USD,
        starting_balances=[Money(1_000_000_000, USD)], bar_execution=True,
    )

    t0 = time.perf_counter()
    frame = read_bars(args.csv)
    events = len(frame)
    bars = []
    spec = BarSpecification(1, BarAggregation.MINUTE, PriceType.LAST)
    for i, (symbol, rows) in enumerate(frame.groupby("symbol", observed=True, sort=False)):
        instrument_id = InstrumentId(Symbol(str(symbol)), VENUE)
        instrument = Equity(
            instrument_id=instrument_id, raw_symbol=instrument_id.symbol, currency=USD, price_precision=2,
            price_increment=Price.from_str("0.01"), lot_size=Quantity.from_int(1), ts_event=0, ts_init=0,
        )
        bar_type = BarType(instrument_id, spec, AggregationSource.EXTERNAL)
        engine.add_instrument(instrument)
        bars += BarDataWrangler(bar_type, instrument).process(rows[COLUMNS])
        engine.add_strategy(EmaCross(EmaCrossConfig(
            instrument_id=instrument_id, bar_type=bar_type, size=args.size,
            indicators=args.indicators, order_id_tag=f"{i:03d}",
        )))
    # One add for all symbols: each add re-sorts the whole stream (1.221's sort_data() raises on bars).
    engine.add_data(bars)
    del frame, rows, bars
    load_s = time.perf_counter() - t0

    runs = []
    for n in range(args.rounds):
        if n:
            engine.reset()
        t0 = time.perf_counter()
        engine.run()
        runs.append(time.perf_counter() - t0)
        # A stopped run (account error) ends early without raising; its time would flatter it.
        if engine.iteration != events:
            raise SystemExit(f"only {engine.iteration} of {events} bars were processed")

    orders = engine.cache.orders()
    print(json.dumps({
        "events": events,
        "load_s": round(load_s, 4),
        "run_s": round(min(runs), 4),
        "orders": len(orders),
        "fills": sum(len(o.trade_ids) for o in orders),
        "peak_rss_mb": peak_rss_mb(),
        "version": nautilus_trader.__version__,
        "indicators": args.indicators,
        "cash_end": engine.portfolio.account(VENUE).balance_total(USD).as_double(),
        "run_s_all": [round(r, 4) for r in runs],
    }))


main()
