import { useSignal } from "@preact/signals";

const SHOWN_MS = 1_500;

export function Copy({ text }: { text: string }) {
  const isDone = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    isDone.value = true;
    setTimeout(() => (isDone.value = false), SHOWN_MS);
  };
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      {isDone.value ? "Copied" : "Copy"}
    </button>
  );
}
