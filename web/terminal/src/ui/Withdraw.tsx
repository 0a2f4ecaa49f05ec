import { signal, useSignal } from "@preact/signals";
import { decodePublicKey } from "@constellation/sdk";
import { useEffect } from "preact/hooks";
import { account } from "../account.js";
import { type MemoKind, readMemo } from "../memo.js";
import { notify } from "../notices.js";
import { amountOrNull, grouped, isNumber } from "../numbers.js";
import { ask, openRequest } from "../unanswered.js";
import { dialog } from "../view.js";
import { Dialog } from "./Dialog.js";
import { Field } from "./Field.js";
import { NoAnswer } from "./NoAnswer.js";
import { showTab } from "./Panels.js";

/** Of the last one; a dialog that was opened again shows it, too. */
const refusal = signal<string | null>(null);

export function Withdraw() {
  const known = account.value!;
  const balances = Object.values(known.balances);
  const asset = useSignal(balances[0]?.asset ?? "");
  const amount = useSignal("");
  const destination = useSignal(known.address);
  const memo = useSignal("");
  const memoKind = useSignal<MemoKind | null>(null);
  const isTried = useSignal(false);
  useEffect(() => void (refusal.value = null), []);
  const available = known.balances[asset.value]?.available ?? "0";
  const wrongAmount = amountError(amount.value, available);
  const wrongDestination = isAddress(destination.value) ? undefined : "A Stellar address begins with G or M and has a checksum: look again";
  const sent = readMemo(memo.value, memoKind.value);
  const open = openRequest("withdrawal");

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    isTried.value = true;
    if (wrongAmount !== undefined || wrongDestination !== undefined || sent.error !== undefined) return;
    refusal.value = null;
    const options = { asset: asset.value, amount: amount.value.trim(), destination: destination.value.trim(), memo: sent.value };
    await ask("withdrawal", (client) => client.withdraw(options), {
      name: `withdrawal of ${options.amount} ${options.asset}`,
      failure: "Not ordered",
      executed: (event) => {
        notify("plain", `Withdrawal ${event.apex} is ordered`);
        showTab("withdrawals");
        if (dialog.value === "withdraw") dialog.value = null;
      },
      failed: (words) => {
        if (dialog.value === "withdraw") refusal.value = words;
        else notify("bad", words);
      },
    });
  };
  const chooseMemo = (kind: MemoKind): void => {
    memoKind.value = kind;
    if (kind === "none") memo.value = "";
  };
  const typeMemo = (text: string): void => {
    memo.value = text;
    if (memoKind.value === "none") memoKind.value = null;
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
        <Field name="memo" label="Memo, if the receiver wants one" kind="text" value={memo.value} onValue={typeMemo} error={isTried.value || memo.value !== "" ? sent.error : undefined} hint={sent.words} />
        <label class="line">
          Kind of memo
          <select name="memoKind" value={sent.kind} onChange={(event) => chooseMemo(event.currentTarget.value as MemoKind)}>
            <option value="none">none</option>
            <option value="text">text</option>
            <option value="number">number (id)</option>
          </select>
        </label>
        {refusal.value !== null && (
          <p class="error" role="alert" data-test="refusal">
            {refusal.value}
          </p>
        )}
        <NoAnswer kind="withdrawal" />
        <button type="submit" class="primary wide" disabled={open !== null} data-test="withdraw">
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
