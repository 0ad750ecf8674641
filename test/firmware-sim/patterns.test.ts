/** Patterns: flex by the pump's clock, however it is set, and periodic boluses exactly at their interval. */
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import type { Weekday } from '#firmware-sim/messages'
import { as, type Time_us } from '#units/quantity'
import { toText, whole } from '#units/rational'
import { at, Bedside, clockAt, continuous, flex, periodic, reasonIn, refill, setClock } from './bedside.ts'

const HOUR = 3_600_000_000
/** Ten steps of 1 uL in ten minutes on nothing, so that every step tells when a bolus ran. */
const TEN = (time: string) => [time, '10 uL', '10 min'] as const
const UNIT = { figures: { step_volume: '1 uL' } } as const

/** The instants at which boluses of ten steps began, in hours. */
function startsOf(pump: Bedside, until: string): readonly number[] {
  pump.pass(until)
  return pump.stepsBy(until).flatMap((due, step) => (step % 10 === 0 ? [(Number(due) - 60_000_000) / HOUR] : []))
}

describe('flex', () => {
  it('takes thirteen boluses a day and refuses fourteen', () => {
    const pattern = (count: number) =>
      flex(
        '1 mL/d',
        Array.from({ length: count }, (_, hour) => [`${hour} h`, '50 uL', '10 min'] as const),
      )
    expect(reasonIn(new Bedside().program('0 s', pattern(13)))).toBeNull()
    expect(reasonIn(new Bedside().program('0 s', pattern(14)))).toMatch('14 boluses a day are more than the 13')
  })

  it('refuses boluses so long that more than sixteen would overlap', () => {
    const lasting = (over: string) => flex('1 mL/d', [['6 h', '1 uL', over]])
    expect(reasonIn(new Bedside().program('0 s', lasting('16 d')))).toBeNull()
    expect(reasonIn(new Bedside().program('0 s', lasting('16.01 d')))).toMatch('more than 16 boluses would overlap')
  })

  it('refuses a bolus that starts on no day, or lasts no time', () => {
    const daily = (time: string, over = '1 h') => flex('1 mL/d', [[time, '50 uL', over]])
    expect(reasonIn(new Bedside().program('0 s', daily('23 h 59 min 59.999999 s')))).toBeNull()
    expect(reasonIn(new Bedside().program('0 s', daily('24 h')))).toBe(
      'a bolus of a day starts between 00:00 and 24:00',
    )
    expect(reasonIn(new Bedside().program('0 s', daily('6 h', '0 s')))).toBe('a bolus must last longer than nothing')
  })

  it('is bound by the least rate under its boluses, and by the highest on whatever day of the week that is', () => {
    expect(reasonIn(new Bedside().program('0 s', flex('40 uL/d', [])))).toMatch('40 uL/d is below the least rate')
    expect(reasonIn(new Bedside().program('0 s', flex('48 uL/d', [])))).toBeNull()
    const weekly = (day: Weekday) => flex('0 mL/d', [['6 h', '2 mL', '1 h']], [day])
    for (const day of ['mon', 'wed', 'sun'] as const) {
      const noon = new Bedside({ clock: '2026-01-05T12:00' })
      expect(reasonIn(noon.program('0 s', weekly(day)))).toMatch('48000 uL/d is above the highest rate')
    }
  })

  it('without a bolus, or without a day for one, is its basal alone', () => {
    for (const program of [flex('240 uL/d', []), flex('240 uL/d', [TEN('6 h')], [])]) {
      const pump = new Bedside(UNIT)
      pump.program('0 s', program)
      pump.pass('10 d')
      expect(pump.peek().steps).toBe(2400)
    }
  })

  it('of several boluses gives each on each of its days', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', flex('0 mL/d', [TEN('20 h'), TEN('6 h'), TEN('13 h')], ['tue', 'sat']))
    expect(startsOf(pump, '9 d')).toEqual([1, 5, 8].flatMap((day) => [6, 13, 20].map((hour) => day * 24 + hour)))
  })

  it('gives basal and boluses of a day to the step: 13 x 50 + 350 ug are 1000 ug', () => {
    const boluses = Array.from({ length: 13 }, (_, hour) => [`${hour} h 30 min`, '50 ug', '5 min'] as const)
    const pump = new Bedside({ figures: { step_volume: '1/4 uL' } })
    pump.program('0 s', flex('350 ug/d', boluses))
    for (const day of [1, 2, 9]) {
      pump.pass(`${day} d`)
      expect(pump.peek().dose_ug).toEqual([['baclofen', { n: BigInt(1000 * day), d: 1n }]])
    }
  })

  it('starts a bolus whose time is that of its program, and none whose time has passed', () => {
    const pump = new Bedside({ ...UNIT, clock: '2026-01-05T06:00' })
    pump.program('0 s', flex('0 mL/d', [TEN('6 h'), TEN('5 h 59 min 59 s')]))
    expect(startsOf(pump, '23 h')).toEqual([0])
  })

  it('runs on across midnight, on the days it is meant for', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', flex('0 mL/d', [['23 h 55 min', '10 uL', '10 min']], ['tue', 'sun']))
    expect(startsOf(pump, '14 d')).toEqual([1, 6, 8, 13].map((day) => day * 24 + 23 + 55 / 60))
  })

  it.each([
    ['forward past a bolus, which is skipped', '5 h 30 min', '07:30', [28]],
    ['forward to the very time of a bolus, which starts', '5 h', '06:00', [5, 29]],
    ['back before a bolus was due, which comes later', '5 h', '04:30', [6.5, 30.5]],
  ])('set %s', (_, time, to, starts) => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', flex('0 mL/d', [TEN('6 h')]))
    pump.program(time, setClock(`2026-01-05T${to}`))
    expect(startsOf(pump, '32 h')).toEqual(starts)
  })

  it('set back after a bolus does not give it twice, and says so', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', flex('0 mL/d', [TEN('6 h')]))
    pump.program('7 h', setClock('2026-01-05T05:30'))
    expect(startsOf(pump, '2 d')).toEqual([6, 31.5])
    expect(pump.said.find((output) => output.kind === 'event' && output.event === 'clock-set')).toMatchObject({
      detail: 'from 2026-01-05T07:00:00 to 2026-01-05T05:30:00; 1 boluses whose time comes again are not given then',
    })
  })

  it('goes on without a step missing while the clock is set back and forth', () => {
    const [pump, left] = [new Bedside(), new Bedside()]
    for (const one of [pump, left]) one.program('0 s', flex('1 mL/d', [['23 h', '50 uL', '1 h']]))
    pump.program('1 h', setClock('2026-01-05T00:00'))
    pump.program('2 h', setClock('2026-01-05T03:00'))
    pump.program('3 h', setClock('2026-01-05T02:00'))
    for (const one of [pump, left]) one.pass('23 h')
    expect(pump.stepsBy('23 h')).toEqual(left.stepsBy('23 h'))
  })

  it('orders what it books after the clock was set back, up to the bolus that now comes later', () => {
    const pump = new Bedside()
    pump.program('0 s', flex('1 mL/d', [['6 h', '50 uL', '1 h']]))
    pump.program('5 h', setClock('2026-01-05T03:30'))
    pump.pass('7 h')
    expect(pump.stepsBy('7 h')).toHaveLength(pump.peek().steps)
    expect(pump.peek().steps).toBe(Math.floor((7 / 24) * 4000))
  })

  it('begins anew after a jump of more than two hours: boluses under way end, and those of the new day come', () => {
    const jumped = (to: string) => {
      const pump = new Bedside(UNIT)
      pump.program('0 s', flex('0 mL/d', [['6 h', '60 uL', '1 h']]))
      pump.program('6 h 30 min', setClock(to))
      pump.pass('8 h')
      return pump.peek().steps
    }
    // Two hours back at 6:30 leave the bolus running and not repeated; a second more ends it and gives it again later.
    expect(jumped('2026-01-05T04:30')).toBe(60)
    expect(jumped('2026-01-05T04:29:59')).toBe(30)
    expect(jumped('2026-01-05T08:30')).toBe(60)
    expect(jumped('2026-01-05T08:30:01')).toBe(30)
    expect(jumped('2026-01-06T05:30')).toBe(30 + 60)
  })

  it('gives each bolus once on the days of daylight saving, an hour early or late for one day', () => {
    const year = (changes: readonly (readonly [time: string, to: string])[]) => {
      const pump = new Bedside({ ...UNIT, clock: '2026-03-29T00:00' })
      pump.program('0 s', flex('0 mL/d', [TEN('2 h 30 min'), TEN('12 h')]))
      for (const [time, to] of changes) pump.program(time, setClock(to))
      return startsOf(pump, '2 d')
    }
    expect(year([])).toEqual([2.5, 12, 26.5, 36])
    // Spring: 02:00 becomes 03:00, so the bolus of 02:30 falls out. Autumn: 03:00 becomes 02:00, and it is not repeated.
    expect(year([['2 h', '2026-03-29T03:00']])).toEqual([11, 25.5, 35])
    expect(year([['3 h', '2026-03-29T02:00']])).toEqual([2.5, 13, 27.5, 37])
  })
})

