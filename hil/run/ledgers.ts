/**
 * The three ledgers of a run, read out of its trace.
 *
 * Prescribed comes from the scenario alone, by the oracle; believed from what the pump said of itself; delivered from
 * the steps of the rotor and what the plant made of them. Nothing is taken from one ledger to fill another.
 */
import { type Heights, heightAt, indexHeights } from '#hil/oracle/heights'
import { type PrescribedLedger, prescribe } from '#hil/oracle/prescribed'
import { type Flight, merged, type Staircase } from '#hil/oracle/staircase'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { type Instrument, instrumentOf } from '#hil/run/instrument'
import { toldOf } from '#hil/run/told'
import type { BrokenOff, Trace, TraceRecord } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import { type Cadence, cadencesOf, lastTick } from '#units/cadence'
import { add, ceil, divide, isZero, ONE, type Rational, ratio, smaller, times, whole, ZERO } from '#units/rational'

export type RecordOf<K extends TraceRecord['kind']> = Extract<TraceRecord, { kind: K }>

/**
 * A growing quantity, ready for questions about an instant and about its whole course. What a pump believes falls where it
 * learns that steps it had booked were lost.
 */
export interface Growth {
  readonly staircase: Staircase
  readonly heights: Heights
  readonly total: Rational
}

export interface Ledgers {
  readonly scenario: Scenario
  /** The drug that the first fill was meant to hold, which the dose figures of a result are about. */
  readonly drug: string
  readonly prescribed: PrescribedLedger
  readonly believed: {
    readonly volume: Growth
    readonly steps: Growth
    readonly mass: ReadonlyMap<string, Growth>
    /** The least volume, in uL, in which the pump believes it gave a microgram of a drug. */
    readonly volumePerMass: ReadonlyMap<string, Rational>
    readonly statuses: readonly RecordOf<'status'>[]
    /** Up to when the pump told what it believes: earlier than the rest where it could not be asked any more. */
    readonly told_us: number
  }
  readonly delivered: {
    readonly steps: number
    readonly displaced: Growth
    /** What left the reservoir otherwise than by a needle: with the rotor, or to the outside. */
    readonly drained: Growth
    readonly tipVolume: Growth
    readonly tipMass: ReadonlyMap<string, Growth>
  }
  /** How well the delivered figures are known. */
  readonly instrument: Instrument
  /** What the trace tells; of a run that broke off with the open run of the pump closed, as far as it is told. */
  readonly records: readonly TraceRecord[]
  readonly end: RecordOf<'end'> | null
  /** Where the trace breaks off; null where it has an end. */
  readonly brokenOff: BrokenOff | null
  /** How far the record goes: the end of the run, or the last instant that a trace without an end speaks of. */
  readonly reached_us: number
  /** Up to when the ledgers are told: no later than `reached_us`, and earlier only in a trace without an end. */
  readonly told_us: number
}

/** The records of one kind, in order. */
export function recordsOf<K extends TraceRecord['kind']>(records: readonly TraceRecord[], kind: K): RecordOf<K>[] {
  return records.filter((record): record is RecordOf<K> => record.kind === kind)
}

export function ledgersOf(scenario: Scenario, trace: Trace): Ledgers {
  const end = recordsOf(trace.records, 'end')[0] ?? null
  const reached_us = end?.t_us ?? lastInstant(trace.records)
  const { records, told_us, believed_us } = toldOf(trace.records, reached_us)
  const delivered = recordsOf(records, 'delivered')
  const outflows = records.filter((record): record is Outflow =>
    ['delivered', 'surge', 'injection'].includes(record.kind),
  )
  const [booked, withdrawn] = [recordsOf(records, 'booked'), recordsOf(records, 'withdrawn')]
  const believed = (rise: (run: Steps) => Rational) =>
    growth(
      withFalls(
        booked.flatMap((run) => bookedFlights(run, rise(run))),
        withdrawn.map((run) => fall(run, rise(run))),
      ),
    )
  const displaced = growth(delivered.map((part) => rotorFlight(part, fromExact(part.displaced_uL))))
  const escapes = recordsOf(records, 'escape')
  return {
    scenario,
    drug: scenario.fill.meant.drug,
    prescribed: prescribe(scenario),
    believed: {
      volume: believed((run) => fromExact(run.step_uL)),
      steps: believed(() => ONE),
      volumePerMass: volumePerMass(booked),
      mass: believedMass(booked, withdrawn),
      statuses: recordsOf(records, 'status'),
      told_us: believed_us,
    },
    delivered: {
      steps: delivered.reduce((steps, { cadence }) => steps + cadence.count, 0),
      displaced,
      drained: escapes.length === 0 ? displaced : growth(merged(displaced.staircase, escapes.map(escapeFlight))),
      tipVolume: growth(outflows.map((part) => tipFlight(part, fromExact(part.tip_uL)))),
      tipMass: byDrug(
        outflows.flatMap((part) =>
          part.tip_ug.map(([drug, mass]): [string, Flight[]] => [drug, [tipFlight(part, fromExact(mass))]]),
        ),
      ),
    },
    instrument: instrumentOf(scenario, recordsOf(records, 'header')[0]),
    records,
    end,
    brokenOff: end === null ? (trace.brokenOff ?? { lines: trace.records.length, lost_bytes: 0 }) : null,
    reached_us,
    told_us,
  }
}

