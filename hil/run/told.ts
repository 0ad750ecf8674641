/**
 * What the record of a run that broke off tells of its ledgers, and up to when.
 *
 * A process that is killed loses what was on its way to the file, so the last figures of one ledger may be there and those
 * of another not yet. All three are told up to one instant: the last time that the pump was asked and the rotor looked at.
 * Of a run that ended by itself nothing is lost, however early it ended.
 */
import { playoutOf, TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { lastOf, openRuns, stepsThrough } from '#hil/run/open-run'
import type { TraceRecord } from '#hil/run/trace'
import { countThrough, lastTick, slice } from '#units/cadence'
import { compare, floor, whole } from '#units/rational'

/** What is told, with the open run of the pump closed, and up to when. */
export interface Told {
  readonly records: readonly TraceRecord[]
  /** Up to when the rotor is: the end of the record, where it has one. */
  readonly told_us: number
  /** Up to when the pump told what it believes. */
  readonly believed_us: number
}

/** What the records tell of a run that reached an instant. Those of a run that was not cut short come back as they are. */
export function toldOf(records: readonly TraceRecord[], reached_us: number): Told {
  const end = records.find((record) => record.kind === 'end')
  if (end?.complete === true) return { records, told_us: reached_us, believed_us: reached_us }
  const told_us = end === undefined ? toldUpTo(records) : reached_us
  const kept = records.flatMap((record) => upTo(record, told_us))
  const closed = [...kept, ...openRuns(kept).map((run): TraceRecord => ({ kind: 'booked', ...run }))]
  const last_us = latest(closed, (record) => {
    if (record.kind === 'status') return record.t_us
    return record.kind === 'booked' ? Number(floor(lastOf(record))) : 0
  })
  // The loss of a step of which the record does not tell that the pump believed it takes nothing back.
  const told = closed.filter(
    (record) => record.kind !== 'withdrawn' || compare(fromExact(record.first_us), whole(last_us)) <= 0,
  )
  const withdrawn_us = latest(told, (record) => (record.kind === 'withdrawn' ? record.t_us : 0))
  return { records: told, told_us, believed_us: Math.min(reached_us, Math.max(last_us, withdrawn_us)) }
}

function latest(records: readonly TraceRecord[], instant_us: (record: TraceRecord) => number): number {
  return records.reduce((last_us, record) => Math.max(last_us, instant_us(record)), 0)
}

/** The last time that the pump was asked of which the rotor is known too; the start where there is none. */
function toldUpTo(records: readonly TraceRecord[]): number {
  const [header] = records
  const speed = header?.kind === 'header' ? header.speed : undefined
  const playout = playoutOf(speed === undefined ? {} : { speed: fromExact(speed) })
  // What comes later in the record: its last instant, and up to when the rotor was looked at for sure.
  let [latest_us, looked_us] = [0, -1]
  for (const record of records.toReversed()) {
    if (record.kind === 'status' && (latest_us >= record.t_us + playout.us || looked_us >= record.t_us))
      return record.t_us
    looked_us = Math.max(looked_us, lookedAt_us(record))
    if ('t_us' in record) latest_us = Math.max(latest_us, record.t_us)
  }
  return 0
}

/** Up to when the steps of the rotor are on record once this is; -1 where it does not say. */
function lookedAt_us(record: TraceRecord): number {
  switch (record.kind) {
    case 'fill':
    case 'profile':
    case 'truth':
      return record.t_us
    case 'delivered': {
      // Had the rotor made another step at this pace, it would be in the same record.
      const next_tick = lastTick(record.cadence) + record.cadence.quotient
      return record.cadence.count === 1 ? -1 : next_tick * TICK_us - 1
    }
    default:
      return -1
  }
}

/** What a record says of up to an instant. What was asked, answered and befell is not of the ledgers, and stays whole. */
function upTo(record: TraceRecord, told_us: number): readonly TraceRecord[] {
  switch (record.kind) {
    case 'delivered': {
      const count = countThrough(record.cadence, Math.ceil(told_us / TICK_us))
      return count === 0 ? [] : [{ ...record, cadence: slice(record.cadence, 0, count) }]
    }
    case 'booked': {
      const [first_us, interval_us] = [fromExact(record.first_us), fromExact(record.interval_us)]
      const count = stepsThrough({ first_us, interval_us, count: record.count }, whole(told_us))
      return count === 0 ? [] : [{ ...record, count }]
    }
    case 'fill':
    case 'surge':
    case 'escape':
    case 'injection':
    case 'status':
      return record.t_us <= told_us ? [record] : []
    default:
      return [record]
  }
}
