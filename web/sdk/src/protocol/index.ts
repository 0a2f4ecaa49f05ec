/** The protocol's own parts, for those who check or build messages themselves. */

export * from "./amounts.js";
export * from "./bytes.js";
export * from "./errors.js";
export * from "./handshake.js";
export * from "./hash.js";
export * from "./leaves.js";
export * from "./merkle.js";
export * from "./messages/index.js";
export * from "./names.js";
export * from "./proofs.js";
export * from "./quorum.js";
export * from "./settingsJson.js";
export * from "./signing.js";
export * from "./stateProofs.js";
export * from "./strkey.js";
export * from "./subAccounts.js";
export * from "./terms.js";
export * from "./walletMessage.js";
export * from "./xdr.js";
