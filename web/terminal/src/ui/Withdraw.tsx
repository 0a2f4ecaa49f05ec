import { useSignal } from "@preact/signals";
import { decodePublicKey } from "@constellation/sdk";
import { account, send } from "../account.js";
import { notify, wordsOf } from "../notices.js";
import { amountOrNull, grouped, isNumber } from "../numbers.js";
import { dialog } from "../view.js";
import { Dialog } from "./Dialog.js";
import { Field } from "./Field.js";
import { showTab } from "./Panels.js";

export function Withdraw() {
  const known = account.value!;
  const balances = Object.values(known.balances);
  const asset = useSignal(balances[0]?.asset ?? "");
  const amount = useSignal("");
  const destination = useSignal(known.address);
  const memo = useSignal("");
  const isTried = useSignal(false);
  const isSending = useSignal(false);
  const refusal = useSignal<string | null>(null);
  const available = known.balances[asset.value]?.available ?? "0";
  const wrongAmount = amountError(amount.value, available);
  const wrongDestination = isAddress(destination.value) ? undefined : "A Stellar address begins with G or M and has a checksum: look again";
  const wrongMemo = new TextEncoder().encode(memo.value).length > 28 ? "At most 28 bytes" : undefined;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    isTried.value = true;
    if (wrongAmount !== undefined || wrongDestination !== undefined || wrongMemo !== undefined || isSending.value) return;
    isSending.value = true;
    try {
      const to = { destination: destination.value.trim(), memo: memo.value === "" ? undefined : memo.value };
      const receipt = await send((client) => client.withdraw({ asset: asset.value, amount: amount.value.trim(), ...to }));
      notify("plain", `Withdrawal ${receipt.apex} is ordered`);
      showTab("withdrawals");
      dialog.value = null;
    } catch (error) {
      refusal.value = wordsOf(error);
    } finally {
      isSending.value = false;
    }
  };

  return (
    <Dialog title="Withdraw to the Stellar ledger">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <label class="line">
          Asset
          <select name="asset" value={asset.value} onChange={(event) => (asset.value = event.currentTarget.value)}>
            {balances.map((balance) => (
              <option key={balance.asset}>{balance.asset}</option>
            ))}
          </select>
        </label>
        <Field name="withdraw-amount" label="Amount" unit={asset.value} value={amount.value} onValue={(value) => (amount.value = value)} error={isTried.value || amount.value !== "" ? wrongAmount : undefined} hint={`${grouped(available)} available`} />
        <Field name="destination" label="To the Stellar account" kind="text" value={destination.value} onValue={(value) => (destination.value = value)} error={wrongDestination} />
        <Field name="memo" label="Memo (text, if the receiver wants one)" kind="text" value={memo.value} onValue={(value) => (memo.value = value)} error={wrongMemo} />
        {refusal.value !== null && (
          <p class="error" role="alert" data-test="refusal">
            {refusal.value}
          </p>
        )}
        <button type="submit" class="primary wide" disabled={isSending.value} data-test="withdraw">
          Withdraw
        </button>
        <p class="quiet">The auditors co-sign it; it arrives within some ledgers. Its way is shown under Withdrawals.</p>
      </form>
    </Dialog>
  );
}

function amountError(value: string, available: string): string | undefined {
  const units = amountOrNull(value);
  if (!isNumber(value)) return value.trim() === "" ? "Enter a number" : "Not a number, such as 12.5";
  if (units === null) return "At most seven decimals";
  if (units <= 0n) return "More than nothing";
  return units > amountOrNull(available)! ? `More than the ${grouped(available)} available` : undefined;
}

function isAddress(value: string): boolean {
  const address = value.trim();
  if (/^M[A-Z2-7]{68}$/.test(address)) return true;
  try {
    decodePublicKey(address);
    return true;
  } catch {
    return false;
  }
}
