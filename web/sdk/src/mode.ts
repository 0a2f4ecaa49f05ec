/** How much alpha's operator lets clients do. */

import { Mode, type ModeInForce } from "./protocol/messages/index.js";
import { nameOf } from "./protocol/xdr.js";

export interface ModeNow {
  readonly mode: "online" | "post_only" | "cancel_only" | "maintenance";
  /** For people; may be empty. */
  readonly reason: string;
  /** The quantum that began it; 0n is the beginning. */
  readonly since: bigint;
}

export function modeNow(told: ModeInForce): ModeNow {
  return { mode: nameOf(Mode, told.mode).toLowerCase() as ModeNow["mode"], reason: told.reason, since: told.since };
}
