/** The dose of the past day: exact as long as there is room, never too little when there is not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Giving,
  type History,
  MOST_PIECES,
  massLine,
  NOTHING_GIVEN,
  noted,
  type RateLine,
  volumeLine,
} from '#firmware-sim/dose-history'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  isPositive,
  larger,
  multiply,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'

const MINUTE_us: Time_us = as(whole(60_000_000))
const DAY_min = 1440

const minute = (count: number): Time_us => as(times(MINUTE_us, count))

/** Whole micrograms a minute, of a drug of so many micrograms in a microliter. */
function giving(perMinute: number, drug = 'baclofen', strength = 2): Giving {
  return {
    drug,
    mass_ug_per_us: as(ratio(BigInt(perMinute), MINUTE_us.n)),
    volume_uL_per_us: as(ratio(BigInt(perMinute), BigInt(strength) * MINUTE_us.n)),
  }
}

/** A change of rate: minutes after the one before, whole micrograms a minute, the drug and its concentration. */
type Change = readonly [gap: number, perMinute: number, drug: string, strength?: number]

interface Followed {
  readonly history: History
  /** Minutes from the start to the last change. */
  readonly now: number
  /** What was truly given in each minute: of one drug, and of all. */
  readonly given: readonly number[]
  readonly volumes: readonly number[]
}

function following(changes: readonly Change[], drug: string): Followed {
  let history = NOTHING_GIVEN
  let [rate, volume] = [0, 0]
  const given: number[] = []
  const volumes: number[] = []
  for (const [gap, perMinute, name, strength = 2] of changes) {
    for (let passed = 0; passed < gap; passed += 1) {
      given.push(rate)
      volumes.push(volume)
    }
    history = noted(history, minute(given.length), giving(perMinute, name, strength))
    rate = name === drug ? perMinute : 0
    volume = perMinute / strength
  }
  return { history, now: given.length, given, volumes }
}

/** What was truly given in the last so many minutes, for every number up to a day. */
function lookingBack(given: readonly number[]): number[] {
  let total = 0
  return Array.from({ length: DAY_min }, (_, back) => {
    total += given[given.length - 1 - back] ?? 0
    return total
  })
}

const drugs = fc.constantFrom('baclofen', 'baclofen', 'baclofen', 'baclofen', 'morphine')
const change = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), drugs)

/** What a line gives from one instant to a later one; nothing where they are the wrong way round. */
function givenBetween(line: RateLine, from_us: Time_us, to_us: Time_us): Rational {
  let given = ZERO
  for (const [index, { from_us: begin_us, rate }] of line.entries()) {
    const next = line[index + 1]
    const end_us = next === undefined ? to_us : smaller(next.from_us, to_us)
    const lasted_us = subtract(end_us, larger(begin_us, from_us))
    if (isPositive(lasted_us)) given = add(given, multiply(rate, lasted_us))
  }
  return given
}

