import { mode } from "../markets.js";

const WORDS = {
  post_only: "Only post-only orders are taken now: nothing trades.",
  cancel_only: "No new orders are taken now. Cancelling, paying and withdrawing work.",
  maintenance: "Maintenance: no requests are taken now.",
} as const;

/** Says when alpha's operator lets clients do less than everything, and why. */
export function ModeNotice() {
  const now = mode.value;
  if (now === null || now.mode === "online") return null;
  return (
    <p class="warning" role="status" data-test="mode">
      <b>{WORDS[now.mode]}</b> {now.reason}
    </p>
  );
}