describe('a periodic bolus', () => {
  it('begins with its program, and a change at the instant of the next one comes first', () => {
    const pump = new Bedside(UNIT)
    pump.program('1 h', periodic('10 uL', '10 min', '2 h'))
    expect(startsOf(pump, '4 h 59 min')).toEqual([1, 3])
    pump.program('5 h', continuous('0 mL/d'))
    expect(startsOf(pump, '2 d')).toEqual([1, 3])
  })

  it('of 350/3 ug six times a day has given after ten years what exact arithmetic says', () => {
    const pump = new Bedside({ figures: { service_life: '9999 d' } })
    pump.program('0 s', periodic('350/18 ug', '10 min', '4 h'))
    for (let day = 300; day < 3650; day += 300) pump.program(`${day} d`, refill({ volume: '40 mL' }))
    const exact = new Fraction(350, 3).mul(3650).div(1000).mul(1000).div(new Fraction(1, 4)).floor()
    const { steps } = pump.status('3650 d')
    expect(steps).toBe(Number(exact.n))
    expect(pump.stepsBy('3650 d')).toHaveLength(steps)
  }, 60_000)

  it('is not moved by a clock that is set by up to two hours, and begins anew after a jump', () => {
    const set = (to: string) => {
      const pump = new Bedside(UNIT)
      pump.program('0 s', periodic('10 uL', '10 min', '2 h'))
      pump.program('3 h', setClock(to))
      return startsOf(pump, '6 h 30 min')
    }
    expect(set('2026-01-05T05:00')).toEqual([0, 2, 4, 6])
    expect(set('2026-01-05T01:00')).toEqual([0, 2, 4, 6])
    expect(set('2026-01-05T05:00:01')).toEqual([0, 2, 3, 5])
  })

  it('that began at the instant the clock is set does not begin twice', () => {
    const pump = new Bedside(UNIT)
    pump.program('1 h', periodic('10 uL', '10 min', '2 h'))
    pump.pass('1 h')
    pump.program('1 h', setClock('2026-01-05T02:00'))
    expect(startsOf(pump, '3 h 30 min')).toEqual([1, 3])
  })

  it('runs on its basal where it has one, which the least rate binds', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', periodic('10 uL', '10 min', '12 h', '240 uL/d'))
    pump.pass('1 d')
    expect(pump.peek().steps).toBe(240 + 20)
    const below = periodic('10 uL', '10 min', '12 h', '40 uL/d')
    expect(reasonIn(new Bedside().program('0 s', below))).toMatch('40 uL/d is below the least rate')
  })

  it('may come back after a minute, and its boluses overlap sixteen times', () => {
    expect(reasonIn(new Bedside().program('0 s', periodic('1 uL', '10 s', '1 min')))).toBeNull()
    expect(reasonIn(new Bedside().program('0 s', periodic('100 uL', '160 min', '10 min')))).toBeNull()
  })

  it('refuses an interval below a minute, and a bolus too long for the pattern under it', () => {
    expect(reasonIn(new Bedside().program('0 s', periodic('1 uL', '10 s', '59.9 s')))).toMatch('after 1 min at the')
    expect(reasonIn(new Bedside().program('0 s', periodic('1 uL', '161 min', '10 min')))).toMatch('more than 16 bol')
  })
})

describe('the clock', () => {
  it('shows what it was set to, and goes on from there', () => {
    const pump = new Bedside()
    pump.program('1 h', setClock('2030-05-05T05:05'))
    expect(toText(pump.status('2 h').clock_us)).toBe(toText(as<Time_us>(whole(clockAt('2030-05-05T06:05').n))))
    expect(at('1 h')).toBeDefined()
  })
})
