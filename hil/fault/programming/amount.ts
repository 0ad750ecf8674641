/**
 * Quantities as a file writes them, multiplied exactly and written in the unit they had: `350/3 ug/d` times ten is
 * `3500/3 ug/d`. A slip of the unit keeps the number and changes what stands behind it.
 */
import type { WrittenMap } from '#hil/fault/programming/written'
import { mapOf, textOf } from '#hil/fault/programming/written'
import { parseMeasure } from '#units/measure'
import { add, divide, multiply, type Rational, ratio, whole, ZERO } from '#units/rational'

const TERM = /(\d+)(?:\.(\d+)|\/(\d+))?(\s*)([A-Za-zµμ%][A-Za-zµμ%/]*)/g

/** Most decimals that a file may write. */
const MOST_DECIMALS = 24

/** The quantity times a factor above zero. */
export function scaled(quantity: unknown, factor: Rational): string {
  return textOf(quantity).replaceAll(
    TERM,
    (_, whole_: string, decimals: string | undefined, divisor: string | undefined, space: string, unit: string) => {
      const value =
        divisor === undefined
          ? ratio(BigInt(whole_ + (decimals ?? '')), 10n ** BigInt(decimals?.length ?? 0))
          : ratio(BigInt(whole_), BigInt(divisor))
      return `${numberText(multiply(value, factor))}${space === '' ? ' ' : space}${unit}`
    },
  )
}

/** A number as a file writes it: a decimal where it ends, else a fraction. */
export function numberText({ n, d }: Rational): string {
  let [numerator, denominator, decimals] = [n, d, 0]
  while (10n ** BigInt(decimals) % denominator !== 0n && decimals < MOST_DECIMALS) decimals += 1
  if (10n ** BigInt(decimals) % denominator !== 0n) return `${n}/${d}`
  numerator *= 10n ** BigInt(decimals) / denominator
  denominator = 10n ** BigInt(decimals)
  const digits = numerator.toString().padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** A unit that is taken for another, and what that does to a quantity written otherwise. */
export interface UnitSlip {
  readonly units: ReadonlyMap<string, string>
  readonly factor: Rational
}

/** The quantity with the wrong unit: the number stays where the unit is one of those mistaken. */
export function mistaken(quantity: unknown, { units, factor }: UnitSlip): string {
  const text = textOf(quantity)
  const [unit = ''] = /[A-Za-zµμ%/]+$/.exec(text.trim()) ?? []
  const wrong = units.get(unit)
  const single = [...text.matchAll(TERM)].length === 1
  return wrong === undefined || !single ? scaled(text, factor) : text.trim().slice(0, -unit.length) + wrong
}

/** What is done to the amounts of a therapy. */
export interface DoseChange {
  readonly rate: (rate: unknown) => string
  readonly dose: (dose: unknown) => string
}

/** The therapy with every amount changed. */
export function withDoses(therapy: WrittenMap, { rate, dose }: DoseChange): WrittenMap {
  const basal = therapy['basal'] === undefined ? {} : { basal: rate(therapy['basal']) }
  switch (therapy['mode']) {
    case 'simple-continuous':
      return { ...therapy, dose: rate(therapy['dose']) }
    case 'flex': {
      const { boluses } = therapy
      const changed = (one: unknown) => ({ ...mapOf(one), dose: dose(mapOf(one)?.['dose']) })
      return { ...therapy, ...basal, boluses: Array.isArray(boluses) ? boluses.map(changed) : changed(boluses) }
    }
    case 'periodic-bolus':
      return { ...therapy, ...basal, dose: dose(therapy['dose']) }
    default:
      return therapy
  }
}

const DAY_us = whole(86_400_000_000n)

/** An amount of a day, in ug or in uL. */
export interface DayAmount {
  readonly by: 'mass' | 'volume'
  readonly amount: Rational
}

/** What a therapy gives in a day with boluses, where all of it is written by mass or all by volume; else nothing. */
export function dayOf(therapy: WrittenMap): DayAmount | undefined {
  const rate = therapy['mode'] === 'simple-continuous' ? therapy['dose'] : therapy['basal']
  const parts = [rate === undefined ? undefined : perDay(rate), ...bolusesOf(therapy)].filter(
    (part) => part !== undefined,
  )
  const [first] = parts
  if (first === undefined || parts.some(({ by }) => by !== first.by)) return undefined
  return { by: first.by, amount: parts.reduce<Rational>((total, { amount }) => add(total, amount), ZERO) }
}

function perDay(rate: unknown): DayAmount | undefined {
  const parsed = parseMeasure(rate, ['mass rate', 'volume rate'])
  if (!parsed.ok) return undefined
  const { dimension, value } = parsed.measure
  return { by: dimension === 'mass rate' ? 'mass' : 'volume', amount: multiply(value, DAY_us) }
}

function bolusesOf(therapy: WrittenMap): readonly (DayAmount | undefined)[] {
  if (therapy['mode'] === 'periodic-bolus') {
    const every = parseMeasure(therapy['every'], ['duration'])
    return every.ok ? [amountOf(therapy['dose'], divide(DAY_us, every.measure.value))] : [undefined]
  }
  if (therapy['mode'] !== 'flex') return []
  const { boluses } = therapy
  return (Array.isArray(boluses) ? boluses : [boluses]).map((one) => {
    const { dose, count } = mapOf(one) ?? {}
    return amountOf(dose, whole(typeof count === 'number' ? count : 1))
  })
}

function amountOf(dose: unknown, times: Rational): DayAmount | undefined {
  const parsed = parseMeasure(dose, ['mass', 'volume'])
  if (!parsed.ok) return undefined
  const { dimension, value } = parsed.measure
  return { by: dimension === 'mass' ? 'mass' : 'volume', amount: multiply(value, times) }
}
