/**
 * The curves of a run, from its ledgers: the same exact parts that verdicts are worked out from, as plain numbers.
 *
 * A run whose parts are more than a page can carry keeps the extremes of many buckets instead, taken from all its parts.
 */

import type { Line } from '#hil/oracle/line'
import { merged, type Staircase } from '#hil/oracle/staircase'
import { matchedSteps } from '#hil/report/curves/matched-steps'
import type { Ramp } from '#hil/report/curves/ramps'
import { type CurveName, Drawable, namedTables, type RunCurves } from '#hil/report/curves/run-curves'
import type { Flight } from '#hil/report/curves/stairs'
import { bandsTable, type CurveTable, pointsTable, rampsTable, rowsOf, stairsTable } from '#hil/report/curves/table'
import { fromExact } from '#hil/run/exact'
import { booksOf } from '#hil/run/judge'
import { type Growth, type Ledgers, NOTHING, recordsOf } from '#hil/run/ledgers'
import type { BookedSteps, Trace } from '#hil/run/trace'
import { joined } from '#units/cadence'
import { add, compare, divide, equal, isZero, negate, type Rational, subtract, toNumber, ZERO } from '#units/rational'

/** Most parts of all curves of a run together; each is some 20 bytes on a page. */
const MOST_PARTS = 40_000
const BUCKETS = 1500
/** How long a run is drawn of which the record holds nothing but its start. */
const SHORTEST_s = 1
/** Drugs whose concentration at the tip is drawn. */
const MOST_DRUGS = 3

/**
 * What an HTML report draws of the run a trace is of; hand it to `render` beside the result. Throws {@link TraceError} when
 * it is not a trace this version can judge.
 */
export function curvesOf(trace: Trace): RunCurves {
  const { ledgers } = booksOf(trace)
  const { scenario, drug, believed, delivered, reached_us, told_us } = ledgers
  const end_s = reached_us > 0 ? reached_us / 1e6 : SHORTEST_s
  const isKnown = told_us === reached_us && believed.told_us === reached_us
  const drugs = [drug, ...[...delivered.tipMass.keys()].filter((name) => name !== drug)].slice(0, MOST_DRUGS)
  const run: RunCurves = {
    trace_sha256: trace.sha256,
    detail: 'parts',
    end_s,
    ...(isKnown ? {} : { known_s: { believed: believed.told_us / 1e6, delivered: told_us / 1e6 } }),
    step_uL: delivered.displaced.staircase.reduce((most, { rise }) => Math.max(most, toNumber(rise)), 0),
    tolerance: toNumber(scenario.pump.tolerance),
    drugs,
    flowWindow_s: null,
    tables: {
      ...ledgerTables(ledgers, end_s),
      ...reservoirTables(ledgers),
      ...concentrationTables(ledgers, drugs, end_s),
    },
  }
  const parts = namedTables(run.tables).reduce((sum, [, table]) => sum + rowsOf(table), 0)
  return parts <= MOST_PARTS ? run : inBands(run)
}

/** All that is drawn of a long run, as extremes in buckets. */
function inBands(run: RunCurves): RunCurves {
  const drawable = new Drawable(run)
  const whole = { from_s: 0, to_s: run.end_s }
  const names = new Set<CurveName>([...namedTables(run.tables).map(([name]) => name), ...DERIVED])
  const tables: Partial<Record<CurveName, CurveTable>> = {}
  for (const name of names) {
    const curve = drawable.curve(name, whole)
    const table = curve === undefined ? undefined : bandsTable(curve, run.end_s, BUCKETS)
    if (table !== undefined) tables[name] = table
  }
  return { ...run, detail: 'bands', flowWindow_s: drawable.flowWindow_s(whole), tables }
}

const DERIVED: readonly CurveName[] = [
  'displaced_minus_prescribed_uL',
  'tip_minus_prescribed_ug',
  'prescribed_uL_per_h',
  'displaced_uL_per_h',
]

type Tables = Partial<Record<CurveName, CurveTable>>

function ledgerTables({ scenario, drug, prescribed, believed, delivered, records }: Ledgers, end_s: number): Tables {
  const mass = prescribed.mass.get(drug)
  const tip = delivered.tipMass.get(drug) ?? NOTHING
  const booked = recordsOf(records, 'booked')
  const withdrawn = recordsOf(records, 'withdrawn')
  const books = { booked, withdrawn, end_s }
  const ofVolume = ({ step_uL }: BookedSteps) => toNumber(fromExact(step_uL))
  const volumes = matchedSteps(books, ofVolume, delivered.displaced)
  const ofDrug = (step: BookedSteps) => (step.drug === drug ? toNumber(fromExact(step.step_ug)) : 0)
  const masses = matchedSteps(books, ofDrug, tip)
  return {
    prescribed_uL: rampsTable(rampsOf(prescribed.volume, scenario.duration_us)),
    believed_uL: stairsTable(flightsOf(believed.volume)),
    displaced_uL: stairsTable(flightsOf(delivered.displaced)),
    believed_minus_displaced_uL: pointsTable(volumes.at, volumes.values),
    ...(mass === undefined ? {} : { prescribed_ug: rampsTable(rampsOf(mass, scenario.duration_us)) }),
    believed_ug: stairsTable(flightsOf(believed.mass.get(drug) ?? NOTHING)),
    tip_ug: stairsTable(flightsOf(tip)),
    believed_minus_tip_ug: pointsTable(masses.at, masses.values),
  }
}

