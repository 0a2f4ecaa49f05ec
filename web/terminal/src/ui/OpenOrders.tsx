import type { ArmedOrder, OpenOrder } from "@constellation/sdk";
import { account } from "../account.js";
import { cancel } from "../cancels.js";
import type { TerminalConfig } from "../config.js";
import { markOfOrder } from "../marks.js";
import { fixed, trimmed } from "../numbers.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

export function OpenOrders({ config }: { config: TerminalConfig }) {
  const known = account.value!;
  if (known.orders.length + known.armed.length === 0) return <p class="empty">No open orders.</p>;
  const rows = [...known.orders, ...known.armed].sort((one, other) => Number(other.orderId - one.orderId));
  return (
    <Table columns={["Proof", "Order", "Market", "Side", { number: "Price" }, { number: "Remaining" }, "Trigger", { hidden: "Cancel" }]}>
      {rows.map((order) => (
        <Row key={order.orderId} order={order} config={config} />
      ))}
    </Table>
  );
}

function Row({ order, config }: { order: OpenOrder | ArmedOrder; config: TerminalConfig }) {
  const market = config.catalogue.market(order.market);
  const size = "remaining" in order ? order.remaining : order.amount;
  return (
    <tr data-test="open-order" data-order={order.orderId.toString()}>
      <td>
        <Shield mark={markOfOrder(order)} />
      </td>
      <td class="digits quiet">{order.orderId.toString()}</td>
      <td>{order.market}</td>
      <td class={order.side === "buy" ? "up" : "down"}>{order.side}</td>
      <td class="number">{order.price === null ? "market" : fixed(order.price, market.tick)}</td>
      <td class="number">{size === null ? `${trimmed((order as ArmedOrder).budget!)} ${market.quote}` : fixed(size, market.lot)}</td>
      <td>{"trigger" in order ? `${order.trigger.replace("_", " ")} ${fixed(order.triggerPrice, market.tick)}` : ""}</td>
      <td>
        <button type="button" onClick={() => void cancel(order.orderId)} aria-label={`Cancel order ${order.orderId}`} data-test="cancel">
          Cancel
        </button>
      </td>
    </tr>
  );
}
