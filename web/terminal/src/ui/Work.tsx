import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { wordsOf } from "../notices.js";

export interface Work {
  /** Says what is under way. */
  readonly step: (text: string) => void;
  /** Aborted when the dialog is left: nothing of the work may happen after that. */
  readonly left: AbortSignal;
}

interface Working {
  readonly step: string | null;
  readonly error: string | null;
  /** Whether it was done. */
  readonly run: (work: (work: Work) => Promise<void>) => Promise<boolean>;
}

/** What a dialog is doing, and what went wrong; it ends when the dialog is left. */
export function useWork(): Working {
  const step = useSignal<string | null>(null);
  const error = useSignal<string | null>(null);
  const leaving = useRef<AbortController | null>(null);
  leaving.current ??= new AbortController();
  const { signal: left } = leaving.current;
  useEffect(() => () => leaving.current!.abort(), []);
  const run = async (work: (work: Work) => Promise<void>): Promise<boolean> => {
    error.value = null;
    step.value = "Working";
    try {
      await work({ step: (text) => (step.value = text), left });
      return !left.aborted;
    } catch (failure) {
      error.value = wordsOf(failure);
      return false;
    } finally {
      step.value = null;
    }
  };
  return { step: step.value, error: error.value, run };
}

export function Progress({ step, error }: { step: string | null; error: string | null }) {
  return (
    <p role="status" class={error === null ? "quiet" : "error"} data-test="progress">
      {step !== null ? `${step}…` : error}
    </p>
  );
}
