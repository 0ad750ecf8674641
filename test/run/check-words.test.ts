/** What a check says: the figure, its limit and unit, when it was worst, since when the ledgers part, and all of it in words. */
import { describe, expect, it } from 'vitest'
import { analysisLines } from '#hil/report/analysis-lines'
import { judge } from '#hil/run/judge'
import type { TraceRecord } from '#hil/run/trace'
import { finish } from '../support/bench.ts'
import { bolus, type Draft, draft, stop, therapy } from '../support/scenario.ts'

type Said = readonly [
  check: string,
  outcome: 'pass' | 'fail' | 'inconclusive',
  measured: number | null,
  limit: number,
  unit: string,
  at_s: number | null,
  detail: string,
  parted?: readonly [pair: string, since_s: number | null],
]

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s
/** 0.8 mL/d, a step of 0.25 uL or 0.125 ug each 27 s. */
const STEADY = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d')] }
/** A tick of the rig: what is due by then is still on its way. */
const TICK_s = 64e-6

const RUNS: readonly (readonly [string, Draft, readonly Said[]])[] = [
  [
    // From 30 h on 268 steps are lost: 67 uL, 33.5 ug.
    'a motor that stalls for two hours',
    { ...STEADY, faults: ['{ at: 30 h, fault: motor-stall, for: 2 h }'] },
    [
      [
        ...(['under-delivery, amount: 33 ug', 'fail', 33.5, 33, 'ug', 108_027 + TICK_s] as const),
        'baclofen: 33.5 ug too little, since 1 d 6 h 27.000064 s',
        ['mass', 108_027 + TICK_s],
      ],
      ['over-delivery, amount: 1 ug', 'pass', 0, 1, 'ug', null, 'baclofen: 0 ug too much'],
      [
        ...(['under-delivery, of: volume, amount: 68 uL, time: 41 h', 'fail', 151_173, 147_600, 's'] as const),
        108_027 + TICK_s,
        'volume: 67 uL too little, since 1 d 6 h 27.000064 s; volume: behind for 1 d 17 h 59 min 32.999936 s, first at 1 d 6 h 27.000064 s',
        ['volume', 108_027 + TICK_s],
      ],
      [
        ...(['interruption, within: 1 h 59 min', 'fail', 7236, 7140, 's', 108_027] as const),
        'a step was overdue for 2 h 36 s, from 1 d 6 h 27 s to 1 d 8 h 1 min 3 s',
        ['volume', 108_027],
      ],
      [
        ...(['max-dose, window: 24 h, dose: 390 ug', 'fail', 400, 390, 'ug', DAY_s] as const),
        'at most 400 ug of baclofen in 1 d, first at 1 d',
        ['mass', DAY_s],
      ],
      [
        ...(['delivered-volume, within: 1 %', 'fail', 67, 24.25, 'uL', 3 * DAY_s] as const),
        '2333 uL delivered of 2400 uL prescribed (-2.792 %)',
        // 24.25 uL are 97 steps.
        ['volume', 108_000 + 97 * 27 + TICK_s],
      ],
      [
        ...(['delivered-volume, within: 1 %, every: 1 d', 'fail', 67, 8.25, 'uL', 2 * DAY_s] as const),
        '733 uL delivered of 800 uL prescribed in the worst window, 1 d to 2 d (-8.375 %)',
        ['volume', 108_000 + 33 * 27 + TICK_s],
      ],
      [
        ...(['dose-at-tip, within: 1 %', 'fail', 33.5, 12.125, 'ug', 3 * DAY_s] as const),
        'baclofen: 1166.5 ug delivered of 1200 ug prescribed (-2.792 %)',
        ['mass', 108_000 + 97 * 27 + TICK_s],
      ],
      [
        ...(['mean-flow-error, within: 2 %', 'fail', 67 / 24, 2, '%', 0] as const),
        '0 s to 3 d: -2.792 % to -2.792 %',
        ['volume', null],
      ],
      [
        ...(['event, event: motor-recovered, between: [30 h, 31 h]', 'fail', 115_240, 111_600, 's', 115_240] as const),
        'motor-recovered came at 1 d 8 h 40 s; wanted between 1 d 6 h and 1 d 7 h',
      ],
      [
        ...(['event, event: programming-refused, by: 3 d', 'fail', null, 3 * DAY_s, 's', null] as const),
        'programming-refused never came; wanted between 0 s and 3 d',
      ],
      [
        ...(['alarm-latency, alarm: motor-stall, within: 30 s', 'fail', 31, 30, 's', 108_000] as const),
        'motor-stall was raised 31 s after motor-stall for 2 h at 1 d 6 h',
      ],
      [
        ...(['start-up, within: 14 %', 'pass', 2, 14, '%', 1800] as const),
        'worst of 96 intervals of 15 min: 30 min to 45 min: +2 % to +2 %',
      ],
      [
        ...(['start-up, within: 2 %', 'inconclusive', 2, 2, '%', 1800] as const),
        'worst of 96 intervals of 15 min: 30 min to 45 min: +2 % to +2 %, unresolvable: one step is +3 % of it',
      ],
      [
        ...(['windowed-flow, windows: [15 min, 2 h], within: 50 %', 'fail', 100, 50, '%', 114_363] as const),
        '15 min: -100 % to +2 %; 2 h: -100 % to +0.125 %',
        ['volume', null],
      ],
    ],
  ],
  [
    'a pump that was told a tenth too much',
    { ...STEADY, programming: [therapy('0 d', '440 ug/d')] },
    [
      [
        ...(['tracking, within: 1 step', 'fail', 960, 1, 'step', 3 * DAY_s] as const),
        'delivered is at most 240 uL ahead of prescribed; beyond the limit since 4 min 54.545472 s',
        ['volume', 294.545472],
      ],
      [
        ...(['delivered-volume, within: 12 %', 'pass', 240, 288.25, 'uL', 3 * DAY_s] as const),
        '2640 uL delivered of 2400 uL prescribed (+10 %); marginal: beyond 5 %',
      ],
      [
        ...(['windowed-flow, windows: [5 min, 1 h], within: 9 %', 'fail', 10.25, 9, '%', 8.181824] as const),
        '5 min: +8 % to +17 %, unresolvable: one step is +9 % of it; 1 h: +9.5 % to +10.25 %',
        ['volume', null],
      ],
      [
        ...(['mean-flow-error, within: 9 %', 'fail', 10, 9, '%', 0] as const),
        '0 s to 3 d: +10 % to +10 %',
        ['volume', null],
      ],
      [
        ...(['max-dose, window: 24 h, dose: 400 ug', 'fail', 440, 400, 'ug', DAY_s] as const),
        'at most 440 ug of baclofen in 1 d, first at 1 d',
        ['mass', DAY_s],
      ],
      [
        ...(['believed-dose, within: 0 ug', 'pass', 0, 0, 'ug', 0] as const),
        'baclofen: the pump believes what left the reservoir',
      ],
      ['reservoir-estimate, within: 0.1 uL', 'pass', 0, 0.1, 'uL', 0, 'the pump believes what is true'],
    ],
  ],
  [
    // Of 25 ug a fifth is lacking, and of 12.5 ug there is a tenth too much.
    'boluses that were told otherwise',
    {
      duration: '1 d',
      prescription: [stop('0 d'), bolus('1 h', '25 ug', '10 min'), bolus('2 h', '12.5 ug', '10 min')],
      programming: [stop('0 d'), bolus('1 h', '20 ug', '10 min'), bolus('2 h', '13.75 ug', '10 min')],
    },
    (
      [
        ['bolus-accuracy, within: 9 %', 'fail', 20, 9, '%', HOUR_s, '', ['volume', HOUR_s]],
        [
          ...(['bolus-accuracy, within: 0.5 %', 'fail', 20, 0.5, '%', HOUR_s] as const),
          '; beyond the limit by more than a step',
          ['volume', HOUR_s],
        ],
        [
          ...(['bolus-accuracy, within: 21 %, mean: 4 %, count: 2', 'fail', 5, 4, '%', null] as const),
          '; at most 4 % in the mean and 21 % in each',
          ['volume', null],
        ],
        // 5 of 6 % are 83 % of the limit, and 20 of 21 % are 95 %; of 25 % they are 80 %.
        [
          ...(['bolus-accuracy, within: 21 %, mean: 6 %, count: 2', 'pass', 20, 21, '%', HOUR_s] as const),
          '; at most 6 % in the mean and 21 % in each',
        ],
        [
          ...(['bolus-accuracy, within: 25 %, mean: 6 %, count: 2', 'pass', 5, 6, '%', null] as const),
          '; at most 6 % in the mean and 25 % in each',
        ],
      ] satisfies Said[]
    ).map(([check, outcome, measured, limit, unit, at_s, detail, ...parted]): Said => {
      const said =
        'mean -5 % of 2 boluses, fewer than the 25 of which a mean is quoted; worst -20 % at 1 h and +10 % at 2 h; ' +
        'one step is +1 % of the smallest'
      return [check, outcome, measured, limit, unit, at_s, said + detail, ...parted]
    }),
  ],
]

