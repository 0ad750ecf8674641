/**
 * Doses: no 24 h hold more than the hard limit of the clinic, what is drawn at a refill is held against what was believed, and
 * where nothing failed and nothing was refused the prescribed volume is what was delivered.
 */
import { largestBurst } from '#hil/oracle/burst'
import { tracking } from '#hil/run/checks/tracking'
import { fromExact } from '#hil/run/exact'
import { toldVolumes } from '#hil/run/invariants/belief'
import type { Breach, Evidence } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { cadencesOf } from '#units/cadence'
import { decimal, duration } from '#units/format'
import { as, DAY_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  equal,
  isZero,
  larger,
  magnitude,
  multiply,
  ONE,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

/**
 * The dose of any 24 h, by what the pump booked. Not judged where the rule has an exception: a refill or a power cut, which
 * change what flows unasked; a clock that was set; a warning beyond the hard limit that somebody confirmed; and, by mass, a prime,
 * whose drug nobody meant.
 */
export function dailyDose(evidence: Evidence): Breach | null {
  const { scenario, records, applied, events, off, alarms } = evidence
  const { hard } = scenario.limits.dailyDose
  if (hard === null || off.length > 0 || scenario.faults.some(({ fault }) => fault === 'clock-drift')) return null
  const excepted = applied.some(({ readback: { kind } }) => EXCEPTED[hard.by].has(kind))
  const confirmed = events.some(({ event, detail }) => event === 'warning-confirmed' && detail.includes('hard limit'))
  if (excepted || confirmed || alarms.some(({ alarm }) => alarm === 'memory-error')) return null
  const staircase = recordsOf(records, 'booked').flatMap(({ first_us, interval_us, count, step_uL, step_ug }) => {
    const rise = fromExact(hard.by === 'mass' ? step_ug : step_uL)
    return cadencesOf(fromExact(first_us), fromExact(interval_us), count).map((cadence) => ({
      tick_us: 1,
      cadence,
      rise,
    }))
  })
  const most = hard.by === 'mass' ? hard.mass_ug : hard.volume_uL
  const step = staircase.reduce((largest, { rise }) => larger(largest, rise), ZERO)
  const found = largestBurst(staircase, DAY_us, { from_us: ZERO, to_us: evidence.end_us })
  if (compare(found.rise, add(most, step)) <= 0) return null
  const unit = hard.by === 'mass' ? 'ug' : 'uL'
  const detail = `${decimal(found.rise)} ${unit} in the 24 h to ${duration(found.at_us)}, where the clinic allows ${decimal(most)} ${unit}`
  return { invariant: 'daily-dose', at_us: found.at_us, detail }
}

const EXCEPTED: Readonly<Record<'mass' | 'volume', ReadonlySet<string>>> = {
  mass: new Set(['refill', 'set-clock', 'prime']),
  volume: new Set(['refill', 'set-clock', 'prime', 'bridge']),
}

/** What was drawn agrees with what was believed exactly where the difference is within the larger of the two tolerances. */
export function residuals(evidence: Evidence): Breach | null {
  const { scenario, events, loses, applied, records } = evidence
  if (loses || evidence.alarms.some(({ alarm }) => alarm === 'memory-error')) return null
  const { pump } = scenario
  const walk = toldVolumes(evidence)
  const fills = recordsOf(records, 'fill').slice(1)
  const drawn = applied.filter(({ readback }) => readback.kind === 'refill')
  for (const { event, t_us, detail } of events) {
    if (event !== 'residual-agrees' && event !== 'residual-differs') continue
    const at_us = whole(t_us)
    // It is entered once the motor has told of every step before the refill: four seconds later.
    const refilled = drawn.filter(({ when_us }) => equal(whole(ceil(add(when_us, whole(ROUND_TRIP_us)))), at_us))
    const [refill] = refilled
    const place = walk.findIndex(({ from_us }) => refill !== undefined && equal(from_us, refill.when_us))
    const [before, now] = [walk[place - 1], walk[place]]
    const same = fills.filter((fill) => refill !== undefined && equal(whole(fill.t_us), whole(ceil(refill.when_us))))
    const [fill] = same
    if (refilled.length !== 1 || same.length !== 1 || before === undefined || now === undefined || fill === undefined)
      continue
    if (!before.known) continue
    const dispensed_uL = multiply(pump.step_uL, subtract(now.steps, before.steps))
    const expected_uL = subtract(before.volume_uL, dispensed_uL)
    const allowed_uL = larger(multiply(pump.tolerance, dispensed_uL), pump.residualTolerance_uL)
    const apart_uL = magnitude(subtract(fromExact(fill.withdrawn_uL), expected_uL))
    const due = compare(apart_uL, allowed_uL) <= 0 ? 'residual-agrees' : 'residual-differs'
    if (event !== due)
      return {
        invariant: 'residuals',
        at_us,
        detail: `the pump says ${event} at ${duration(at_us)} where ${due} is due: ${detail}`,
      }
  }
  return null
}

const ROUND_TRIP_us = 4_000_000

/** In a world in which nobody slips and nothing fails, tracking within one step. */
export function tracks(evidence: Evidence): Breach | null {
  const { scenario, ledgers, records, alarms } = evidence
  const { fill, plant, faults, programming, prescription, events } = scenario
  const told = [fill, ...events.flatMap((event) => (event.kind === 'refill' ? [event.fill] : []))]
  const clean =
    faults.length === 0 &&
    programming === prescription &&
    equal(scenario.clock_us, scenario.pumpClock_us) &&
    isZero(plant.gain) &&
    isZero(plant.overfillGain) &&
    plant.wear === null &&
    plant.temperature_degC.n === 37n * plant.temperature_degC.d &&
    told.every(({ actual, meant, programmed }) => new Set([actual, meant, programmed].map(exactly)).size === 1) &&
    events.every(({ kind }) => kind !== 'stop' && kind !== 'restart') &&
    recordsOf(records, 'refused').length === 0 &&
    !alarms.some(({ alarm }) => GIVING_UP.has(alarm)) &&
    !evidence.events.some(({ event }) => GIVING_UP.has(event))
  if (!clean) return null
  const span = { from_us: as<typeof scenario.duration_us>(ZERO), to_us: scenario.duration_us, expect: 'pass' } as const
  const found = tracking({ check: 'tracking', within: { in: 'steps', steps: as(ONE) }, ...span }, ledgers)
  return found.outcome === 'fail' ? { invariant: 'tracking', at_us: found.at_us, detail: found.detail } : null
}

function exactly(fill: Evidence['scenario']['fill']['actual']) {
  const { drug, concentration_ug_per_uL, volume_uL } = fill
  return JSON.stringify([drug, ...[concentration_ug_per_uL, volume_uL].flatMap(({ n, d }) => [String(n), String(d)])])
}

const GIVING_UP: ReadonlySet<string> = new Set([
  'empty-reservoir',
  'end-of-service',
  'low-battery-reset',
  'memory-error',
  'therapy-suspended',
  'boluses-ended',
  'never-committed',
])
