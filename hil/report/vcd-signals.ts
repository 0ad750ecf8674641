/** What a value change dump shows of a run: each signal with its kind, where it begins and how it changes. */
import { ALARMS } from '#firmware-sim/alarms'
import { multipleOf } from '#hil/oracle/common-unit'
import { valueAt } from '#hil/oracle/line'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { type Growth, type Ledgers, recordsOf } from '#hil/run/ledgers'
import { type Cadence, countThrough, tickOf } from '#units/cadence'
import { ceil, type Rational, times, toNumber, toSafeInteger, whole } from '#units/rational'

/** Signals of one dump at most; a run has some thirty. */
export const MOST_SIGNALS = 1000

/** A value from an instant on. Instants never go back. */
export interface Change {
  readonly t_us: number
  readonly value: number | string
}

export interface Signal {
  readonly name: string
  /** `wire` is 0 or 1, `count` a whole number, `text` a word. */
  readonly kind: 'wire' | 'count' | 'real' | 'text'
  readonly initial: number | string
  readonly changes: Iterable<Change>
  /** Whether its changes are no occasion to write what changes all the time. */
  readonly quiet?: boolean
  /** The value at any instant, of what changes all the time. */
  readonly valueAt?: (t_us: number) => number
}

/** How long the pulse of a step lasts: a tick of the rig. */
const PULSE_us = TICK_us

/** The signals, with every change after `from_us` and the last one up to it. */
export function signalsOf(ledgers: Ledgers, from_us: number): readonly Signal[] {
  const { prescribed, believed, delivered, records } = ledgers
  const cadences = recordsOf(records, 'delivered').map(({ cadence }) => cadence)
  const statuses = believed.statuses
  return [
    { name: 'step', kind: 'wire', initial: 0, quiet: true, changes: pulses(cadences, from_us) },
    { name: 'rotor_steps', kind: 'count', initial: 0, changes: rotorSteps(cadences, from_us) },
    { name: 'believed_steps', kind: 'count', initial: 0, changes: heights(believed.steps, from_us) },
    following('prescribed_uL', prescribed.volume),
    { name: 'believed_uL', kind: 'real', initial: 0, changes: heights(believed.volume, from_us) },
    { name: 'displaced_uL', kind: 'real', initial: 0, changes: heights(delivered.displaced, from_us) },
    { name: 'tip_uL', kind: 'real', initial: 0, changes: heights(delivered.tipVolume, from_us) },
    ...[...prescribed.mass].map(([drug, line]) => following(`prescribed_${drug}_ug`, line)),
    ...[...believed.mass].map(
      ([drug, growth]): Signal => ({
        ...{ name: `believed_${drug}_ug`, kind: 'real', initial: 0, changes: heights(growth, from_us) },
      }),
    ),
    ...[...delivered.tipMass].map(
      ([drug, growth]): Signal => ({
        ...{ name: `tip_${drug}_ug`, kind: 'real', initial: 0, changes: heights(growth, from_us) },
      }),
    ),
    {
      ...{ name: 'believed_reservoir_uL', kind: 'real', initial: 0 },
      changes: statuses.map(({ t_us, reservoir_uL }) => ({ t_us, value: toNumber(fromExact(reservoir_uL)) })),
    },
    {
      ...{ name: 'state', kind: 'text', initial: 'unknown' },
      changes: statuses.map(({ t_us, state }) => ({ t_us, value: state })),
    },
    ...alarmSignals(ledgers),
    ...faultSignals(ledgers),
    { name: 'event', kind: 'text', initial: 'start', changes: eventChanges(ledgers) },
  ]
}

function following(name: string, line: Ledgers['prescribed']['volume']): Signal {
  const changes = line.map(({ from_us }) => ({ t_us: toSafeInteger(ceil(from_us)), value: 0 }))
  return { name, kind: 'real', initial: 0, changes, valueAt: (t_us) => toNumber(valueAt(line, whole(t_us))) }
}

