/**
 * The grammar of physical quantities in every input: `NUMBER UNIT`.
 *
 * Mixing up hours with minutes and milligrams with micrograms has killed patients, so a number without a unit is never
 * accepted, and neither is a unit of another dimension. NUMBER is a decimal (`0.5`) or a fraction (`350/3`) and is read
 * exactly; durations may be summed (`3 d 1 h`). A month is 30 d and is written so. Only a drift, a deviation, a
 * temperature and its coefficient have a sign.
 */
import { add, divide, negate, type Rational, ratio, ZERO } from '#units/rational'

export type Dimension =
  | 'volume'
  | 'mass'
  | 'duration'
  | 'volume rate'
  | 'mass rate'
  | 'concentration'
  | 'length'
  | 'volume per length'
  | 'percentage'
  | 'steps'
  | 'charge'
  | 'current'
  | 'voltage'
  | 'resistance'
  | 'drift'
  | 'deviation'
  | 'temperature'
  | 'temperature coefficient'

/**
 * A quantity in the base unit of its dimension: uL, ug, us, their quotients, cm, 1 (for % and ppm), motor steps, pC,
 * uA (1 uA for 1 us is 1 pC), mV, ohm, degC and 1/degC.
 */
export interface Measure {
  readonly dimension: Dimension
  readonly value: Rational
}

export type Parsed = { readonly ok: true; readonly measure: Measure } | { readonly ok: false; readonly problem: string }

type UnitTable = ReadonlyMap<string, Rational>

const VOLUMES: UnitTable = new Map([
  ['nL', ratio(1n, 1000n)],
  ['uL', ratio(1n, 1n)],
  ['mL', ratio(1000n, 1n)],
])
const MASSES: UnitTable = new Map([
  ['ng', ratio(1n, 1000n)],
  ['ug', ratio(1n, 1n)],
  ['mcg', ratio(1n, 1n)],
  ['mg', ratio(1000n, 1n)],
])
const DURATIONS: UnitTable = new Map([
  ['us', ratio(1n, 1n)],
  ['ms', ratio(1000n, 1n)],
  ['s', ratio(1_000_000n, 1n)],
  ['min', ratio(60_000_000n, 1n)],
  ['h', ratio(3_600_000_000n, 1n)],
  ['d', ratio(86_400_000_000n, 1n)],
  ['w', ratio(604_800_000_000n, 1n)],
])
const LENGTHS: UnitTable = new Map([
  ['mm', ratio(1n, 10n)],
  ['cm', ratio(1n, 1n)],
])

function quotients(above: UnitTable, below: UnitTable): UnitTable {
  const table = new Map<string, Rational>()
  for (const [numerator, a] of above) {
    for (const [denominator, b] of below) table.set(`${numerator}/${denominator}`, divide(a, b))
  }
  return table
}

const UNITS: Readonly<Record<Dimension, UnitTable>> = {
  volume: VOLUMES,
  mass: MASSES,
  duration: DURATIONS,
  'volume rate': quotients(VOLUMES, DURATIONS),
  'mass rate': quotients(MASSES, DURATIONS),
  concentration: quotients(MASSES, VOLUMES),
  length: LENGTHS,
  'volume per length': quotients(VOLUMES, LENGTHS),
  percentage: new Map([['%', ratio(1n, 100n)]]),
  steps: new Map([
    ['step', ratio(1n, 1n)],
    ['steps', ratio(1n, 1n)],
  ]),
  charge: new Map([
    ['nC', ratio(1000n, 1n)],
    ['uC', ratio(1_000_000n, 1n)],
    ['mAh', ratio(3_600_000_000_000n, 1n)],
  ]),
  current: new Map([
    ['nA', ratio(1n, 1000n)],
    ['uA', ratio(1n, 1n)],
    ['mA', ratio(1000n, 1n)],
  ]),
  voltage: new Map([
    ['mV', ratio(1n, 1n)],
    ['V', ratio(1000n, 1n)],
  ]),
  resistance: new Map([
    ['ohm', ratio(1n, 1n)],
    ['kohm', ratio(1000n, 1n)],
  ]),
  drift: new Map([['ppm', ratio(1n, 1_000_000n)]]),
  deviation: new Map([['%', ratio(1n, 100n)]]),
  temperature: new Map([['degC', ratio(1n, 1n)]]),
  'temperature coefficient': new Map([['%/degC', ratio(1n, 100n)]]),
}

/** The units an error message offers: those a person would write, not every quotient that is read. */
const OFFERED: Readonly<Record<Dimension, string>> = {
  volume: 'nL, uL, mL',
  mass: 'ng, ug, mg',
  duration: 'us, ms, s, min, h, d, w',
  'volume rate': 'mL/d, uL/h',
  'mass rate': 'ug/d, mg/d',
  concentration: 'ug/mL, mg/mL',
  length: 'cm, mm',
  'volume per length': 'uL/cm',
  percentage: '%',
  steps: 'step',
  charge: 'uC, mAh',
  current: 'uA, mA',
  voltage: 'mV, V',
  resistance: 'ohm, kohm',
  drift: 'ppm',
  deviation: '%',
  temperature: 'degC',
  'temperature coefficient': '%/degC',
}

/** What may lie on either side of zero. */
const SIGNED: ReadonlySet<Dimension> = new Set(['drift', 'deviation', 'temperature', 'temperature coefficient'])

