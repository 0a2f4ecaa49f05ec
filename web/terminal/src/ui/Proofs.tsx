import { useSignal } from "@preact/signals";
import { VerificationFailed } from "@constellation/sdk";
import { useEffect } from "preact/hooks";
import { breakTrust, canTrade } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { auditorsHealth, type CheckedBatch, lastBatches, reserves, type Reserves } from "../evidence.js";
import { batches } from "../marks.js";
import { wordsOf } from "../notices.js";
import { amountOrNull, dateOf, grouped, shortAddress, timeOf } from "../numbers.js";
import { Dialog } from "./Dialog.js";
import { Shield } from "./Shield.js";
import { Table } from "./Table.js";

const EVERY_MS = 3_000;
const TABS = { batches: "Batches and auditors", own: "My batches", reserves: "Proof of reserves" } as const;
type Tab = keyof typeof TABS;

/** Everything here was checked in this browser, with the settings alone. */
export function Proofs({ config }: { config: TerminalConfig }) {
  const tab = useSignal<Tab>("batches");
  return (
    <Dialog title="Proofs" wide>
      <div class="bar" role="group" aria-label="Proofs">
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <button type="button" key={name} class="tab" aria-pressed={tab.value === name} onClick={() => (tab.value = name)} data-test={`proofs-${name}`}>
            {TABS[name]}
          </button>
        ))}
      </div>
      {tab.value === "batches" && <Batches config={config} />}
      {tab.value === "own" && <OwnBatches />}
      {tab.value === "reserves" && <ReservesView config={config} />}
    </Dialog>
  );
}

function Batches({ config }: { config: TerminalConfig }) {
  const shown = useSignal<readonly CheckedBatch[] | null>(null);
  const error = useSignal<string | null>(null);
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        shown.value = await lastBatches(config);
        error.value = null;
      } catch (failure) {
        error.value = wordsOf(failure);
      }
    };
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (error.value !== null) return <p class="error">{error.value}</p>;
  if (shown.value === null) return <p class="empty">Checking…</p>;
  return (
    <>
      <h3>Auditors</h3>
      <Table columns={["Auditor", "Signed of the last certificates"]}>
        {auditorsHealth(config, shown.value).map(({ address, signed, of }) => (
          <tr key={address} data-test="auditor">
            <td>
              <code title={address}>{shortAddress(address)}</code>
            </td>
            <td>
              <progress value={signed} max={Math.max(1, of)} /> <span class="number">{signed} of {of}</span>
            </td>
          </tr>
        ))}
      </Table>
      <p class="quiet">A certificate needs a quorum, so that the slowest auditor's signature may come too late for it.</p>
      <h3>Last batches</h3>
      <Table columns={["Proof", "Batch", "Time", { number: "Quanta" }, "Certificate"]}>
        {shown.value.map((batch) => (
          <tr key={batch.number} data-test="batch">
            <td>
              <Shield mark={{ trust: batch.problem === null ? "final" : "broken", batch: batch.coveredBy, auditors: batch.auditors }} />
            </td>
            <td class="digits">{batch.number.toString()}</td>
            <td class="digits quiet">{batch.header === null ? "–" : timeOf(batch.header.timestamp)}</td>
            <td class="number">{batch.header === null ? "–" : (batch.header.lastApex - batch.header.firstApex + 1n).toString()}</td>
            <td class={batch.problem === null ? "" : "error"}>
              {batch.problem ?? `${batch.auditors.length} signatures${batch.coveredBy === batch.number ? "" : `, of batch ${batch.coveredBy}`}`}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function OwnBatches() {
  if (batches.value.length === 0) return <p class="empty">Nothing has happened to an account here since this page was opened.</p>;
  return (
    <Table columns={["Proof", "Batch", "Time", { number: "Quanta of yours" }, "Signed by"]}>
      {batches.value.map(({ batch, trust, auditors, events, timeUs }) => (
        <tr key={batch}>
          <td>
            <Shield mark={{ trust, batch, auditors }} />
          </td>
          <td class="digits">{batch.toString()}</td>
          <td class="digits quiet">{dateOf(timeUs)}</td>
          <td class="number">{events}</td>
          <td>{auditors.map(shortAddress).join(", ") || "alpha alone so far"}</td>
        </tr>
      ))}
    </Table>
  );
}

function ReservesView({ config }: { config: TerminalConfig }) {
  const shown = useSignal<Reserves | null>(null);
  const error = useSignal<string | null>(null);
  const load = async (): Promise<void> => {
    try {
      shown.value = await reserves(config);
      error.value = null;
    } catch (failure) {
      if (failure instanceof VerificationFailed) breakTrust(failure);
      error.value = wordsOf(failure);
    }
  };
  useEffect(() => void load(), [canTrade.value]);
  if (config.clientUrl === null) return <p class="empty">The operator has not said where alpha is.</p>;
  if (error.value !== null) {
    return (
      <p class="error" data-test="reserves-error">
        {error.value}{" "}
        <button type="button" onClick={() => void load()}>
          Again
        </button>
      </p>
    );
  }
  if (shown.value === null) return <p class="empty">Recomputing…</p>;
  const { totals, account, vault } = shown.value;
  return (
    <>
      <p>
        <Shield mark={{ trust: "final", batch: totals.batch, auditors: totals.auditors }} /> As of quantum {totals.apex.toString()},{" "}
        {dateOf(totals.timestampUs)}, signed by {totals.auditors.length} auditors. The way from each figure to their signatures was recomputed in
        this browser.
      </p>
      <Table columns={["Asset", { number: "Yours, proven" }, { number: "Owed to all, proven" }, { number: "In the vault now" }, "Covered"]}>
        {Object.entries(totals.value).map(([asset, owed]) => {
          const held = vault?.[asset];
          const isCovered = held !== undefined && amountOrNull(held)! >= amountOrNull(owed)!;
          return (
            <tr key={asset} data-test={`reserve-${asset}`}>
              <td>{asset}</td>
              <td class="number">{account?.value?.balances[asset] === undefined ? "–" : grouped(account.value.balances[asset].total)}</td>
              <td class="number" data-value={owed}>
                {grouped(owed)}
              </td>
              <td class="number">{held === undefined ? "–" : grouped(held)}</td>
              <td class={held === undefined ? "quiet" : isCovered ? "up" : "down"}>{held === undefined ? "not compared" : isCovered ? "yes" : "not now"}</td>
            </tr>
          );
        })}
      </Table>
      <p class="quiet">
        The vault's account on the ledger is what a Horizon says. Deposits and withdrawals on their way make it differ for some seconds.{" "}
        <button type="button" class="small" onClick={() => void load()}>
          Recompute
        </button>
      </p>
    </>
  );
}
