/** Pumps and rigs that break the rules: the run ends, says whose failure it was, and never hangs or passes. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition, RigReport } from '#hil/rig/rig'
import { as } from '#units/quantity'
import { add, ratio } from '#units/rational'
import { checksNamed, distorted, finish, rigWith } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const HOUR = draft({ duration: '1 h', prescription: [therapy('0 d', '500 ug/d')] })

const reporting = (change: (report: RigReport, to_tick: number) => RigReport) =>
  rigWith((inner) => ({ advance: async (tick) => change(await inner.advance(tick), tick) }))

const boom = () => {
  throw new TypeError('undefined is not a function')
}

describe('a rig that', () => {
  const rigs: readonly (readonly [string, RigDefinition, RegExp])[] = [
    ['throws anything when opened', rigWith(() => ({ open: boom })), /the rig failed: undefined is not/],
    ['throws anything when told to move', rigWith(() => ({ send: boom })), /the rig failed/],
    ['throws anything as time goes on', rigWith(() => ({ advance: boom })), /the rig failed/],
    ['is at no tick', reporting((report) => ({ ...report, now_tick: Number.NaN })), /says it is at tick NaN/],
    ['is ahead of time', reporting((report) => ({ ...report, now_tick: report.now_tick + 1e9 })), /says it is at tick/],
    ['stands still', reporting((report) => ({ ...report, now_tick: 0 })), /does not get beyond tick 0/],
    [
      'reports steps of the future',
      reporting((report, to) => ({
        ...report,
        motion: [{ first: to + 9, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 }],
      })),
      /reports steps at ticks/,
    ],
  ]

  it.each(rigs)('%s has failed, and the verdict is inconclusive', async (_what, broken, reason) => {
    const { result } = await finish(HOUR, modelPump, broken)
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'completed')[0]?.detail).toMatch(reason)
  })

  it('throws when it is let go changes nothing', async () => {
    const { result } = await finish(
      HOUR,
      modelPump,
      rigWith(() => ({ close: boom })),
    )
    expect(result.verdict).toBe('pass')
  })
})

describe('a pump that', () => {
  const sleepless = definePump({
    name: 'sleepless',
    create: (setup) => {
      const inner = modelPump.create(setup)
      let now = as<ReturnType<typeof inner.nextWake> & object>(ratio(0n, 1n))
      return {
        react: (at_us, input) => {
          now = at_us
          return inner.react(at_us, input)
        },
        nextWake: () => as(add(now, ratio(1n, 1000n))),
      }
    },
  })
  const pumps: readonly (readonly [string, PumpDefinition, RegExp])[] = [
    ['cannot be made', definePump({ name: 'stillborn', create: boom }), /the pump failed/],
    ['never lets time go on', sleepless, /woken again and again/],
    [
      'orders more steps than there are',
      distorted('greedy', (output) => (output.kind === 'order' ? [{ ...output, count: 2 ** 50 }] : [output])),
      /ordered 1125899906842624 steps/,
    ],
    [
      'orders a step twice',
      distorted('stuttering', (output) => (output.kind === 'order' ? [output, output] : [output])),
      /before one at/,
    ],
    [
      'books more than there is',
      distorted('boastful', (output) =>
        output.kind === 'status' && output.status.open !== null
          ? [{ ...output, status: { ...output.status, open: { ...output.status.open, count: 2 ** 40 } } }]
          : [output],
      ),
      /booked a run of/,
    ],
  ]

  it.each(pumps)('%s has failed, and the verdict is inconclusive', async (_what, pump, reason) => {
    const { result } = await finish(HOUR, pump)
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'completed')[0]?.detail).toMatch(reason)
  })
})

describe('a scenario at the limits of the motor', () => {
  it('waits for a place in the queue of the rig rather than overflow it', async () => {
    const boluses = Array.from({ length: 60 }, (_, k) => `{ at: ${k * 50} ms, bolus: { dose: 0.005 uL, over: 30 ms } }`)
    const { result } = await finish(
      draft({
        duration: '10 s',
        pump: '{ model: im-40, overrides: { step_volume: 0.0003 uL } }',
        prescription: [therapy('0 s', '1 mL/d'), ...boluses],
      }),
    )
    expect(result.checks.map(({ detail }) => detail).join()).not.toContain('queue of 16')
  })
})