function lastInstant(records: readonly TraceRecord[]): number {
  return records.reduce((last_us, record) => Math.max(last_us, instantOf(record)), 0)
}

function instantOf(record: TraceRecord): number {
  switch (record.kind) {
    case 'header':
      return 0
    case 'delivered':
      return lastTick(record.cadence) * TICK_us
    default:
      return record.t_us
  }
}

/** A quantity that never grew. */
export const NOTHING: Growth = growth([])

/** The first tick of the rig at or after an instant: where a reading of the rig that belongs to the instant is taken. */
export function atRigTick(at_us: Rational): Rational {
  return times(whole(ceil(ratio(at_us.n, at_us.d * BigInt(TICK_us)))), TICK_us)
}

/** How high a growth stands at the rig tick of an instant. */
export function rigReading(quantity: Growth, at_us: Rational): Rational {
  return heightAt(quantity.heights, atRigTick(at_us))
}

type Steps = RecordOf<'booked'> | RecordOf<'withdrawn'>

function believedMass(
  booked: readonly RecordOf<'booked'>[],
  withdrawn: readonly RecordOf<'withdrawn'>[],
): ReadonlyMap<string, Growth> {
  const rises = flightsByDrug(booked.map((run) => [run.drug, bookedFlights(run, fromExact(run.step_ug))]))
  const falls = flightsByDrug(withdrawn.map((run) => [run.drug, [fall(run, fromExact(run.step_ug))]]))
  return new Map([...rises].map(([drug, flights]) => [drug, growth(withFalls(flights, falls.get(drug) ?? []))]))
}

function withFalls(rises: readonly Flight[], falls: readonly Flight[]): Staircase {
  return falls.length === 0 ? rises : merged(rises, falls)
}

/** The pump ceases to believe all steps of the run at once, when it learns of them. */
function fall({ t_us, count }: Steps, rise: Rational): Flight {
  return { tick_us: 1, cadence: onceAt(t_us), rise: times(rise, -count) }
}

function bookedFlights(run: Steps, rise: Rational): Flight[] {
  const cadences = cadencesOf(fromExact(run.first_us), fromExact(run.interval_us), run.count)
  return cadences.map((cadence) => ({ tick_us: 1, cadence, rise }))
}

/** What leaves the tip: by steps, or at once. */
type Outflow = RecordOf<'delivered'> | RecordOf<'surge'> | RecordOf<'injection'>

function escapeFlight({ t_us, volume_uL }: RecordOf<'escape'>): Flight {
  return { tick_us: 1, cadence: onceAt(t_us), rise: fromExact(volume_uL) }
}

function tipFlight(part: Outflow, rise: Rational): Flight {
  return part.kind === 'delivered' ? rotorFlight(part, rise) : { tick_us: 1, cadence: onceAt(part.t_us), rise }
}

/** A single instant, on a clock of microseconds. */
function onceAt(t_us: number): Cadence {
  return { first: t_us, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 }
}

function rotorFlight(part: RecordOf<'delivered'>, rise: Rational): Flight {
  return { tick_us: TICK_us, cadence: part.cadence, rise }
}

function growth(flights: readonly Flight[]): Growth {
  const staircase = flights.filter(({ rise }) => !isZero(rise))
  const total = staircase.reduce((sum, { rise, cadence }) => add(sum, times(rise, cadence.count)), ZERO)
  return { staircase, heights: indexHeights(staircase), total }
}

function volumePerMass(booked: readonly RecordOf<'booked'>[]): ReadonlyMap<string, Rational> {
  const least = new Map<string, Rational>()
  for (const run of booked) {
    const mass = fromExact(run.step_ug)
    if (isZero(mass)) continue
    const volume = divide(fromExact(run.step_uL), mass)
    least.set(run.drug, smaller(least.get(run.drug) ?? volume, volume))
  }
  return least
}

type DrugFlights = readonly (readonly [drug: string, flights: readonly Flight[]])[]

function byDrug(parts: DrugFlights): ReadonlyMap<string, Growth> {
  return new Map([...flightsByDrug(parts)].map(([drug, staircase]) => [drug, growth(staircase)]))
}

function flightsByDrug(parts: DrugFlights): ReadonlyMap<string, readonly Flight[]> {
  const flights = new Map<string, Flight[]>()
  for (const [drug, more] of parts) {
    const known = flights.get(drug)
    if (known === undefined) flights.set(drug, [...more])
    else known.push(...more)
  }
  return flights
}
