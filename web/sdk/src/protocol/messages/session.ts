/**
 * Generated from xdr/session.x by tools/xdr_generator.py; do not edit.
 *
 * The mutual handshake that opens every connection: each side signs the other's challenge.
 */
import { codec, type Codec } from "../xdr.js";
import { MAX_APPOINTMENTS, SignedAppointment, type Challenge, type Hash, type Key, type Signature } from "./common.js";
import { Code } from "./codes.js";

/** The enum Role of session.x. */
export const Role = {
  CLIENT: 0,
  AUDITOR: 1,
  ALPHA: 2,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** The struct Hello of session.x. */
export interface Hello {
  readonly version: number;
  readonly oldestVersion: number;
  readonly constellation: Hash;
  readonly role: Role;
  readonly key: Key;
  readonly account: Key | null;
  readonly challenge: Challenge;
}

export const Hello: Codec<Hello> = codec<Hello>(
  "Hello",
  (writer, value) => {
    writer.uint32(value.version, "Hello.version");
    writer.uint32(value.oldestVersion, "Hello.oldest_version");
    writer.fixedOpaque(value.constellation, 32, "Hello.constellation");
    writer.enumerated(value.role, Role, "Hello.role");
    writer.fixedOpaque(value.key, 32, "Hello.key");
    writer.optional(value.account, (item) => writer.fixedOpaque(item, 32, "Hello.account"));
    writer.fixedOpaque(value.challenge, 32, "Hello.challenge");
  },
  (reader) => ({
    version: reader.uint32("Hello.version"),
    oldestVersion: reader.uint32("Hello.oldest_version"),
    constellation: reader.fixedOpaque(32, "Hello.constellation"),
    role: reader.enumerated(Role, "Hello.role"),
    key: reader.fixedOpaque(32, "Hello.key"),
    account: reader.optional(() => reader.fixedOpaque(32, "Hello.account"), "Hello.account"),
    challenge: reader.fixedOpaque(32, "Hello.challenge"),
  }),
);

/** The struct HelloReply of session.x. */
export interface HelloReply {
  readonly version: number;
  readonly key: Key;
  readonly challenge: Challenge;
  readonly appointments: readonly SignedAppointment[];
  readonly signature: Signature;
}

export const HelloReply: Codec<HelloReply> = codec<HelloReply>(
  "HelloReply",
  (writer, value) => {
    writer.uint32(value.version, "HelloReply.version");
    writer.fixedOpaque(value.key, 32, "HelloReply.key");
    writer.fixedOpaque(value.challenge, 32, "HelloReply.challenge");
    writer.list(value.appointments, MAX_APPOINTMENTS, (item) => SignedAppointment.write(writer, item), "HelloReply.appointments");
    writer.fixedOpaque(value.signature, 64, "HelloReply.signature");
  },
  (reader) => ({
    version: reader.uint32("HelloReply.version"),
    key: reader.fixedOpaque(32, "HelloReply.key"),
    challenge: reader.fixedOpaque(32, "HelloReply.challenge"),
    appointments: reader.list(MAX_APPOINTMENTS, 56, () => SignedAppointment.read(reader), "HelloReply.appointments"),
    signature: reader.fixedOpaque(64, "HelloReply.signature"),
  }),
);

/** The struct HelloProof of session.x. */
export interface HelloProof {
  readonly signature: Signature;
}

export const HelloProof: Codec<HelloProof> = codec<HelloProof>(
  "HelloProof",
  (writer, value) => {
    writer.fixedOpaque(value.signature, 64, "HelloProof.signature");
  },
  (reader) => ({
    signature: reader.fixedOpaque(64, "HelloProof.signature"),
  }),
);

/** What both sides sign, each with its own role: never sent. */
export interface HandshakeTranscript {
  readonly signer: Role;
  readonly hello: Hello;
  readonly version: number;
  readonly key: Key;
  readonly challenge: Challenge;
}

export const HandshakeTranscript: Codec<HandshakeTranscript> = codec<HandshakeTranscript>(
  "HandshakeTranscript",
  (writer, value) => {
    writer.enumerated(value.signer, Role, "HandshakeTranscript.signer");
    Hello.write(writer, value.hello);
    writer.uint32(value.version, "HandshakeTranscript.version");
    writer.fixedOpaque(value.key, 32, "HandshakeTranscript.key");
    writer.fixedOpaque(value.challenge, 32, "HandshakeTranscript.challenge");
  },
  (reader) => ({
    signer: reader.enumerated(Role, "HandshakeTranscript.signer"),
    hello: Hello.read(reader),
    version: reader.uint32("HandshakeTranscript.version"),
    key: reader.fixedOpaque(32, "HandshakeTranscript.key"),
    challenge: reader.fixedOpaque(32, "HandshakeTranscript.challenge"),
  }),
);

/** The last message on a connection that is closed for a reason. */
export interface Closing {
  readonly code: Code;
  readonly message: string;
}

export const Closing: Codec<Closing> = codec<Closing>(
  "Closing",
  (writer, value) => {
    writer.enumerated(value.code, Code, "Closing.code");
    writer.string(value.message, 256, "Closing.message");
  },
  (reader) => ({
    code: reader.enumerated(Code, "Closing.code"),
    message: reader.string(256, "Closing.message"),
  }),
);
