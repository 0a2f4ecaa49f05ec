import { useSignal } from "@preact/signals";
import { encodePublicKey, VerificationFailed, type WalletRequest } from "@constellation/sdk";
import qrcode from "qrcode-generator";
import { useEffect, useMemo } from "preact/hooks";
import { agent, breakTrust, theClient } from "../account.js";
import type { TerminalConfig } from "../config.js";
import { wordsOf } from "../notices.js";
import { trimmed, text } from "../numbers.js";
import { bringRouting, walletRouting } from "../ownerRequests.js";
import { creditOf } from "../stellar.js";
import { Copy } from "./Copy.js";
import { Dialog } from "./Dialog.js";
import { WalletText } from "./WalletText.js";
import { Progress, useWork } from "./Work.js";

/** Where to send money on the Stellar ledger, for wallets and for people. */
export function Deposit({ config }: { config: TerminalConfig }) {
  const number = useSignal<bigint | null | undefined>(undefined);
  const isByOther = useSignal(false);
  const asset = useSignal(0);
  const { settings, assetNames } = config.catalogue;
  const vault = encodePublicKey(settings.vault);
  const unasked = useSignal<string | null>(null);
  const find = async (): Promise<void> => {
    [number.value, unasked.value] = [undefined, null];
    try {
      number.value = await knownNumber();
    } catch (error) {
      if (error instanceof VerificationFailed) breakTrust(error);
      unasked.value = wordsOf(error);
    }
  };
  useEffect(() => void find(), []);
  const memo = isByOther.value ? (number.value ?? null) : null;
  const { identity, minimumDeposit } = settings.assets[asset.value]!;
  const query = new URLSearchParams({ destination: vault });
  const credit = creditOf(identity);
  if (credit !== null) {
    query.set("asset_code", credit.code);
    query.set("asset_issuer", encodePublicKey(credit.issuer));
  }
  if (memo !== null) {
    query.set("memo", memo.toString());
    query.set("memo_type", "MEMO_ID");
  }
  query.set("network_passphrase", settings.networkPassphrase);
  const link = `web+stellar:pay?${query.toString().replaceAll("+", "%20")}`;
  const isReady = !isByOther.value || memo !== null;

  return (
    <Dialog title="Deposit">
      <label class="line">
        Asset
        <select value={asset.value} onChange={(event) => (asset.value = Number(event.currentTarget.value))}>
          {assetNames.map((name, id) => (
            <option key={name} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>You send it from</legend>
        <label class="check">
          <input type="radio" name="sender" checked={!isByOther.value} onChange={() => (isByOther.value = false)} />
          your own Stellar account, {agent.value?.account.slice(0, 8)}…
        </label>
        <label class="check">
          <input type="radio" name="sender" value="other" checked={isByOther.value} onChange={() => (isByOther.value = true)} />
          another account, or an exchange
        </label>
      </fieldset>
      {isByOther.value && number.value == null && <WithoutNumber isAsked={number.value === null} error={unasked.value} onAgain={() => void find()} />}
      {isByOther.value && (number.value === null || unasked.value !== null) && <Registration onNumber={(registered) => (number.value = registered)} />}
      {isReady && (
        <div class="deposit">
          <Qr text={link} />
          <dl>
            <dt>Address</dt>
            <dd>
              <code data-test="vault">{vault}</code> <Copy text={vault} />
            </dd>
            <dt>Memo</dt>
            <dd>
              {memo === null ? (
                <b>none</b>
              ) : (
                <>
                  <code data-test="memo">{memo.toString()}</code> (id) <Copy text={memo.toString()} />
                </>
              )}
            </dd>
            <dt>At least</dt>
            <dd>
              {trimmed(text(minimumDeposit))} {assetNames[asset.value]}; a new account begins with {trimmed(config.catalogue.minimumBalance)} {assetNames[0]}
            </dd>
          </dl>
          <a class="button" href={link} data-test="sep7">
            Open in a wallet
          </a>
        </div>
      )}
      <p class="quiet">
        Check the address against the constellation's settings, from a source that you trust. A deposit with another memo is kept, but not
        credited.
      </p>
    </Dialog>
  );
}

/** Others need a number: what is known of it. */
function WithoutNumber({ isAsked, error, onAgain }: { isAsked: boolean; error: string | null; onAgain: () => void }) {
  if (isAsked) return <p>Others need a number as memo, and this account has none. Its owner can register one, once and for ever.</p>;
  if (error === null) return <p role="status">Looking for the account's number…</p>;
  return (
    <>
      <p role="alert" data-test="number-unknown">
        Others need a number as memo. Whether this account has one could not be asked: {error}. If it has none, its owner can register one, once
        and for ever; a second one is refused.
      </p>
      <button type="button" class="wide" onClick={onAgain} data-test="find-number">
        Ask again
      </button>
    </>
  );
}

/** The owner's key is not here: its wallet signs that the account gets a number. */
function Registration({ onNumber }: { onNumber: (number: bigint) => void }) {
  const request = useSignal<WalletRequest | null>(null);
  const work = useWork();
  const ask = (): Promise<boolean> => work.run(async () => void (request.value = walletRouting()));
  const finish = (signature: string): Promise<boolean> => work.run(async () => onNumber(await bringRouting(request.value!, signature)));
  return (
    <>
      {request.value === null ? (
        <button type="button" class="primary wide" disabled={work.step !== null} onClick={() => void ask()} data-test="ask-number">
          Make the text to sign
        </button>
      ) : (
        <WalletText
          text={request.value.text}
          action="Register the number"
          isBusy={work.step !== null}
          onSigned={(signature) => void finish(signature)}
          onAnother={() => void ask()}
        />
      )}
      <Progress step={work.step} error={work.error} />
    </>
  );
}

/** The number that the account has registered before, with its proof: others send their money by it. */
async function knownNumber(): Promise<bigint | null> {
  const { items } = await theClient().historyPage({ kinds: ["routing_registered"], limit: 1, proofs: true });
  const effect = items[0]?.effect;
  return effect?.type === "routing_registered" ? effect.routingId : null;
}

function Qr({ text: content }: { text: string }) {
  const { size, path } = useMemo(() => {
    const code = qrcode(0, "M");
    code.addData(content);
    code.make();
    const count = code.getModuleCount();
    const all = [...Array(count * count).keys()].map((place) => [Math.floor(place / count), place % count] as const);
    const dark = all.filter(([row, column]) => code.isDark(row, column));
    return { size: count, path: dark.map(([row, column]) => `M${column + 4} ${row + 4}h1v1h-1z`).join("") };
  }, [content]);
  return (
    <svg class="qr" viewBox={`0 0 ${size + 8} ${size + 8}`} role="img" aria-label="The same as a QR code (SEP-7)">
      <path class="ground" d={`M0 0h${size + 8}v${size + 8}h-${size + 8}z`} />
      <path d={path} />
    </svg>
  );
}
