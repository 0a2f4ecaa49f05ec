import { useSignal } from "@preact/signals";
import type { AgentKey } from "@constellation/sdk";
import { account, agent, clientState, signOut, trouble } from "../account.js";
import { keyStays } from "../keyStore.js";
import { notify, wordsOf } from "../notices.js";
import { dateOf, dayOf, shortAddress } from "../numbers.js";
import { dialog } from "../view.js";
import { Copy } from "./Copy.js";
import { Dialog } from "./Dialog.js";
import { Dismissal } from "./Dismissal.js";
import { Table } from "./Table.js";

/** The account that this browser trades for, and the keys that may. */
export function Connected() {
  const known = agent.value!;
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      dialog.value = null;
    } catch (error) {
      notify("bad", `Not forgotten: ${wordsOf(error)}`);
    }
  };
  return (
    <Dialog title="Account">
      <dl>
        <dt>Account</dt>
        <dd>
          <code data-test="address">{known.account}</code> <Copy text={known.account} />
        </dd>
        <dt>Connection</dt>
        <dd>{clientState.value}</dd>
        {trouble.value !== null && (
          <>
            <dt>Reason</dt>
            <dd data-test="trouble">{trouble.value}</dd>
          </>
        )}
      </dl>
      {account.value !== null && <Agents agents={account.value.agents} own={known.key.address} />}
      {!keyStays.value && <p class="quiet">This browser cannot keep its key: a reload forgets it.</p>}
      <button type="button" class="wide" onClick={() => void leave()} data-test="sign-out">
        Forget this browser's key
      </button>
      <p class="quiet">The account stays; with its owner key you can appoint this browser again.</p>
    </Dialog>
  );
}

/** The keys that may sign for the account, beside its owner's. */
function Agents({ agents, own }: { agents: readonly AgentKey[]; own: string }) {
  const chosen = useSignal<string | null>(null);
  return (
    <>
      <Table columns={["Key", "It may", "Until", { hidden: "Dismiss" }]}>
        {agents.map(({ address, rights, expiresAtUs }) => (
          <tr key={address} data-test="agent" data-agent={address}>
            <td class="text" title={address}>
              <code>{shortAddress(address)}</code>
              {address === own && " (this browser's)"}
            </td>
            <td class="text">{rights.join(", ")}</td>
            <td class="digits" title={dateOf(expiresAtUs)}>
              {dayOf(expiresAtUs)}
            </td>
            <td>
              <button type="button" aria-label={`Dismiss ${shortAddress(address)}`} onClick={() => (chosen.value = address)} data-test="dismiss">
                Dismiss
              </button>
            </td>
          </tr>
        ))}
      </Table>
      {chosen.value !== null && <Dismissal key={chosen.value} address={chosen.value} onDone={() => (chosen.value = null)} />}
    </>
  );
}
