/** Lines of the trace: whatever is written out by hand is what JSON makes of the record. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceRecord } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { toText } from '#units/rational'
import { rationals } from '../units/arbitraries.ts'

const exact = rationals.map(toText)
/** Where a number gets so long that it is written in parts, and too long for that; whole millions and a little less. */
const BORDERS = [
  2 ** 31,
  2 ** 31 * 1e6,
  ...[2148, 3_000_000, 2 ** 30 + 1, 2 ** 31 - 1].map((millions) => millions * 1e6),
]
const border = fc.tuple(fc.constantFrom(...BORDERS), fc.integer({ min: -2, max: 2 })).map(([at, by]) => at + by)
const whole = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }), border)
/** A rig or a pump may say anything, and its line must be one all the same. */
const number = fc.oneof(whole, fc.double())
const drug = fc.oneof(
  fc.constantFrom('baclofen', 'quo"ted', 'back\\slash', 'line\nbreak', '\u2028', '\ud800', '__proto__', 'morphin-µg'),
  fc.string({ unit: 'binary' }),
)
const amounts = fc.array(fc.tuple(drug, exact), { maxLength: 4 })
const cadence = fc.record(
  { first: number, phase: number, count: number, quotient: number, remainder: number, divisor: number },
  { noNullPrototype: true },
)

type Kind<K extends TraceRecord['kind']> = Extract<TraceRecord, { kind: K }>
/** Every key of a kind: one that is added to it must be added here, and then to its line. */
type Keys<K extends TraceRecord['kind']> = { [P in keyof Required<Kind<K>>]: fc.Arbitrary<Kind<K>[P]> }

const order: Keys<'order'> = {
  kind: fc.constant('order'),
  ...{ t_us: number, first_us: exact, interval_us: exact, count: number },
}
const steps: Keys<'booked' | 'withdrawn'> = {
  kind: fc.constantFrom('booked', 'withdrawn'),
  ...{ t_us: number, first_us: exact, interval_us: exact, count: number, step_uL: exact, drug, step_ug: exact },
}
const delivered: Keys<'delivered'> = {
  kind: fc.constant('delivered'),
  ...{ cadence, displaced_uL: exact, tip_uL: exact, tip_ug: amounts },
  ...{ leaked_uL: fc.option(exact, { nil: undefined }), leaked_ug: fc.option(amounts, { nil: undefined }) },
}
const event: Keys<'event'> = { kind: fc.constant('event'), t_us: number, event: drug, detail: drug }

const plain = { noNullPrototype: true } as const
const records = fc.oneof(
  fc.record(order, plain),
  fc.record(steps, plain),
  fc.record(delivered, plain),
  // Hardly any step ever leaks.
  fc.record(delivered, plain).map(({ leaked_uL: _, leaked_ug: __, ...tight }): TraceRecord => tight),
  fc.record(event, plain),
)

describe('a line of the trace', () => {
  it('is the JSON of its record, byte by byte', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(traceLine(record)).toBe(`${JSON.stringify(record)}\n`)
      }),
      { numRuns: 2000 },
    )
  })

  it('has nothing where a number is none', () => {
    for (const count of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(traceLine({ kind: 'order', t_us: 1, first_us: '1', interval_us: '1', count })).toContain('"count":null')
    }
  })
})
