import type { Client, PastOrder } from "@constellation/sdk";
import type { TerminalConfig } from "../config.js";
import { closedMarks, markOfPast, recordOf } from "../marks.js";
import { averagePrice, dateOf, fixed, trimmed } from "../numbers.js";
import { Pages } from "../pages.js";
import { proveClosed } from "../pastOrders.js";
import { More } from "./More.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

const pages = new Pages(async (client, after) => {
  const { orders: items, ...page } = await client.ordersPage({ newestFirst: true, limit: 50, after });
  return { items, ...page };
}, prove);

async function prove(client: Client, orders: readonly PastOrder[]): Promise<void> {
  const proven = await proveClosed(
    client,
    orders.filter((order) => closedMarks.value.get(order.orderId)?.record !== recordOf(order)),
  );
  if (proven.size > 0) closedMarks.value = new Map([...closedMarks.value, ...proven]);
}

const COLUMNS = ["Proof", "Time", "Order", "Market", "Type", { number: "Price" }, { number: "Amount" }, { number: "Filled" }, { number: "Average" }, "State"];

export function PastOrders({ config }: { config: TerminalConfig }) {
  return (
    <>
      <Table columns={COLUMNS}>
        {pages.shown.value.items.map((order) => {
          const market = config.catalogue.market(order.market);
          return (
            <tr key={order.orderId} data-test="past-order" data-order={order.orderId.toString()}>
              <td>
                <Shield mark={markOfPast(order)} />
              </td>
              <td class="digits quiet">{dateOf(order.placedAtUs)}</td>
              <td class="digits quiet">{order.orderId.toString()}</td>
              <td>{order.market}</td>
              <td class={order.side === "buy" ? "up" : "down"}>
                {order.side} {order.trigger?.replace("_", " ")} {order.kind}
              </td>
              <td class="number">{order.price === null ? "market" : fixed(order.price, market.tick)}</td>
              <td class="number">{order.amount === null ? `${trimmed(order.budget!)} ${market.quote}` : fixed(order.amount, market.lot)}</td>
              <td class="number" data-value={order.filled}>
                {fixed(order.filled, market.lot)}
              </td>
              <td class="number">{averagePrice(market, order.filled, order.filledQuote) ?? "–"}</td>
              <td>{order.closed === null ? (order.armed ? "armed" : "open") : order.closed.replaceAll("_", " ")}</td>
            </tr>
          );
        })}
      </Table>
      <More pages={pages} none="No orders yet." />
    </>
  );
}
