import { describe, expect, it } from 'vitest'
import { MOST_CHANGES } from '#hil/oracle/course'
import { increment, valueAt } from '#hil/oracle/line'
import { type Intent, type PrescribedLedger, prescribe } from '#hil/oracle/prescribed'
import type { Entry, ScenarioEvent } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import { compare, times, toText } from '#units/rational'
import { at, bolus, clockAt, clockSetTo, evenFlex, flex, intent, periodic, plain, therapy } from './intents.ts'

function mass(ledger: PrescribedLedger, time: string): string {
  return toText(valueAt(ledger.mass.get('baclofen') ?? [], at(time)))
}

/** The mass given by each of some instants; the clock starts at the given reading. */
function masses(
  prescription: readonly Entry[],
  events: readonly ScenarioEvent[],
  clock: string,
  ...instants: string[]
): readonly string[] {
  const ledger = prescribe(intent(prescription, events, { clock_us: clockAt(clock) }))
  return instants.map((time) => mass(ledger, time))
}

describe('a daily pattern', () => {
  it('gives 13 x 50 ug on 350 ug/d as 1000 ug and 0.5 mL a day, for ten years', () => {
    const ledger = prescribe(
      intent([evenFlex('0 d', '350 ug/d', 13, '50 ug', '5 min')], [], { duration_us: at('3650 d') }),
    )
    const line = ledger.mass.get('baclofen') ?? []
    for (let day = 0; day < 3650; day += 73) {
      const [from, to] = [times(DAY_us, day), times(DAY_us, day + 1)]
      expect(toText(increment(line, from, to))).toBe('1000')
      expect(toText(increment(ledger.volume, from, to))).toBe('500')
    }
    expect(mass(ledger, '3650 d')).toBe('3650000')
    expect(line.length).toBe(2 * 13 * 3650)
  })

  it('gives 700 ug/d in six boluses of 350/3 ug without drift', () => {
    const six = evenFlex('0 d', '0 ug/d', 6, '350/3 ug', '30 min')
    const ledger = prescribe(intent([six], [], { duration_us: at('3650 d') }))
    expect(mass(ledger, '10 min')).toBe('350/9')
    expect(mass(ledger, '5 h')).toBe('700/3')
    expect(mass(ledger, '3650 d')).toBe('2555000')
  })

  it('starts at its times of the pattern clock, today only those still to come', () => {
    const slots = [['06:00', '10 ug', '1 h'] as const, ['20:00', '100 ug', '1 h'] as const]
    const given = masses([flex('0 d', '0 ug/d', slots)], [], '2026-01-05T08:00', '12 h', '13 h', '22 h', '23 h', '37 h')
    expect(given).toEqual(['0', '100', '100', '110', '210'])
  })

  it('starts a bolus at the very instant of its therapy, and none of the old therapy', () => {
    const [old, next] = [
      flex('0 d', '0 ug/d', [['08:00', '10 ug', '1 h']]),
      flex('8 h', '0 ug/d', [['08:00', '3 ug', '1 h']]),
    ]
    expect(masses([old, next], [], '2026-01-05T00:00', '8 h 30 min', '10 h')).toEqual(['3/2', '3'])
  })

  it('lets a bolus that belongs to one day run over midnight into the next', () => {
    const late = flex('0 d', '0 ug/d', [['23:00', '60 ug', '3 h']], ['mon'])
    const given = masses([late], [], '2026-01-05T00:00', '23 h', '24 h', '26 h', '7 d', '8 d', '9 d')
    expect(given).toEqual(['0', '20', '60', '60', '80', '120'])
  })

  it('keeps to its days: basal only on the others, none when no day has boluses', () => {
    const workdays = flex('0 d', '24 ug/d', [['12:00', '100 ug', '1 h']], ['mon', 'tue', 'wed', 'thu', 'fri'])
    expect(masses([workdays], [], '2026-01-05T00:00', '5 d', '7 d', '8 d')).toEqual(['620', '668', '792'])
    expect(masses([flex('0 d', '24 ug/d', [['12:00', '9 ug', '1 h']], [])], [], '2026-01-05T00:00', '9 d')).toEqual([
      '216',
    ])
  })

  it('loses the boluses of an hour that the clock skips, but not one at its end', () => {
    const slots = ['01:30', '02:00', '02:30', '03:00'].map((time) => [time, '10 ug', '10 min'] as const)
    const summer = clockSetTo('2 h', '2026-03-29T03:00')
    const given = masses(
      [flex('0 d', '0 ug/d', slots)],
      [summer],
      '2026-03-29T00:00',
      '2 h',
      '2 h 10 min',
      '23 h',
      '25 h',
    )
    expect(given).toEqual(['10', '20', '20', '30'])
  })

  it('gives the boluses of an hour that comes twice once, and the one at its end when the clock gets there', () => {
    const slots = ['02:00', '02:30', '03:00', '03:30'].map((time) => [time, '10 ug', '10 min'] as const)
    const winter = clockSetTo('3 h', '2026-10-25T02:00')
    const given = masses(
      [flex('0 d', '0 ug/d', slots)],
      [winter],
      '2026-10-25T00:00',
      '3 h',
      '4 h',
      '4 h 10 min',
      '5 h',
    )
    expect(given).toEqual(['20', '20', '30', '40'])
  })

  it('lets a bolus under way run for its true time when the clock is corrected by two hours', () => {
    const slots = [['01:00', '60 ug', '1 h'] as const, ['02:00', '7 ug', '1 h'] as const]
    const set = clockSetTo('1 h 30 min', '2026-01-05T03:30')
    expect(masses([flex('0 d', '0 ug/d', slots)], [set], '2026-01-05T00:00', '1 h 45 min', '2 h', '20 h')).toEqual([
      '45',
      '60',
      '60',
    ])
  })

  it('begins the therapy anew when the clock jumps by more than two hours, either way', () => {
    const slots = [['01:00', '60 ug', '1 h'] as const, ['04:00', '10 ug', '1 h'] as const]
    const once = bolus('1 h', '8 ug', '1 h')
    const on = clockSetTo('1 h 30 min', '2026-01-05T04:00')
    expect(masses([flex('0 d', '0 ug/d', slots), once], [on], '2026-01-05T00:00', '90 min', '150 min')).toEqual([
      '34',
      '44',
    ])
    const back = clockSetTo('4 h 30 min', '2026-01-05T01:00')
    expect(masses([flex('0 d', '0 ug/d', slots)], [back], '2026-01-05T00:00', '4 h 30 min', '6 h', '8 h')).toEqual([
      '65',
      '125',
      '130',
    ])
  })
})

