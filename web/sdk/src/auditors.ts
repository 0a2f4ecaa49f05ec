/**
 * What auditors are asked over HTTP: where alpha is, when it does not answer any more, and to pass a request on to it.
 *
 * Nobody's word is taken: an appointment carries a quorum's signatures. And nobody is waited for: who is slow is passed
 * over.
 */

import { type CodeName } from "./errors.js";
import { fromHex, toHex } from "./protocol/bytes.js";
import { Code, QuorumRule, SignedRequest, type SignedAppointment } from "./protocol/messages/index.js";
import { decodePublicKey } from "./protocol/strkey.js";
import { checkAppointments, type Terms } from "./protocol/terms.js";

const TIMEOUT_MS = 5_000;
const TAKEN = 202;

/** What an auditor says of a request that it was handed; nobody's word is more than that. */
export interface AuditorAnswer {
  readonly url: string;
  /** It tells alpha of the request until that is ordered or expires. */
  readonly taken: boolean;
  /** Why it does not; NONCE_TOO_LOW: this request, or a later one of the account, was ordered. */
  readonly code: CodeName | null;
  readonly message: string;
}

/** The furthest terms that an auditor shows beyond the known ones; null where alpha is still the same. */
export async function findAlpha(known: Terms, urls: readonly string[]): Promise<Terms | null> {
  const answers = await Promise.all(urls.map((url) => askAuditor(known, url)));
  return answers.reduce((best, terms) => (terms !== null && terms.term > (best?.term ?? 0) ? terms : best), null);
}

async function askAuditor(known: Terms, url: string): Promise<Terms | null> {
  try {
    const response = await fetch(at(url, "/status"), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { appointments } = (await response.json()) as { appointments: AppointmentsDocument };
    if (!response.ok || appointments.constellation_id !== toHex(known.constellation)) return null;
    const found = checkAppointments(known.settings, appointments.appointments.map(readAppointment));
    return found.term > known.term && found.continues(known) ? found : null;
  } catch {
    return null;
  }
}

/** Hands a request to all auditors at once. */
export async function handToAuditors(request: SignedRequest, urls: readonly string[]): Promise<AuditorAnswer[]> {
  return Promise.all(urls.map((url) => hand(request, url)));
}

async function hand(request: SignedRequest, url: string): Promise<AuditorAnswer> {
  try {
    const body = new Uint8Array(SignedRequest.encode(request));
    const response = await fetch(at(url, "/requests"), {
      method: "POST",
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === TAKEN) return { url, taken: true, code: null, message: "taken" };
    const { code, message } = (await response.json()) as { code?: unknown; message?: unknown };
    if (typeof code === "string" && Object.hasOwn(Code, code)) {
      return { url, taken: false, code: code as CodeName, message: String(message) };
    }
    return { url, taken: false, code: null, message: `HTTP status ${response.status}` };
  } catch (error) {
    return { url, taken: false, code: null, message: `no answer: ${String(error)}` };
  }
}

// What the document should be; whatever it is instead, a parser or a check refuses.
interface AppointmentsDocument {
  constellation_id: string;
  appointments: AppointmentDocument[];
}

interface AppointmentDocument {
  term: number;
  alpha: string;
  auditors: string[];
  quorum_rule: string;
  client_url: string;
  cluster_url: string;
  signatures: { auditor: string; signature: string }[];
}

function readAppointment(item: AppointmentDocument): SignedAppointment {
  return {
    appointment: {
      term: item.term,
      alpha: decodePublicKey(item.alpha),
      auditors: item.auditors.map(decodePublicKey),
      quorumRule: QuorumRule[item.quorum_rule.toUpperCase() as keyof typeof QuorumRule],
      clientUrl: item.client_url,
      clusterUrl: item.cluster_url,
    },
    signatures: item.signatures.map(({ auditor, signature }) => ({
      auditor: decodePublicKey(auditor),
      signature: fromHex(signature),
    })),
  };
}

function at(url: string, path: string): string {
  return url.replace(/\/+$/, "") + path;
}
