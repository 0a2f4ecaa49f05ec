/** Pages of what has happened to the account, the newest first: read anew when something happens, and on when asked. */

import { computed, signal } from "@preact/signals";
import { type Client, VerificationFailed } from "@constellation/sdk";
import { account, breakTrust, theClient } from "./account.js";
import { wordsOf } from "./notices.js";
import { spare } from "./pace.js";

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
  readonly more: boolean;
}

interface Known<T> extends Page<T> {
  /** Whose it is. */
  readonly of: string | undefined;
  readonly error: string | null;
}

type Read<T> = (client: Client, after: string | undefined) => Promise<Page<T>>;
type Prove<T> = (client: Client, items: readonly T[]) => Promise<void>;

export class Pages<T> {
  readonly #known = signal<Known<T>>(this.#none());
  /** What is known of the account that is connected. */
  readonly shown = computed(() => (this.#known.value.of === account.value?.address ? this.#known.value : this.#none()));
  #isQueued = false;
  #last: Promise<void> = Promise.resolve();

  /**
   * @param read - a page.
   * @param prove - looks at what was read; it is shown meanwhile.
   */
  constructor(
    private readonly read: Read<T>,
    private readonly prove: Prove<T> = () => Promise.resolve(),
  ) {}

  /** Reads the first page again. */
  refresh(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#enqueue(() => {
      this.#isQueued = false;
      return this.#load(undefined);
    });
  }

  /** Reads the next page. */
  more(): void {
    this.#enqueue(() => this.#load(this.shown.value.cursor ?? undefined));
  }

  #enqueue(task: () => Promise<void>): void {
    this.#last = this.#last.then(task);
  }

  async #load(after: string | undefined): Promise<void> {
    const of = account.value?.address;
    try {
      const client = theClient();
      const page = await this.read(client, after);
      if (of !== account.value?.address) return;
      const before = after === undefined ? [] : this.shown.value.items;
      this.#known.value = { ...page, of, items: [...before, ...page.items], error: null };
      await this.prove(client, page.items);
      await spare(client);
    } catch (error) {
      if (of !== account.value?.address) return;
      if (error instanceof VerificationFailed) breakTrust(error);
      this.#known.value = { ...this.shown.value, of, error: wordsOf(error) };
    }
  }

  #none(): Known<T> {
    return { of: account.value?.address, items: [], cursor: null, more: false, error: null };
  }
}