function reservoirTables({ records, believed, delivered }: Ledgers): Tables {
  const [first, ...refills] = recordsOf(records, 'fill')
  const start = first === undefined ? ZERO : fromExact(first.volume_uL)
  const changes = refills.map(({ t_us, volume_uL, withdrawn_uL }) => ({
    t_us,
    rise: subtract(fromExact(volume_uL), fromExact(withdrawn_uL)),
  }))
  return {
    reservoir_uL: stairsTable(flightsOf(drained(delivered.drained, changes)), toNumber(start)),
    ...believedReservoir(believed),
  }
}

/**
 * What the pump says it has left, each time it is asked, less what it has booked since. It may count anew in between, at a
 * refill or a reconciliation, which is seen when it is next asked.
 */
function believedReservoir({ statuses, volume }: Ledgers['believed']): Tables {
  const [first] = statuses
  if (first === undefined) return {}
  const all = statuses.map(({ t_us, reservoir_uL, volume_uL }) => ({
    t_us,
    whole: add(fromExact(reservoir_uL), fromExact(volume_uL)),
  }))
  const changes = all.flatMap(({ t_us, whole }, index) => {
    const before = all[index - 1]?.whole ?? whole
    return equal(before, whole) ? [] : [{ t_us, rise: subtract(whole, before) }]
  })
  const start = all[0]?.whole ?? ZERO
  return { believed_reservoir_uL: stairsTable(flightsOf(drained(volume, changes)), toNumber(start)) }
}

/** A reservoir that is emptied by a growth, and changed by other things at times. */
function drained(
  growth: Growth,
  changes: readonly { readonly t_us: number; readonly rise: Rational }[],
): Pick<Growth, 'staircase'> {
  const out: Staircase = growth.staircase.map((flight) => ({ ...flight, rise: negate(flight.rise) }))
  const jumps: Staircase = changes.map(({ t_us, rise }) => ({
    tick_us: 1,
    cadence: { first: t_us, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 },
    rise,
  }))
  return { staircase: merged(out, jumps) }
}

function concentrationTables({ records }: Ledgers, drugs: readonly string[], end_s: number): Tables {
  const delivered = recordsOf(records, 'delivered').filter(({ tip_uL }) => !isZero(fromExact(tip_uL)))
  const tables: Tables = {}
  for (const [index, drug] of drugs.entries()) {
    const held = delivered.map(({ cadence, tip_uL, tip_ug }) => ({
      t_s: (cadence.first * 64) / 1e6,
      value: concentration(tip_ug.find(([name]) => name === drug)?.[1] ?? '0', tip_uL),
    }))
    tables[`tip_ug_per_mL_${index}`] = heldTable(held, end_s)
  }
  const booked = recordsOf(records, 'booked').map(({ first_us, step_ug, step_uL }) => ({
    t_s: toNumber(fromExact(first_us)) / 1e6,
    value: concentration(step_ug, step_uL),
  }))
  tables.believed_ug_per_mL = heldTable(booked, end_s)
  return tables
}

/** In ug/mL, of a step with so many ug and uL. */
function concentration(mass_ug: string, volume_uL: string): number {
  const volume = fromExact(volume_uL)
  return isZero(volume) ? 0 : toNumber(divide(fromExact(mass_ug), volume)) * 1000
}

/** A value that is held until the next one, and the last one to the end. */
function heldTable(values: readonly { readonly t_s: number; readonly value: number }[], end_s: number): CurveTable {
  const at: number[] = []
  const held: number[] = []
  for (const { t_s, value } of values) {
    const before = held.at(-1)
    if (before === value) continue
    if (before !== undefined) {
      at.push(t_s)
      held.push(before)
    }
    at.push(t_s)
    held.push(value)
  }
  const last = held.at(-1)
  return last === undefined ? pointsTable([], []) : pointsTable([...at, end_s], [...held, last])
}

function rampsOf(line: Line, end_us: Rational): readonly Ramp[] {
  return line
    .filter(({ from_us }) => compare(from_us, end_us) <= 0)
    .map(({ from_us, rate }) => ({ from_s: toNumber(from_us) / 1e6, rate: toNumber(rate) * 1e6 }))
}

/** Flights in seconds; those that follow from each other without a seam become one. */
function flightsOf({ staircase }: Pick<Growth, 'staircase'>): readonly Flight[] {
  const seamless: Staircase[number][] = []
  for (const flight of staircase) {
    const last = seamless.at(-1)
    const both =
      last !== undefined && last.tick_us === flight.tick_us && equal(last.rise, flight.rise)
        ? joined(last.cadence, flight.cadence)
        : undefined
    if (both === undefined || last === undefined) seamless.push(flight)
    else seamless[seamless.length - 1] = { ...last, cadence: both }
  }
  return seamless.map(({ tick_us, cadence, rise }) => {
    const { first, phase, count, quotient, remainder, divisor } = cadence
    return {
      first_s: ((first - phase / divisor) * tick_us) / 1e6,
      interval_s: ((quotient + remainder / divisor) * tick_us) / 1e6,
      count,
      rise: toNumber(rise),
    }
  })
}