describe('the dose given', () => {
  it('is nothing before the first change', () => {
    const line = massLine(noted(NOTHING_GIVEN, minute(60), giving(3)), 'baclofen')
    expect(givenBetween(line, minute(0), minute(60))).toEqual(whole(0))
    expect(givenBetween(line, minute(0), minute(61))).toEqual(whole(3))
    expect(givenBetween([], minute(0), minute(61))).toEqual(whole(0))
  })

  it('is mass and volume of the same flow', () => {
    const history = noted(noted(NOTHING_GIVEN, minute(0), giving(4)), minute(10), giving(0))
    expect(givenBetween(massLine(history, 'baclofen'), minute(5), minute(60))).toEqual(whole(20))
    expect(givenBetween(volumeLine(history), minute(5), minute(60))).toEqual(whole(10))
  })

  it('of another drug counts as volume only', () => {
    const history = noted(noted(NOTHING_GIVEN, minute(0), giving(4, 'morphine')), minute(10), giving(2))
    expect(givenBetween(massLine(history, 'baclofen'), minute(0), minute(20))).toEqual(whole(20))
    expect(givenBetween(massLine(history, 'morphine'), minute(0), minute(20))).toEqual(whole(40))
    expect(givenBetween(volumeLine(history), minute(0), minute(20))).toEqual(whole(30))
  })

  it('follows what is said last of an instant', () => {
    const once = noted(NOTHING_GIVEN, minute(10), giving(4))
    expect(noted(noted(once, minute(20), giving(9)), minute(20), giving(1))).toEqual(noted(once, minute(20), giving(1)))
    expect(noted(noted(once, minute(20), giving(9)), minute(20), giving(4))).toEqual(once)
    expect(noted(once, minute(20), giving(4))).toEqual(once)
  })

  it('cannot be noted backwards', () => {
    const history = noted(NOTHING_GIVEN, minute(10), giving(4))
    expect(() => noted(history, minute(9), giving(1))).toThrow(/at 540000000\/1 us lies before the last one/)
  })

  it('is exact over every stretch of the past day while there is room', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const { history, now, given } = following(changes, 'baclofen')
        const line = massLine(history, 'baclofen')
        const truth = lookingBack(given)
        for (let back = 1; back <= DAY_min; back += 37) {
          expect(givenBetween(line, minute(now - back), minute(now))).toEqual(whole(truth[back - 1] ?? 0))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('the bound', () => {
  it('drops what lies more than a day back', () => {
    let history = NOTHING_GIVEN
    for (let day = 0; day < 100; day += 1) history = noted(history, minute(day * 900), giving(1 + (day % 2)))
    expect(history.length).toBeLessThanOrEqual(3)
  })

  it('never lets the dose of a look back be less than it was, and never looks beyond the present rate', () => {
    const strengths = fc.constantFrom(2, 2, 2, 4)
    const short = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 9 }), drugs, strengths)
    fc.assert(
      fc.property(fc.array(short, { minLength: 600, maxLength: 1500 }), drugs, (changes, drug) => {
        const { history, now, given, volumes } = following(changes, drug)
        expect(history.length).toBeLessThanOrEqual(MOST_PIECES)
        const [, perMinute, name, strength] = changes.at(-1) as Change
        expect(history.at(-1)).toMatchObject(giving(perMinute, name, strength))
        for (const [line, truly] of [
          [massLine(history, drug), given],
          [volumeLine(history), volumes],
        ] as const) {
          const truth = lookingBack(truly)
          for (let back = 1; back <= DAY_min; back += 13) {
            const believed = toNumber(givenBetween(line, minute(now - back), minute(now)))
            expect(believed).toBeGreaterThanOrEqual((truth[back - 1] ?? 0) - 1e-6)
          }
        }
      }),
      { numRuns: 15 },
    )
  })

  it('takes rates that only rise as given at the higher one', () => {
    const rising = Array.from({ length: MOST_PIECES + 1 }, (_, index): Change => [1, index + 1, 'baclofen'])
    const { history, now } = following(rising, 'baclofen')
    expect(history).toHaveLength(MOST_PIECES)
    const total = (MOST_PIECES * (MOST_PIECES + 1)) / 2
    expect(givenBetween(massLine(history, 'baclofen'), minute(0), minute(now))).toEqual(whole(total + 1))
    // Both of the two that became one were of one drug, so that it is none of another.
    expect(givenBetween(massLine(history, 'morphine'), minute(0), minute(now))).toEqual(ZERO)
  })

  it('makes room for a quarter of all its pieces at once, and no more', () => {
    const dense = Array.from(
      { length: MOST_PIECES + 1 },
      (_, index): Change => [1, index % 2 === 0 ? 8 : 1, 'baclofen'],
    )
    expect(following(dense, 'baclofen').history).toHaveLength(MOST_PIECES + 1 - MOST_PIECES / 4)
  })

  it('keeps the total of a dense pattern, and is off by less than a bolus over any look back', () => {
    const dense = Array.from({ length: 3000 }, (_, index): Change => [1, index % 2 === 0 ? 8 : 1, 'baclofen'])
    const { history, now, given } = following(dense, 'baclofen')
    const line = massLine(history, 'baclofen')
    const truth = lookingBack(given)
    for (let back = 1; back <= DAY_min; back += 1) {
      const excess = toNumber(givenBetween(line, minute(now - back), minute(now))) - (truth[back - 1] ?? 0)
      expect(excess).toBeGreaterThanOrEqual(-1e-6)
      expect(excess).toBeLessThan(8)
    }
  })

  it('forgets a high dose once it is a day old, however full it is', () => {
    const dense = Array.from({ length: 3000 }, (_, index): Change => [1, index % 2, 'baclofen'])
    const { history, now } = following([[0, 1000, 'baclofen'], [500, 0, 'baclofen'], ...dense], 'baclofen')
    const day = givenBetween(massLine(history, 'baclofen'), minute(now - DAY_min), minute(now))
    expect(toNumber(day)).toBeLessThanOrEqual(DAY_min / 2 + 1)
  })

  it.each([1, 2])('keeps the total of rates that only fall, by power %i', (power) => {
    const down = Array.from({ length: MOST_PIECES + 1 }, (_, index): Change => [1, (600 - index) ** power, 'baclofen'])
    const { history, now, given } = following(down, 'baclofen')
    expect(history.length).toBeLessThanOrEqual(MOST_PIECES)
    const total = lookingBack(given).at(-1) ?? 0
    expect(givenBetween(massLine(history, 'baclofen'), minute(0), minute(now))).toEqual(whole(total))
  })

  it('keeps the total of a day whose oldest rate is far older', () => {
    const up = Array.from({ length: MOST_PIECES }, (_, index): Change => [1, index + 1, 'baclofen'])
    const risen = following([[0, 1000, 'baclofen'], [14_400, 0, 'baclofen'], ...up.slice(0, -1)], 'baclofen')
    expect(risen.history.length).toBeLessThanOrEqual(MOST_PIECES)
    const day = givenBetween(massLine(risen.history, 'baclofen'), minute(risen.now - DAY_min), minute(risen.now))
    expect(day).toEqual(whole(lookingBack(risen.given).at(-1) ?? 0))
  })

  it('keeps fractions short, at less than a hair too much', () => {
    let history = NOTHING_GIVEN
    let truth = ZERO
    const count = MOST_PIECES + 1
    for (let index = 0; index < count; index += 1) {
      const rate = ratio(BigInt(600 - index), 10n ** 13n + BigInt(2 * (index % 3) + 1))
      history = noted(history, minute(index), { ...giving(0), mass_ug_per_us: as(rate) })
      if (index < count - 1) truth = add(truth, multiply(rate, MINUTE_us))
    }
    const line = massLine(history, 'baclofen')
    for (const { rate } of line) expect(rate.d).toBeLessThanOrEqual(10n ** 24n)
    const excess = subtract(givenBetween(line, minute(0), minute(count - 1)), truth)
    expect(isPositive(excess)).toBe(true)
    expect(compare(excess, ratio(1n, 10n ** 13n))).toBe(-1)
  })

  it.each([
    ['rising', (index: number) => index + 1],
    ['falling', (index: number) => 1000 - index],
  ] as const)('counts a piece that stands for two drugs as either, at the higher of %s rates', (_, rate) => {
    const swaps = Array.from(
      { length: MOST_PIECES + 1 },
      (_, index): Change => [1, rate(index), index % 2 === 0 ? 'baclofen' : 'morphine'],
    )
    const { history } = following(swaps, 'baclofen')
    const higher = Math.max(rate(0), rate(1))
    for (const drug of ['baclofen', 'morphine']) {
      expect(givenBetween(massLine(history, drug), minute(1), minute(3))).toEqual(whole(2 * higher))
    }
  })
})
