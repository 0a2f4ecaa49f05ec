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
    </Table>
  );
}
