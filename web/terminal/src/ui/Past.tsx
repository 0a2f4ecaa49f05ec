import { signal } from "@preact/signals";
import type { Fill, HistoryItem, PastOrder } from "@constellation/sdk";
import { useEffect } from "preact/hooks";
import { account, changes, clientState, theClient } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { wordsOf } from "../notices.js";
import { dateOf, fixed, grouped, trimmed } from "../numbers.js";

const PAGE = 50;

interface Pages<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
  readonly more: boolean;
  readonly error: string | null;
}

const NONE = { items: [], cursor: null, more: false, error: null } as const;
const orders = signal<Pages<PastOrder>>(NONE);
const fills = signal<Pages<HistoryItem>>(NONE);

type Read<T> = (after: string | undefined) => Promise<{ items: readonly T[]; cursor: string | null; more: boolean }>;

/** Pages that are read anew when something has happened, and on when asked. */
function usePages<T>(pages: { value: Pages<T> }, read: Read<T>): () => void {
  const load = async (after: string | undefined): Promise<void> => {
    const of = account.value?.address;
    try {
      const page = await read(after);
      if (of !== account.value?.address) return;
      pages.value = { ...page, items: after === undefined ? page.items : [...pages.value.items, ...page.items], error: null };
    } catch (error) {
      pages.value = { ...pages.value, error: wordsOf(error) };
    }
  };
  useEffect(() => {
    if (clientState.value === "open") void load(undefined);
  }, [changes.value, clientState.value]);
  return () => void load(pages.value.cursor ?? undefined);
}

function More<T>({ pages, go }: { pages: Pages<T>; go: () => void }) {
  return (
    <>
      {pages.error !== null && <p class="empty">{pages.error}</p>}
      {pages.more && (
        <button type="button" class="wide" onClick={go}>
          More
        </button>
      )}
    </>
  );
}

export function PastOrders({ config }: { config: TerminalConfig }) {
  const next = usePages(orders, async (after) => {
    const { orders: items, ...page } = await theClient().ordersPage({ newestFirst: true, limit: PAGE, after });
    return { items, ...page };
  });
  const pages = orders.value;
  if (pages.items.length === 0 && pages.error === null) return <p class="empty">No orders yet.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Time</th>
            <th>Order</th>
            <th>Market</th>
            <th>Type</th>
            <th>Side</th>
            <th class="number">Price</th>
            <th class="number">Amount</th>
            <th class="number">Filled</th>
            <th class="number">Average</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {pages.items.map((order) => {
            const market = config.catalogue.market(order.market);
            return (
              <tr key={order.orderId} data-test="past-order" data-order={order.orderId.toString()}>
                <td class="digits quiet">{dateOf(order.placedAtUs)}</td>
                <td class="digits quiet">{order.orderId.toString()}</td>
                <td>{order.market}</td>
                <td>{order.trigger === null ? order.kind : `${order.trigger.replace("_", " ")} ${order.kind}`}</td>
                <td class={order.side === "buy" ? "up" : "down"}>{order.side}</td>
                <td class="number">{order.price === null ? "market" : fixed(order.price, market.tick)}</td>
                <td class="number">{order.amount === null ? `${trimmed(order.budget!)} ${market.quote}` : fixed(order.amount, market.lot)}</td>
                <td class="number" data-value={order.filled}>
                  {fixed(order.filled, market.lot)}
                </td>
                <td class="number">{average(order)}</td>
                <td>{order.closed === null ? (order.armed ? "armed" : "open") : order.closed.replaceAll("_", " ")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <More pages={pages} go={next} />
    </>
  );
}

function average({ filled, filledQuote }: PastOrder): string {
  const amount = Number(filled);
  return amount === 0 ? "–" : (Number(filledQuote) / amount).toFixed(5);
}

export function Fills({ config }: { config: TerminalConfig }) {
  const next = usePages(fills, (after) => theClient().historyPage({ kinds: ["trade"], newestFirst: true, limit: PAGE, after }));
  const pages = fills.value;
  if (pages.items.length === 0 && pages.error === null) return <p class="empty">No fills yet.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Time</th>
            <th>Order</th>
            <th>Market</th>
            <th>Side</th>
            <th class="number">Price</th>
            <th class="number">Amount</th>
            <th class="number">Total</th>
            <th class="number">Fee</th>
            <th>Batch</th>
          </tr>
        </thead>
        <tbody>
          {pages.items.map((item) => {
            const fill = item.effect as Fill;
            const market = config.catalogue.market(fill.market);
            return (
              <tr key={item.number} data-test="fill">
                <td class="digits quiet">{dateOf(item.timestampUs)}</td>
                <td class="digits quiet">{fill.orderId.toString()}</td>
                <td>{fill.market}</td>
                <td class={fill.side === "buy" ? "up" : "down"}>
                  {fill.side} <small>{fill.maker ? "maker" : "taker"}</small>
                </td>
                <td class="number">{fixed(fill.price, market.tick)}</td>
                <td class="number">{fixed(fill.amount, market.lot)}</td>
                <td class="number">{grouped(fill.quoteAmount)}</td>
                <td class="number">
                  {trimmed(fill.fee)} {fill.side === "buy" ? market.base : market.quote}
                </td>
                <td class="digits quiet">{item.batch.toString()}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <More pages={pages} go={next} />
    </>
  );
}
