import type { FinalProof, HistoryItem } from "@constellation/sdk";
import { finalMark, markOfWithdrawal } from "../marks.js";
import { grouped, shortAddress } from "../numbers.js";
import { Pages } from "../pages.js";
import { afterEffect, type Withdrawals as Seen, withdrawals } from "../withdrawals.js";
import { More } from "./More.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

const STATES = {
  accepted: "ordered; the auditors will sign",
  withheld: "waits for the auditors' approval",
  approved: "approved",
  prepared: "signed, on its way to the ledger",
  refused_by_auditors: "refused by the auditors' operators",
} as Readonly<Record<string, string>>;

const NONE: Seen = new Map();
const pages = new Pages((client, after) =>
  client.historyPage({ kinds: ["withdrawal", "withdrawal_withheld", "withdrawal_approved"], newestFirst: true, proofs: true, limit: 50, after }),
);

/** Where each withdrawal is on its way to the ledger. */
export function Withdrawals() {
  const { items } = pages.shown.value;
  const past = [...items].reverse().reduce((known, { effect }) => afterEffect(known, effect), NONE);
  const rows = [...new Map([...past, ...withdrawals.value]).values()].sort((one, other) => Number(other.id - one.id));
  return (
    <>
      <Table columns={["Proof", "Withdrawal", { number: "Amount" }, "To", "State", "Transaction"]}>
        {rows.map(({ id, amount, asset, destination, state, transaction }) => (
          <tr key={id} data-test="withdrawal" data-state={state}>
            <td>
              <Shield mark={withdrawals.value.has(id) ? markOfWithdrawal(id) : finalMark(newest(id, items))} />
            </td>
            <td class="digits quiet">{id.toString()}</td>
            <td class="number">
              {grouped(amount)} {asset}
            </td>
            <td title={destination}>{shortAddress(destination)}</td>
            <td>{STATES[state] ?? state}</td>
            <td class="quiet" title={transaction ?? ""}>
              {transaction === null ? "" : `${transaction.slice(0, 12)}…`}
            </td>
          </tr>
        ))}
      </Table>
      <More pages={pages} none={rows.length === 0 ? "No withdrawals yet." : null} />
    </>
  );
}

/** The proof of the last thing that happened to it. */
function newest(id: bigint, items: readonly HistoryItem[]): FinalProof {
  return items.find(({ effect }) => "withdrawalId" in effect && effect.withdrawalId === id)!.proof!;
}
