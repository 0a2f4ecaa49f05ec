import { broken } from "../account.js";
import type { Mark } from "../marks.js";
import { shortAddress } from "../numbers.js";

const WORDS = {
  stated: "Alpha says so; not proven yet",
  acknowledged: "Acknowledged: alpha has signed it, the proof holds; not final yet",
  final: "Final",
  broken: "Contradicted: do not trust this",
} as const;

/** How far something is proven, checked in this browser. */
export function Shield({ mark }: { mark: Mark }) {
  const { batch, auditors } = mark;
  const trust = broken.value !== null && mark.trust !== "final" ? "broken" : mark.trust;
  const by = auditors.length > 0 ? `, signed by ${auditors.length} auditors: ${auditors.map(shortAddress).join(", ")}` : "";
  const words = `${WORDS[trust]}${batch === null ? "" : ` (batch ${batch})`}${by}`;
  return (
    <span class={`shield ${trust}`} title={words} role="img" aria-label={words} data-trust={trust}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 1 14 3v5c0 3.6-2.6 6-6 7.2C4.600 14 2 11.600 2 8V3z" />
        {trust === "final" && <path class="sign" d="m5 8 2.200 2.200L11.200 6" />}
        {trust === "broken" && <path class="sign" d="m5.500 5.500 5 5m0-5-5 5" />}
      </svg>
    </span>
  );
}
