import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type PrescribedLedger, prescribe } from '#hil/oracle/prescribed'
import type { Entry, ScenarioEvent } from '#hil/scenario/types'
import { toText } from '#units/rational'
import { at, bolus, bridge, filled, intent, periodic, plain, prime, refill, therapy } from './intents.ts'

const text = (ledger: PrescribedLedger, time: string) => [
  toText(valueAt(ledger.volume, at(time))),
  toText(valueAt(ledger.mass.get('baclofen') ?? [], at(time))),
]

const REFILL = refill('1 d', 'baclofen', '2 mg/mL')

describe('a bridge', () => {
  it('from 500 to 2000 ug/mL at 400 ug/d: 0.8 mL/d for 11.25 h, then 0.2 mL/d', () => {
    const ledger = prescribe(
      intent([therapy('0 d', '400 ug/d'), bridge('1 d', 'auto')], [REFILL], { fill: filled('500 ug/mL') }),
    )
    expect(text(ledger, '1 d')).toEqual(['800', '400'])
    expect(text(ledger, '35 h 15 min')).toEqual(['1175', '1175/2'])
    expect(text(ledger, '35 h')[0]).toBe(toText({ n: 3500n, d: 3n }))
    expect(text(ledger, '59 h 15 min')).toEqual(['1375', '1975/2'])
  })

  it('from 2000 to 500 ug/mL at 400 ug/d: 0.2 mL/d for 45 h, then 0.8 mL/d', () => {
    const thin = refill('1 d', 'baclofen', '500 ug/mL')
    const ledger = prescribe(intent([therapy('0 d', '400 ug/d'), bridge('1 d', '375 uL')], [thin]))
    expect(text(ledger, '1 d')).toEqual(['200', '400'])
    expect(text(ledger, '69 h')).toEqual(['575', '1150'])
    expect(text(ledger, '93 h')).toEqual(['1375', '1550'])
  })

  it('multiplies boluses and doses by volume too, and leaves their mass as it was meant', () => {
    const entries = [therapy('0 d', '240 uL/d'), bridge('1 d', '100 uL'), bolus('1 d', '48 ug', '1 h')]
    const ledger = prescribe(intent(entries, [REFILL], { fill: filled('500 ug/mL') }))
    expect(text(ledger, '1 d')).toEqual(['240', '120'])
    // 4 x (10 uL/h + 24 uL/h) = 136 uL/h: the plug is gone after 100/136 h, and 36/136 h at 34 uL/h are left.
    expect(text(ledger, '24 h 30 min')).toEqual(['308', '154'])
    expect(text(ledger, '25 h')).toEqual(['349', '188'])
  })

  it('puts a second change behind what is left of the first', () => {
    const entries = [therapy('0 d', '400 ug/d'), bridge('1 d', 'auto'), bridge('30 h', 'auto')]
    const events = [REFILL, refill('30 h', 'baclofen', '1 mg/mL')]
    const ledger = prescribe(intent(entries, events, { fill: filled('500 ug/mL') }))
    // By 30 h 200 uL of 500 ug/mL have left and 175 uL remain, still at 0.8 mL/d: 5.25 h. Then 200 uL of 2 mg/mL, at 0.2 mL/d.
    expect(text(ledger, '30 h')[0]).toBe('1000')
    expect(text(ledger, '35 h 15 min')[0]).toBe('1175')
    expect(text(ledger, '59 h 15 min')[0]).toBe('1375')
    expect(text(ledger, '83 h 15 min')[0]).toBe('1775')
    expect(text(ledger, '83 h 15 min')[1]).toBe('2775/2')
  })

  it('follows a further change of concentration while it runs, without a new plug', () => {
    const entries = [therapy('0 d', '400 ug/d'), bridge('1 d', 'auto')]
    const events = [REFILL, refill('30 h', 'baclofen', '1 mg/mL')]
    const ledger = prescribe(intent(entries, events, { fill: filled('500 ug/mL') }))
    expect(text(ledger, '35 h 15 min')[0]).toBe('1175')
    expect(text(ledger, '59 h 15 min')[0]).toBe('1575')
  })

  it('stays through a stop and a change of therapy', () => {
    const entries = [
      therapy('0 d', '400 ug/d'),
      bridge('1 d', 'auto'),
      plain('30 h', 'stopped'),
      therapy('3 d', '400 ug/d'),
    ]
    const ledger = prescribe(intent(entries, [REFILL], { fill: filled('500 ug/mL') }))
    expect([text(ledger, '3 d')[0], text(ledger, '77 h 15 min')[0], text(ledger, '101 h 15 min')[0]]).toEqual([
      '1000',
      '1175',
      '1375',
    ])
  })

  it('ends with a refill of another drug', () => {
    const entries = [therapy('0 d', '400 ug/d'), bridge('1 d', 'auto')]
    const events = [REFILL, refill('30 h', 'morphine', '2 mg/mL')]
    const ledger = prescribe(intent(entries, events, { fill: filled('500 ug/mL') }))
    expect([text(ledger, '30 h')[0], text(ledger, '54 h')[0]]).toEqual(['1000', '1200'])
  })

  it.each([
    ['no refill came before it', []],
    ['the refill kept the concentration', [refill('1 d', 'baclofen', '500 ug/mL')]],
    ['the refill brought another drug', [refill('1 d', 'morphine', '2 mg/mL')]],
  ])('means nothing where %s', (_, events) => {
    const [with_, without] = [[bridge('1 d', 'auto')], []].map((more) =>
      prescribe(intent([therapy('0 d', '400 ug/d'), ...more], events, { fill: filled('500 ug/mL') })),
    )
    expect(with_).toEqual(without)
  })
})

