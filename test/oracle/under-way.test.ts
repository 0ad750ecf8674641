/** The boluses under way, held against a plain list of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Flow, NO_FLOW, together } from '#hil/oracle/flow'
import { UnderWay } from '#hil/oracle/under-way'
import { compare, larger, smaller, whole, ZERO } from '#units/rational'

interface Bolus {
  readonly end: number
  readonly flow: Flow
}

type Deed = { readonly start: Bolus } | { readonly endBy: number } | 'clear' | 'fork'

const bolus = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .map(([end, size, byMass]): Bolus => {
    return { end, flow: { byMass: byMass ? whole(size) : ZERO, byVolume: byMass ? ZERO : whole(size) } }
  })

const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: bolus.map((start): Deed => ({ start })) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }).map((endBy): Deed => ({ endBy })) },
    { weight: 1, arbitrary: fc.constantFrom<Deed>('clear', 'fork') },
  ),
  { maxLength: 60 },
)

function expectSame(found: UnderWay, list: readonly Bolus[]): void {
  const ends = list.map(({ end }) => whole(end))
  expect(found.count).toBe(list.length)
  expect(found.next_us).toEqual(ends.length === 0 ? undefined : ends.reduce(smaller))
  expect(found.last_us).toEqual(ends.length === 0 ? undefined : ends.reduce(larger))
  expect(found.flow).toEqual(list.map(({ flow }) => flow).reduce(together, NO_FLOW))
}

describe('the boluses under way', () => {
  it('end in order of time, however they were started, and flow together until then', () => {
    fc.assert(
      fc.property(deeds, (some) => {
        let [found, list] = [new UnderWay(), [] as readonly Bolus[]]
        const left: [UnderWay, readonly Bolus[]][] = []
        for (const deed of some) {
          if (deed === 'clear') {
            found.clear()
            list = []
          } else if (deed === 'fork') {
            left.push([found, list])
            found = found.copy()
          } else if ('start' in deed) {
            found.start(whole(deed.start.end), deed.start.flow)
            list = [...list, deed.start]
          } else {
            found.endBy(whole(deed.endBy))
            list = list.filter(({ end }) => compare(whole(end), whole(deed.endBy)) > 0)
          }
          expectSame(found, list)
        }
        // What was forked from knows nothing of what came after.
        for (const [before, then] of left) expectSame(before, then)
      }),
      { numRuns: 300 },
    )
  })

  it('are none before any has started', () => {
    expectSame(new UnderWay(), [])
    expect(new UnderWay().flow).toBe(NO_FLOW)
  })
})
