/** What is noticed of a run, finding by finding, and since when its ledgers parted: hand-worked at 480 ug a day, a step each 22.5 s. */
import { describe, expect, it } from 'vitest'
import type { Detection } from '#hil/run/detection/types'
import { judge } from '#hil/run/judge'
import type { Trace } from '#hil/run/trace'
import { type Alter, drop, put } from '../support/alter.ts'
import { finish } from '../support/bench.ts'
import { type Draft, draft, stop, therapy } from '../support/scenario.ts'

const USUAL = therapy('0 d', '480 ug/d')
const STALL = '{ at: 6 h, fault: motor-stall, for: 10 min }'
/** A tick of the rig: what is due by then is still on its way. */
const TICK_s = 64e-6

async function run(parts: Partial<Draft>): Promise<Trace> {
  const usual = { duration: '2 d', sample: '1 d', prescription: [USUAL] }
  return (await finish(draft({ ...usual, ...parts }))).trace
}

function detected(trace: Trace, ...alterations: readonly Alter[]): Detection {
  const altered = alterations.reduce((before, alter) => alter(before), trace)
  const { detection } = judge(altered, { file: '', wall_s: 0 })
  if (detection === null) throw new Error('the run was not analyzed')
  return detection
}

const told = ({ findings }: Detection) =>
  findings.map(({ detector, what, detail, at_s, latency_s }) => [detector, what, detail, at_s, latency_s])
const pairs = ({ parted }: Detection) => parted.map(({ pair, since_s }) => [pair, since_s])
const stalled = (at_s: number, latency_s: number) => [
  'alarmed',
  'motor-stall',
  'motor-stall, critical',
  at_s,
  latency_s,
]

describe('the cause', () => {
  it('is the first fault that had its effect, and not one that came before and had none', async () => {
    const found = detected(
      await run({
        prescription: [stop('0 d'), therapy('2 h', '480 ug/d')],
        faults: ['{ at: 1 h, fault: motor-stall, for: 10 min }', STALL],
      }),
    )
    expect([found.cause, found.cause_s, found.first_s, found.latency_s]).toEqual([
      ...['motor-stall for 10 min', 21_600, 21_626.5, 26.5],
    ])
    expect(told(found)).toEqual([stalled(21_626.5, 26.5)])
  })

  it.each([
    ['12 h', 'motor-stall for 10 min', 21_600],
    ['3 h', 'at 3 h the pump does not hold "simple-continuous 480 ug/d"', 10_800],
  ])('is the earlier of a fault and an entry at %s', async (time, cause, cause_s) => {
    const found = detected(
      await run({
        prescription: [USUAL, therapy(time, '480 ug/d')],
        programming: [USUAL, therapy(time, '960 ug/d')],
        faults: [STALL],
      }),
    )
    expect([found.cause, found.cause_s]).toEqual([cause, cause_s])
  })

  it('has nothing noticed before it, and what is noticed is told in order of time', async () => {
    const trace = await run({
      prescription: [USUAL, therapy('3 h', '480 ug/d')],
      programming: [USUAL, therapy('3 h', '960 ug/d')],
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 2.01 mL }',
      duration: '1 d',
      faults: [STALL],
    })
    // The reservoir runs low after 15 min. The alarm is of the stall, at 6 h, and not of the entry.
    const over = 'more than 14.5 % over what is prescribed'
    expect(told(detected(trace))).toEqual([
      ['volume-check', 'volume', over, 12_667.5 + TICK_s / 2, 1867.5 + TICK_s / 2],
      ['dose-check', 'baclofen', `baclofen at the tip ${over}`, 12_667.5 + TICK_s / 2, 1867.5 + TICK_s / 2],
      stalled(21_615.25, 15.25),
    ])
  })
})

