import { useEffect } from "preact/hooks";
import { changes, clientState } from "../account.js";
import type { Pages } from "../pages.js";

/** What ends a list of pages: why there is no more, or a button for more. It reads the list anew when something has happened. */
export function More<T>({ pages, none }: { pages: Pages<T>; none: string | null }) {
  useEffect(() => {
    if (clientState.value === "open") pages.refresh();
  }, [changes.value, clientState.value]);
  const { items, error, more } = pages.shown.value;
  if (error !== null) return <p class="empty">{error}</p>;
  if (items.length === 0) return none === null ? null : <p class="empty">{none}</p>;
  if (!more) return null;
  return (
    <button type="button" class="wide" onClick={() => pages.more()}>
      More
    </button>
  );
}
