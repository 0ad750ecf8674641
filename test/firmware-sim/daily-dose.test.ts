/** The largest dose of a day: what has been given, what is still to come, and no window forgotten. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dailyOf,
  largestDailyDose,
  measureOf,
  overlaid,
  type Plan,
  type PlannedBolus,
  therapyPlan,
} from '#firmware-sim/daily-dose'
import type { RateLine } from '#firmware-sim/dose-history'
import type { Contents, Dose, DoseRate, Therapy, Weekday } from '#firmware-sim/messages'
import { figureTexts, MODELS, modelOf } from '#firmware-sim/models'
import { parseMeasure } from '#units/measure'
import { as, type Time_us } from '#units/quantity'
import { add, compare, type Rational, ratio, subtract, times, whole, ZERO } from '#units/rational'
import { constantPlan, flexPlan, periodicPlan } from './plans.ts'

type Flex = Extract<Therapy, { mode: 'flex' }>
type Periodic = Extract<Therapy, { mode: 'periodic-bolus' }>

const HOUR_us: Time_us = as(whole(3_600_000_000))
const EVERY_DAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** 1970-01-01 was a Thursday. */
const FROM_THURSDAY: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']

const CONTENTS: Contents = { drug: 'baclofen', concentration_ug_per_uL: as(whole(2)) }
const MODEL = modelOf('im-20', figureTexts(MODELS.get('im-20')!))
const MASS = measureOf('mass', CONTENTS, MODEL)
const VOLUME = measureOf('volume', CONTENTS, MODEL)

function time(text: string): Time_us {
  const parsed = parseMeasure(text, ['duration'])
  if (!parsed.ok) throw new RangeError(parsed.problem)
  return as(parsed.measure.value)
}

const hour = (count: number): Time_us => as(times(HOUR_us, count))
const perHour = (rate: number): Rational => ratio(BigInt(rate), HOUR_us.n)
const ug = (count: number | Rational): Dose => ({
  by: 'mass',
  mass_ug: as(typeof count === 'number' ? whole(count) : count),
})
const ugPerDay = (count: number): DoseRate => ({
  by: 'mass',
  rate_ug_per_us: as(ratio(BigInt(count), 24n * HOUR_us.n)),
})

const NOW = time('10 d')

