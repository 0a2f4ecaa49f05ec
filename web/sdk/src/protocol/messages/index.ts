/**
 * Every message that clients send or are sent.
 *
 * Generated from xdr/*.x by tools/xdr_generator.py; do not edit.
 */
export * from "./common.js";
export * from "./settings.js";
export * from "./keys.js";
export * from "./requests.js";
export * from "./governance.js";
export * from "./modes.js";
export * from "./quanta.js";
export * from "./codes.js";
export * from "./effects.js";
export * from "./state.js";
export * from "./session.js";
export * from "./client.js";