describe('what the line holds', () => {
  const DAILY = therapy('0 d', '400 ug/d')
  const BACK = refill('30 h', 'baclofen', '500 ug/mL')

  /** Prescribed volume at each time, from a line of 375 uL of 500 ug/mL. */
  const volumes = (entries: readonly Entry[], events: readonly ScenarioEvent[], times: readonly string[]) => {
    const ledger = prescribe(intent(entries, events, { fill: filled('500 ug/mL') }))
    return times.map((time) => text(ledger, time)[0])
  }

  it('shortens a bridge that begins late by what has left already', () => {
    // 200 of 375 uL have left at 0.2 mL/d by 48 h; the other 175 uL take 5.25 h at 0.8 mL/d.
    expect(volumes([DAILY, bridge('2 d', 'auto')], [REFILL], ['2 d', '53 h 15 min', '77 h 15 min'])).toEqual([
      '1000',
      '1175',
      '1375',
    ])
  })

  it.each(['auto', '375 uL', '600 uL'])('leaves nothing for a second bridge of %s once the old has left', (volume) => {
    const once = [DAILY, bridge('1 d', 'auto')]
    const times = ['35 h 15 min', '36 h', '40 h', '5 d']
    expect(volumes([...once, bridge('36 h', volume)], [REFILL], times)).toEqual(volumes(once, [REFILL], times))
    // The same where the old has left at the rates of the new: 375 uL at 0.2 mL/d are gone after 45 h.
    expect(volumes([DAILY, bridge('69 h', volume)], [REFILL], ['69 h', '93 h'])).toEqual(['1175', '1375'])
  })

  it.each(['auto', '100 uL'])('is not bridged twice, nor less, by another bridge of %s under way', (volume) => {
    const once = [DAILY, bridge('1 d', 'auto')]
    const times = ['30 h', '35 h 15 min', '59 h 15 min']
    expect(volumes([...once, bridge('30 h', volume)], [REFILL], times)).toEqual(['1000', '1175', '1375'])
  })

  it('is remembered through a third concentration before the first was bridged', () => {
    // By 30 h 50 uL have left: 325 uL of 500 ug/mL at 0.8 mL/d for 9.75 h, 50 uL of 2 mg/mL at 0.2 mL/d for 6 h.
    const events = [REFILL, refill('30 h', 'baclofen', '1 mg/mL')]
    const times = ['30 h', '39 h 45 min', '45 h 45 min', '69 h 45 min']
    expect(volumes([DAILY, bridge('30 h', 'auto')], events, times)).toEqual(['850', '1175', '1225', '1625'])
  })

  it('has the rate of the reservoir where a refill brings back what it holds, and its own behind that', () => {
    const entries = [DAILY, bridge('1 d', 'auto'), bridge('30 h', 'auto')]
    const times = ['30 h', '35 h 15 min', '59 h 15 min', '83 h 15 min']
    // 175 uL of 500 ug/mL at 0.8 mL/d, 200 uL of 2 mg/mL at 0.2 mL/d, then 0.8 mL/d again.
    expect(volumes(entries, [REFILL, BACK], times)).toEqual(['1000', '1175', '1375', '2175'])
  })

  it('is not bridged beyond what was covered when a refill comes while a bridge is under way', () => {
    const entries = [DAILY, bridge('1 d', 'auto')]
    expect(volumes(entries, [REFILL, BACK], ['30 h', '54 h'])).toEqual(['1000', '1800'])
  })

  it('is longer where a bridge says so, to the same end whenever it says so', () => {
    // 500 uL at 0.8 mL/d from 800 uL on; then 300 uL from 1000 uL on.
    expect(volumes([DAILY, bridge('1 d', '500 uL')], [REFILL], ['39 h', '63 h'])).toEqual(['1300', '1500'])
    expect(volumes([DAILY, bridge('2 d', '300 uL')], [REFILL], ['57 h', '81 h'])).toEqual(['1300', '1500'])
  })

  it('keeps the length that a bridge gave it for the plugs behind it', () => {
    // 500 ug/mL up to 1300 uL instead of 1175 uL; of 2 mg/mL 75 uL follow, up to 1000 uL and a line.
    const entries = [DAILY, bridge('1 d', '500 uL'), bridge('30 h', 'auto')]
    const times = ['30 h', '39 h', '48 h', '72 h']
    const events = [REFILL, refill('30 h', 'baclofen', '1 mg/mL')]
    expect(volumes(entries, events, times)).toEqual(['1000', '1300', '1375', '1775'])
  })

  it('is bridged in parts, the rest as far as it is still there', () => {
    // 100 uL by 27 h, 175 uL at 0.2 mL/d by 48 h, the last 100 uL at 0.8 mL/d.
    const entries = [DAILY, bridge('1 d', '100 uL'), bridge('2 d', 'auto')]
    expect(volumes(entries, [REFILL], ['27 h', '2 d', '51 h', '75 h'])).toEqual(['900', '1075', '1175', '1375'])
  })

  it('cannot be bridged where it holds no drug, only where it does', () => {
    const by = [therapy('0 d', '400 uL/d'), bridge('30 h', 'auto')]
    const empty = refill('1 d', 'baclofen', '0 mg/mL')
    const strong = refill('30 h', 'baclofen', '2 mg/mL')
    // 275 uL of 500 ug/mL at 1.6 mL/d for 4.125 h, then 0.4 mL/d with or without drug.
    expect(volumes(by, [empty, strong], ['30 h', '34 h 7 min 30 s', '58 h 7 min 30 s'])).toEqual(['500', '775', '1175'])
    const blank = intent([...by, bridge('30 h', '900 uL')], [strong], { fill: filled('0 mg/mL') })
    expect(text(prescribe(blank), '78 h')[0]).toBe('1300')
  })

  it('is forgotten with another drug, and so is the bridge over it', () => {
    const other = refill('30 h', 'morphine', '2 mg/mL')
    const thinner = refill('36 h', 'morphine', '1 mg/mL')
    const entries = [DAILY, bridge('1 d', 'auto')]
    // 0.2 mL/d, then 0.4 mL/d though 125 uL of what was bridged have not left.
    expect(volumes(entries, [REFILL, other, thinner], ['30 h', '36 h', '60 h'])).toEqual(['1000', '1050', '1450'])
    // A bridge from the first to the second concentration of the new drug: 0.2 mL/d for 375 uL.
    const both = [...entries, bridge('36 h', 'auto')]
    expect(volumes(both, [REFILL, other, thinner], ['81 h', '105 h'])).toEqual(['1425', '1825'])
  })

  it('holds nothing old after two refills at one instant that end where they began', () => {
    const events = [REFILL, refill('1 d', 'baclofen', '500 ug/mL'), refill('2 d', 'baclofen', '1 mg/mL')]
    const times = ['2 d', '3 d']
    expect(volumes([DAILY, bridge('1 d', '2 mL')], events, times)).toEqual(['1600', '2000'])
  })
})

