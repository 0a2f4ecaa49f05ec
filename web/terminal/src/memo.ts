/** The memo of a withdrawal as it is typed in: exchanges tell customers apart by it, some by text, most by a number. */

import { UINT64_MAX } from "@constellation/sdk/protocol";

export type MemoKind = "none" | "text" | "number";

const TEXT_MAX_BYTES = 28;

interface ReadMemo {
  readonly kind: MemoKind;
  /** What is signed. */
  readonly value: string | bigint | undefined;
  readonly error: string | undefined;
  /** What will be sent, in words. */
  readonly words: string;
}

/** @param chosen - null while the visitor leaves it to what is typed. */
export function readMemo(typed: string, chosen: MemoKind | null): ReadMemo {
  const memo = typed.trim();
  const kind = chosen ?? (memo === "" ? "none" : /^\d+$/.test(memo) ? "number" : "text");
  const none = { kind, value: undefined, error: undefined, words: "" };
  if (kind === "none") return { ...none, words: "No memo is sent" };
  if (memo === "") return { ...none, error: "Enter it, or choose none" };
  if (kind === "text") {
    const isLong = new TextEncoder().encode(memo).length > TEXT_MAX_BYTES;
    return { ...none, value: memo, error: isLong ? `At most ${TEXT_MAX_BYTES} bytes` : undefined, words: "Sent as text (MEMO_TEXT)" };
  }
  if (!/^\d+$/.test(memo) || BigInt(memo) > UINT64_MAX) return { ...none, error: `A whole number up to ${UINT64_MAX}` };
  const value = BigInt(memo);
  return { ...none, value, words: `Sent as the number ${value} (MEMO_ID)` };
}
