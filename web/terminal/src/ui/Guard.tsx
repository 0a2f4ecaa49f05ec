import { Component, type ComponentChildren } from "preact";

interface GuardProps {
  /** Class of the panel, which has its place by it. */
  readonly place: string;
  /** Such as "Order book". */
  readonly name: string;
  readonly children: ComponentChildren;
}

/** Shows words in place of a panel that fails, and leaves the others alone. */
export class Guard extends Component<GuardProps, { error: unknown }> {
  override state = { error: null };

  static override getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render(): ComponentChildren {
    const { place, name, children } = this.props;
    const { error } = this.state;
    if (error === null) return children;
    return (
      <section class={`panel ${place}`} aria-label={name} data-test={`failed-${place}`}>
        <div class="empty" role="alert">
          <p>
            {name}: this part of the page has failed ({String(error)}). The others go on.
          </p>
          <button type="button" onClick={() => this.setState({ error: null })}>
            Show it again
          </button>
        </div>
      </section>
    );
  }
}
