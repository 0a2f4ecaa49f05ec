/** What the visitor is told in passing: fills, refusals, what has arrived. */

import { signal } from "@preact/signals";
import { OutcomeUnknown, SdkError } from "@constellation/sdk";

export type Tone = "good" | "bad" | "plain";

export interface Notice {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const SHOWN_MAX = 5;

export const notices = signal<readonly Notice[]>([]);
let last = 0;

export function notify(tone: Tone, text: string): void {
  last += 1;
  const id = last;
  notices.value = [...notices.value, { id, tone, text }].slice(-SHOWN_MAX);
  setTimeout(() => dismiss(id), tone === "bad" ? 2 * SHOWN_MS : SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((item) => item.id !== id);
}

/** An error in words for people. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof OutcomeUnknown) return "No answer came: it may have been executed all the same";
  return "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
}

/** The same after what did not come to pass, such as "Not placed", where that is certain. */
export function failureOf(what: string, error: unknown): string {
  return error instanceof SdkError && !error.nothingHappened ? wordsOf(error) : `${what}: ${wordsOf(error)}`;
}
