import { describe, expect, it } from 'vitest'
import { bolusAccuracy, type MeantBolus } from '#hil/oracle/bolus-accuracy'
import { wholeBoluses } from '#hil/oracle/bolus-record'
import { indexHeights } from '#hil/oracle/heights'
import { changeRate, increment, type LinePiece, valueAt } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import type { Flight } from '#hil/oracle/staircase'
import { as } from '#units/quantity'
import {
  compare,
  magnitude,
  multiply,
  ONE,
  type Rational,
  ratio,
  subtract,
  sum,
  toText,
  whole,
  ZERO,
} from '#units/rational'
import { at, bolus, bridge, intent, periodic, plain, prime, refill, therapy } from './intents.ts'
import { idealSteps } from './naive.ts'

const MINUTE_us = 60_000_000
const minutes = (count: number) => whole(count * MINUTE_us)
const STEP = ratio(1n, 4n)
const BASAL = ratio(1n, 60_000_000n)
const DOSE = whole(25)
const COUNT = 26

/** A basal of 1 uL a minute and 25 uL over 5 min on top of it, once an hour from the first hour on. */
const BOLUSES: readonly MeantBolus[] = Array.from({ length: COUNT }, (_, k) => ({
  from_us: minutes(60 * (k + 1)),
  to_us: minutes(60 * (k + 1) + 5),
  dose: DOSE,
}))

const LINE: readonly LinePiece[] = BOLUSES.reduce<LinePiece[]>(
  (pieces, { from_us, to_us }) => {
    changeRate(pieces, from_us, multiply(BASAL, whole(6)))
    changeRate(pieces, to_us, BASAL)
    return pieces
  },
  [{ from_us: ZERO, value: ZERO, rate: BASAL }],
)
const STEPS = idealSteps(LINE, STEP, 64, minutes(60 * 28))
const ABOVE = { measure: 'above-basal', step: STEP } as const

/** The steps in a bolus given at another size. */
function resized(index: number, gain: Rational): Flight[] {
  const bolus = BOLUSES[index]!
  return STEPS.map((flight) => {
    const at_us = whole(flight.cadence.first * flight.tick_us)
    const inside = compare(at_us, bolus.from_us) > 0 && compare(at_us, bolus.to_us) <= 0
    return inside ? { ...flight, rise: multiply(flight.rise, gain) } : flight
  })
}

describe('bolus accuracy', () => {
  it('is exact for a faultless pump whose boluses are whole steps', () => {
    const found = bolusAccuracy(indexHeights(STEPS), LINE, BOLUSES, ABOVE)
    expect([found?.count, found?.mean, found?.most.error, found?.least.error]).toEqual([COUNT, ZERO, ZERO, ZERO])
    expect([found?.isEnough, found?.floor]).toEqual([true, ratio(1n, 100n)])
    expect(found?.most.delivered).toEqual(DOSE)
    // Of equal errors that of the first bolus is named.
    expect([found?.most.from_us, found?.least.from_us]).toEqual([minutes(60), minutes(60)])
  })

  it('finds the worst in either direction, and the mean of all', () => {
    // A bolus of 120 steps; at 11/10 it gives 3 uL more than the 25 on top of 5 of basal.
    const more = indexHeights(resized(3, ratio(11n, 10n)))
    const found = bolusAccuracy(more, LINE, BOLUSES, ABOVE)
    expect(found?.most).toEqual({
      ...BOLUSES[3],
      delivered: whole(28),
      prescribed: DOSE,
      error: ratio(3n, 25n),
    })
    expect([found?.least.error, found?.mean]).toEqual([ZERO, ratio(3n, 25n * BigInt(COUNT))])
    const less = bolusAccuracy(indexHeights(resized(5, ratio(1n, 2n))), LINE, BOLUSES, ABOVE)
    expect([less?.least.error, less?.least.from_us, less?.most.error]).toEqual([ratio(-15n, 25n), minutes(360), ZERO])
  })

  it('in total holds the basal of the bolus against it too', () => {
    const more = indexHeights(resized(3, ratio(11n, 10n)))
    const found = bolusAccuracy(more, LINE, BOLUSES, { ...ABOVE, measure: 'total' })
    expect([found?.most.error, found?.most.delivered, found?.most.prescribed]).toEqual([
      ratio(1n, 10n),
      whole(33),
      whole(30),
    ])
  })

  it('lets no single bolus of a faultless pump be out by more than a step, and the rig tick at its ends', () => {
    const step = ratio(7n, 3n)
    const heights = indexHeights(idealSteps(LINE, step, 64, minutes(60 * 28)))
    const found = bolusAccuracy(heights, LINE, BOLUSES, { measure: 'above-basal', step })!
    for (const { error } of [found.most, found.least]) {
      expect(compare(magnitude(error), ratio(7n, 75n))).toBeLessThanOrEqual(0)
    }
    expect(found.floor).toEqual(ratio(7n, 75n))
  })

  it('has the floor of its smallest bolus', () => {
    const small = { ...BOLUSES[1]!, dose: whole(5) }
    const found = bolusAccuracy(indexHeights(STEPS), LINE, [BOLUSES[0]!, small, BOLUSES[2]!], ABOVE)
    expect(found?.floor).toEqual(ratio(1n, 20n))
  })

  it('says when there are too few, or none', () => {
    const heights = indexHeights(STEPS)
    expect(bolusAccuracy(heights, LINE, BOLUSES.slice(0, 24), ABOVE)?.isEnough).toBe(false)
    expect(bolusAccuracy(heights, LINE, BOLUSES.slice(0, 25), ABOVE)?.isEnough).toBe(true)
    expect(bolusAccuracy(heights, LINE, [], ABOVE)).toBeUndefined()
  })

  it('refuses a bolus that lasts or holds nothing', () => {
    const ask = (bolus: MeantBolus) => bolusAccuracy(indexHeights(STEPS), LINE, [bolus], ABOVE)
    expect(() => ask({ from_us: ONE, to_us: ONE, dose: ONE })).toThrow(/last longer and hold more than nothing/)
    expect(() => ask({ from_us: ZERO, to_us: ONE, dose: ZERO })).toThrow(/last longer and hold more than nothing/)
  })
})

