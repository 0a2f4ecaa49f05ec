/** Every generated codec by the name of its message. */

import type { Codec } from "../../dist/protocol/index.js";
import * as messages from "../../dist/protocol/messages/index.js";

export const codecs = new Map<string, Codec<unknown>>();

for (const [name, item] of Object.entries(messages) as [string, unknown][]) {
  if (typeof item === "object" && item !== null && "decode" in item) codecs.set(name, item as Codec<unknown>);
}