describe('a periodic bolus', () => {
  it('comes at its start and at every interval, on top of the basal', () => {
    const ledger = prescribe(intent([periodic('3 h', '10 ug', '30 min', '2 h', '24 ug/d')]))
    expect(['3 h', '3 h 15 min', '5 h', '7 h'].map((time) => mass(ledger, time))).toEqual(['0', '21/4', '12', '24'])
  })

  it('adds up where its boluses overlap', () => {
    const ledger = prescribe(intent([periodic('0 h', '10 ug', '5 h', '2 h')]))
    expect(['2 h', '4 h', '5 h', '6 h'].map((time) => mass(ledger, time))).toEqual(['4', '12', '18', '22'])
  })

  it('pays no heed to a corrected clock, and starts anew when it jumps', () => {
    const every = periodic('0 h', '10 ug', '1 h', '10 h')
    expect(masses([every], [clockSetTo('4 h', '2026-01-05T06:00')], '2026-01-05T00:00', '10 h', '11 h')).toEqual([
      '10',
      '20',
    ])
    expect(masses([every], [clockSetTo('4 h', '2026-01-05T06:01')], '2026-01-05T00:00', '5 h', '13 h', '15 h')).toEqual(
      ['20', '20', '30'],
    )
  })

  it('ends with the next therapy, its bolus under way too', () => {
    const ledger = prescribe(intent([periodic('0 h', '10 ug', '1 h', '2 h'), plain('2 h 30 min', 'stopped')]))
    expect(mass(ledger, '9 d')).toBe('15')
  })

  it('is refused by name when it changes its rate too often to be worked out', () => {
    const absurd = intent([{ ...periodic('0 d', '1 ug', '1 us', '1 us'), text: 'every 1 us' }])
    expect(() => prescribe(absurd, 20_000)).toThrow(/"every 1 us".*at most 20000 changes/)
    // A pair of changes for each of the 13 boluses of each day of a century.
    expect(MOST_CHANGES).toBeGreaterThan(2 * 13 * 365 * 100)
    const tenBoluses = { ...intent([periodic('0 h', '10 ug', '1 h', '2 h')]), duration_us: at('19 h') }
    expect(() => prescribe(tenBoluses, 19)).toThrow(/at most 19 changes/)
    expect(mass(prescribe(tenBoluses, 60), '19 h')).toBe('100')
  })
})

describe('after the end of the run', () => {
  it('the ledger holds the rates of that instant', () => {
    const other: Partial<Intent> = { duration_us: at('25 h') }
    const ledger = prescribe(intent([therapy('0 d', '24 ug/d'), bolus('30 h', '1 ug', '1 h')], [], other))
    expect(compare(valueAt(ledger.volume, at('100 h')), at('0 h'))).toBeGreaterThan(0)
    const pattern = prescribe(intent([periodic('0 h', '10 ug', '1 h', '24 h')], [], other))
    expect([mass(pattern, '24 h 30 min'), mass(pattern, '25 h')]).toEqual(['15', '20'])
  })
})
