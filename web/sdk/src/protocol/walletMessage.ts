/**
 * Requests that an ordinary Stellar wallet can sign: as a text for people to read (SEP-53).
 *
 * The text follows from the request alone, and has all of it. A wallet signs SHA-256 of `Stellar Signed Message:`, a
 * line feed and the text.
 */

import { toHex, utf8 } from "./bytes.js";
import { sha256 } from "./hash.js";
import { type Request, RIGHT_PAY, RIGHT_TRADE, RIGHT_WITHDRAW } from "./messages/index.js";
import { encodePublicKey } from "./strkey.js";

const PREFIX = utf8("Stellar Signed Message:\n");
const RIGHTS = [
  [RIGHT_TRADE, "trade"],
  [RIGHT_PAY, "pay"],
  [RIGHT_WITHDRAW, "withdraw"],
] as const;
const SECOND_US = 1_000_000n;
const DAY_US = 86_400n * SECOND_US;
const ERA_DAYS = 146_097n; // the Gregorian calendar repeats itself after 400 years
const EPOCH_DAYS = 719_468n; // from 0000-03-01 to 1970-01-01

/** What a wallet signs for a text, 32 bytes (SEP-53). */
export function walletDigest(text: string): Uint8Array {
  return sha256(PREFIX, utf8(text));
}

/** The text that a wallet signs for a request; null where a request must be signed otherwise. */
export function walletText(constellation: Uint8Array, request: Request): string | null {
  const what = operationLines(request);
  if (what === null) return null;
  return [
    `Constellation: ${toHex(constellation)}`,
    `Account: ${encodePublicKey(request.account)}`,
    ...(request.signer === null ? [] : [`Signed by: ${encodePublicKey(request.signer)}`]),
    ...what,
    `Nonce: ${request.nonce}`,
    `Valid until: ${timeText(request.validUntil)}`,
  ].join("\n");
}

function operationLines({ operation }: Request): string[] | null {
  switch (operation.type) {
    case "APPOINT_AGENT":
      return [
        `Appoint agent: ${encodePublicKey(operation.value.agent)}`,
        `Rights: ${rightsText(operation.value.rights)}`,
        `Expires at: ${timeText(operation.value.expiresAt)}`,
      ];
    case "DISMISS_AGENT":
      return [`Dismiss agent: ${encodePublicKey(operation.value.agent)}`];
    case "REGISTER_ROUTING":
      return [`Register routing id: ${operation.value.routingId}`];
    default:
      return null;
  }
}

/** Rights in words; bits that mean nothing are shown as a number, so that no two rights have one text. */
function rightsText(rights: number): string {
  const words: string[] = RIGHTS.filter(([bit]) => rights & bit).map(([, word]) => word);
  const rest = (rights & ~(RIGHT_TRADE | RIGHT_PAY | RIGHT_WITHDRAW)) >>> 0;
  return [...words, ...(rest ? [String(rest)] : [])].join(", ") || "none";
}

/** ISO 8601 in UTC with microseconds, also of times that JavaScript's `Date` does not have. */
export function timeText(time: bigint): string {
  const days = floorDivide(time, DAY_US);
  const rest = time - days * DAY_US;
  const seconds = rest / SECOND_US;
  const [year, month, day] = civil(days);
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => digits(part, 2)).join(":");
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock}.${digits(rest % SECOND_US, 6)}Z`;
}

/** Year, month and day of a number of days since 1970, counted in years that begin in March. */
function civil(days: bigint): [bigint, bigint, bigint] {
  const shifted = days + EPOCH_DAYS;
  const era = floorDivide(shifted, ERA_DAYS);
  const ofEra = shifted - era * ERA_DAYS;
  const year = (ofEra - ofEra / 1_460n + ofEra / 36_524n - ofEra / 146_096n) / 365n;
  const ofYear = ofEra - (365n * year + year / 4n - year / 100n);
  const marchMonth = (5n * ofYear + 2n) / 153n;
  const day = ofYear - (153n * marchMonth + 2n) / 5n + 1n;
  const month = marchMonth < 10n ? marchMonth + 3n : marchMonth - 9n;
  return [era * 400n + year + (month <= 2n ? 1n : 0n), month, day];
}

function floorDivide(number: bigint, divisor: bigint): bigint {
  const quotient = number / divisor;
  return number % divisor < 0n ? quotient - 1n : quotient;
}

/** As Python's `format(number, "04")`: the sign counts as a digit. */
function digits(number: bigint, width: number): string {
  const sign = number < 0n ? "-" : "";
  return sign + (number < 0n ? -number : number).toString().padStart(width - sign.length, "0");
}
