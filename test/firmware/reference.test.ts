/**
 * The firmware does what the reference in TypeScript does: the same commands, late, doubled, halted and canceled at any
 * instant, come to the same answers, the same latch and the same steps at the same ticks.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Deed, Pair } from './pair.ts'
import { TICKS_a_second } from './rig.ts'

const motion = fc
  .record({
    divisor: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 9 })),
    quotient: fc.oneof(fc.integer({ min: 300, max: 3000 }), fc.constantFrom(15, 16, 400, 20_000)),
    remainder: fc.nat(2 ** 31 - 1),
    phase: fc.nat(2 ** 31 - 1),
    count: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 60, max: 70 })),
    direction: fc.constantFrom('F', 'R'),
  } as const)
  .map((drawn) => ({ ...drawn, remainder: drawn.remainder % drawn.divisor, phase: drawn.phase % drawn.divisor }))

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 700 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wait', ms: 2100 } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'halt' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'beat' } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), back: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('segment' as const),
      ahead: fc.oneof(fc.integer({ min: -300, max: 9000 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 1)),
      queued: fc.boolean(),
      motion,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('cancel' as const),
      after: fc.constant('now' as const),
      by: fc.integer({ min: -500, max: 40_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('cancel' as const),
      after: fc.constant('last' as const),
      by: fc.constantFrom(-1, 0, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), off: fc.constantFrom(0, 0, 0, 1) }) },
)

/** Tells both whatever is drawn; of most draws the outcome must be determined, or nothing is shown. */
function agrees(start_s: number, numRuns: number): void {
  let determined = 0
  fc.assert(
    fc.property(fc.array(deed, { minLength: 5, maxLength: 40, size: 'max' }), (deeds) => {
      const pair = new Pair(start_s)
      for (const next of deeds) {
        pair.does(next)
        if (!pair.determined) return
      }
      pair.compare()
      determined += 1
    }),
    { numRuns, seed: 7, endOnFailure: true },
  )
  expect(determined).toBeGreaterThan(numRuns / 2)
}

describe('machine code and reference agree', () => {
  it('whatever they are told', () => agrees(0, 60), 60_000)

  it(
    'whatever they are told while the 32-bit clock wraps',
    () => agrees((2 ** 32 - 90_000) / TICKS_a_second, 8),
    60_000,
  )
})