describe('a therapy alone', () => {
  const flex = (boluses: readonly (readonly [at: string, dose: number, over: string])[], days = EVERY_DAY): Flex => ({
    mode: 'flex',
    basal: ugPerDay(350),
    boluses: boluses.map(([at, dose, over]) => ({ at_us: time(at), dose: ug(dose), over_us: time(over) })),
    days,
  })

  it('of 13 boluses of 50 ug on a basal of 350 ug gives 1000 ug a day', () => {
    const boluses = Array.from({ length: 13 }, (_, index) => [`${index * 100} min`, 50, '90 min'] as const)
    expect(dailyOf(flex(boluses), MASS)).toEqual(whole(1000))
    expect(dailyOf(flex(boluses), VOLUME)).toEqual(whole(500))
    expect(dailyOf(flex(boluses, ['sun']), MASS)).toEqual(whole(1000))
    expect(dailyOf(flex(boluses, []), MASS)).toEqual(whole(350))
  })

  it('of six boluses of 350/3 ug a day gives 700 ug to the last digit', () => {
    const therapy: Periodic = {
      mode: 'periodic-bolus',
      basal: null,
      dose: ug(ratio(350n, 3n)),
      over_us: time('10 min'),
      every_us: time('4 h'),
    }
    expect(dailyOf(therapy, MASS)).toEqual(whole(700))
  })

  it('of an interval that does not divide a day gives the most that fits into one', () => {
    const every = (hours: number, over: string): Periodic => ({
      mode: 'periodic-bolus',
      basal: ugPerDay(24),
      dose: ug(60),
      over_us: time(over),
      every_us: hour(hours),
    })
    expect(dailyOf(every(5, '1 h'), MASS)).toEqual(whole(24 + 5 * 60))
    expect(dailyOf(every(7, '1 h'), MASS)).toEqual(whole(24 + 4 * 60))
    expect(dailyOf(every(7, '6 h'), MASS)).toEqual(whole(24 + 3 * 60 + 30))
    expect(dailyOf(every(48, '30 h'), MASS)).toEqual(whole(24 + 48))
    expect(dailyOf(every(240, '360 h'), MASS)).toEqual(whole(24 + 8))
  })

  it('counts a bolus longer than a day with what falls into one, and those of other days with it', () => {
    expect(dailyOf(flex([['0 h', 480, '48 h']], ['mon']), MASS)).toEqual(whole(350 + 240))
    expect(dailyOf(flex([['0 h', 480, '48 h']]), MASS)).toEqual(whole(350 + 480))
    expect(dailyOf(flex([['0 h', 480, '48 h']], ['mon', 'tue']), MASS)).toEqual(whole(350 + 480))
  })

  it('counts boluses around midnight of two days', () => {
    const late: Flex = flex([
      ['0 h', 10, '1 h'],
      ['22 h', 100, '2 h'],
    ])
    expect(dailyOf(late, MASS)).toEqual(whole(460))
    expect(dailyOf({ ...late, days: ['sun', 'mon'] }, MASS)).toEqual(whole(460))
    expect(dailyOf({ ...late, days: ['sun'] }, MASS)).toEqual(whole(460))
  })

  it('without a pattern gives its rate', () => {
    expect(dailyOf({ mode: 'stopped' }, MASS)).toEqual(ZERO)
    expect(dailyOf({ mode: 'minimum-rate' }, MASS)).toEqual(whole(12))
    expect(dailyOf({ mode: 'minimum-rate' }, VOLUME)).toEqual(whole(6))
    expect(dailyOf({ mode: 'simple-continuous', dose: ugPerDay(700) }, MASS)).toEqual(whole(700))
    expect(dailyOf({ mode: 'simple-continuous', dose: ugPerDay(700) }, VOLUME)).toEqual(whole(350))
  })
})

describe('a bolus', () => {
  const basal = constantPlan(NOW, perHour(20))
  const onTop = (dose: number): Plan =>
    overlaid(basal, [{ from_us: NOW, end_us: add(NOW, HOUR_us) as Time_us, rate: perHour(dose) }])

  it('right after a restart counts with the full basal that is still to come', () => {
    const stoppedForLong: RateLine = [{ from_us: hour(0), rate: ZERO }]
    expect(largestDailyDose(stoppedForLong, NOW, onTop(120))).toEqual(whole(600))
    expect(largestDailyDose([], NOW, onTop(120))).toEqual(whole(600))
    expect(compare(largestDailyDose([], NOW, onTop(121)), whole(600))).toBe(1)
  })

  it('is at a limit exactly, in the last part of a microgram', () => {
    const hair = ratio(1n, 10n ** 30n)
    const rate = add(perHour(120), hair)
    const plan = overlaid(basal, [{ from_us: NOW, end_us: add(NOW, HOUR_us) as Time_us, rate }])
    expect(subtract(largestDailyDose([], NOW, plan), whole(600))).toEqual(times(hair, HOUR_us.n))
  })

  it('counts with what was given before it', () => {
    const past: RateLine = [
      { from_us: subtract(NOW, hour(48)) as Time_us, rate: perHour(20) },
      { from_us: subtract(NOW, hour(10)) as Time_us, rate: perHour(120) },
      { from_us: subtract(NOW, hour(9)) as Time_us, rate: perHour(20) },
    ]
    expect(largestDailyDose(past, NOW, basal)).toEqual(whole(580))
    expect(largestDailyDose(past, NOW, onTop(120))).toEqual(whole(700))
    expect(largestDailyDose(past, NOW, constantPlan(NOW, ZERO))).toEqual(whole(580))
  })

  it('a day after the one before counts without it', () => {
    const given: RateLine = [
      { from_us: subtract(NOW, hour(24)) as Time_us, rate: perHour(120) },
      { from_us: subtract(NOW, hour(23)) as Time_us, rate: ZERO },
    ]
    const alone = overlaid(constantPlan(NOW, ZERO), [
      { from_us: NOW, end_us: add(NOW, HOUR_us) as Time_us, rate: perHour(120) },
    ])
    expect(largestDailyDose(given, NOW, alone)).toEqual(whole(120))
  })
})

