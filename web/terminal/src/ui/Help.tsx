import { Dialog } from "./Dialog.js";

const KEYS = [
  ["b / s", "buy, sell: to the amount"],
  ["o", "the order book; arrows move, Enter takes a price"],
  ["1 … 9", "the markets, in their order"],
  ["Shift + X", "cancel all orders, in all markets"],
  ["p", "proofs"],
  ["d", "deposit"],
  ["t", "dark, light"],
  ["?", "this"],
  ["Esc", "close"],
] as const;

export function Help() {
  return (
    <Dialog title="Help">
      <h3>Keyboard</h3>
      <table>
        <tbody>
          {KEYS.map(([key, words]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>Shields</h3>
      <p>
        An empty shield: alpha has acknowledged it, and the proof holds. A full one: a quorum of auditors has replayed and signed it. A dashed one:
        alpha's word, until a proof comes. A red one: something does not hold; stop trading here. All of it is checked in this browser.
      </p>
      <p class="quiet">
        Charts by{" "}
        <a href="https://www.tradingview.com/" rel="noreferrer noopener" target="_blank">
          TradingView
        </a>{" "}
        Lightweight Charts™.
      </p>
    </Dialog>
  );
}
