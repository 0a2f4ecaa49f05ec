/** Takes orders off the books; asking for it twice does no harm, so that a cancel without an answer holds nothing up. */

import { ExchangeError, OutcomeUnknown } from "@constellation/sdk";
import { account, send } from "./account.js";
import { failureOf, notify } from "./notices.js";

/** One call cancels 1,000 orders, and an account has 10,000 at most. */
const CALLS_MAX = 20;

export async function cancel(orderId: bigint): Promise<void> {
  try {
    await send((client) => client.cancelOrder(orderId));
    notify("plain", `Order ${orderId} cancelled`);
  } catch (error) {
    notify("bad", cancelFailure(`order ${orderId} may be cancelled`, "Not cancelled", error));
  }
}

/** Cancels all orders in all markets, those that wait for their trigger, too. */
export async function cancelAll(): Promise<void> {
  const known = account.value;
  const open = known === null ? 0 : known.orders.length + known.armed.length;
  let cancelled = 0;
  try {
    for (let calls = 0; calls === 0 || (cancelled < open && calls < CALLS_MAX); calls += 1) {
      const { effects } = await send((client) => client.cancelAllOrders());
      cancelled += effects.filter(({ type }) => type === "order_closed").length;
    }
    const rest = cancelled < open ? "; some are left: cancel all again" : "";
    notify("plain", `${counted(cancelled)} cancelled${rest}`);
  } catch (error) {
    if (error instanceof ExchangeError && error.code === "ORDER_NOT_FOUND") {
      notify("plain", cancelled === 0 ? "No order was open any more" : `${counted(cancelled)} cancelled`); // others were filled
    } else {
      const failure = cancelled === 0 ? "Not cancelled" : `${counted(cancelled)} cancelled, the others not`;
      notify("bad", cancelFailure("all orders may be cancelled", failure, error));
    }
  }
}

function cancelFailure(perhaps: string, failure: string, error: unknown): string {
  return error instanceof OutcomeUnknown ? `No answer yet: ${perhaps}. Cancelling again is safe.` : failureOf(failure, error);
}

function counted(orders: number): string {
  return orders === 1 ? "1 order" : `${orders} orders`;
}
