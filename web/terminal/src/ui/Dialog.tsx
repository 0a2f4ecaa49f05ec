import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dialog } from "../view.js";

/** A modal window: the browser keeps the focus in it, and gives it back. */
export function Dialog({ title, wide = false, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = element.current!;
    const onClose = (): void => void (dialog.value = null);
    shown.addEventListener("close", onClose);
    shown.showModal();
    return () => {
      shown.removeEventListener("close", onClose); // it comes later, and the next dialog may be open then
      shown.close();
    };
  }, []);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <button type="button" class="plain" aria-label="Close" onClick={() => (dialog.value = null)}>
          ✕
        </button>
      </header>
      <div class="content">{children}</div>
    </dialog>
  );
}
