import { effect } from "@preact/signals";
import type { Candle } from "@constellation/sdk";
import { CandlestickSeries, createChart, HistogramSeries, type IChartApi, type UTCTimestamp } from "lightweight-charts";
import { useEffect, useRef } from "preact/hooks";
import type { TerminalConfig } from "../config.js";
import { candles, marketName, period, PERIODS, showPeriod } from "../markets.js";
import { isDark } from "../view.js";

/** Candles with their volume. A chart is a picture, so that its last candle is told in words, too. */
export function Chart({ config }: { config: TerminalConfig }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => draw(place.current!, config), []);
  const last = candles.value.next ?? candles.value.all.at(-1);
  return (
    <section class="panel chart" aria-label="Candles">
      <div class="bar" role="group" aria-label="Length of a candle">
        {PERIODS.map((length) => (
          <button type="button" key={length} class="tab" aria-pressed={period.value === length} onClick={() => showPeriod(length)}>
            {length}
          </button>
        ))}
        {last && (
          <span class="ohlc" data-test="candle">
            O {last.open} H {last.high} L {last.low} C {last.close}
          </span>
        )}
      </div>
      <div class="canvas" ref={place} role="img" aria-label={`Chart of ${marketName.value}`} />
    </section>
  );
}

function draw(element: HTMLElement, config: TerminalConfig): () => void {
  const chart = createChart(element, {
    autoSize: true,
    layout: { attributionLogo: false, background: { color: "transparent" } },
    timeScale: { timeVisible: true, secondsVisible: false },
  });
  const prices = chart.addSeries(CandlestickSeries);
  const volumes = chart.addSeries(HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  const endColours = effect(() => colour(chart, (up, down) => prices.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down, borderVisible: false })));
  let shown: readonly Candle[] | null = null;
  let last = -Infinity;
  const endData = effect(() => {
    const { all, next } = candles.value;
    if (all !== shown || next === null) {
      shown = all;
      if (marketName.value !== "") {
        const { priceDecimals } = config.catalogue.market(marketName.value);
        prices.applyOptions({ priceFormat: { type: "price", precision: priceDecimals, minMove: 10 ** -priceDecimals } });
      }
      prices.setData(all.map(priceOf));
      volumes.setData(all.map(volumeOf));
      last = all.length === 0 ? -Infinity : timeOf(all.at(-1)!);
    } else {
      const isCorrection = timeOf(next) < last; // of a candle that is closed already
      last = Math.max(last, timeOf(next));
      prices.update(priceOf(next), isCorrection);
      volumes.update(volumeOf(next), isCorrection);
    }
  });
  return () => {
    endColours();
    endData();
    chart.remove();
  };
}

function colour(chart: IChartApi, series: (up: string, down: string) => void): void {
  isDark(); // again when it changes
  const style = getComputedStyle(document.documentElement);
  const [text, line, up, down] = ["--quiet", "--line", "--up", "--down"].map((name) => style.getPropertyValue(name).trim()) as [string, string, string, string];
  chart.applyOptions({
    layout: { textColor: text },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    timeScale: { borderColor: line },
    rightPriceScale: { borderColor: line },
  });
  series(up, down);
}

function timeOf({ start }: Candle): UTCTimestamp {
  return Math.floor(Date.parse(start) / 1000) as UTCTimestamp;
}

/** A chart's pixels need no exact decimals. */
function priceOf(candle: Candle): { time: UTCTimestamp; open: number; high: number; low: number; close: number } {
  const [open, high, low, close] = [candle.open, candle.high, candle.low, candle.close].map(Number) as [number, number, number, number];
  return { time: timeOf(candle), open, high, low, close };
}

function volumeOf(candle: Candle): { time: UTCTimestamp; value: number; color: string } {
  const isUp = Number(candle.close) >= Number(candle.open);
  return { time: timeOf(candle), value: Number(candle.volume), color: isUp ? "#2bb98a55" : "#e5526b55" };
}
