import { useSignal } from "@preact/signals";
import type { WalletRequest } from "@constellation/sdk";
import { shortAddress } from "../numbers.js";
import { bring, dismissByOwner, walletDismissal } from "../ownerRequests.js";
import { isOwnerKey, OwnerKey } from "./OwnerKey.js";
import { WalletText } from "./WalletText.js";
import { Progress, useWork } from "./Work.js";

/** The owner takes all rights from an agent: in its wallet, or with its key. */
export function Dismissal({ address, onDone }: { address: string; onDone: () => void }) {
  const request = useSignal<WalletRequest | null>(null);
  const seed = useSignal<string | null>(null);
  const work = useWork();
  const isBusy = work.step !== null;
  const ask = (): Promise<boolean> => work.run(async () => void (request.value = walletDismissal(address)));
  const finish = async (act: () => Promise<unknown>): Promise<void> => {
    if (await work.run(async () => void (await act()))) onDone();
  };
  return (
    <section class="part" aria-label={`Dismiss ${shortAddress(address)}`}>
      <p>
        Only the owner can dismiss <code>{shortAddress(address)}</code>; it can do nothing from then on.
      </p>
      {request.value === null && seed.value === null && (
        <div class="ways">
          <button type="button" disabled={isBusy} onClick={() => void ask()} data-test="dismiss-by-wallet">
            With my Stellar wallet
            <small>The owner signs a text (SEP-53).</small>
          </button>
          <button type="button" onClick={() => (seed.value = "")} data-test="dismiss-by-key">
            With my owner key
            <small>Typed in once; not kept.</small>
          </button>
        </div>
      )}
      {request.value !== null && (
        <WalletText
          text={request.value.text}
          action="Dismiss the key"
          isBusy={isBusy}
          onSigned={(signature) => void finish(() => bring(request.value!, signature))}
          onAnother={() => void ask()}
        />
      )}
      {seed.value !== null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void finish(() => dismissByOwner(seed.value!.trim(), address));
          }}
        >
          <OwnerKey value={seed.value} onValue={(value) => (seed.value = value)} />
          <button type="submit" class="primary wide" disabled={!isOwnerKey(seed.value) || isBusy} data-test="dismiss-now">
            Dismiss the key
          </button>
        </form>
      )}
      <Progress step={work.step} error={work.error} />
    </section>
  );
}
