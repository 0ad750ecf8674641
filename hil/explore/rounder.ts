/** Rounder figures: simpler texts in place of a quantity, the simplest first. */
import { parseMeasure } from '#units/measure'
import { divide, equal, floor, type Rational, toText, whole } from '#units/rational'

/** Units of time in which a duration is tried, the longest first. */
const TIMES = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['min', 60_000_000],
  ['s', 1_000_000],
] as const

const QUANTITY = /^(\d+(?:\.\d+|\/\d+)?) (\S+)$/

/** What may stand in place of a value; nothing for what is no quantity or is as round as can be. */
export function rounder(value: unknown): readonly unknown[] {
  if (typeof value === 'number' && Number.isInteger(value) && value > 1) return [1, Math.round(value / 2)]
  if (typeof value !== 'string') return []
  const time = parseMeasure(value, ['duration'])
  if (time.ok) return rounderTimes(value, time.measure.value)
  const [, number, unit] = QUANTITY.exec(value) ?? []
  if (number === undefined || unit === undefined) return []
  const [n = 0, d = 1] = number.split('/').map(Number)
  const size = n / d
  const tenth = 10 ** Math.floor(Math.log10(Math.max(size, 1)))
  const simpler = [tenth, Math.round(size / tenth) * tenth, Math.round(size)].filter((one) => one > 0 && one !== size)
  return [...new Set(simpler)].map((one) => `${one} ${unit}`).filter((text) => text !== value)
}

/** The same time in the largest unit that it is a whole number of, and times cut to whole ones. */
function rounderTimes(text: string, time_us: Rational): readonly string[] {
  const candidates = TIMES.flatMap(([unit, length_us]) => {
    const count = floor(divide(time_us, whole(length_us)))
    return count === 0n ? [] : [`${count} ${unit}`]
  })
  const exact = TIMES.flatMap(([unit, length_us]) => {
    const count = divide(time_us, whole(length_us))
    return count.d === 1n && count.n > 0n ? [`${toText(count)} ${unit}`] : []
  }).slice(0, 1)
  const known = exact[0] ?? text
  const zero = equal(time_us, whole(0)) ? [] : ['0 s']
  // A time in its plainest form comes last: it is taken where nothing shorter fails.
  const before = candidates.slice(0, candidates.indexOf(known) === -1 ? undefined : candidates.indexOf(known))
  return [...zero, ...before, ...(known === text ? [] : [known])]
}
