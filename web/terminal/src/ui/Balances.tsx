import { account, balanceMarks, markOfBalance } from "../account.js";
import { grouped } from "../numbers.js";
import { Shield } from "./Shield.js";

export function Balances() {
  const { balances } = account.value!;
  void balanceMarks.value;
  if (Object.keys(balances).length === 0) return <p class="empty">No money here yet: Deposit shows where to send it.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Proof</th>
          <th>Asset</th>
          <th class="number">Total</th>
          <th class="number">In orders</th>
          <th class="number">Available</th>
        </tr>
      </thead>
      <tbody>
        {Object.values(balances).map(({ asset, total, locked, available }) => (
          <tr key={asset} data-test={`balance-${asset}`}>
            <td>
              <Shield mark={markOfBalance(asset)} />
            </td>
            <td>{asset}</td>
            <td class="number" data-test="total" data-value={total}>
              {grouped(total)}
            </td>
            <td class="number" data-value={locked}>
              {grouped(locked)}
            </td>
            <td class="number" data-value={available}>
              {grouped(available)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
