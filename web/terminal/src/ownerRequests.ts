/** What the owner alone may ask for: signed in its Stellar wallet and brought by this browser, or with its key. */

import { keyFromSeed, type Receipt, type WalletRequest } from "@constellation/sdk";
import { account, connectAs, send, theClient } from "./account.js";

/** What the owner signs in a wallet to get this account a number by which others deposit for it. */
export function walletRouting(): WalletRequest {
  return theClient().walletRouting(undefined, rotatedOwner());
}

/** Brings the registration that the wallet has signed; the number. */
export async function bringRouting(request: WalletRequest, signature: string): Promise<bigint> {
  const { effects } = await bring(request, signature);
  const registered = effects.find((effect) => effect.type === "routing_registered");
  if (registered === undefined) throw new Error("no number was registered");
  return registered.routingId;
}

/** What the owner signs in a wallet to dismiss an agent. */
export function walletDismissal(address: string): WalletRequest {
  return theClient().walletDismissal(address, rotatedOwner());
}

/** Brings what the owner has signed in a wallet. */
export function bring(request: WalletRequest, signature: string): Promise<Receipt> {
  return send((client) => client.bring(request.signed(signature)));
}

/** The owner dismisses an agent with its key, which is not needed any more then. */
export async function dismissByOwner(seed: string, address: string): Promise<void> {
  const owner = await keyFromSeed(seed);
  const known = theAccount();
  if (owner.address !== known.owner) throw new Error("this is not the key of the account's owner");
  const client = await connectAs(owner, rotatedOwner() === undefined ? undefined : known.address);
  try {
    await client.dismissAgent(address);
  } finally {
    await client.close();
  }
}

/** The owner, where that is another key than the account's address: requests name it then. */
function rotatedOwner(): string | undefined {
  const { address, owner } = theAccount();
  return owner === address ? undefined : owner;
}

function theAccount(): { readonly address: string; readonly owner: string } {
  if (account.value === null) throw new Error("alpha has not shown the account yet");
  return account.value;
}
