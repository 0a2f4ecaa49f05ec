/** What `for await` goes through. A generator could not be left while it waits; this can, by `return()`. */
export class Loop<T> implements AsyncIterableIterator<T, void, undefined> {
  #isOver = false;

  /**
   * @param take - waits for the next thing; undefined: there will be none. It may throw why.
   * @param stop - the program does not listen any more: whoever waits in `take` is woken.
   */
  constructor(
    private readonly take: (isOver: () => boolean) => Promise<T | undefined>,
    private readonly stop: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      const value = await this.take(() => this.#isOver);
      if (value !== undefined && !this.#isOver) return { done: false, value };
    } catch (error) {
      if (!this.#isOver) {
        this.#isOver = true;
        throw error;
      }
    }
    this.#isOver = true;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, void>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.stop();
    }
    return { done: true, value: undefined };
  }
}
