/** Client of a Constellation exchange and payment network: it verifies every answer. */

export type { AuditorAnswer } from "./auditors.js";
export { Catalogue, Market, type MarketStatusName } from "./catalogue.js";
export { Client, type ClientOptions } from "./client.js";
export type { ConnectionOptions, ConnectionState, Observer, Update } from "./connection.js";
export type * from "./effects.js";
export * from "./errors.js";
export type {
  HistoryItem,
  HistoryKind,
  HistoryOptions,
  HistoryPage,
  OrdersOptions,
  OrdersPage,
  PastOrder,
} from "./history.js";
export { keyFromSeed, hasWebCrypto, newSeed, SeedKey, type Signer, WebCryptoKey } from "./keys.js";
export type { Loop } from "./loop.js";
export type { ModeNow } from "./mode.js";
export type { Decimal, Direction } from "./numbers.js";
export type {
  Address,
  BatchOperation,
  DestinationOptions,
  HoldOptions,
  LimitOrderOptions,
  LockName,
  MarketOrderOptions,
  Moment,
  PathPayOptions,
  PayOptions,
  ReplaceOptions,
  RightName,
  SelfTradePreventionName,
  SideName,
  TimeInForceName,
  TriggerName,
  WithdrawOptions,
} from "./operations.js";
export type { Submission } from "./protocol/leaves.js";
export { type Settings, SignedRequest, SignedRequestBatch, StateEntryType } from "./protocol/messages/index.js";
export { settingsFromJson } from "./protocol/settingsJson.js";
export { entryKey } from "./protocol/stateProofs.js";
export { decodePublicKey, encodePublicKey } from "./protocol/strkey.js";
export { Terms } from "./protocol/terms.js";
export { checkState, type Proven, type ProvenAccount } from "./proven.js";
export { Event, Receipt } from "./receipts.js";
export type { OpenSocket, Socket } from "./socket.js";
export { Gap } from "./tracker.js";
export { checkFinal, type FinalProof } from "./verifier.js";
export type * from "./views.js";
export { armedOrderOf } from "./views.js";
export { WalletRequest } from "./walletRequest.js";
export type { FeedState } from "./feed/connection.js";
export { LocalBook, OutOfStep } from "./feed/localBook.js";
export { type FeedOptions, MarketFeed, type Period } from "./feed/marketFeed.js";
export { MarketReads } from "./feed/reads.js";
export {
  type BestPrices,
  type Candle,
  type FeedBook,
  type FeedLevel,
  type MarketTrade,
  type Ticker,
  TradeGap,
} from "./feed/views.js";
