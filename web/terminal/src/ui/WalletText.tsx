import { useSignal } from "@preact/signals";
import { Copy } from "./Copy.js";
import { Field } from "./Field.js";

interface WalletTextProps {
  readonly text: string;
  /** What the signature does. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly onSigned: (signature: string) => void;
  /** The text is good for a while only, and says what was chosen when it was made. */
  readonly onAnother: () => void;
}

/** A text for the owner to sign in a Stellar wallet, and a field for its signature. */
export function WalletText({ text, action, isBusy, onSigned, onAnother }: WalletTextProps) {
  const signature = useSignal("");
  const given = signature.value.trim();
  return (
    <>
      <p>
        Sign exactly this text in your wallet (SEP-53, “sign message”). <Copy text={text} />{" "}
        <button type="button" class="small" disabled={isBusy} onClick={onAnother} data-test="another-text">
          Make another text
        </button>
      </p>
      <pre data-test="wallet-text">{text}</pre>
      <Field name="signature" label="Signature (base64)" kind="text" value={signature.value} onValue={(value) => (signature.value = value)} />
      <button type="button" class="primary wide" disabled={given === "" || isBusy} onClick={() => onSigned(given)} data-test="bring">
        {action}
      </button>
    </>
  );
}