describe('a prime', () => {
  it('moves its volume at the highest rate in place of the therapy, and prescribes no mass', () => {
    const ledger = prescribe(intent([therapy('0 d', '240 ug/d'), prime('10 h', '0.5 mL')]))
    // 0.5 mL at 1 mL/h is half an hour.
    expect(text(ledger, '10 h')).toEqual(['50', '100'])
    expect(text(ledger, '10 h 15 min')).toEqual(['300', '100'])
    expect(text(ledger, '10 h 30 min')).toEqual(['550', '100'])
    expect(text(ledger, '11 h')).toEqual(['1105/2', '105'])
  })

  it('masks boluses whose clocks run on, and outlasts a change of therapy', () => {
    const entries = [bolus('1 h', '60 ug', '1 h'), prime('1 h 30 min', '1 mL'), periodic('2 h', '60 ug', '1 h', '5 h')]
    const ledger = prescribe(intent(entries))
    expect(text(ledger, '2 h 30 min')).toEqual(['1015', '30'])
    expect(text(ledger, '4 h')).toEqual(['1030', '60'])
  })

  it('is followed by another that begins while it runs', () => {
    const ledger = prescribe(intent([prime('1 h', '1 mL'), prime('1 h 30 min', '1 mL')]))
    expect(['2 h', '3 h', '9 h'].map((time) => text(ledger, time)[0])).toEqual(['1000', '2000', '2000'])
  })

  it.each([
    ['filled', ['176', '352']],
    ['empty', ['375', '551']],
  ] as const)('left to itself it fills what is empty: %s line', (line, volumes) => {
    const ledger = prescribe(intent([prime('1 h', 'auto'), prime('3 h', 'auto')], [], { line }))
    expect(['3 h', '5 h'].map((time) => text(ledger, time)[0])).toEqual(volumes)
  })

  it('leaves the tube out once anything was primed', () => {
    const ledger = prescribe(intent([prime('1 h', '10 uL'), prime('3 h', 'auto')], [], { line: 'empty' }))
    expect(text(ledger, '5 h')[0]).toBe('186')
  })

  it('moves a bridge on', () => {
    const entries = [therapy('0 d', '400 ug/d'), bridge('1 d', 'auto'), prime('1 d', '300 uL')]
    const ledger = prescribe(intent(entries, [REFILL], { fill: filled('500 ug/mL') }))
    // 18 min of prime, then 75 uL at 0.8 mL/d: 2 h 15 min.
    expect(text(ledger, '26 h 33 min')).toEqual(['1175', '875/2'])
    expect(text(ledger, '50 h 33 min')).toEqual(['1375', '1675/2'])
  })
})
