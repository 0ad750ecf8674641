/** Checks of runs in which there is nothing to judge, of two drugs, and of figures that nobody knows exactly. */
import { describe, expect, it } from 'vitest'
import { bounded, EXACTLY, type Uncertainty } from '#hil/oracle/guard-band'
import { guarded, joinDetails } from '#hil/run/checks/guarded'
import type { Instrument } from '#hil/run/instrument'
import { ratio, whole, ZERO } from '#units/rational'
import { finish } from '../support/bench.ts'
import { bolus, type Draft, draft, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s

async function said(parts: Draft, ...checks: readonly string[]) {
  const text = draft({ sample: '1 d', ...parts, checks: checks.map((check) => `{ check: ${check} }`) })
  const { result } = await finish(text)
  return result.checks
    .slice(0, checks.length)
    .map(({ outcome, measured, unit, at_s, detail }) => [outcome, measured, unit, at_s, detail])
}

describe('a check of a run', () => {
  it('in which nothing is prescribed says so', async () => {
    const nothing = 'nothing is prescribed in this span'
    expect(
      await said(
        { duration: '3 d', prescription: [stop('0 d')] },
        ...[
          'interruption, within: 1 h',
          'start-up, within: 5 %',
          'mean-flow-error, within: 5 %',
          'trumpet, within: 5 %',
        ],
      ),
    ).toEqual([
      ['inconclusive', null, 's', null, nothing],
      ['inconclusive', null, '%', null, nothing],
      ['inconclusive', null, '%', null, nothing],
      ['inconclusive', null, '%', null, nothing],
    ])
  })

  it('in which every step comes in time, and of which so much has settled', async () => {
    const steady = { duration: '2 d', prescription: [therapy('0 d', '400 ug/d')] }
    const [calm, settled, late] = await said(
      steady,
      ...['interruption, within: 1 s', 'start-up, within: 14 %, after: 45 min', 'start-up, within: 14 %, after: 24 h'],
    )
    expect(calm).toEqual(['pass', 0, 's', null, 'no step was ever overdue'])
    // 15 min hold 33, 33 and 34 steps by turns: the third of them begins after 30 min, the next one after 75.
    expect(settled).toEqual([
      ...['pass', 2, '%', 75 * 60, 'worst of 93 intervals of 15 min: 1 h 15 min to 1 h 30 min: +2 % to +2 %'],
    ])
    expect(late).toEqual([
      ...['inconclusive', null, '%', null],
      'no whole interval lies between settling and the end of the curve',
    ])
  })

  it('with an event before its time, or within a limit that it just keeps', async () => {
    const stalled = {
      ...{ duration: '3 d', prescription: [therapy('0 d', '400 ug/d')] },
      faults: ['{ at: 30 h, fault: motor-stall, for: 2 h }'],
    }
    const [early, kept, broken, never] = await said(
      stalled,
      ...['event, event: motor-recovered, between: [33 h, 40 h]', 'interruption, within: 7236 s'],
      ...['interruption, within: 7235 s', 'over-delivery, of: volume, time: 1 s'],
    )
    expect(early).toEqual([
      ...['fail', 115_240, 's', 115_240],
      'motor-recovered came at 1 d 8 h 40 s; wanted between 1 d 9 h and 1 d 16 h',
    ])
    expect([kept?.[0], broken?.[0]]).toEqual(['pass', 'fail'])
    expect(never).toEqual(['pass', 0, 's', null, 'volume: ahead for 0 s'])
  })

  it('with too much of it says for how long it was ahead', async () => {
    const fast = {
      ...{ duration: '3 d', prescription: [therapy('0 d', '400 ug/d')], programming: [therapy('0 d', '440 ug/d')] },
    }
    expect(await said(fast, 'over-delivery, of: volume, time: 1 h')).toEqual([
      [
        ...['fail', expect.closeTo(258_795, 1), 's', expect.closeTo(294.545472, 6)],
        'volume: ahead for 2 d 23 h 53 min 14.99904 s, first at 4 min 54.545472 s',
      ],
    ])
  })
})

describe('a check of two drugs', () => {
  const changed = (at: string, concentration: number): Draft => ({
    ...{ duration: '1 d', prescription: [therapy('0 d', '0.8 mL/d')] },
    events: [
      `{ at: ${at}, refill: { fill: { drug: morphine, concentration: ${concentration} ug/mL, volume: 20 mL } } }`,
    ],
  })

  it('fails by the one that fails, and has the dose of the larger', async () => {
    // The line holds 375 uL: after 18 h no morphine leaves it in the last 6 h, and of 800 uL all are baclofen.
    expect(await said(changed('18 h', 1000), 'dose-at-tip, within: 50 %', 'dose-at-tip, within: 20 %')).toEqual([
      ['fail', 200, 'ug', DAY_s, 'morphine: 0 ug delivered of 200 ug prescribed (-100 %)'],
      ['fail', 100, 'ug', DAY_s, 'baclofen: 400 ug delivered of 300 ug prescribed (+33.33 %)'],
    ])
    // After 6 h, 575 uL of baclofen and 225 uL of morphine.
    const most = ['max-dose, window: 24 h, dose: 300 ug', 'max-dose, window: 24 h, dose: 500 ug']
    expect(await said(changed('6 h', 2000), ...most)).toEqual([
      ['fail', 450, 'ug', DAY_s, 'at most 450 ug of morphine in 1 d, first at 1 d'],
      ['pass', 450, 'ug', DAY_s, 'at most 450 ug of morphine in 1 d, first at 1 d'],
    ])
    expect(await said(changed('6 h', 1000), ...most.slice(1))).toEqual([
      ['pass', 287.5, 'ug', 17.25 * HOUR_s, 'at most 287.5 ug of baclofen in 1 d, first at 17 h 15 min'],
    ])
    expect(await said(changed('18 h', 1000), ...most)).toEqual([
      ['fail', 400, 'ug', DAY_s, 'at most 400 ug of baclofen in 1 d, first at 1 d'],
      ['pass', 400, 'ug', DAY_s, 'at most 400 ug of baclofen in 1 d, first at 1 d'],
    ])
  })

  it('says what the pump believes of each', async () => {
    const told = (programmed: string): Draft => ({
      ...{ duration: '1 d', prescription: [therapy('0 d', '0.4 mL/d')] },
      fill: `{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL, programmed: ${programmed} }`,
    })
    const believed = (drug: string, ug: number, way: string) =>
      `${drug}: the pump believes up to ${ug} ug ${way} than left the reservoir, at 1 d`
    expect(await said(told('{ concentration: 2000 ug/mL }'), 'believed-dose, within: 1 ug')).toEqual([
      ['fail', 600, 'ug', DAY_s, believed('baclofen', 600, 'more')],
    ])
    expect(
      await said(told('{ drug: morphine }'), 'believed-dose, within: 1 ug', 'believed-dose, within: 1 mg'),
    ).toEqual([
      ['fail', 200, 'ug', DAY_s, `${believed('baclofen', 200, 'less')}; ${believed('morphine', 200, 'more')}`],
      ['pass', 200, 'ug', DAY_s, `${believed('baclofen', 200, 'less')}; ${believed('morphine', 200, 'more')}`],
    ])
  })
})

describe('a figure that nobody knows exactly', () => {
  const instrument: Instrument = {
    ...{ displaced: EXACTLY, tipMass: () => EXACTLY, doubt: null, step_uL: ratio(1n, 4n), uncountedSteps: 0 },
    late_us: whole(64),
    calibration: null,
  }
  const told = (measured: number, uncertainty: Uncertainty, doubt: string | null = null) => {
    const reading = { measured: whole(measured), limit: whole(10), unit: 'uL', at_us: null, detail: 'so much' }
    const { outcome, detail } = guarded(reading, uncertainty, { ...instrument, doubt })
    return [outcome, detail]
  }
  const by2 = bounded(whole(2), ZERO)

  it('is judged where all that it may be lies on one side, and says how far it may be out', () => {
    expect(told(10, EXACTLY)).toEqual(['pass', 'so much'])
    expect(told(11, EXACTLY)).toEqual(['fail', 'so much'])
    expect(told(8, by2)).toEqual(['pass', 'so much; uncertain by 2 uL'])
    expect(told(20, by2)).toEqual(['fail', 'so much; uncertain by 2 uL'])
    const between = (measured: number, side: string) =>
      `so much; measured ${measured} uL, limit 10 uL, uncertain by 2 uL: it lies ${side}, but may be ${measured - 2} to ${measured + 2} uL`
    expect(told(11, by2)).toEqual(['inconclusive', between(11, 'beyond')])
    expect(told(10, by2)).toEqual(['inconclusive', between(10, 'inside')])
    const unknown = 'so much; measured 11 uL, limit 10 uL; not judged: '
    expect(told(11, { kind: 'unknown' })).toEqual(['inconclusive', `${unknown}its uncertainty is unknown`])
    expect(told(11, { kind: 'unknown' }, 'it is out of date')).toEqual(['inconclusive', `${unknown}it is out of date`])
  })

  it('gives the reason once where several that follow on each other have the same', () => {
    const [x, y] = ['; not judged: x', '; not judged: y']
    expect(joinDetails([`a${x}`, `b${x}`, `c${y}`, 'd', `e${y}`])).toBe(`a; b${x}; c${y}; d; e${y}`)
    expect(joinDetails(['a', 'a'])).toBe('a; a')
  })
})

describe('a changeover', () => {
  const changed = (events: readonly string[]): Draft => ({
    ...{ duration: '5 d', pump: '{ model: im-20 }', prescription: [therapy('0 d', '400 ug/d')], events },
    fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  })
  const refill = (at: string, concentration: number) =>
    `{ at: ${at}, refill: { fill: { drug: baclofen, concentration: ${concentration} ug/mL, volume: 20 mL } } }`
  const within = 'changeover, within: 5 %'

  it('is told in words, and judged where it begins in the span', async () => {
    const soon = changed([refill('2 d', 2000), refill('3 d', 500)])
    const first =
      'baclofen 500 ug/mL to baclofen 2000 ug/mL at 2 d: baclofen: 100 ug out of the tip of 400 ug prescribed'
    const meant = '; the prescription has no bridge that makes up for it'
    const [whole, from, to, before, after] = await said(
      soon,
      ...[`${within}, to: 3 d`, `${within}, from: 2 d, to: 3 d`, `${within}, to: 2 d`],
      ...[`${within}, to: 1 d`, `${within}, from: 4 d`],
    )
    const judged = ['fail', 300, 'ug', 2 * DAY_s, `${first} (-75 %) in 1 d, until the next change${meant}`]
    expect([whole, from]).toEqual([judged, judged])
    const none = ['inconclusive', null, 'ug', null, 'no refill in this span changes drug or concentration']
    expect([to, before, after]).toEqual([none, none, none])
  })
})

describe('a trumpet', () => {
  it('names its period, and one that ends with the run is whole', async () => {
    const late = (duration: string) =>
      said({ duration, prescription: [stop('0 d'), therapy('1 h', '400 ug/d')] }, check)
    const check = 'trumpet, within: 20 %'
    expect((await late('50 h'))[0]?.[4]).toMatch(/^ambulatory, 1 d 1 h to 2 d 2 h: 15 min: -1 % to \+2 %; /)
    expect(await late('49 h')).toEqual([
      [
        ...['inconclusive', null, '%', null],
        'flow begins at 1 h: the analysis period would end at 2 d 2 h, after the part of the run that is judged',
      ],
    ])
  })
})

describe('a window in which nothing is prescribed', () => {
  const unresolvable = 'unresolvable: nothing is prescribed in some window'
  const window = (hours: string, span = '') => `windowed-flow, windows: [${hours}], within: 5 %${span}`

  it('has no error, and takes none of what is known of the others', async () => {
    const stopped = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d'), stop('1 d')] }
    expect(await said(stopped, window('1 d'), window('1 d, 12 h', ', from: 2 d'), window('1 d', ', to: 25 h'))).toEqual(
      [
        // The last window of all that asks for anything asks for one step and has two.
        ['inconclusive', null, '%', DAY_s - 27, `1 d: +0 % to +100 %, ${unresolvable}`],
        ['inconclusive', null, '%', null, `1 d: none to none, ${unresolvable}; 12 h: none to none, ${unresolvable}`],
        ['pass', expect.closeTo(0.0326, 4), '%', HOUR_s - 9, '1 d: +0 % to +0.03261 %'],
      ],
    )
    const late = { duration: '3 d', prescription: [stop('0 d'), therapy('2 d', '400 ug/d')] }
    expect(await said(late, window('1 d'))).toEqual([
      ['inconclusive', null, '%', DAY_s + 27, `1 d: -100 % to +0 %, ${unresolvable}`],
    ])
  })

  it('may hold one step, and no more than that', async () => {
    const told = (dose: string) => {
      const programming = [stop('0 d'), bolus('1 d', dose, '1 min')]
      return said(
        { duration: '3 d', prescription: [stop('0 d')], programming },
        window('1 d, 6 h'),
        'mean-flow-error, within: 5 %',
      )
    }
    expect(await told('0.125 ug')).toEqual([
      ['inconclusive', null, '%', null, `1 d: none to none, ${unresolvable}; 6 h: none to none, ${unresolvable}`],
      ['inconclusive', null, '%', null, 'nothing is prescribed in this span'],
    ])
    const unasked = '0.5 uL where nothing is prescribed'
    expect(await told('0.25 ug')).toEqual([
      ['fail', null, '%', 60, `1 d: ${unasked}; 6 h: ${unasked}`],
      ['fail', null, '%', 0, `0 s to 3 d: ${unasked}`],
    ])
  })
})

describe('a start-up', () => {
  it('of an interval as long as the curve or longer has one of them, where the run does', async () => {
    const late = { duration: '3 d', prescription: [stop('0 d'), therapy('2 d', '400 ug/d')] }
    const early = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d')] }
    const checks = ['24 h', '30 h'].map((interval) => `start-up, within: 3 %, interval: ${interval}`)
    const of = (interval: string, span: string) => `worst of 1 intervals of ${interval}: ${span}: +0 % to +0 %`
    expect(await said(late, ...checks)).toEqual([
      ['pass', 0, '%', 2 * DAY_s, of('1 d', '2 d to 3 d')],
      ['inconclusive', null, '%', null, 'no whole interval lies between settling and the end of the curve'],
    ])
    expect(await said(early, ...checks)).toEqual([
      ['pass', 0, '%', 0, of('1 d', '0 s to 1 d')],
      ['pass', 0, '%', 0, of('1 d 6 h', '0 s to 1 d 6 h')],
    ])
  })
})

describe('bolus accuracy', () => {
  const boluses = (dose: string) => [
    therapy('0 d', '100 ug/d'),
    ...Array.from({ length: 26 }, (_, k) => bolus(`${2 * k + 1} h`, dose, '10 min')),
  ]
  const right: Draft = { duration: '3 d', prescription: boluses('25 ug') }
  const least = 'worst -0.2778 % at'
  const most = 'and +0.2222 % at 5 h; one step is +0.5 % of the smallest'

  it('is told of the boluses that begin in the span', async () => {
    const within = 'bolus-accuracy, within: 1 %'
    const few = 'boluses, fewer than the 25 of which a mean is quoted;'
    expect(
      await said(
        right,
        `${within}, from: 3 h`,
        `${within}, from: 10801 s`,
        `${within}, mean: 1 %, from: 4 h, to: 12 h`,
      ),
    ).toEqual([
      ['pass', expect.closeTo(5 / 18, 9), '%', 3 * HOUR_s, `mean -0.1178 % of 25 boluses; ${least} 3 h ${most}`],
      ['pass', expect.closeTo(5 / 18, 9), '%', 7 * HOUR_s, `mean -0.1111 % of 24 ${few} ${least} 7 h ${most}`],
      [
        ...['inconclusive', expect.closeTo(1 / 36, 9), '%', null],
        `mean -0.02778 % of 4 ${few} ${least} 7 h ${most}; the mean is judged from 25 boluses on`,
      ],
    ])
    expect(await said(right, `${within}, from: 71 h`)).toEqual([
      ['inconclusive', null, '%', null, 'no bolus ran undisturbed in this span'],
    ])
  })

  it('is resolved from a step on, or where the error is more than limit and step together', async () => {
    const told = `mean -0.1239 % of 26 boluses; ${least} 1 h ${most}`
    const coarse = '; unresolvable: a step is more than the limit'
    const limits = (mean: number, each: number) => `; at most ${mean} % in the mean and ${each} % in each`
    expect(
      await said(
        right,
        ...['bolus-accuracy, within: 0.5 %', 'bolus-accuracy, within: 0.49 %'],
        'bolus-accuracy, within: 0.5 %, mean: 0.1 %, count: 3',
      ),
    ).toEqual([
      ['pass', expect.closeTo(5 / 18, 9), '%', HOUR_s, told],
      ['inconclusive', expect.closeTo(5 / 18, 9), '%', HOUR_s, `${told}${coarse}`],
      ['inconclusive', expect.closeTo(29 / 234, 9), '%', null, `${told}${limits(0.1, 0.5)}${coarse}`],
    ])
    const small =
      'mean -10.12 % of 26 boluses; worst -10.28 % at 1 h and -9.778 % at 5 h; one step is +0.5 % of the smallest'
    const beyond = `${small}; beyond the limit by more than a step`
    expect(
      await said(
        { ...right, programming: boluses('22.5 ug') },
        ...['bolus-accuracy, within: 9 %', 'bolus-accuracy, within: 0.1 %'],
        ...['bolus-accuracy, within: 20 %, mean: 9 %', 'bolus-accuracy, within: 20 %, mean: 0.1 %'],
      ),
    ).toEqual([
      ['fail', expect.closeTo(10.2778, 4), '%', HOUR_s, small],
      ['fail', expect.closeTo(10.2778, 4), '%', HOUR_s, beyond],
      ['fail', expect.closeTo(10.1239, 4), '%', null, `${small}${limits(9, 20)}`],
      [
        'fail',
        expect.closeTo(10.1239, 4),
        '%',
        null,
        `${small}${limits(0.1, 20)}; beyond the limit by more than a step`,
      ],
    ])
  })
})
