import { account } from "../account.js";
import { markOfBalance } from "../marks.js";
import { grouped } from "../numbers.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

export function Balances() {
  const { balances } = account.value!;
  if (Object.keys(balances).length === 0) return <p class="empty">No money here yet: Deposit shows where to send it.</p>;
  return (
    <Table columns={["Proof", "Asset", { number: "Total" }, { number: "In orders" }, { number: "Available" }]}>
      {Object.values(balances).map((balance) => (
        <tr key={balance.asset} data-test={`balance-${balance.asset}`}>
          <td>
            <Shield mark={markOfBalance(balance)} />
          </td>
          <td>{balance.asset}</td>
          <td class="number" data-test="total" data-value={balance.total}>
            {grouped(balance.total)}
          </td>
          <td class="number" data-value={balance.locked}>
            {grouped(balance.locked)}
          </td>
          <td class="number" data-value={balance.available}>
            {grouped(balance.available)}
          </td>
        </tr>
      ))}
    </Table>
  );
}