describe.each(RUNS)('of %s', (_, parts, rows) => {
  it('each check says what was worked out by hand', async () => {
    const checks = rows.map(([check]) => `{ check: ${check} }`)
    const { result } = await finish(draft({ sample: '1 d', ...parts, checks }))
    const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 3))
    for (const [index, row] of rows.entries()) {
      const [check, outcome, measured, limit, unit, at_s, detail, parted] = row
      const found = { asked: check, ...result.checks[index] }
      expect(found).toMatchObject({
        ...{ asked: check, outcome, measured: near(measured), limit, unit, at_s: near(at_s), detail },
      })
      const since = found.parted?.map(({ pair, since_s }) => [pair, since_s])
      expect([check, since]).toEqual([check, parted && [[parted[0], near(parted[1])]]])
    }
  })
})

describe('of an alarm and its causes', () => {
  const asked = (alarm: string, ...spans: readonly string[]) =>
    spans.map((span) => `{ check: alarm-latency, alarm: ${alarm}, ${span} }`)

  it('says which was answered worst, and how many show nothing', async () => {
    const spans = [
      'within: 1 h',
      'within: 3 h',
      'within: 30 h',
      'within: 1 h, from: 13 h, to: 23 h',
      'within: 1 h, to: 12 h',
    ]
    const { trace } = await finish(
      draft({
        ...{ duration: '2 d', sample: '1 d', checks: asked('stopped-pump', ...spans) },
        prescription: [therapy('0 d', '400 ug/d'), stop('12 h'), therapy('14 h', '400 ug/d'), stop('1 d')],
      }),
    )
    const said = (...hours: readonly number[]) => {
      const alarms = hours.map(
        (hour): TraceRecord => ({
          ...{ kind: 'alarm', t_us: hour * HOUR_s * 1e6, alarm: 'stopped-pump', priority: 'critical', state: 'raised' },
        }),
      )
      const records = [...trace.records.slice(0, -1), ...alarms, ...trace.records.slice(-1)]
      const { checks } = judge({ ...trace, records }, { file: '', wall_s: 0 })
      return checks
        .slice(0, spans.length)
        .map(({ outcome, measured, at_s, detail }) => [outcome, measured, at_s, detail])
    }
    const never = 'stopped-pump was never raised after stopped at'
    const nothing = ['inconclusive', null, null, 'nothing in this span should raise stopped-pump']
    expect(said()).toEqual([
      ['fail', DAY_s, DAY_s, `worst of 2: ${never} 1 d`],
      ['fail', DAY_s, DAY_s, `worst of 2: ${never} 1 d; 1 more that show nothing`],
      [
        ...['inconclusive', null, 12 * HOUR_s],
        'worst of 2: stopped-pump was not raised, but stopped at 12 h was over after 2 h',
      ],
      nothing,
      ['fail', 2 * HOUR_s, 12 * HOUR_s, 'stopped-pump was not raised in the 2 h of stopped at 12 h'],
    ])
    expect(said(26).slice(1, 3)).toEqual([
      [
        'pass',
        2 * HOUR_s,
        DAY_s,
        'worst of 2: stopped-pump was raised 2 h after stopped at 1 d; 1 more that show nothing',
      ],
      [
        'pass',
        2 * HOUR_s,
        DAY_s,
        'worst of 2: stopped-pump was raised 2 h after stopped at 1 d; 1 more that show nothing',
      ],
    ])
    expect(said(10)[4]).toEqual([
      ...['pass', 0, 12 * HOUR_s, 'stopped-pump sounded already, since 10 h, when it came to stopped at 12 h'],
    ])
  })

  it('says what was left of a run that ends too soon after one', async () => {
    const { result } = await finish(
      draft({
        ...{ duration: '1 d', sample: '1 d', checks: asked('stopped-pump', 'within: 30 h', 'within: 12 h') },
        prescription: [therapy('0 d', '400 ug/d'), stop('12 h')],
      }),
    )
    expect(result.checks.slice(0, 2).map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['inconclusive', 'stopped-pump was not raised in the 12 h left after stopped at 12 h'],
      ['fail', 'stopped-pump was never raised after stopped at 12 h'],
    ])
  })

  it('counts a cause at either end of the span, and one that lasts just as long as the limit shows nothing', async () => {
    const { result } = await finish(
      draft({
        ...{ duration: '1 d', sample: '1 d' },
        checks: asked(
          'stopped-pump',
          'within: 1 h, from: 12 h, to: 13 h',
          'within: 1 h, to: 12 h',
          'within: 2 h, to: 12 h',
        ),
        prescription: [therapy('0 d', '400 ug/d'), stop('12 h'), therapy('14 h', '400 ug/d')],
      }),
    )
    expect(result.checks.slice(0, 3).map(({ outcome, unit }) => [outcome, unit])).toEqual([
      ['fail', 's'],
      ['fail', 's'],
      ['inconclusive', 's'],
    ])
  })

  it('names faults that never had their effect, up to three', async () => {
    const faults = [1, 2, 3, 4, 5].map((hour) => `{ at: ${hour} h, fault: motor-stall, for: 10 min }`)
    const { result } = await finish(
      draft({
        ...{ duration: '1 d', sample: '1 d', prescription: [stop('0 d')], faults },
        checks: [
          ...asked('motor-stall', 'within: 1 min', 'within: 1 min, from: 2 h, to: 4 h'),
          ...asked('low-reservoir', 'within: 1 min'),
        ],
      }),
    )
    const names = [1, 2, 3, 4, 5].map((hour) => `"motor-stall for 10 min" at ${hour} h`)
    const nothing = 'nothing in this span should raise motor-stall; never fired: '
    expect(result.checks.slice(0, 3).map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['inconclusive', `${nothing}${names.slice(0, 3).join(', ')} and 2 more`],
      ['inconclusive', `${nothing}${names.slice(1, 4).join(', ')}`],
      ['inconclusive', 'nothing in this span should raise low-reservoir'],
    ])
    expect(result.checks.find(({ check }) => check === 'faults')).toMatchObject({
      ...{ outcome: 'inconclusive', detail: `never fired, so nothing is shown of it: ${names.join(', ')}` },
    })
  })
})

it('a step that is overdue while nothing is prescribed is told with what counts of it', async () => {
  const { result } = await finish(
    draft({
      duration: '3 d',
      prescription: [therapy('0 d', '400 ug/d'), stop('31 h'), therapy('40 h', '400 ug/d')],
      faults: ['{ at: 30 h, fault: motor-stall, for: 11 h }'],
      checks: ['{ check: interruption, within: 1 h }'],
    }),
  )
  const only = ', of which only the time counts in which something is prescribed'
  expect(result.checks[0]?.detail).toMatch(
    new RegExp(`^a step was overdue for 2 h [^,]*, from 1 d 6 h [^,]* to 1 d 17 h [^,]*${only}$`),
  )
  expect(analysisLines(result.analysis).find(({ label }) => label === 'longest interruption')?.text).toContain(only)
})