describe('what a window of 24 h takes in', () => {
  const past = (...rates: readonly (readonly [back: number, rate: number])[]): RateLine =>
    rates.map(([back, rate]) => ({ from_us: as(subtract(NOW, hour(back))), rate: perHour(rate) }))

  it('is nothing that ended before now', () => {
    expect(largestDailyDose(past([60, 100], [30, 0]), NOW, constantPlan(NOW, ZERO))).toEqual(ZERO)
    // 6 h of the past at 100 ug/h, and nothing since.
    expect(largestDailyDose(past([60, 100], [18, 0]), NOW, constantPlan(NOW, ZERO))).toEqual(whole(600))
  })

  it('is no rate of the past from now on', () => {
    const known = [...past([1, 100], [0, 70]), { from_us: add(NOW, hour(1)) as Time_us, rate: perHour(1000) }]
    expect(largestDailyDose(known, NOW, constantPlan(NOW, ZERO))).toEqual(whole(100))
  })

  it('is no rate that a plan has after its end', () => {
    const { pieces, until_us } = constantPlan(NOW, perHour(1))
    const later = { from_us: add(until_us, HOUR_us) as Time_us, rate: perHour(1000) }
    expect(largestDailyDose([], NOW, { pieces: [...pieces, later], until_us })).toEqual(whole(24))
  })
})

describe('a plan with boluses on top', () => {
  const basal = constantPlan(NOW, perHour(1))
  const from = (hours: number) => add(NOW, hour(hours)) as Time_us
  const run = (begin: number, end: number, rate = 10) => ({
    from_us: from(begin),
    end_us: from(end),
    rate: perHour(rate),
  })

  it('has of each what is still to come, up to the end of the plan', () => {
    const boluses = [run(-3, -1), run(-1, 1), run(2, 3), run(9000, 9001)]
    expect(overlaid(basal, boluses).pieces).toEqual([
      { from_us: NOW, rate: perHour(11) },
      { from_us: from(1), rate: perHour(1) },
      { from_us: from(2), rate: perHour(11) },
      { from_us: from(3), rate: perHour(1) },
    ])
  })

  it('has one piece for boluses that follow each other at one rate', () => {
    expect(overlaid(basal, [run(0, 1), run(1, 2), run(2, 3)]).pieces).toEqual([
      { from_us: NOW, rate: perHour(11) },
      { from_us: from(3), rate: perHour(1) },
    ])
  })

  it('that has no piece has none with them', () => {
    const nothing = { pieces: [], until_us: basal.until_us }
    expect(overlaid(nothing, [run(0, 1)])).toEqual(nothing)
  })
})

