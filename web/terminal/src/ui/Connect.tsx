import { type Signal, useSignal } from "@preact/signals";
import { decodePublicKey, type RightName } from "@constellation/sdk";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { agent } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { type Appointment, appointByOwner, bringAppointment, fund, newOwner, type NewOwner, walletAppointment } from "../onboarding.js";
import { dialog } from "../view.js";
import { Connected } from "./Connected.js";
import { Copy } from "./Copy.js";
import { Dialog } from "./Dialog.js";
import { Field } from "./Field.js";
import { isOwnerKey, OwnerKey } from "./OwnerKey.js";
import { WalletText } from "./WalletText.js";
import { Progress, useWork } from "./Work.js";

type Way = "choose" | "new" | "seed" | "wallet";
const LONG_MS = 3_600_000;

export function Connect({ config }: { config: TerminalConfig }) {
  const way = useSignal<Way>("choose");
  if (config.clientUrl === null) {
    return (
      <Dialog title="Connect">
        <p>This server shows markets only: its operator has not said where alpha is.</p>
      </Dialog>
    );
  }
  if (agent.value !== null && way.value === "choose") return <Connected />;
  return (
    <Dialog title="Connect an account">
      {way.value === "choose" && (
        <div class="ways">
          <button type="button" class="primary" onClick={() => (way.value = "new")} data-test="way-new">
            {config.sandbox ? "New account with play money" : "New account"}
            <small>{config.sandbox ? "One click: made, funded on the sandbox ledger, deposited." : "Its owner key is made in this browser and shown to you once."}</small>
          </button>
          <button type="button" onClick={() => (way.value = "wallet")} data-test="way-wallet">
            My Stellar wallet
            <small>The owner signs a text (SEP-53) that lets this browser trade; the key never leaves the wallet.</small>
          </button>
          <button type="button" onClick={() => (way.value = "seed")} data-test="way-seed">
            My owner key
            <small>Typed in once to appoint this browser's key; not kept.</small>
          </button>
          <p class="quiet">This browser makes a key of its own, which no script can read. It can be dismissed at any time and expires after 30 days.</p>
        </div>
      )}
      {way.value === "new" && <NewAccount config={config} />}
      {way.value === "seed" && <ByOwnerKey config={config} />}
      {way.value === "wallet" && <ByWallet config={config} />}
    </Dialog>
  );
}

function Rights({ rights }: { rights: { value: readonly RightName[] } }) {
  const may = rights.value.includes("withdraw");
  return (
    <label class="check">
      <input type="checkbox" name="may-withdraw" checked={may} onChange={() => (rights.value = may ? ["trade"] : ["trade", "withdraw"])} />
      This browser may withdraw, too
    </label>
  );
}

/** The owner key is made here, shown once, and forgotten when the dialog closes. */
function NewAccount({ config }: { config: TerminalConfig }) {
  const owner = useRef<NewOwner | null>(null);
  owner.current ??= newOwner();
  const { seed, key } = owner.current;
  const isSaved = useSignal(false);
  const rights = useSignal<readonly RightName[]>(["trade", "withdraw"]);
  const work = useWork();
  const isDone = agent.value?.account === key.address;
  useEffect(() => {
    if (config.sandbox) void begin();
  }, []);
  const begin = (): Promise<boolean> =>
    work.run(async (doing) => {
      if (config.sandbox) await fund(config, { seed, key }, doing);
      else doing.step("Waiting for your first deposit of lumens");
      await appointByOwner(config, seed, rights.value, doing, config.sandbox ? undefined : LONG_MS);
    });
  return (
    <>
      <p>
        <b>The owner key of your account.</b> Whoever has it has the money. It is shown this once: write it down, or put it into a password
        manager.
      </p>
      <p class="seed">
        <code data-test="seed">{seed}</code> <Copy text={seed} />
      </p>
      <dl>
        <dt>Account</dt>
        <dd>
          <code data-test="new-address">{key.address}</code>
        </dd>
      </dl>
      {!config.sandbox && (
        <>
          <Rights rights={rights} />
          <p>
            Import the key into a Stellar wallet, and pay at least {config.catalogue.minimumBalance} XLM into the vault from there; keep this page
            open meanwhile, or come back with the key.
          </p>
          {work.step === null && !isDone && (
            <button type="button" class="primary wide" disabled={!isSaved.value} onClick={() => void begin()} data-test="wait">
              Wait for the deposit
            </button>
          )}
        </>
      )}
      <Progress step={work.step} error={work.error} />
      <label class="check">
        <input type="checkbox" name="saved" checked={isSaved.value} onChange={(event) => (isSaved.value = event.currentTarget.checked)} />I have
        saved the key
      </label>
      {isDone && (
        <button type="button" class="primary wide" disabled={!isSaved.value} onClick={() => (dialog.value = null)} data-test="start">
          Start trading
        </button>
      )}
    </>
  );
}

