/** The counter of a timer passes any number of edges at once as it would one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Counter, MATCHED_A, MATCHED_B, OVERFLOWED } from '#hil/rig/avr/counter'

interface Setting {
  readonly value: number
  readonly compareA: number
  readonly compareB: number
  readonly clears: boolean
  readonly blocked: boolean
}

const MAX = 255
const SETTING: fc.Arbitrary<Setting> = fc.record({
  value: fc.nat(MAX),
  compareA: fc.oneof(fc.constantFrom(0, 1, MAX - 1, MAX), fc.nat(MAX)),
  compareB: fc.oneof(fc.constantFrom(0, 1, MAX - 1, MAX), fc.nat(MAX)),
  clears: fc.boolean(),
  blocked: fc.boolean(),
})

function counterOf(setting: Setting): Counter {
  return Object.assign(new Counter(MAX), setting)
}

/** The same in the words of the datasheet, one edge at a time. */
function oneByOne({ value: start, compareA, compareB, clears, blocked }: Setting, edges: number) {
  let value = start
  let flags = 0
  for (let edge = 0; edge < edges; edge += 1) {
    const compares = !(blocked && edge === 0)
    if (compares && value === compareA) flags |= MATCHED_A
    if (compares && value === compareB) flags |= MATCHED_B
    if (value === MAX) flags |= OVERFLOWED
    value = value === MAX || (clears && compares && value === compareA) ? 0 : value + 1
  }
  return { value, flags }
}

describe('the counter of a timer', () => {
  it('passes many edges at once as one by one', () => {
    fc.assert(
      fc.property(SETTING, fc.oneof(fc.nat(20), fc.nat(2000)), (setting, edges) => {
        const counter = counterOf(setting)
        const flags = counter.advance(edges)
        expect({ value: counter.value, flags }).toEqual(oneByOne(setting, edges))
      }),
      { numRuns: 2000 },
    )
  })

  it('foresees the edge at which a flag is set', () => {
    fc.assert(
      fc.property(SETTING, fc.constantFrom(MATCHED_A, MATCHED_B, OVERFLOWED), (drawn, flag) => {
        const setting = { ...drawn, blocked: false }
        const edges = counterOf(setting).edgesUntil(flag)
        if (edges === Number.POSITIVE_INFINITY) {
          expect(oneByOne(setting, 3 * (MAX + 1)).flags & flag).toBe(0)
        } else {
          expect(oneByOne(setting, edges - 1).flags & flag).toBe(0)
          expect(oneByOne(setting, edges).flags & flag).toBe(flag)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('takes no longer for a year than for a lap', () => {
    const counter = counterOf({ value: 7, compareA: 0, compareB: 9, clears: true, blocked: false })
    expect(counter.advance(5e14)).toBe(MATCHED_A | MATCHED_B | OVERFLOWED)
    expect(counter.value).toBe(0)
  })
})
