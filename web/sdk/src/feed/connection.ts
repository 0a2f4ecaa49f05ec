/** One connection to the market data feed, opened again whenever it is lost, with everything that is subscribed to. */

import { ConnectionClosed, FeedRefused } from "../errors.js";
import type { OpenSocket, Socket } from "../socket.js";
import { OutOfStep } from "./localBook.js";
import type { Stream } from "./streams.js";
import { type Json, listOf, numberOf, objectOf, textOf } from "./views.js";

const OPEN_TIMEOUT_MS = 10_000;
const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 5_000;
const AGAIN = ["OVERLOADED", "RATE_LIMITED"];

export type FeedState = "connecting" | "open" | "closed";

/** Tells streams what the feed says of them. */
export class FeedConnection {
  /** How many connections have opened so far. */
  openings = 0;
  state: FeedState = "connecting";
  readonly #streams = new Set<Stream<unknown>>();
  readonly #asked = new Map<number, Stream<unknown>>();
  readonly #pauses = new Set<ReturnType<typeof setTimeout>>();
  #socket: Socket | null = null;
  #lastId = 0;
  #isOver = false;
  #interrupt: () => void = () => {};

  /** @param quietMs - nothing heard for so long counts as a lost connection: a feed's heart beats every second. */
  constructor(
    private readonly url: string,
    private readonly openSocket: OpenSocket,
    private readonly quietMs: number,
    private readonly onState: (state: FeedState) => void,
  ) {}

  /** Connects; the first attempt is not repeated, later ones are for ever. Throws `ConnectionClosed`. */
  async open(): Promise<void> {
    await new Promise<void>((opened, failed) => {
      void this.#stayConnected(opened, () => failed(new ConnectionClosed(null, `${this.url} cannot be reached`)));
    });
  }

