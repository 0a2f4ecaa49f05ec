import { withdrawals } from "../account.js";
import { grouped, shortAddress } from "../numbers.js";

const STATES = {
  accepted: "ordered; the auditors will sign",
  withheld: "waits for the auditors' approval",
  approved: "approved",
  prepared: "signed, on its way to the ledger",
} as Readonly<Record<string, string>>;

/** Where each withdrawal is on its way to the ledger. */
export function Withdrawals() {
  const rows = [...withdrawals.value.values()].sort((one, other) => Number(other.id - one.id));
  if (rows.length === 0) return <p class="empty">No withdrawals lately.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Withdrawal</th>
          <th class="number">Amount</th>
          <th>To</th>
          <th>State</th>
          <th>Transaction</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, amount, asset, destination, state, transaction }) => (
          <tr key={id} data-test="withdrawal" data-state={state}>
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
      </tbody>
    </table>
  );
}
