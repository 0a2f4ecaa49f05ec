/** What the page asks by itself leaves most of the account's rate to what its owner does. */

import type { Client } from "@constellation/sdk";

const REQUESTS_PER_PROOF = 20;
const SHARE = 4;

/** Waits for as long as it takes a quarter of the account's rate to pay for a proof. */
export function spare(client: Client): Promise<void> {
  const ms = (SHARE * REQUESTS_PER_PROOF * 1_000) / client.settings.limits.requestsPerSecond;
  return new Promise((resolve) => setTimeout(resolve, ms));
}
