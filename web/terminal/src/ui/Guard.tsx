import { Component, type ComponentChildren } from "preact";
import { Dialog } from "./Dialog.js";

interface GuardProps {
  /** What is shown in place of what has failed. */
  readonly instead: (words: string, again: () => void) => ComponentChildren;
  readonly children: ComponentChildren;
}

/** Shows words in place of a part of the page that fails, and leaves the others alone. */
class Guard extends Component<GuardProps, { error: unknown }> {
  override state = { error: null };

  static override getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render(): ComponentChildren {
    const { instead, children } = this.props;
    const { error } = this.state;
    return error === null ? children : instead(`This part of the page has failed (${String(error)}). The others go on.`, () => this.setState({ error: null }));
  }
}

/** @param place - class of the panel, which has its place by it. */
export function GuardedPanel({ place, name, children }: { place: string; name: string; children: ComponentChildren }) {
  const instead = (words: string, again: () => void) => (
    <section class={`panel ${place}`} aria-label={name} data-test={`failed-${place}`}>
      <div class="empty" role="alert">
        <p>
          {name}: {words}
        </p>
        <button type="button" onClick={again}>
          Show it again
        </button>
      </div>
    </section>
  );
  return <Guard instead={instead}>{children}</Guard>;
}

/** Closing it forgets the failure, if it has a key of its own. */
export function GuardedDialog({ children }: { children: ComponentChildren }) {
  const instead = (words: string) => (
    <Dialog title="Failed">
      <p role="alert" data-test="failed-dialog">
        {words}
      </p>
    </Dialog>
  );
  return <Guard instead={instead}>{children}</Guard>;
}