/** How many instants of a cadence lie at or before a time: what a window leaves out is not gone through one by one. */
function passed(cadence: Cadence, tick_us: number, from_us: number): number {
  return countThrough(cadence, Math.floor(from_us / tick_us))
}

function* rotorSteps(cadences: readonly Cadence[], from_us: number): Generator<Change> {
  let before = 0
  for (const cadence of cadences) {
    for (let j = Math.max(0, passed(cadence, TICK_us, from_us) - 1); j < cadence.count; j += 1) {
      yield { t_us: tickOf(cadence, j) * TICK_us, value: before + j + 1 }
    }
    before += cadence.count
  }
}

/** Steps that follow each other within a pulse run together. */
function* pulses(cadences: readonly Cadence[], from_us: number): Generator<Change> {
  let falls_us = Number.POSITIVE_INFINITY
  for (const { t_us } of rotorSteps(cadences, from_us)) {
    if (falls_us < t_us) yield { t_us: falls_us, value: 0 }
    yield { t_us, value: 1 }
    falls_us = t_us + PULSE_us
  }
  if (falls_us < Number.POSITIVE_INFINITY) yield { t_us: falls_us, value: 0 }
}

/** How high a quantity stands after each of its instants. */
function* heights({ heights: { staircase, unit, below } }: Growth, from_us: number): Generator<Change> {
  for (const [index, { cadence, tick_us, rise }] of staircase.entries()) {
    const [start, step] = [below[index] ?? 0n, multipleOf(unit, rise)]
    for (let j = Math.max(0, passed(cadence, tick_us, from_us) - 1); j < cadence.count; j += 1) {
      yield { t_us: tickOf(cadence, j) * tick_us, value: rounded(unit, start + step * BigInt(j + 1)) }
    }
  }
}

/** So many units as a number, rounded once; without large arithmetic where the figures are small, as they are. */
function rounded(unit: Rational, count: bigint): number {
  const product = unit.n * count
  return product <= SMALL && product >= -SMALL && unit.d <= SMALL
    ? Number(product) / Number(unit.d)
    : toNumber(times(unit, count))
}

const SMALL = BigInt(Number.MAX_SAFE_INTEGER)

/** A wire for every alarm the pump has, and for any other that the trace names. */
function alarmSignals({ records }: Ledgers): readonly Signal[] {
  const alarms = recordsOf(records, 'alarm')
  const names = new Set([...Object.keys(ALARMS), ...alarms.map(({ alarm }) => alarm)])
  return [...names].map((name) => ({
    ...{ name: `alarm_${name}`, kind: 'wire', initial: 0 },
    changes: alarms
      .filter(({ alarm }) => alarm === name)
      .map(({ t_us, state }) => ({ t_us, value: state === 'raised' ? 1 : 0 })),
  }))
}

/** A wire for every fault, high while it lasts. */
function faultSignals({ records }: Ledgers): readonly Signal[] {
  const faults = recordsOf(records, 'fault')
  const numbers = new Map(faults.map(({ number, fault }) => [number, fault]))
  return [...numbers].map(([which, fault]) => ({
    ...{ name: `fault_${which}_${fault}`, kind: 'wire', initial: 0 },
    changes: faults
      .filter(({ number, state }) => number === which && state !== 'fired')
      .map(({ t_us, state }) => ({ t_us, value: state === 'begun' ? 1 : 0 })),
  }))
}

/** The last thing that happened, by its name. */
function eventChanges({ records }: Ledgers): readonly Change[] {
  return records
    .flatMap((record): Change[] => {
      switch (record.kind) {
        case 'applied':
          return [{ t_us: record.t_us, value: `programmed:${record.text}` }]
        case 'refused':
          return [{ t_us: record.t_us, value: `refused:${record.text}` }]
        case 'fill':
          return [{ t_us: record.t_us, value: 'filled' }]
        case 'event':
          return [{ t_us: record.t_us, value: record.event }]
        default:
          return []
      }
    })
    .sort((a, b) => a.t_us - b.t_us)
}
