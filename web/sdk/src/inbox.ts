/** The stream of events between the connection and the program: bounded by asking for room before anything is put. */

import type { SdkError } from "./errors.js";
import { Loop } from "./loop.js";
import type { Event } from "./receipts.js";
import { Gap } from "./tracker.js";

export class Inbox {
  #items: (Event | Gap)[] = [];
  #wake: (() => void)[] = [];
  #ended = false;
  #error: SdkError | null = null;
  /** Whether the program has asked for the stream. */
  isRead = false;

  /**
   * @param size - the most events that wait.
   * @param onRoom - is called when there is room again after there was little.
   */
  constructor(
    private readonly size: number,
    private readonly onRoom: () => void,
  ) {}

  /** How many events can be put now. */
  get room(): number {
    return this.size - this.#items.length;
  }

  /** Adds an event, for which there is room, or a gap; adjacent gaps become one, so that they cannot pile up. */
  put(item: Event | Gap): void {
    const last = this.#items.at(-1);
    if (item instanceof Gap && last instanceof Gap) {
      this.#items[this.#items.length - 1] = new Gap(last.first, item.last > last.last ? item.last : last.last);
    } else {
      this.#items.push(item);
    }
    this.#changed();
  }

  /** What waits, which waits no longer. */
  empty(): readonly (Event | Gap)[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** Nothing will follow; what waits is still handed out. */
  end(error: SdkError | null): void {
    this.#ended = true;
    this.#error = error;
    this.#changed();
  }

  /** The events as they come; throws why the stream ended, unless the client was closed. */
  stream(): Loop<Event | Gap> {
    this.isRead = true;
    return new Loop(
      (isOver) => this.#next(isOver),
      () => this.#changed(),
    );
  }

  async #next(isOver: () => boolean): Promise<Event | Gap | undefined> {
    while (!isOver()) {
      const item = this.#items.shift();
      if (item !== undefined) {
        if (this.#items.length === Math.floor(this.size / 2)) this.onRoom();
        return item;
      }
      if (this.#ended && this.#error !== null) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return undefined;
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