  /** Ends the connection, and with it every stream. */
  close(): void {
    this.#isOver = true;
    this.#interrupt();
    for (const stream of this.#streams) stream.fail(new ConnectionClosed(null, "the feed was closed"));
    this.#streams.clear();
    this.#say("closed");
  }

  /** Subscribes, now and on every later connection. Throws `ConnectionClosed` where the feed is not open. */
  add(stream: Stream<unknown>): void {
    if (this.#isOver) throw new ConnectionClosed(null, "the feed is not open");
    this.#streams.add(stream);
    this.#subscribe(stream);
  }

  /** The program does not listen any more. */
  drop(stream: Stream<unknown>): void {
    this.#streams.delete(stream);
    if (stream.key === null || this.#streamsOf(stream.key).length > 0) return;
    this.#send({ method: "unsubscribe", params: stream.params });
    for (const other of [...this.#asked.values()]) {
      // It may be about to get what has just ended.
      if (other.params["channel"] === stream.params["channel"] && this.#streams.has(other)) this.#subscribe(other);
    }
  }

  // The connection.

  async #stayConnected(opened: () => void, failed: () => void): Promise<void> {
    let pauseMs = BACKOFF_MS;
    while (!this.#isOver) {
      if (await this.#converse(opened)) pauseMs = BACKOFF_MS;
      if (this.openings === 0) {
        this.#isOver = true;
        failed();
      }
      if (this.#isOver) return;
      this.#say("connecting");
      await this.#pause(pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(2 * pauseMs, BACKOFF_MAX_MS);
    }
  }

  /** Serves one connection; whether anything came of it. */
  #converse(opened: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let socket: Socket;
      try {
        socket = this.openSocket(this.url);
      } catch {
        resolve(false);
        return;
      }
      let hasHeard = false;
      const end = (): void => {
        clearTimeout(watch);
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.onerror = () => undefined; // of the closing itself
        this.#interrupt = () => {};
        this.#socket = null;
        this.#loseAll();
        socket.close();
        resolve(hasHeard);
      };
      let watch = setTimeout(end, OPEN_TIMEOUT_MS);
      this.#interrupt = end;
      socket.onopen = () => {
        this.#begin(socket);
        opened();
        clearTimeout(watch);
        watch = setTimeout(end, this.quietMs);
      };
      socket.onmessage = ({ data }) => {
        clearTimeout(watch);
        watch = setTimeout(end, this.quietMs);
        hasHeard = true;
        try {
          this.#take(objectOf(JSON.parse(textOf(data))));
        } catch {
          end(); // what the feed says is not understood
        }
      };
      socket.onclose = socket.onerror = end;
    });
  }

  #begin(socket: Socket): void {
    this.#socket = socket;
    this.openings += 1;
    this.#say("open");
    for (const stream of this.#streams) this.#subscribe(stream);
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #loseAll(): void {
    this.#asked.clear();
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#pauses.clear();
    for (const stream of this.#streams) {
      stream.key = null;
      stream.lose();
    }
  }

  #say(state: FeedState): void {
    if (this.state === state) return;
    this.state = state;
    // The program's own fault must not end the connection, nor be lost.
    queueMicrotask(() => this.onState(state));
  }

  // Messages.

  #subscribe(stream: Stream<unknown>): void {
    if (this.#socket === null || !this.#streams.has(stream)) return;
    this.#lastId += 1;
    this.#asked.set(this.#lastId, stream);
    this.#send({ method: "subscribe", params: stream.params, id: this.#lastId });
  }

  /** What cannot be sent is said again on the next connection. */
  #send(message: Json): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #streamsOf(key: string): Stream<unknown>[] {
    return [...this.#streams].filter((stream) => stream.key === key);
  }

  #take(message: Json): void {
    if ("success" in message) {
      this.#takeAnswer(message);
      return;
    }
    const data = objectOf(message["data"]);
    const channel = textOf(message["channel"]);
    if (channel === "heartbeat") {
      for (const item of listOf(data["books"])) {
        const book = objectOf(item);
        const sequence = numberOf(book["sequence"]);
        this.#tell(keyOf("book", textOf(book["market"]), book), (stream) => stream.heard(sequence));
      }
    } else {
      const [kind, market] = [textOf(message["type"]), marketOf(message)];
      this.#tell(keyOf(channel, market, data), (stream) => stream.take(kind, market, data));
    }
  }

  #takeAnswer(message: Json): void {
    const stream = this.#asked.get(message["id"] as number);
    if (stream === undefined) return;
    this.#asked.delete(message["id"] as number);
    if (message["success"] === true) {
      const result = objectOf(message["result"]);
      stream.key = keyOf(textOf(result["channel"]), marketOf(result), result);
      if (!this.#streams.has(stream)) this.drop(stream); // the program lost interest meanwhile
      return;
    }
    const { code, message: text } = objectOf(message["error"]);
    if (AGAIN.includes(String(code))) this.#again(stream);
    else stream.fail(new FeedRefused(String(code), String(text)));
  }

  #tell(key: string, say: (stream: Stream<unknown>) => void): void {
    for (const stream of this.#streamsOf(key)) {
      try {
        say(stream);
      } catch (error) {
        if (!(error instanceof OutOfStep)) throw error;
        stream.lose();
        this.#again(stream);
      }
      stream.wake();
    }
  }

  /** Asks for a fresh snapshot: at once, and later if that does not help. */
  #again(stream: Stream<unknown>): void {
    const pauseMs = stream.failures === 0 ? 0 : Math.min(BACKOFF_MS * 2 ** stream.failures, BACKOFF_MAX_MS);
    stream.failures += 1;
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      this.#subscribe(stream);
    }, pauseMs);
    this.#pauses.add(pause);
  }
}

/** Empty where it is about all markets. */
function marketOf({ market = "" }: Json): string {
  return textOf(market);
}

/** How messages and answers name a subscription. */
function keyOf(channel: string, market: string, data: Json): string {
  return JSON.stringify([channel, market, data["depth"], data["group"], data["period"]]);
}
