/**
 * Whether the pump holds what was prescribed: every kind of program, told in other words of the same meaning, and told with
 * any one part of another.
 */
import { describe, expect, it } from 'vitest'
import type { CheckResult } from '#hil/run/result'
import { checksNamed, finish } from '../support/bench.ts'
import { bolus, type Draft, draft, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const CHECK = '{ check: programmed-as-prescribed }'

async function held(prescribed: string, programmed: string, more: Partial<Draft> = {}): Promise<CheckResult> {
  const first = therapy('0 d', '100 ug/d')
  const { result } = await finish(
    draft({
      ...{ duration: '1 d', sample: '1 d', checks: [CHECK] },
      ...{ prescription: [first, `{ at: 1 h, ${prescribed} }`], programming: [first, `{ at: 1 h, ${programmed} }`] },
      ...more,
    }),
  )
  const [found] = checksNamed(result, 'programmed-as-prescribed')
  if (found === undefined) throw new Error('no check')
  return found
}

const FLEX = (basal: string, dose: string, more = '') =>
  `therapy: { mode: flex, basal: ${basal}, boluses: { dose: ${dose}, count: 4, over: 5 min, from: "00:00" }${more} }`
const AT = (...times: readonly string[]) =>
  `therapy: { mode: flex, basal: 100 ug/d, boluses: [${times.map((at) => `{ at: "${at}", dose: 10 ug, over: 5 min }`).join(', ')}] }`
const PERIODIC = (dose: string, over: string, every: string, more = '') =>
  `therapy: { mode: periodic-bolus, dose: ${dose}, over: ${over}, every: ${every}${more} }`
const SIMPLE = (dose: string) => `therapy: { mode: simple-continuous, dose: ${dose} }`
const LEAVE = (dose: string, over: string, lockout: string, most: number) =>
  `patient-bolus: { dose: ${dose}, over: ${over}, lockout: ${lockout}, max_per_day: ${most} }`

describe('what the pump holds', () => {
  // The fill has 500 ug/mL: 10 ug are 20 uL.
  it.each([
    ['a rate by volume', SIMPLE('400 ug/d'), SIMPLE('0.8 mL/d')],
    ['a bolus by volume', 'bolus: { dose: 10 ug, over: 5 min }', 'bolus: { dose: 20 uL, over: 300 s }'],
    ['a pattern by volume', FLEX('100 ug/d', '10 ug'), FLEX('0.2 mL/d', '20 uL')],
    ['a pattern in another order', AT('08:00', '12:00', '20:00'), AT('20:00', '08:00', '12:00')],
    [
      'days in another order',
      FLEX('100 ug/d', '10 ug', ', days: [mon, wed]'),
      FLEX('100 ug/d', '10 ug', ', days: [wed, mon]'),
    ],
    ['an interval by volume', PERIODIC('10 ug', '5 min', '6 h'), PERIODIC('20 uL', '5 min', '360 min')],
    [
      'a basal by volume',
      PERIODIC('10 ug', '5 min', '6 h', ', basal: 100 ug/d'),
      PERIODIC('10 ug', '5 min', '6 h', ', basal: 0.2 mL/d'),
    ],
    ['a basal of nothing', PERIODIC('10 ug', '5 min', '6 h'), PERIODIC('10 ug', '5 min', '6 h', ', basal: 0 ug/d')],
    ['leave by volume', LEAVE('10 ug', '5 min', '1 h', 2), LEAVE('20 uL', '5 min', '1 h', 2)],
    ['a prime', 'prime: { volume: 0.1 mL }', 'prime: { volume: 100 uL }'],
    ['the minimum rate', 'therapy: { mode: minimum-rate }', 'therapy: { mode: minimum-rate }'],
    ['a stop', 'therapy: { mode: stopped }', 'therapy: { mode: stopped }'],
  ])('is as prescribed: %s', async (_, prescribed, programmed) => {
    expect(await held(prescribed, programmed)).toMatchObject({
      ...{ outcome: 'pass', measured: 0, limit: 0, unit: 'entries', at_s: null },
      detail: 'the pump holds each of the 3 prescribed entries and fills',
    })
  })

  it.each([
    ['another rate', SIMPLE('400 ug/d'), SIMPLE('401 ug/d')],
    ['a rate by volume that is another', SIMPLE('400 ug/d'), SIMPLE('0.81 mL/d')],
    ['another mode', SIMPLE('400 ug/d'), 'therapy: { mode: minimum-rate }'],
    ['another bolus', 'bolus: { dose: 10 ug, over: 5 min }', 'bolus: { dose: 11 ug, over: 5 min }'],
    ['a bolus over another time', 'bolus: { dose: 10 ug, over: 5 min }', 'bolus: { dose: 10 ug, over: 6 min }'],
    ['another basal of a pattern', FLEX('100 ug/d', '10 ug'), FLEX('101 ug/d', '10 ug')],
    ['another dose of a pattern', FLEX('100 ug/d', '10 ug'), FLEX('100 ug/d', '11 ug')],
    ['other times of a pattern', AT('08:00', '12:00'), AT('08:00', '12:01')],
    ['fewer boluses', AT('08:00', '12:00'), AT('08:00')],
    ['other days', FLEX('100 ug/d', '10 ug', ', days: [mon, wed]'), FLEX('100 ug/d', '10 ug', ', days: [mon, tue]')],
    ['another dose at intervals', PERIODIC('10 ug', '5 min', '6 h'), PERIODIC('11 ug', '5 min', '6 h')],
    ['another length', PERIODIC('10 ug', '5 min', '6 h'), PERIODIC('10 ug', '6 min', '6 h')],
    ['another interval', PERIODIC('10 ug', '5 min', '6 h'), PERIODIC('10 ug', '5 min', '7 h')],
    [
      'a basal nobody asked for',
      PERIODIC('10 ug', '5 min', '6 h'),
      PERIODIC('10 ug', '5 min', '6 h', ', basal: 99 ug/d'),
    ],
    ['leave for another dose', LEAVE('10 ug', '5 min', '1 h', 2), LEAVE('11 ug', '5 min', '1 h', 2)],
    ['leave over another time', LEAVE('10 ug', '5 min', '1 h', 2), LEAVE('10 ug', '6 min', '1 h', 2)],
    ['leave after another lockout', LEAVE('10 ug', '5 min', '1 h', 2), LEAVE('10 ug', '5 min', '2 h', 2)],
    ['leave more often', LEAVE('10 ug', '5 min', '1 h', 2), LEAVE('10 ug', '5 min', '1 h', 3)],
    ['another prime', 'prime: { volume: 0.1 mL }', 'prime: { volume: 0.2 mL }'],
    ['a prime of the line', 'prime: { volume: 0.1 mL }', 'prime: auto'],
  ])('is not: %s', async (_, prescribed, programmed) => {
    const found = await held(prescribed, programmed)
    expect(found).toMatchObject({
      ...{ outcome: 'fail', measured: 2, at_s: HOUR_s, parted: [{ pair: 'program', since_s: HOUR_s }] },
      detail: expect.stringMatching(/^at 1 h the pump does not hold "/),
    })
  })
})

describe('a list of programs', () => {
  const lists = async (prescription: readonly string[], programming: readonly string[], check = CHECK) => {
    const text = draft({ duration: '1 d', sample: '1 d', prescription, programming, checks: [check] })
    return checksNamed((await finish(text)).result, 'programmed-as-prescribed')[0]
  }
  const first = therapy('0 d', '100 ug/d')
  const shot = (at: string) => bolus(at, '10 ug', '5 min')

  it('lacks what the pump was never told, and has what nobody prescribed, the first of them first', async () => {
    expect(await lists([first, shot('2 h'), shot('3 h')], [first])).toMatchObject({
      ...{ measured: 2, at_s: 2 * HOUR_s, detail: expect.stringContaining('at 2 h the pump does not hold "bolus') },
    })
    expect(await lists([first, shot('3 h')], [first, shot('2 h'), shot('3 h')])).toMatchObject({
      ...{ measured: 1, at_s: 2 * HOUR_s, detail: expect.stringContaining('at 2 h nobody prescribed "bolus') },
    })
  })

  it('holds two that are alike twice, and at their own instants', async () => {
    expect(await lists([first, shot('2 h'), shot('2 h')], [first, shot('2 h'), shot('2 h')])).toMatchObject({
      outcome: 'pass',
    })
    expect(await lists([first, shot('2 h'), shot('2 h')], [first, shot('2 h')])).toMatchObject({ measured: 1 })
    expect(await lists([first, shot('2 h')], [first, shot('2 h'), shot('2 h')])).toMatchObject({ measured: 1 })
    expect(await lists([first, shot('2 h')], [first, shot('2 h 1 s')])).toMatchObject({ measured: 2 })
  })

  it('is looked at in the span of the check, both of its ends included', async () => {
    const told = (span: string) => lists([first, shot('2 h')], [first], `{ check: programmed-as-prescribed, ${span} }`)
    const outcomes = await Promise.all(
      ['from: 2 h', 'from: 2 h 1 s', 'to: 2 h', 'to: 1 h 59 min'].map(async (span) => (await told(span))?.outcome),
    )
    expect(outcomes).toEqual(['fail', 'pass', 'fail', 'pass'])
  })

  it('takes a dose by volume for what the fill of its time makes of it', async () => {
    const events = ['{ at: 12 h, refill: { fill: { drug: baclofen, concentration: 1000 ug/mL, volume: 20 mL } } }']
    const told = (dose: string) =>
      held('bolus: { dose: 1 ug, over: 5 min }', 'bolus: { dose: 2 uL, over: 5 min }', {
        events,
        prescription: [first, bolus('13 h', '10 ug', '5 min')],
        programming: [first, bolus('13 h', dose, '5 min')],
      })
    expect((await told('10 uL')).outcome).toBe('pass')
    expect((await told('20 uL')).outcome).toBe('fail')
  })

  it('ends where the pump gives up by itself', async () => {
    const text = draft({
      ...{ duration: '5 d', sample: '1 d', prescription: [therapy('0 d', '4 mL/d')], checks: [CHECK] },
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 10 mL }',
    })
    const [found] = checksNamed((await finish(text)).result, 'programmed-as-prescribed')
    expect(found).toMatchObject({
      ...{ outcome: 'fail', measured: 1, detail: expect.stringMatching(/^at 2 d 12 h nobody prescribed "stopped: /) },
    })
  })
})

describe('a refusal that was expected', () => {
  const refused = async (programming: readonly string[], ...checks: readonly string[]) => {
    const text = draft({
      ...{ duration: '1 d', sample: '1 d', prescription: [stop('0 d')], programming: [stop('0 d'), ...programming] },
      checks: checks.map((at) => `{ check: refused, at: ${at} }`),
    })
    return checksNamed((await finish(text)).result, 'refused')
  }
  // Beyond any rate of the pump.
  const wild = (at: string) => therapy(at, '900 mg/d')

  it('is wanted at its instant, and as often as it is', async () => {
    expect(await refused([wild('2 h')], '2 h', '3 h')).toMatchObject([
      {
        outcome: 'pass',
        measured: 1,
        limit: 1,
        unit: 'refusals',
        at_s: 2 * HOUR_s,
        detail: expect.stringMatching(/^refused: ./),
      },
      { outcome: 'fail', measured: 0, limit: 1, at_s: 3 * HOUR_s, detail: 'nothing was refused at 3 h' },
    ])
    const shots = ['20 mL', '21 mL'].map((dose) => bolus('2 h', dose, '5 min'))
    expect(await refused(shots, '2 h', '2 h', '2 h')).toMatchObject([
      { outcome: 'pass', measured: 2, limit: 1 },
      { outcome: 'pass', measured: 2, limit: 2 },
      { outcome: 'fail', measured: 2, limit: 3, detail: 'only 2 refused at 2 h' },
    ])
  })
})