describe('a plan', () => {
  const daily: Flex = {
    mode: 'flex',
    basal: ugPerDay(24),
    boluses: [{ at_us: hour(8), dose: ug(100), over_us: hour(1) }],
    days: EVERY_DAY,
  }
  const starts = ({ pieces }: Plan) => pieces.filter((_, index) => index % 2 === 1).map(({ from_us }) => from_us)
  const at8 = (day: number) => hour(24 * day + 8)

  it('of a daily pattern follows the clock and not the run', () => {
    const plan = flexPlan(hour(0), hour(240 + 6), hour(240 + 6), daily, MASS)
    expect(starts(plan).slice(0, 2)).toEqual([hour(2), hour(26)])
  })

  it('of a daily pattern has the start that the clock shows now, unless it has passed', () => {
    expect(flexPlan(at8(3), at8(3), at8(3), daily, MASS).pieces[0]).toEqual({ from_us: at8(3), rate: perHour(101) })
    const passed = add(at8(3), whole(1)) as Time_us
    expect(flexPlan(at8(3), at8(3), passed, daily, MASS).pieces.slice(0, 2)).toEqual([
      { from_us: at8(3), rate: perHour(1) },
      { from_us: at8(4), rate: perHour(101) },
    ])
  })

  it('of a periodic pattern keeps its phase', () => {
    const therapy: Periodic = { mode: 'periodic-bolus', basal: null, dose: ug(10), over_us: hour(1), every_us: hour(7) }
    const plan = periodicPlan(hour(30), hour(3), therapy, MASS)
    expect(plan.pieces.slice(0, 2)).toEqual([
      { from_us: hour(30), rate: ZERO },
      { from_us: hour(31), rate: perHour(10) },
    ])
    expect(periodicPlan(hour(31), hour(3), therapy, MASS).pieces[0]).toEqual({ from_us: hour(31), rate: perHour(10) })
    expect(periodicPlan(hour(3), hour(3), therapy, MASS).pieces[0]).toEqual({ from_us: hour(3), rate: perHour(10) })
  })

  it('goes on from the place of a pattern whose start of now is under way', () => {
    const therapy: Periodic = { mode: 'periodic-bolus', basal: null, dose: ug(10), over_us: hour(1), every_us: hour(7) }
    const clock = { reading_us: hour(7), at_us: hour(7), passed_us: hour(7) }
    const place = { began_us: hour(0), clock, from_us: hour(7), after: 1 }
    const plan = therapyPlan(hour(7), therapy, place, MASS)
    expect(plan.pieces[1]).toEqual({ from_us: hour(14), rate: perHour(10) })
  })

  it('of the densest pattern is worked out, and of a denser one refused', () => {
    const dense: Periodic = {
      mode: 'periodic-bolus',
      basal: null,
      dose: ug(1),
      over_us: time('16 min'),
      every_us: time('1 min'),
    }
    expect(dailyOf(dense, MASS)).toEqual(whole(1440))
    expect(dailyOf({ ...dense, over_us: time('15.9 min') }, MASS)).toEqual(whole(1440))
    expect(() => dailyOf({ ...dense, every_us: time('59 s') }, MASS)).toThrow(/more than 2900 boluses/)
  })

  it('has to begin now', () => {
    expect(() => largestDailyDose([], hour(1), constantPlan(hour(2), ZERO))).toThrow('a plan begins now')
    expect(() => largestDailyDose([], hour(1), { pieces: [], until_us: hour(2) })).toThrow(RangeError)
  })
})

/** Rates in whole micrograms for each hour; a window that slides by hours sees every change. */
function largestByHour(rates: readonly number[], now: number): number {
  let largest = 0
  for (let end = now; end <= rates.length; end += 1) {
    let total = 0
    for (let at = Math.max(0, end - 24); at < end; at += 1) total += rates[at] ?? 0
    largest = Math.max(largest, total)
  }
  return largest
}

/** Hours of a quarter of a year: long after any pattern here has come round. */
const HOURS = 90 * 24

const overs = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 60 }))
const rates = fc.integer({ min: 0, max: 9 })
/** A past of rates by the hour, then a bolus or two under way at that instant. */
const pasts = fc.array(rates, { maxLength: 40 })
const underWay = fc.array(
  fc.record({ ago: fc.integer({ min: 0, max: 5 }), left: fc.integer({ min: 1, max: 400 }), rate: rates }),
  {
    maxLength: 3,
  },
)

type UnderWay = readonly { readonly ago: number; readonly left: number; readonly rate: number }[]

function planned(boluses: UnderWay, now: number): PlannedBolus[] {
  return boluses.map(({ ago, left, rate }) => ({
    from_us: hour(now - ago),
    end_us: hour(now + left),
    rate: perHour(rate),
  }))
}

