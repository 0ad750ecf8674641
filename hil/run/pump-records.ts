/** What a pump said, as records of the trace. Texts are cut to a length that any reader can hold. */
import type { BookedRun, LogEntry, Program, PumpOutput, Status } from '#firmware-sim/messages'
import { byDrug, exact as exactText, wholeMicroseconds } from '#hil/run/exact'
import { MOST_STEPS } from '#hil/run/motion'
import { programRecord } from '#hil/run/program-record'
import { PumpError } from '#hil/run/pump-error'
import { type Exact, type LogEntryRecord, MOST_LOG_ENTRIES, type TraceRecord } from '#hil/run/trace'
import { duration } from '#units/format'
import type { Time_us, Volume_uL } from '#units/quantity'
import { compare, isNegative, type Rational } from '#units/rational'
import { rememberedOfFraction } from '#units/remembered'

/** Longest name and longest text of a pump that are kept. */
const LONGEST_NAME = 100
const LONGEST_TEXT = 1000

/** What a pump gave as a fraction, as text; a line of the trace never says what only looks like one. */
function exact(value: Rational): Exact {
  if (typeof value?.n === 'bigint' && typeof value.d === 'bigint') return exactText(value)
  throw new PumpError('the pump gave something else where a fraction of whole numbers is due')
}

/** As {@link exact}, for a value that comes again and again. */
const exactAgain = rememberedOfFraction(exact)

/** When something was sent to the pump, when its answer became known, and how the scenario wrote it. */
export interface Sending {
  readonly at_us: Time_us
  readonly known_us: Time_us
  readonly text: string
}

interface Stored {
  readonly stored: Program
  readonly digest: string
  readonly daily_uL: Volume_uL
  readonly previousDaily_uL: Volume_uL | null
}

export function eventRecord(at_us: Time_us, event: string, detail: string): TraceRecord {
  return { kind: 'event', t_us: wholeMicroseconds(at_us), ...told(event, detail) }
}

function told(event: string, detail: string) {
  return { event: event.slice(0, LONGEST_NAME), detail: detail.slice(0, LONGEST_TEXT) }
}

/**
 * The event log that a pump gave when it was asked at an instant. Throws {@link PumpError} for one that no pump can have:
 * longer than a trace holds, of less than nothing dropped, or with an entry of before the start or after the question.
 */
export function logRecord(at_us: Time_us, { entries, dropped }: Extract<PumpOutput, { kind: 'log' }>): TraceRecord {
  if (entries.length > MOST_LOG_ENTRIES)
    throw new PumpError(
      `the pump gave an event log of ${entries.length} entries; at most ${MOST_LOG_ENTRIES} are possible`,
    )
  if (!(Number.isSafeInteger(dropped) && dropped >= 0))
    throw new PumpError(`the pump says that ${dropped} entries of its event log were dropped; 0 or more are possible`)
  return {
    kind: 'log',
    t_us: wholeMicroseconds(at_us),
    dropped,
    entries: entries.map((entry) => entryRecord(at_us, entry)),
  }
}

function entryRecord(read_us: Time_us, { at_us, event, detail }: LogEntry): LogEntryRecord {
  const text = exact(at_us)
  if (isNegative(at_us) || compare(at_us, read_us) > 0)
    throw new PumpError(
      `the event log of the pump, read at ${duration(read_us)}, has an entry of ${duration(at_us)}; it can only be of between the start and then`,
    )
  return { at_us: text, ...told(event, detail) }
}

export function appliedRecord(sending: Sending, { stored, digest, daily_uL, previousDaily_uL }: Stored): TraceRecord {
  return {
    kind: 'applied',
    ...sent(sending),
    readback: programRecord(stored),
    daily_uL: exact(daily_uL),
    previousDaily_uL: previousDaily_uL === null ? null : exact(previousDaily_uL),
    digest,
  }
}

export function refusedRecord(sending: Sending, asked: Program, reason: string): TraceRecord {
  return { kind: 'refused', ...sent(sending), asked: programRecord(asked), reason: reason.slice(0, LONGEST_TEXT) }
}

function sent({ at_us, known_us, text }: Sending) {
  return { t_us: wholeMicroseconds(known_us), at_us: exact(at_us), text }
}

export function orderRecord(order: Extract<PumpOutput, { kind: 'order' }>): TraceRecord {
  const { at_us, first_us, interval_us, count } = order
  return {
    kind: 'order',
    t_us: wholeMicroseconds(at_us),
    first_us: exactAgain(first_us),
    interval_us: exactAgain(interval_us),
    count,
  }
}

export function cancelRecord({ at_us, after_us }: Extract<PumpOutput, { kind: 'cancel' }>): TraceRecord {
  return { kind: 'cancel', t_us: wholeMicroseconds(at_us), after_us: exact(after_us) }
}

export function alarmRecord({ at_us, alarm, priority, state }: Extract<PumpOutput, { kind: 'alarm' }>): TraceRecord {
  return { kind: 'alarm', t_us: wholeMicroseconds(at_us), alarm, priority, state }
}

export function statusRecord(at_us: Time_us, status: Status): TraceRecord {
  const { state, steps, volume_uL, dose_ug, reservoir_uL } = status
  return {
    kind: 'status',
    t_us: wholeMicroseconds(at_us),
    state,
    steps,
    volume_uL: exact(volume_uL),
    dose_ug: byDrug(dose_ug),
    reservoir_uL: exact(reservoir_uL),
  }
}

/** Throws {@link PumpError} for a run that no pump can have made. */
export function bookingRecord(kind: 'booked' | 'withdrawn', at_us: Time_us, run: BookedRun): TraceRecord {
  if (!(Number.isSafeInteger(run.count) && run.count > 0 && run.count <= MOST_STEPS)) impossible(kind, at_us, run)
  return {
    kind,
    t_us: wholeMicroseconds(at_us),
    first_us: exactAgain(run.first_us),
    interval_us: exactAgain(run.interval_us),
    count: run.count,
    step_uL: exactAgain(run.step_uL),
    drug: run.drug,
    step_ug: exactAgain(run.step_ug),
  }
}

function impossible(kind: 'booked' | 'withdrawn', at_us: Time_us, { count }: BookedRun): never {
  throw new PumpError(
    `the pump has ${kind} a run of ${count} steps at ${duration(at_us)}; 1 to ${MOST_STEPS} are possible`,
  )
}