const LONGEST_TEXT = 80
/** Exact sums of many numbers cost what their denominators together cost; these bounds keep that small. */
const MOST_DIGITS = 24
const MOST_DECIMALS = 24
const LARGEST_DIVISOR = 1_000_000n
const NUMBER = String.raw`([-+]?)(\d+)(?:\.(\d+)|\/(\d+))?`
const TERM = new RegExp(String.raw`^\s*${NUMBER}\s*([A-Za-zµμ%][A-Za-zµμ%/]*)\s*`)

/** Whether a quantity of one of the dimensions may be below zero. */
export function mayBeNegative(accepted: readonly Dimension[]): boolean {
  return accepted.some((dimension) => SIGNED.has(dimension))
}

/** The units accepted for the dimensions, as a phrase for an error message. */
export function offeredUnits(accepted: readonly Dimension[]): string {
  return accepted.map((dimension) => OFFERED[dimension]).join(', ')
}

/**
 * Reads a quantity of one of the accepted dimensions. Never throws; what cannot be read comes back as a problem that
 * quotes the input and names the rule.
 */
export function parseMeasure(input: unknown, accepted: readonly Dimension[]): Parsed {
  const units = offeredUnits(accepted)
  const name = accepted.join(' or ')
  if (typeof input === 'number' || typeof input === 'bigint') {
    return { ok: false, problem: `${input} has no unit; write a ${name} with one of the units ${units}` }
  }
  if (typeof input !== 'string') {
    return { ok: false, problem: `expected a ${name} such as "${exampleOf(accepted)}", with one of the units ${units}` }
  }
  if (input.length > LONGEST_TEXT) {
    return {
      ok: false,
      problem: `a ${name} of ${input.length} characters is too long; at most ${LONGEST_TEXT} are read`,
    }
  }
  return parseTerms(input, accepted)
}

function exampleOf(accepted: readonly Dimension[]): string {
  const [dimension] = accepted
  return dimension === undefined ? '' : `5 ${OFFERED[dimension].split(', ').at(-1) ?? ''}`
}

function parseTerms(text: string, accepted: readonly Dimension[]): Parsed {
  let rest = text
  let total: Measure | undefined
  do {
    const term = parseTerm(rest, text, accepted)
    if ('problem' in term) return { ok: false, problem: term.problem }
    if (total !== undefined && [total, term.measure].some(({ dimension }) => dimension !== 'duration')) {
      return { ok: false, problem: `"${text}": only durations may be summed` }
    }
    total = { dimension: term.measure.dimension, value: add(total?.value ?? ZERO, term.measure.value) }
    rest = rest.slice(term.length)
  } while (rest !== '')
  return { ok: true, measure: total }
}

type Term = { readonly measure: Measure; readonly length: number } | { readonly problem: string }

function parseTerm(rest: string, text: string, accepted: readonly Dimension[]): Term {
  const units = offeredUnits(accepted)
  const match = TERM.exec(rest)
  if (match === null) {
    const bare = /^\s*[-+]?\d+(?:\.\d+|\/\d+)?\s*$/.test(rest)
    return {
      problem: bare ? `"${text}" has no unit; write one of the units ${units}` : unreadable(text, accepted),
    }
  }
  const [matched, sign, integer = '0', decimals, denominator, written = ''] = match
  const signed = mayBeNegative(accepted)
  if (sign === '+' && !signed) return { problem: unreadable(text, accepted) }
  if (sign === '-' && !signed) return { problem: `"${text}" is negative; a ${accepted.join(' or ')} is zero or more` }
  if (denominator !== undefined && BigInt(denominator) === 0n) return { problem: `"${text}" divides by zero` }
  if (
    integer.length > MOST_DIGITS ||
    (decimals?.length ?? 0) > MOST_DECIMALS ||
    BigInt(denominator ?? 1n) > LARGEST_DIVISOR
  ) {
    const rule = `at most ${MOST_DIGITS} digits, ${MOST_DECIMALS} decimals, and a fraction of at most 1/${LARGEST_DIVISOR}`
    return { problem: `"${text}" is finer or larger than anything that is measured; a number has ${rule}` }
  }
  const number =
    denominator === undefined
      ? ratio(BigInt(integer + (decimals ?? '')), 10n ** BigInt(decimals?.length ?? 0))
      : ratio(BigInt(integer), BigInt(denominator))
  const spelled = written.replaceAll(/[µμ]/g, 'u')
  for (const dimension of accepted) {
    const factor = UNITS[dimension].get(spelled)
    if (factor === undefined) continue
    const value = ratio(number.n * factor.n, number.d * factor.d)
    if (sign !== '' && !SIGNED.has(dimension)) return { problem: `"${text}": a ${dimension} is written without a sign` }
    return { measure: { dimension, value: sign === '-' ? negate(value) : value }, length: matched.length }
  }
  return { problem: `"${text}": ${unknownUnit(written, spelled, accepted)}` }
}

function unreadable(text: string, accepted: readonly Dimension[]): string {
  const units = offeredUnits(accepted)
  return `"${text}" is not a ${accepted.join(' or ')}; write a decimal or a fraction and one of the units ${units}`
}

function unknownUnit(written: string, spelled: string, accepted: readonly Dimension[]): string {
  const name = accepted.join(' or ')
  for (const dimension of accepted) {
    for (const unit of UNITS[dimension].keys()) {
      if (unit.toLowerCase() === spelled.toLowerCase()) return `the unit "${written}" is written "${unit}"`
    }
  }
  const other = Object.entries(UNITS).find(([, table]) => table.has(spelled))
  const rule = `a ${name} takes one of the units ${offeredUnits(accepted)}`
  return other === undefined
    ? `the unit "${written}" is not known; ${rule}`
    : `"${written}" is a unit of ${other[0]}; ${rule}`
}
