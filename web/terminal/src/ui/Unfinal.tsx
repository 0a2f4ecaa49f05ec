import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lacksQuorum, oldestUnfinalMs } from "../account.js";

const EVERY_MS = 500;
const LATE_MS = 3_000;

/** Says when the auditors are late: what is acknowledged only may still be lost. */
export function Unfinal() {
  const late = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => (late.value = Math.floor(oldestUnfinalMs() / 1000)), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (lacksQuorum.value) {
    return (
      <p class="warning" role="status" data-test="no-quorum">
        <b>Alpha takes no requests at the moment:</b> too few auditors are connected to make anything final.
      </p>
    );
  }
  if (late.value * 1000 < LATE_MS) return null;
  return (
    <p class="warning" role="status" data-test="unfinal">
      <b>No quorum of auditors signs at the moment.</b> Orders are acknowledged, not final, for {late.value} s: what is not final can be lost.
    </p>
  );
}
