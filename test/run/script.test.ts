/** The script of a run, and what a programmer sends: whatever people do, in the order in which they do it, and as they say it. */
import { describe, expect, it } from 'vitest'
import { entryOrder, eventOrder, refillOrder, setAgain } from '#hil/run/programs'
import { type Doing, type RefillEvent, sampleInstants, scriptOf } from '#hil/run/script'
import { whole } from '#units/rational'
import { bolus, type Draft, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

const HOUR_us = 3_600_000_000
const ALL_AT_ONCE: Draft = {
  duration: '3 h',
  sample: '1 h',
  prescription: [
    bolus('1 h', '5 ug', '10 min'),
    '{ at: 1 h, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }',
    therapy('1 h', '400 ug/d'),
    '{ at: 1 h, prime: { volume: 10 uL } }',
  ],
  events: [
    '{ at: 1 h, do: interrogate }',
    '{ at: 1 h, do: silence }',
    '{ at: 1 h, do: request-bolus }',
    '{ at: 1 h, do: read-log }',
    '{ at: 1 h, do: clear }',
    '{ at: 1 h, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 2 mL } } }',
    '{ at: 1 h, do: set-clock, to: 2026-01-05T11:30 }',
    '{ at: 30 min, do: stop }',
  ],
}

describe('the script', () => {
  it('is in order of time, and at one instant in that of those who do it', () => {
    const items = scriptOf(scenarioOf(draft(ALL_AT_ONCE)))
    const named = items.map((item) => {
      const what = item.kind === 'program' ? item.entry.kind : item.kind === 'do' ? item.event.kind : item.kind
      return `${Number(item.at_us.n) / HOUR_us} ${what}`
    })
    expect(named).toEqual([
      ...['0 sample', '0.5 stop'],
      ...['1 set-clock', '1 refill', '1 therapy', '1 bolus', '1 patient-bolus', '1 prime', '1 request-bolus'],
      ...['1 silence', '1 read-log', '1 clear', '1 interrogate', '1 sample', '2 sample', '3 sample'],
    ])
  })

  it('is sampled from zero on, and once at the end', () => {
    const instants = (duration: string, sample: string) =>
      sampleInstants(scenarioOf(draft({ duration, sample, prescription: [stop('0 d')] }))).map(
        ({ n }) => Number(n) / HOUR_us,
      )
    expect(instants('3 h', '1 h')).toEqual([0, 1, 2, 3])
    expect(instants('3 h', '2 h')).toEqual([0, 2, 3])
    expect(instants('3 h', '4 h')).toEqual([0, 3])
  })
})

describe('what a programmer sends', () => {
  const scenario = scenarioOf(draft(ALL_AT_ONCE))
  const refills = scenario.events.filter((event): event is RefillEvent => event.kind === 'refill')
  const doings = scenario.events.filter((event): event is Doing => event.kind !== 'refill')

  it('is the program of an entry, as it was written, confirmed and committed unless it says otherwise', () => {
    const [, given] = scenario.programming
    expect(given && entryOrder(given)).toEqual({
      ...{ text: 'bolus 5 ug over 10 min', confirm: true },
      program: { kind: 'bolus', bolus: given?.kind === 'bolus' ? given.bolus : null },
    })
    expect(scenario.programming.map((entry) => entryOrder(entry).program)).toMatchObject([
      ...[{ kind: 'therapy', therapy: { mode: 'simple-continuous' } }, { kind: 'bolus' }],
      ...[
        { kind: 'patient-bolus', patientBolus: { maxPerDay: 2 } },
        { kind: 'prime', prime: { volume: whole(10) } },
      ],
    ])
    const left = scenarioOf(
      draft({
        prescription: [therapy('0 d', '400 ug/d')],
        programming: [
          '{ at: 0 d, therapy: { mode: simple-continuous, dose: 400 ug/d }, commit: false }',
          '{ at: 1 h, bridge: auto, confirm: false }',
        ],
      }),
    )
    expect(left.programming.map((entry) => entryOrder(entry))).toMatchObject([
      { confirm: true, commit: false, program: { kind: 'therapy' } },
      { confirm: false, program: { kind: 'bridge', bridge: { volume: 'auto' } } },
    ])
    expect(left.programming.map((entry) => 'commit' in entryOrder(entry))).toEqual([true, false])
  })

  it('is a refill as the pump is told of it', () => {
    expect(refills.map(refillOrder)).toEqual([
      {
        ...{ text: 'refill', confirm: true },
        program: {
          kind: 'refill',
          refill: {
            withdrawn: whole(1000),
            contents: { drug: 'baclofen', concentration_ug_per_uL: { n: 1n, d: 2n } },
            volume_uL: whole(2000),
          },
        },
      },
    ])
    const [all] = scenarioOf(
      draft({
        prescription: [stop('0 d')],
        events: ['{ at: 1 h, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 2 mL } } }'],
      }),
    ).events
    expect(all?.kind === 'refill' && refillOrder(all).program).toMatchObject({ refill: { withdrawn: 'all' } })
  })

  it('is a clock to be set and a restart, and nothing else of what people do', () => {
    const clock_us = whole(BigInt(Date.parse('2026-01-05T11:30Z')) * 1000n)
    const orders = doings.map((event) => [event.kind, eventOrder(event)] as const)
    expect(orders.filter(([, order]) => order !== null)).toEqual([
      [
        'set-clock',
        { text: 'set-clock to 2026-01-05T11:30', program: { kind: 'set-clock', to_us: clock_us }, confirm: true },
      ],
    ])
    const restart = { kind: 'restart', at_us: whole(0) } as Doing
    expect(eventOrder(restart)).toEqual({ text: 'restart', program: { kind: 'restart' }, confirm: true })
    const at = (to_us: bigint) => eventOrder({ kind: 'set-clock', at_us: whole(0), to_us: whole(to_us) } as Doing)?.text
    expect(at(clock_us.n + 7_000_000n)).toBe('set-clock to 2026-01-05T11:30:07')
    expect(at(clock_us.n + 7_250_000n)).toBe('set-clock to 2026-01-05T11:30:07.25')
  })

  it('moves the clock on once more by as much as it was moved before', () => {
    const shifted = scenarioOf(
      draft({
        clock: '2026-01-05T08:00',
        prescription: [stop('0 d')],
        events: [
          '{ at: 1 h, do: set-clock, to: 2026-01-05T09:30 }',
          '{ at: 2 h, do: set-clock, to: 2026-01-05T10:10 }',
        ],
      }),
    )
    const again = shifted.events.flatMap((event) => (event.kind === 'set-clock' ? [setAgain(shifted, event)] : []))
    expect(again.map(({ n }) => new Date(Number(n / 1000n)).toISOString().slice(11, 16))).toEqual(['10:00', '09:50'])
  })
})
