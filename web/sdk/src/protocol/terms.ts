/**
 * Who is alpha, and who are the auditors, in which epoch: the settings of genesis and the appointments since.
 *
 * Term t has the epochs from t x EPOCHS_PER_TERM on, so a header's epoch says whose signatures it must carry.
 */

import { equal, toHex } from "./bytes.js";
import { saidOf, VerificationError } from "./errors.js";
import { Appointment, Code, EPOCHS_PER_TERM, type Settings, type SignedAppointment } from "./messages/index.js";
import { checkQuorum, type Members, quorumOf } from "./quorum.js";
import { constellationId, Purpose, signingHash } from "./signing.js";

const LEDGER_OPERATIONS_MAX = 100;

export class Terms {
  readonly constellation: Uint8Array;

  /** @param appointments - checked ones, of the terms 1, 2, …; see `checkAppointments`. */
  constructor(
    readonly settings: Settings,
    readonly appointments: readonly SignedAppointment[] = [],
  ) {
    this.constellation = constellationId(settings);
  }

  /** The present term. */
  get term(): number {
    return this.appointments.length;
  }

  /** Key of the present alpha. */
  get alpha(): Uint8Array {
    return this.#alpha(this.term);
  }

  /** The present auditors. */
  get members(): Members {
    return this.#members(this.term);
  }

  /** Whether these go on from the known ones: nobody was replaced by another appointment for the same term. */
  continues(known: Terms): boolean {
    return known.appointments.every((signed, place) => {
      const own = this.appointments[place];
      return own !== undefined && equal(Appointment.encode(own.appointment), Appointment.encode(signed.appointment));
    });
  }

  /** Key of the alpha that signs the headers of an epoch. Throws WRONG_EPOCH where the term is not known. */
  alphaOf(epoch: bigint): Uint8Array {
    return this.#alpha(this.#known(epoch));
  }

  /** The auditors that certify the headers of an epoch. Throws WRONG_EPOCH where the term is not known. */
  membersOf(epoch: bigint): Members {
    return this.#members(this.#known(epoch));
  }

  #known(epoch: bigint): number {
    const term = epoch / BigInt(EPOCHS_PER_TERM);
    if (term > BigInt(this.term)) {
      const message = `epoch ${epoch} is of term ${term}; the last appointment known here is of ${this.term}`;
      throw new VerificationError(Code.WRONG_EPOCH, message);
    }
    return Number(term);
  }

  #alpha(term: number): Uint8Array {
    return term === 0 ? this.settings.alpha : this.appointments[term - 1]!.appointment.alpha;
  }

  #members(term: number): Members {
    return term === 0 ? this.settings : this.appointments[term - 1]!.appointment;
  }
}

/** The terms that these appointments make, each signed by a quorum of the auditors before it. */
export function checkAppointments(settings: Settings, appointments: readonly SignedAppointment[]): Terms {
  let terms = new Terms(settings);
  for (const signed of appointments) {
    checkAppointment(terms, signed);
    terms = new Terms(settings, [...terms.appointments, signed]);
  }
  return terms;
}

function checkAppointment(terms: Terms, signed: SignedAppointment): void {
  const { appointment } = signed;
  if (appointment.term !== terms.term + 1) {
    const message = `an appointment for term ${appointment.term} follows term ${terms.term}`;
    throw new VerificationError(Code.WRONG_EPOCH, message);
  }
  saidOf(`the appointment for term ${appointment.term}`, () => {
    const problem = appointmentProblem(terms.settings, terms.members, appointment);
    if (problem !== null) throw new VerificationError(Code.UNAUTHORIZED, problem);
    const digest = signingHash(Purpose.APPOINTMENT, terms.constellation, Appointment.encode(appointment));
    checkQuorum(terms.members, digest, signed.signatures);
  });
}

/** Why an appointment cannot follow a term with these auditors, whoever signs it; null where it can. */
function appointmentProblem(settings: Settings, members: Members, next: Appointment): string | null {
  const ledger = new Set([settings.vault, ...settings.channels.map((channel) => channel.account)].map(toHex));
  const old = new Set(members.auditors.map(toHex));
  const auditors = next.auditors.map(toHex);
  const alpha = toHex(next.alpha);
  if (ledger.has(alpha) || old.has(alpha) || auditors.includes(alpha)) return "alpha must have a key of its own";
  if (new Set(auditors).size !== auditors.length) return "an auditor is listed twice";
  if (auditors.some((key) => ledger.has(key))) return "the vault and its channels cannot be auditors";
  const staying = auditors.filter((key) => old.has(key)).length;
  const needed = Math.max(quorumOf(members), quorumOf(next));
  if (staying < needed) return `${staying} auditors stay; ${needed} must, of the old and of the new ones`;
  const changes = old.size + auditors.length - 2 * staying;
  const channels = settings.channels.length;
  if ((channels + 1) * (changes + 1) > LEDGER_OPERATIONS_MAX) return "so many auditors cannot change at once";
  return null;
}