describe('the boluses of a prescription', () => {
  const whole_ = (entries: Parameters<typeof intent>[0], events: Parameters<typeof intent>[1] = []) => {
    const scenario = intent(entries, events)
    const { boluses } = prescribe(scenario)
    const found = wholeBoluses(boluses, scenario.duration_us)
    return found.map(({ from_us, to_us, dose }) => [from_us, subtract(to_us, from_us), toText(dose)])
  }

  it('are those of patterns, of one-shots and of the patient, with the volume that each adds', () => {
    const entries = [periodic('1 d', '60 ug', '1 h', '12 h'), bolus('30 h', '10 ug', '5 min'), plain('2 d', 'stopped')]
    expect(whole_(entries)).toEqual([
      [at('1 d'), at('1 h'), '30'],
      [at('30 h'), at('5 min'), '5'],
      [at('36 h'), at('1 h'), '30'],
    ])
  })

  it.each([
    ['a new therapy', [therapy('2 h 30 min', '100 ug/d')], []],
    ['a refill of another concentration', [], [refill('2 h 30 min', 'baclofen', '500 ug/mL')]],
    ['a prime', [prime('2 h 30 min', '10 uL')], []],
  ] as const)('leave out one that %s disturbs', (_, more, events) => {
    const entries = [bolus('2 h', '60 ug', '1 h'), bolus('5 h', '60 ug', '1 h'), ...more]
    expect(whole_(entries, [...events]).map(([from_us]) => from_us)).toEqual([at('5 h')])
  })

  it('hold both of two that overlap, and one beside which nothing changes', () => {
    const entries = [bolus('2 h', '60 ug', '1 h'), bolus('2 h 30 min', '60 ug', '1 h')]
    const both = [at('2 h'), at('2 h 30 min')]
    expect(whole_(entries).map(([from_us]) => from_us)).toEqual(both)
    const same = [refill('2 h 15 min', 'baclofen', '2 mg/mL')]
    expect(whole_(entries, same).map(([from_us]) => from_us)).toEqual(both)
  })

  it('hold both of two that overlap while a bridge lasts', () => {
    const entries = [bridge('1 d', '375 uL'), bolus('25 h', '60 ug', '1 h'), bolus('25 h 30 min', '60 ug', '1 h')]
    const found = whole_(entries, [refill('1 d', 'baclofen', '4 mg/mL')])
    expect(found.map(([from_us]) => from_us)).toEqual([at('25 h'), at('25 h 30 min')])
  })

  it('leave out each that is disturbed, however many disturbances came before', () => {
    const change = ['1 h', '3 h', '4 h', '6 h 30 min'].map((time) => therapy(time, '100 ug/d'))
    const entries = ['2 h', '3 h 30 min', '5 h', '6 h'].map((time) => bolus(time, '60 ug', '50 min'))
    expect(whole_([...entries, ...change]).map(([from_us]) => from_us)).toEqual([at('2 h'), at('5 h')])
  })

  it('hold one that ends with the run', () => {
    const { duration_us } = intent([])
    const last = { ...bolus('1 h', '60 ug', '1 h'), at_us: as<typeof duration_us>(subtract(duration_us, at('1 h'))) }
    expect(whole_([last])).toHaveLength(1)
  })

  it('leave out one that a prime masks from its start, and one that the run cuts off', () => {
    // The prime takes a minute; the run is as long as its intent says.
    const { duration_us } = intent([])
    const late = { ...bolus('1 h', '60 ug', '1 h'), at_us: as<typeof duration_us>(subtract(duration_us, at('30 min'))) }
    const entries = [prime('1 h', '1 mL'), bolus('1 h 1 min', '60 ug', '1 min'), bolus('5 h', '60 ug', '1 h'), late]
    expect(whole_(entries).map(([from_us]) => from_us)).toEqual([at('5 h')])
  })

  it('count one that begins with what changes, at its new volume, and one that ends with it', () => {
    const entries = [bolus('1 h', '60 ug', '1 h'), bolus('2 h', '60 ug', '1 h')]
    expect(whole_(entries, [refill('2 h', 'baclofen', '500 ug/mL')])).toEqual([
      [at('1 h'), at('1 h'), '30'],
      [at('2 h'), at('1 h'), '120'],
    ])
  })

  it('take the volume of the old drug while a bridge lasts, and leave out one in which it ends', () => {
    const up = [refill('1 d', 'baclofen', '8 mg/mL')]
    const entries = [bridge('1 d', '375 uL'), bolus('25 h', '60 ug', '1 h'), bolus('26 h', '960 ug', '1 h')]
    expect(whole_(entries, up)).toEqual([[at('25 h'), at('1 h'), '30']])
  })

  it('add up to all that is prescribed where nothing else flows', () => {
    const scenario = intent([periodic('0 d', '50 ug', '30 min', '100 min')])
    const ledger = prescribe(scenario)
    const found = wholeBoluses(ledger.boluses, scenario.duration_us)
    const end_us = found.at(-1)!.to_us
    expect(sum(found.map(({ dose }) => dose))).toEqual(valueAt(ledger.volume, end_us))
    for (const { from_us, to_us, dose } of found) expect(dose).toEqual(increment(ledger.volume, from_us, to_us))
  })
})
