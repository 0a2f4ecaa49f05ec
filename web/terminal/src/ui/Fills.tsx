import type { Fill } from "@constellation/sdk";
import type { TerminalConfig } from "../config.js";
import { finalMark } from "../marks.js";
import { dateOf, fixed, grouped, trimmed } from "../numbers.js";
import { Pages } from "../pages.js";
import { More } from "./More.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

const pages = new Pages((client, after) => client.historyPage({ kinds: ["trade"], newestFirst: true, proofs: true, limit: 50, after }));

export function Fills({ config }: { config: TerminalConfig }) {
  return (
    <>
      <Table columns={["Proof", "Time", "Order", "Market", "Side", { number: "Price" }, { number: "Amount" }, { number: "Total" }, { number: "Fee" }]}>
        {pages.shown.value.items.map(({ number, effect, timestampUs, proof }) => {
          const fill = effect as Fill;
          const market = config.catalogue.market(fill.market);
          return (
            <tr key={number} data-test="fill">
              <td>
                <Shield mark={finalMark(proof!)} />
              </td>
              <td class="digits quiet">{dateOf(timestampUs)}</td>
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
            </tr>
          );
        })}
      </Table>
      <More pages={pages} none="No fills yet." />
    </>
  );
}
