/** WebSockets: the platform's own, or in a Node.js without one, those of the package `ws`. */

const REPLY_MAX_BYTES = 4 * 1024 * 1024;

/** What is used of a WebSocket: a part of the browsers' own. */
export interface Socket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** Opens a WebSocket at an address. */
export type OpenSocket = (url: string) => Socket;

interface SocketsOfNode {
  readonly WebSocket: new (url: string, options: object) => Socket;
}

/** How WebSockets are opened on this platform. */
export async function platformSocket(): Promise<OpenSocket> {
  if (typeof globalThis.WebSocket === "function") {
    return (url) => new globalThis.WebSocket(url) as unknown as Socket;
  }
  const name = "ws"; // a bundler for browsers, which have their own, must not look for it
  try {
    const { WebSocket } = (await import(/* @vite-ignore */ name)) as SocketsOfNode;
    return (url) => new WebSocket(url, { maxPayload: REPLY_MAX_BYTES, perMessageDeflate: false });
  } catch {
    throw new Error("this platform has no WebSocket: install the package ws, use Node.js 22, or give openSocket");
  }
}
