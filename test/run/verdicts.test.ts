/**
 * Verdicts: what a run must come to when pump, rig, programmer or scenario are not what they should be.
 */
import { describe, expect, it } from 'vitest'
import type { Status } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { type RigDefinition, RigError } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { defineCheck, judge } from '#hil/run/judge'
import { as } from '#units/quantity'
import { whole } from '#units/rational'
import { checksNamed, distorted, finish, rigWith } from '../support/bench.ts'
import { bolus, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

const ONE_DAY = draft({ duration: '1 d', prescription: [therapy('0 d', '250 ug/d')] })

describe('programming', () => {
  it('that differs from the prescription fails by default, and is named by programmed-as-prescribed', async () => {
    // Per hour instead of per day: the slip of a published notice, 24 times the dose.
    const slip = {
      duration: '1 d',
      prescription: [therapy('0 d', '60 ug/d')],
      programming: [therapy('0 d', '60 ug/h')],
    }
    const byDefault = await finish(draft(slip))
    expect(byDefault.result).toMatchObject({ verdict: 'fail', outcome: 'fail' })
    expect(checksNamed(byDefault.result, 'tracking')).toHaveLength(1)
    const asked = await finish(draft({ ...slip, checks: ['{ check: programmed-as-prescribed }'] }))
    expect(checksNamed(asked.result, 'programmed-as-prescribed')[0]).toMatchObject({
      outcome: 'fail',
      measured: 2,
      at_s: 0,
    })
    expect(asked.result.delivered.tip_dose_ug).toBeCloseTo(1440, 0)
    expect(asked.result.prescribed.dose_ug).toBe(60)
  })

  it('by volume that means the prescribed mass is as prescribed', async () => {
    const { result } = await finish(
      draft({
        duration: '1 d',
        prescription: [therapy('0 d', '50 ug/d')],
        programming: [therapy('0 d', '0.1 mL/d')],
        checks: ['{ check: programmed-as-prescribed }', '{ check: tracking, within: 1 step }'],
      }),
    )
    expect(result.verdict).toBe('pass')
  })

  it('the pump cannot deliver is refused, the old therapy goes on, and the run fails unless it was expected', async () => {
    const parts = { duration: '2 d', prescription: [therapy('0 d', '50 ug/d'), therapy('1 d', '5 ug/d')] }
    const { result } = await finish(draft({ ...parts, checks: ['{ check: no-other-alarms }'] }))
    expect(result.verdict).toBe('fail')
    expect(checksNamed(result, 'no-refusal')[0]).toMatchObject({ outcome: 'fail', at_s: 86_400 })
    expect(result.events).toContainEqual(
      expect.objectContaining({
        t_s: 86_400,
        event: 'programming-refused',
        reason: expect.stringContaining('below the least rate'),
      }),
    )
    expect(result.delivered.displaced_uL).toBe(200)
    expect(result.prescribed.volume_uL).toBe(110)
    const expected = await finish(draft({ ...parts, checks: ['{ check: refused, at: 1 d }'] }))
    expect(expected.result.verdict).toBe('pass')
    const wrongTime = await finish(draft({ ...parts, checks: ['{ check: refused, at: 2 h }'] }))
    expect(wrongTime.result.verdict).toBe('fail')
  })

  it('of a wrong concentration is seen in the dose and in no volume of the pump', async () => {
    // The pump was told 2000 ug/mL where the syringe held 500: a quarter of the dose.
    const { result } = await finish(
      draft({
        duration: '2 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL, programmed: { concentration: 2000 ug/mL } }',
        prescription: [therapy('0 d', '400 ug/d')],
        checks: [
          '{ check: dose-at-tip, within: 14.5 %, expect: fail }',
          '{ check: reservoir-estimate, within: 0.25 uL }',
        ],
      }),
    )
    expect(result.verdict).toBe('pass')
    expect(result.delivered.tip_dose_ug).toBe(200)
    expect(result.believed.dose_ug).toBe(800)
  })

  it('of a wrong fill volume is seen by the reservoir estimate alone', async () => {
    const { result } = await finish(
      draft({
        duration: '2 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL, programmed: { volume: 40 mL } }',
        prescription: [therapy('0 d', '50 ug/d')],
        checks: ['{ check: tracking, within: 1 step }', '{ check: reservoir-estimate, within: 1 mL, expect: fail }'],
      }),
    )
    expect(result.verdict).toBe('pass')
    expect(checksNamed(result, 'reservoir-estimate')[0]).toMatchObject({ measured: 20_000 })
  })
})

describe('a reservoir that truly runs dry', () => {
  it('gives nothing more though the pump goes on turning and raises no alarm', async () => {
    const { result } = await finish(
      draft({
        duration: '10 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 1 mL, programmed: { volume: 40 mL } }',
        prescription: [therapy('0 d', '250 ug/d')],
        checks: [
          '{ check: tracking, within: 1 step, to: 2 d }',
          '{ check: tracking, within: 1 step, expect: fail }',
          '{ check: no-other-alarms }',
        ],
      }),
    )
    expect(result.verdict).toBe('pass')
    expect(result.delivered).toMatchObject({ displaced_uL: 1000, reservoir_uL: 0, steps: 20_000 })
    expect(result.believed.volume_uL).toBe(5000)
  })
})

describe('a bolus', () => {
  it('runs on top of the basal rate, ends with a change of therapy, and leaves a stopped pump stopped', async () => {
    const { result } = await finish(
      draft({
        duration: '3 d',
        prescription: [
          therapy('0 d', '250 ug/d'),
          bolus('6 h', '50 ug', '1 h'),
          bolus('23 h', '100 ug', '2 h'),
          stop('1 d'),
          bolus('2 d', '25 ug', '30 min'),
        ],
      }),
    )
    // 250 + 50 + half of the 100 that the stop cut short + 25.
    expect(result.prescribed.dose_ug).toBe(375)
    expect(result.delivered.tip_dose_ug).toBe(375)
    expect(result.verdict).toBe('pass')
  })
})

describe('a check', () => {
  it('that is expected to fail passes when it fails and fails when it passes', async () => {
    const parts = {
      duration: '1 d',
      prescription: [therapy('0 d', '250 ug/d')],
      programming: [therapy('0 d', '200 ug/d')],
    }
    const failing = await finish(
      draft({ ...parts, checks: ['{ check: delivered-volume, within: 10 %, expect: fail }'] }),
    )
    expect(failing.result).toMatchObject({ verdict: 'pass', outcome: 'fail' })
    const passing = await finish(
      draft({ ...parts, checks: ['{ check: delivered-volume, within: 30 %, expect: fail }'] }),
    )
    expect(passing.result).toMatchObject({ verdict: 'fail', outcome: 'pass' })
  })

  it('says that a delivery beyond 5 % but within its tolerance is marginal', async () => {
    const { result } = await finish(
      draft({
        duration: '1 d',
        prescription: [therapy('0 d', '250 ug/d')],
        programming: [therapy('0 d', '230 ug/d')],
        checks: ['{ check: delivered-volume, within: 14.5 % }'],
      }),
    )
    expect(checksNamed(result, 'delivered-volume')[0]).toMatchObject({
      outcome: 'pass',
      detail: expect.stringContaining('marginal'),
    })
  })

  it('of a window too short to resolve is inconclusive, and the verdict with it', async () => {
    const { result } = await finish(
      draft({
        duration: '2 d',
        prescription: [therapy('0 d', '50 ug/d')],
        checks: ['{ check: windowed-flow, windows: [15 min], within: 14.5 % }'],
      }),
    )
    expect(result).toMatchObject({ verdict: 'inconclusive', outcome: 'inconclusive' })
    expect(checksNamed(result, 'windowed-flow')[0]?.detail).toContain('unresolvable')
  })

  it('of the largest dose counts every window, exactly', async () => {
    const parts = { duration: '3 d', prescription: [therapy('0 d', '250 ug/d'), bolus('30 h', '50 ug', '1 h')] }
    // A whole number of steps falls into any half-open day, so the limit is met exactly.
    const met = await finish(draft({ ...parts, checks: ['{ check: max-dose, window: 24 h, dose: 300 ug }'] }))
    expect(met.result.verdict).toBe('pass')
    const exceeded = await finish(draft({ ...parts, checks: ['{ check: max-dose, window: 24 h, dose: 299.9 ug }'] }))
    expect(exceeded.result.verdict).toBe('fail')
  })

  it('of a user’s own is judged beside the others', async () => {
    const trace = await execute(scenarioOf(ONE_DAY), modelPump, idealRig)
    const quiet = defineCheck({
      name: 'no-boluses',
      observe: ({ records }) => ({
        outcome: records.some((record) => record.kind === 'applied' && record.readback.kind === 'bolus')
          ? 'fail'
          : 'pass',
        measured: null,
        limit: null,
        unit: '',
        at_us: null,
        detail: 'no bolus was given',
      }),
    })
    const result = judge(trace, { file: '', wall_s: 0, checks: [quiet] })
    expect(checksNamed(result, 'no-boluses')[0]).toMatchObject({ verdict: 'pass' })
  })
})

describe('a pump that lies when it is asked', () => {
  const lying = (lie: (status: Status) => Partial<Status>) =>
    distorted('liar', (output) =>
      output.kind === 'status' ? [{ ...output, status: { ...output.status, ...lie(output.status) } }] : [output],
    )
  const TWO_DAYS = {
    duration: '2 d',
    prescription: [therapy('0 d', '250 ug/d')],
    checks: ['{ check: tracking, within: 1 step }', '{ check: reservoir-estimate, within: 0.25 uL }'],
  }
  const late = (status: Status) => status.steps > 2000

  it.each([
    ['of its reservoir', 'reservoir-estimate', lying((status) => (late(status) ? { reservoir_uL: as(whole(1)) } : {}))],
    ['of its steps', 'tracking', lying((status) => (late(status) ? { steps: 7 } : {}))],
    ['of its dose', 'tracking', lying((status) => (late(status) ? { dose_ug: [] } : {}))],
    ['of its volume', 'tracking', lying((status) => (late(status) ? { volume_uL: as(whole(1)) } : {}))],
  ])('%s fails %s', async (_what, check, pump) => {
    const { result } = await finish(draft(TWO_DAYS), pump)
    expect(checksNamed(result, check)[0]).toMatchObject({ outcome: 'fail' })
    expect(result.verdict).toBe('fail')
  })
})

describe('a bench that fails', () => {
  const failing: readonly (readonly [string, RigDefinition])[] = [
    ['a rig that cannot be opened', rigWith(() => ({ open: () => Promise.reject(new RigError('no such port')) }))],
    [
      'a rig that refuses a segment',
      rigWith(() => ({ send: () => Promise.reject(new RigError('the queue is full')) })),
    ],
    [
      'a rig that dies in the middle',
      rigWith((inner) => ({
        advance: (tick) => (tick > 1e8 ? Promise.reject(new RigError('gone')) : inner.advance(tick)),
      })),
    ],
  ]

  it.each(failing)(
    '(%s) gives an inconclusive verdict with the reason, whatever was delivered so far',
    async (_what, rig) => {
      const { result } = await finish(ONE_DAY, modelPump, rig)
      expect(result.verdict).toBe('inconclusive')
      expect(checksNamed(result, 'completed')[0]?.detail).toMatch(/no such port|queue is full|gone/)
    },
  )

  it('(counters that disagree with the rotor) is inconclusive', async () => {
    const liar = rigWith((inner) => ({
      advance: async (tick) => {
        const report = await inner.advance(tick)
        return {
          ...report,
          feedback: report.feedback.map((feedback) => ({ ...feedback, forward: feedback.forward + 100_000 })),
        }
      },
    }))
    const { result } = await finish(ONE_DAY, modelPump, liar)
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'rig counters').length).toBeGreaterThan(0)
  })

  it('(a rotor that skips a step) fails the volume and not the bench', async () => {
    const skipping = rigWith((inner) => ({
      advance: async (tick) => {
        const report = await inner.advance(tick)
        return {
          ...report,
          motion: report.motion.map((run) => ({ ...run, count: Math.max(1, run.count - 1) })),
          feedback: [],
        }
      },
    }))
    const { result } = await finish(ONE_DAY, modelPump, skipping)
    expect(result.verdict).toBe('fail')
  })

  it('(a pump that throws, or never answers) is inconclusive with what it said', async () => {
    const throwing = definePump({
      name: 'throwing',
      create: (setup) => {
        const inner = modelPump.create(setup)
        return {
          react: (at_us, input) => {
            if (input.kind === 'commit') throw new Error('stack overflow in the field bus')
            return inner.react(at_us, input)
          },
          nextWake: () => inner.nextWake(),
        }
      },
    })
    const thrown = await finish(ONE_DAY, throwing)
    expect(thrown.result.verdict).toBe('inconclusive')
    expect(checksNamed(thrown.result, 'completed')[0]?.detail).toContain('stack overflow in the field bus')
    const mute = definePump({ name: 'mute', create: () => ({ react: () => [], nextWake: () => null }) })
    expect((await finish(ONE_DAY, mute)).result.verdict).not.toBe('pass')
  })

  it('(an interruption) keeps the record so far', async () => {
    const interruption = new AbortController()
    const trace = await execute(
      scenarioOf(draft({ duration: '30 d', prescription: [therapy('0 d', '250 ug/d')] })),
      modelPump,
      idealRig,
      {
        signal: interruption.signal,
        onProgress: (simulated_s) => {
          if (simulated_s > 86_400) interruption.abort()
        },
      },
    )
    const result = judge(trace, { file: '', wall_s: 0 })
    expect(result.verdict).toBe('inconclusive')
    expect(result.delivered.displaced_uL).toBeGreaterThan(0)
    expect(result.simulated_s).toBeLessThan(30 * 86_400)
  })
})
