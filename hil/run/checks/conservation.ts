/**
 * Conservation: no drug and no fluid may appear or vanish, in any run.
 *
 * Worked out from the records alone: what the line held and what was filled must be found in reservoir and line at the
 * end, out of the tip, leaked, or withdrawn. The bench checks the same while it runs and records what it finds.
 */
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, type RecordOf, recordsOf } from '#hil/run/ledgers'
import type { ByDrug, Exact } from '#hil/run/trace'
import { decimal } from '#units/format'
import { add, compare, isZero, magnitude, type Rational, subtract, sum, times, whole, ZERO } from '#units/rational'

/** Fluid under the empty name, and each drug under its own. */
type Book = Map<string, Rational>

const FLUID = ''

export function conservation(ledgers: Ledgers): Observation {
  const [violation] = recordsOf(ledgers.records, 'violation').filter(({ law }) => law === 'conservation')
  if (violation !== undefined) {
    const at_us = whole(violation.t_us)
    return { outcome: 'fail', measured: null, limit: ZERO, unit: 'ug', at_us, detail: violation.detail }
  }
  const [truth] = recordsOf(ledgers.records, 'truth')
  if (truth === undefined) return inconclusive('ug', 'the run ended before reservoir and line were read')

  const [came, went] = [new Map<string, Rational>(), new Map<string, Rational>()]
  for (const line of recordsOf(ledgers.records, 'line')) enter(came, line.volume_uL, line.mass_ug)
  for (const fill of recordsOf(ledgers.records, 'fill')) {
    enter(came, fill.volume_uL, fill.filled_ug)
    enter(went, fill.withdrawn_uL, fill.withdrawn_ug)
  }
  for (const { cadence, tip_uL, tip_ug } of recordsOf(ledgers.records, 'delivered'))
    enter(went, tip_uL, tip_ug, cadence.count)
  for (const { tip_uL, tip_ug } of recordsOf(ledgers.records, 'surge')) enter(went, tip_uL, tip_ug)
  for (const { tip_uL, tip_ug } of recordsOf(ledgers.records, 'injection')) {
    enter(came, tip_uL, tip_ug)
    enter(went, tip_uL, tip_ug)
  }
  for (const { volume_uL, mass_ug } of recordsOf(ledgers.records, 'escape')) enter(went, volume_uL, mass_ug)
  enter(went, truth.reservoir_uL, truth.reservoir_ug)
  enter(went, truth.line_uL, truth.line_ug)
  enter(went, truth.leaked_uL, truth.leaked_ug)
  return balance(came, went, [reservoirGap(ledgers, truth), lineGap(ledgers, truth)])
}

/** Fluid that left the reservoir otherwise than by the rotor, by withdrawal or through its septum. */
function reservoirGap({ records, delivered }: Ledgers, truth: RecordOf<'truth'>): Gap {
  const fills = recordsOf(records, 'fill')
  const filled = sum(fills.map((fill) => subtract(fromExact(fill.volume_uL), fromExact(fill.withdrawn_uL))))
  const gap = subtract(subtract(filled, delivered.drained.total), fromExact(truth.reservoir_uL))
  return { name: 'fluid in the reservoir', unit: 'uL', gap: magnitude(gap) }
}

/** Fluid that entered the line and neither stayed in it nor left at its tip or through a leak. */
function lineGap({ records, delivered }: Ledgers, truth: RecordOf<'truth'>): Gap {
  const held = sum(recordsOf(records, 'line').map((line) => fromExact(line.volume_uL)))
  const injected = sum(recordsOf(records, 'injection').map(({ tip_uL }) => fromExact(tip_uL)))
  const came = add(add(held, injected), delivered.displaced.total)
  const went = sum([delivered.tipVolume.total, fromExact(truth.leaked_uL), fromExact(truth.line_uL)])
  const gap = subtract(came, went)
  return { name: 'fluid in the line', unit: 'uL', gap: magnitude(gap) }
}

function enter(book: Book, volume: Exact, masses: ByDrug, count = 1): void {
  for (const [name, amount] of [[FLUID, volume] as const, ...masses]) {
    book.set(name, add(book.get(name) ?? ZERO, times(fromExact(amount), count)))
  }
}

interface Gap {
  readonly name: string
  readonly unit: string
  readonly gap: Rational
}

function balance(came: Book, went: Book, gaps: readonly Gap[]): Observation {
  const books = [...new Set([...came.keys(), ...went.keys()])].map((name): Gap => {
    const gap = magnitude(subtract(came.get(name) ?? ZERO, went.get(name) ?? ZERO))
    return name === FLUID ? { name: 'fluid', unit: 'uL', gap } : { name, unit: 'ug', gap }
  })
  const worst = [...books, ...gaps].reduce((a, b) => (compare(b.gap, a.gap) > 0 ? b : a))
  const closed = isZero(worst.gap)
  return {
    outcome: closed ? 'pass' : 'fail',
    measured: worst.gap,
    limit: ZERO,
    unit: worst.unit,
    at_us: null,
    detail: closed
      ? 'fluid and every drug balance exactly: filled = in the pump + in the line + out of the tip + leaked + withdrawn'
      : `${decimal(worst.gap)} ${worst.unit} of ${worst.name} is unaccounted for`,
  }
}