function ByOwnerKey({ config }: { config: TerminalConfig }) {
  const seed = useSignal("");
  const of = useSignal("");
  const rights = useSignal<readonly RightName[]>(["trade"]);
  const work = useWork();
  const isReady = isOwnerKey(seed.value) && isAddressOrEmpty(of.value);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isReady) return;
    const done = await work.run((doing) => appointByOwner(config, seed.value.trim(), rights.value, doing, 0, of.value.trim() || undefined));
    if (!done) return;
    seed.value = "";
    dialog.value = null;
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <OwnerKey value={seed.value} onValue={(value) => (seed.value = value)} />
      <Rotated>
        <Address name="account" label="The account" value={of} hint="Its address stays that of its first key." />
      </Rotated>
      <Rights rights={rights} />
      <button type="submit" class="primary wide" disabled={!isReady || work.step !== null} data-test="appoint">
        Appoint this browser
      </button>
      <Progress step={work.step} error={work.error} />
    </form>
  );
}

function ByWallet({ config }: { config: TerminalConfig }) {
  const address = useSignal("");
  const owner = useSignal("");
  const rights = useSignal<readonly RightName[]>(["trade"]);
  const asked = useSignal<Appointment | null>(null);
  const work = useWork();
  const isReady = address.value !== "" && isAddressOrEmpty(address.value) && isAddressOrEmpty(owner.value);
  const ask = (): Promise<boolean> =>
    work.run(async ({ left }) => {
      await asked.value?.client.close();
      asked.value = await walletAppointment(address.value.trim(), owner.value.trim() || undefined, rights.value, left);
    });
  const finish = async (signature: string): Promise<void> => {
    if (await work.run(() => bringAppointment(config, asked.value!, signature))) dialog.value = null;
  };
  return (
    <>
      <Address name="owner" label="Your Stellar account" value={address} />
      <Rotated>
        <Address name="rotated" label="The owner's key" value={owner} hint="The one that signs in the wallet." />
      </Rotated>
      <Rights rights={rights} />
      {asked.value === null ? (
        <button type="button" class="primary wide" disabled={!isReady || work.step !== null} onClick={() => void ask()} data-test="ask-wallet">
          Make the text to sign
        </button>
      ) : (
        <WalletText
          text={asked.value.request.text}
          action="Appoint this browser"
          isBusy={work.step !== null}
          onSigned={(signature) => void finish(signature)}
          onAnother={() => void ask()}
        />
      )}
      <Progress step={work.step} error={work.error} />
    </>
  );
}

/** What few have to say: another key than the account's first one owns it. */
function Rotated({ children }: { children: ComponentChildren }) {
  return (
    <details data-test="rotated">
      <summary>The account's key was rotated</summary>
      {children}
    </details>
  );
}

interface AddressProps {
  readonly name: string;
  readonly label: string;
  readonly value: Signal<string>;
  readonly hint?: string;
}

function Address({ name, label, value, hint }: AddressProps) {
  const error = isAddressOrEmpty(value.value) ? undefined : "A Stellar address begins with G and has a checksum: look again";
  return <Field name={name} label={label} kind="text" value={value.value} onValue={(text) => (value.value = text)} error={error} hint={hint} />;
}

function isAddressOrEmpty(text: string): boolean {
  try {
    return text.trim() === "" || decodePublicKey(text.trim()).length > 0;
  } catch {
    return false;
  }
}