describe('a finding', async () => {
  const trace = await run({})
  const refused = (hours: number, reason: string) =>
    put({
      ...{ kind: 'refused', t_us: hours * 3_600_000_000, at_us: String(hours * 3_600_000_000), text: `x at ${hours}` },
      ...{ asked: { kind: 'restart' }, reason },
    })

  it('is one of the pump that refuses, and of the programmer that was not told to confirm', () => {
    const found = detected(
      trace,
      ...[refused(3, 'not confirmed: too much'), refused(2, 'too much'), refused(4, 'the pump did not answer')],
      put({ kind: 'event', t_us: 18_000_000_000, event: 'warning-confirmed', detail: 'rather much' }),
      put({ kind: 'event', t_us: 21_600_000_000, event: 'residual-differs', detail: 'too little' }),
      put({ kind: 'alarm', t_us: 25_200_000_000, alarm: 'low-reservoir', priority: 'non-critical', state: 'raised' }),
      put({ kind: 'alarm', t_us: 28_800_000_000, alarm: 'low-reservoir', priority: 'non-critical', state: 'cleared' }),
    )
    expect(told(found)).toEqual([
      ['refused', 'x at 2', 'too much', 7200, null],
      ['warned', 'x at 3', 'not confirmed: too much', 10_800, null],
      ['warned', 'warning-confirmed', 'rather much', 18_000, null],
      ['reconciliation', 'residual-differs', 'too little', 21_600, null],
      ['alarmed', 'low-reservoir', 'low-reservoir, non-critical', 25_200, null],
    ])
    expect(found.first).toBe('refused')
  })

  it('is told with twenty others of its detector at the most, the first ones', () => {
    const many = Array.from({ length: 25 }, (_, index) => refused(25 - index, 'too much'))
    expect(detected(trace, ...many).findings.map(({ at_s }) => at_s / 3600)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
  })

  it('counts to the end of the run, and not what comes later', () => {
    expect(told(detected(trace, refused(48, 'too much'), refused(49, 'too much')))).toEqual([
      ['refused', 'x at 48', 'too much', 172_800, null],
    ])
  })

  it('is not made of a run that broke off', () => {
    expect(judge(drop({ kind: 'end' })(trace), { file: '', wall_s: 0 }).detection).toBeNull()
  })
})

describe('ledgers that part', () => {
  it.each<readonly [string, Partial<Draft>, readonly (readonly [string, number])[]]>([
    ['none of a pump that stands still on purpose', { prescription: [stop('0 d')] }, []],
    [
      'belief and all that follows where steps move more',
      { plant: '{ gain: 20 % }' },
      [
        ['belief', 135],
        ['believed-mass', 157.5 + TICK_s / 2],
        ['volume', 135],
        ['mass', 135],
      ],
    ],
    [
      'belief and all that follows where steps move less',
      { plant: '{ gain: -20 % }' },
      [
        ['belief', 135],
        ['believed-mass', 135],
        ['volume', 40.5 + TICK_s],
        ['mass', 40.5 + TICK_s],
      ],
    ],
    [
      'the program and the dose where another one was entered',
      { programming: [therapy('0 d', '240 ug/d')] },
      [
        ['program', 0],
        ['volume', 22.5 + TICK_s],
        ['mass', 22.5 + TICK_s],
      ],
    ],
    [
      'the program and what is believed of another drug',
      { fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL, programmed: { drug: morphine } }' },
      [
        ['program', 0],
        ['believed-mass', 45],
      ],
    ],
  ])('are %s', async (_, parts, parted) => {
    const found = pairs(detected(await run(parts)))
    expect(found).toEqual(parted.map(([pair, since_s]) => [pair, expect.closeTo(since_s, 6)]))
  })

  it('give the earliest of several instants', async () => {
    const found = detected(
      await run({
        prescription: [USUAL, therapy('12 h', '480 ug/d')],
        programming: [USUAL, therapy('12 h', '960 ug/d')],
        faults: [STALL],
      }),
    )
    // Behind since the stall, and ahead only once more was given than had been lost.
    expect(pairs(found)).toEqual([
      ['program', 43_200],
      ['volume', expect.closeTo(21_622.5 + TICK_s, 6)],
      ['mass', expect.closeTo(21_622.5 + TICK_s, 6)],
    ])
    expect(found.volume_check).toMatchObject({ judged_by: 'tolerance', tolerance_s: 51_300 })
  })
})

describe('what nobody can notice', () => {
  it('has its reason in what the pump cannot measure', async () => {
    const slow = detected(await run({ faults: ['{ at: 6 h, fault: clock-drift, by: -10000 ppm }'] }))
    expect(slow.unnoticed_because).toMatch(/^the pump gives what it believes to be due, .* no second clock/)
    const other = detected(await run({ programming: [therapy('0 d', '240 ug/d')] }))
    expect(other.unnoticed_because).toMatch(/^the pump holds what it was told; /)
  })
})
