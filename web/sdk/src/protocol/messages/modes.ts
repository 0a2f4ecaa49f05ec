/**
 * Generated from xdr/modes.x by tools/xdr_generator.py; do not edit.
 *
 * How much alpha lets clients do.
 */
import { codec, type Codec } from "../xdr.js";
import { type Apex } from "./common.js";

/** bytes of UTF-8 */
export const MAX_MODE_REASON = 160;

/** Each lets clients do less than the one before. */
export const Mode = {
  ONLINE: 0,
  POST_ONLY: 1,
  CANCEL_ONLY: 2,
  MAINTENANCE: 3,
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

/**
 * Alpha's operator has chosen another mode. It can only withhold service, as alpha can by keeping silent: nobody signs it
 * beside alpha's header.
 */
export interface ModeCommit {
  readonly mode: Mode;
  readonly reason: string;
}

export const ModeCommit: Codec<ModeCommit> = codec<ModeCommit>(
  "ModeCommit",
  (writer, value) => {
    writer.enumerated(value.mode, Mode, "ModeCommit.mode");
    writer.string(value.reason, MAX_MODE_REASON, "ModeCommit.reason");
  },
  (reader) => ({
    mode: reader.enumerated(Mode, "ModeCommit.mode"),
    reason: reader.string(MAX_MODE_REASON, "ModeCommit.reason"),
  }),
);

/** The struct ModeInForce of modes.x. */
export interface ModeInForce {
  readonly mode: Mode;
  readonly reason: string;
  readonly since: Apex;
}

export const ModeInForce: Codec<ModeInForce> = codec<ModeInForce>(
  "ModeInForce",
  (writer, value) => {
    writer.enumerated(value.mode, Mode, "ModeInForce.mode");
    writer.string(value.reason, MAX_MODE_REASON, "ModeInForce.reason");
    writer.uint64(value.since, "ModeInForce.since");
  },
  (reader) => ({
    mode: reader.enumerated(Mode, "ModeInForce.mode"),
    reason: reader.string(MAX_MODE_REASON, "ModeInForce.reason"),
    since: reader.uint64("ModeInForce.since"),
  }),
);

/** The struct ModeChanged of modes.x. */
export interface ModeChanged {
  readonly mode: Mode;
  readonly reason: string;
}

export const ModeChanged: Codec<ModeChanged> = codec<ModeChanged>(
  "ModeChanged",
  (writer, value) => {
    writer.enumerated(value.mode, Mode, "ModeChanged.mode");
    writer.string(value.reason, MAX_MODE_REASON, "ModeChanged.reason");
  },
  (reader) => ({
    mode: reader.enumerated(Mode, "ModeChanged.mode"),
    reason: reader.string(MAX_MODE_REASON, "ModeChanged.reason"),
  }),
);