function lineOf(past: readonly number[]): RateLine {
  return past.map((rate, index) => ({ from_us: hour(index), rate: perHour(rate) }))
}

/** What a basal and boluses give in each hour from the end of the past on. */
function byHour(
  past: readonly number[],
  basal: number,
  boluses: UnderWay,
  starts: (hour: number) => readonly { readonly over: number; readonly rate: number }[],
): number[] {
  const given = [...past, ...Array.from({ length: HOURS - past.length }, () => basal)]
  const spreadOver = (from: number, over: number, rate: number) => {
    for (let at = from; at < Math.min(from + over, HOURS); at += 1) given[at] = (given[at] ?? 0) + rate
  }
  for (const { left, rate } of boluses) spreadOver(past.length, left, rate)
  for (let at = past.length; at < HOURS; at += 1) for (const { over, rate } of starts(at)) spreadOver(at, over, rate)
  return given
}

const perHourDose = (rate: number): DoseRate => ({ by: 'mass', rate_ug_per_us: as(perHour(rate)) })

describe('against windows laid hour by hour over a quarter of a year', () => {
  it('any line of rates has its largest day found', () => {
    fc.assert(
      fc.property(pasts, fc.array(rates, { minLength: 1, maxLength: 80 }), (past, future) => {
        const now = past.length
        const pieces = future.map((rate, index) => ({ from_us: hour(now + index), rate: perHour(rate) }))
        const plan = { pieces, until_us: hour(now + future.length) }
        const expected = largestByHour([...past, ...future], now)
        expect(largestDailyDose(lineOf(past), hour(now), plan)).toEqual(whole(expected))
      }),
      { numRuns: 300 },
    )
  })

  it('a flex pattern has its largest day found, whatever the days, the clock and what is under way', () => {
    const bolus = fc.record({ at: fc.integer({ min: 0, max: 23 }), over: overs, rate: rates })
    fc.assert(
      fc.property(
        pasts,
        underWay,
        rates,
        fc.array(bolus, { maxLength: 5 }),
        fc.subarray([...EVERY_DAY]),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 2 }),
        (past, boluses, basal, pattern, days, reading, ahead) => {
          const now = past.length
          const therapy: Flex = {
            mode: 'flex',
            basal: perHourDose(basal),
            boluses: pattern.map(({ at, over, rate }) => ({
              at_us: hour(at),
              dose: ug(rate * over),
              over_us: hour(over),
            })),
            days,
          }
          const plan = flexPlan(hour(now), hour(reading), hour(reading + ahead), therapy, MASS)
          const given = byHour(past, basal, boluses, (at) => {
            const shown = reading + at - now
            const day = FROM_THURSDAY[Math.floor(shown / 24) % 7]!
            return shown >= reading + ahead && days.includes(day) ? pattern.filter((one) => one.at === shown % 24) : []
          })
          const largest = largestDailyDose(lineOf(past), hour(now), overlaid(plan, planned(boluses, now)))
          expect(largest).toEqual(whole(largestByHour(given, now)))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('a periodic pattern has its largest day found, whatever its phase and what is under way', () => {
    const every = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 31, max: 300 }))
    fc.assert(
      fc.property(
        pasts,
        underWay,
        rates,
        every,
        overs,
        rates,
        fc.nat(),
        (past, boluses, basal, each, over, rate, ago) => {
          const now = past.length
          const start = now - (ago % each)
          const therapy: Periodic = {
            mode: 'periodic-bolus',
            basal: perHourDose(basal),
            dose: ug(rate * over),
            over_us: hour(over),
            every_us: hour(each),
          }
          const plan = periodicPlan(hour(now), hour(start), therapy, MASS)
          const given = byHour(past, basal, boluses, (at) => ((at - start) % each === 0 ? [{ over, rate }] : []))
          const largest = largestDailyDose(lineOf(past), hour(now), overlaid(plan, planned(boluses, now)))
          expect(largest).toEqual(whole(largestByHour(given, now)))
        },
      ),
      { numRuns: 150 },
    )
  })
})
