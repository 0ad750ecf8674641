/**
 * The instrument in the verdict: a pump judged on a rig whose true step volume was measured, and is uncertain.
 */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { MeasuredRig } from '#hil/run/measured-rig'
import { readTrace } from '#hil/run/read-trace'
import type { CheckResult, RunResult } from '#hil/run/result'
import type { CalibrationRecord } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { checksNamed, rigWith } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const BALANCE = { instrument: 'balance', serial: 'B1', certificate: 'C-7', due: '2026-12-31' }

/** The step volume of the model is 0.25 uL. */
function calibration(change: Partial<CalibrationRecord> = {}): CalibrationRecord {
  return {
    file_sha256: 'f'.repeat(64),
    step_uL: '1/4',
    uncertainty_uL: '1/400',
    coverage: '2',
    encoder_steps: '1',
    instruments: [BALANCE],
    calibrated: '2026-01-05',
    due: '2026-12-31',
    used: '2026-06-01',
    ...change,
  }
}

const CHECKS = [
  '{ check: delivered-volume, within: 2 % }',
  '{ check: dose-at-tip, within: 2 % }',
  '{ check: reservoir-estimate, within: 20 uL }',
  '{ check: windowed-flow, windows: [12 h], within: 2.5 % }',
  '{ check: max-dose, window: 24 h, dose: 260 ug }',
  '{ check: tracking, within: 60 step }',
]

/** Two days at 500 uL a day of 500 ug/mL. */
const scenario = (checks: readonly string[], more: Parameters<typeof draft>[0] | object = {}) =>
  scenarioOf(draft({ prescription: [therapy('0 d', '250 ug/d')], checks, ...more }))

async function judged(
  record: CalibrationRecord,
  checks: readonly string[] = CHECKS,
  more: object = {},
): Promise<RunResult> {
  const measured: MeasuredRig = { rig: 'ideal', identity: 'in-process motor', calibration: record }
  const trace = await execute(scenario(checks, more), modelPump, idealRig, { measured })
  return judge(trace, { file: 'draft.yaml', wall_s: 0 })
}

const only = (result: RunResult, check: string): CheckResult => {
  const [found] = checksNamed(result, check)
  if (found === undefined) throw new Error(`no ${check}`)
  return found
}

const outcomes = (result: RunResult) => result.checks.slice(0, CHECKS.length).map(({ outcome }) => outcome)

describe('a rig of measured step volume', () => {
  it('moves its own step and not that of the model, while the pump believes its model', async () => {
    const result = await judged(calibration({ step_uL: '13/50' }))
    expect(result.delivered).toMatchObject({ steps: 4000, displaced_uL: 1040, reservoir_uL: 38_960 })
    expect(result.believed).toMatchObject({ steps: 4000, volume_uL: 1000, reservoir_uL: 39_000 })
    expect(outcomes(result)).toEqual(['fail', 'fail', 'fail', 'fail', 'inconclusive', 'fail'])
    expect(only(result, 'mass-conservation').verdict).toBe('pass')
  })

  it('passes what is inside the limits with all that it may be, and says how sure it is', async () => {
    const result = await judged(calibration())
    expect(result.verdict).toBe('pass')
    expect(only(result, 'delivered-volume').detail).toContain('uncertain by 10 uL')
    expect(result.provenance).toMatchObject({
      displaced:
        'measured: 0.25 uL a step by the calibration of 2026-01-05 with balance B1 (certificate C-7); steps modelled',
      displaced_uncertainty_uL: 10,
      displaced_uncertainty_percent: 1,
      tip_uncertainty_uL: 10,
      tip_uncertainty_percent: 1,
      tip_dose_uncertainty_ug: 5,
      reservoir_uncertainty_uL: 10,
      leaked_uncertainty_uL: 0,
      withdrawn_uncertainty_uL: 0,
      in_line_uncertainty_uL: 0,
      steps_uncertainty: 0,
    })
    expect(result.provenance.tip).toContain('modelled: plug flow')
    expect(result.calibration).toMatchObject({ step_uL: 0.25, uncertainty_uL: 0.0025, used: '2026-06-01', doubt: null })
  })

  it.each([
    ['delivered-volume', '{ check: delivered-volume, within: 2 % }', '41/160', '1/160', ['inconclusive', 'fail']],
    ['dose-at-tip', '{ check: dose-at-tip, within: 2 % }', '41/160', '1/160', ['inconclusive', 'fail']],
    [
      'windowed-flow',
      '{ check: windowed-flow, windows: [12 h], within: 2 % }',
      '41/160',
      '1/160',
      ['inconclusive', 'fail'],
    ],
    ['reservoir-estimate', '{ check: reservoir-estimate, within: 20 uL }', '41/160', '1/160', ['inconclusive', 'fail']],
    ['tracking', '{ check: tracking, within: 20 uL }', '41/160', '1/160', ['inconclusive', 'fail']],
    ['max-dose', '{ check: max-dose, window: 24 h, dose: 255 ug }', '41/160', '1/160', ['inconclusive', 'fail']],
  ] as const)(
    'is inconclusive by %s where the limit lies within reach, and sure with a better measurement',
    async (name, check, step_uL, wide, [unsure, sure]) => {
      const found = only(await judged(calibration({ step_uL, uncertainty_uL: wide }), [check]), name)
      expect(found).toMatchObject({ outcome: unsure, verdict: 'inconclusive' })
      expect(found.detail).toMatch(/measured [\d.]+ (uL|ug|%), limit [\d.]+ (uL|ug|%), uncertain by [\d.]+ (uL|ug|%)/)
      const better = only(await judged(calibration({ step_uL, uncertainty_uL: '1/10000' }), [check]), name)
      expect(better).toMatchObject({ outcome: sure, measured: found.measured, limit: found.limit })
    },
  )

  it.each([
    // 11520 steps in each two days: 4 nL each that the pump does not count, 2.5 nL each that nobody knows.
    ['all', 'from: 2 d', 'fail', 46.08, '28.8'],
    ['20 mL', 'from: 2 d', 'inconclusive', 92.16, '57.6'],
    ['all', 'to: 1 d', 'inconclusive', 23.04, '14.4'],
  ])(
    'knows the contents anew where a refill drew %s and the check is %s',
    async (withdraw, span, outcome, most, half) => {
      const more = {
        ...{ pump: '{ model: im-40 }', duration: '4 d', prescription: [therapy('0 d', '720 ug/d')] },
        events: [
          `{ at: 2 d, refill: { withdraw: ${withdraw}, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }`,
        ],
      }
      const record = calibration({ step_uL: '127/500' })
      const limit = withdraw === 'all' ? '16 uL' : '64 uL'
      const result = await judged(record, [`{ check: reservoir-estimate, within: ${limit}, ${span} }`], more)
      const found = only(result, 'reservoir-estimate')
      expect(found).toMatchObject({ outcome, measured: most })
      expect(found.detail).toContain(`uncertain by ${half} uL`)
    },
  )

  it('may be inside a limit by its value and outside by its uncertainty', async () => {
    const found = only(await judged(calibration({ uncertainty_uL: '1/160' })), 'delivered-volume')
    expect(found).toMatchObject({ outcome: 'inconclusive', measured: 0 })
    expect(found.detail).toContain('it lies inside, but may be 0 to 25 uL')
  })

  it('says what to ask for instead where a limit is finer than it can resolve', async () => {
    // 1000 uL to 1 % is 10 uL, and a step of 0.25 uL.
    const limits = ['1 step', '10.2 uL', '10.3 uL'].map((within) => `{ check: tracking, within: ${within} }`)
    const found = checksNamed(await judged(calibration(), limits), 'tracking')
    const told = found.map(({ outcome, detail }) => [outcome, detail.includes('keep a limit below 10.25 uL here')])
    expect(told).toEqual([
      ['inconclusive', true],
      ['inconclusive', true],
      ['pass', false],
    ])
    expect(found[0]?.detail).toContain('delivered-volume')
    // 20 uL ahead, known to 10 uL: a limit of 15 uL could be kept by another pump.
    const ahead = await judged(calibration({ step_uL: '51/200' }), ['{ check: tracking, within: 15 uL }'])
    expect(only(ahead, 'tracking')).toMatchObject({ outcome: 'inconclusive' })
    expect(only(ahead, 'tracking').detail).not.toContain('keep a limit')
    // Beyond the limit and all doubt it fails, and there is nothing to ask for.
    const [lost] = checksNamed(
      await judged(calibration({ step_uL: '1/5' }), ['{ check: tracking, within: 1 step }']),
      'tracking',
    )
    expect(lost).toMatchObject({ outcome: 'fail' })
    expect(lost?.detail).not.toContain('keep a limit')
  })

  it('cannot tell apart what its encoder does not', async () => {
    const result = await judged(calibration({ encoder_steps: '101', uncertainty_uL: '0' }))
    expect(only(result, 'delivered-volume')).toMatchObject({ outcome: 'inconclusive' })
    expect(result.provenance).toMatchObject({ steps_uncertainty: 100, displaced_uncertainty_uL: 25 })
  })

  it('knows a dose less well where a front in the line may be misplaced', async () => {
    const empty = { line: 'empty', events: [] }
    const result = await judged(calibration(), CHECKS, empty)
    // The whole of 5 ug for what is displaced; 375 uL of line by 1 % of 1.01/0.99, times 500 ug/mL, for the front.
    expect(result.provenance.tip_dose_uncertainty_ug).toBeGreaterThan(0.01 * result.delivered.tip_dose_ug + 1.8)
    expect(result.provenance.in_line_uncertainty_uL).toBe(10)
    // A line of water has such a front too, and is always full.
    const water = await judged(calibration(), CHECKS, { line: 'water', events: [] })
    expect(water.provenance.tip_dose_uncertainty_ug).toBe(result.provenance.tip_dose_uncertainty_ug)
    expect(water.provenance.in_line_uncertainty_uL).toBe(0)
  })

  it.each([
    ['a gain', { plant: '{ gain: 5 % }' }],
    ['a bench', { plant: '{ temperature: 22 degC }' }],
    ['wear', { plant: '{ wear: { change: 1 %, every: 1 mL } }' }],
    ['an over-infusion', { faults: ['{ at: 1 d, fault: over-infusion, by: 5 % }'] }],
    ['an under-infusion', { faults: ['{ at: 1 d, fault: under-infusion, by: 5 % }'] }],
    ['an occlusion', { faults: ['{ at: 1 d, fault: occlusion, for: 1 h }'] }],
    ['a slip', { faults: ['{ at: 1 d, fault: motor-slip, every: 10 step }'] }],
    ['a fever', { faults: ['{ at: 1 d, fault: temperature, to: 39 degC, for: 1 h }'] }],
    ['an overfill', { faults: ['{ at: 1 d, fault: overfill, by: 1 mL }'] }],
  ])('says that the scenario changes what was measured: %s', async (_, more) => {
    const changes = /changed by the modelled plant of the scenario$/
    expect((await judged(calibration(), CHECKS, more)).provenance.displaced).toMatch(changes)
    expect((await judged(calibration())).provenance.displaced).not.toMatch(changes)
  })
})

describe('a calibration', () => {
  it.each([
    ['past its due date', { used: '2027-01-01' }, 'was due on 2026-12-31, and this run is of 2027-01-01'],
    ['later than the run', { used: '2026-01-04' }, 'was calibrated on 2026-01-05, and this run is of 2026-01-04'],
    [
      'made with an instrument past its own',
      { instruments: [BALANCE, { ...BALANCE, serial: 'B2', due: '2025-12-31' }] },
      'the balance B2 was due on 2025-12-31',
    ],
  ])('%s carries no verdict at all, not even a fail', async (_, change, reason) => {
    const result = await judged(calibration({ step_uL: '1', ...change }))
    expect(outcomes(result)).toEqual(CHECKS.map(() => 'inconclusive'))
    for (const { detail, measured } of result.checks.slice(0, CHECKS.length)) {
      expect(detail).toContain(reason)
      expect(measured).not.toBeNull()
    }
    expect(result.verdict).toBe('inconclusive')
    expect(result.provenance).toMatchObject({ displaced_uncertainty_uL: null, tip_dose_uncertainty_ug: null })
    expect(result.calibration?.doubt).toContain(reason)
  })

  it('holds on its last day', async () => {
    expect((await judged(calibration({ used: '2026-12-31' }))).verdict).toBe('pass')
  })

  it('of another rig is refused', async () => {
    const measured = { rig: 'ideal', identity: 'rig 7', calibration: calibration() }
    const trace = await execute(scenario(CHECKS), modelPump, idealRig, { measured })
    const result = judge(trace, { file: 'draft.yaml', wall_s: 0 })
    expect(result.verdict).toBe('inconclusive')
    expect(only(result, 'completed').detail).toContain('"rig 7"; this is ideal, "in-process motor"')
    expect(result.delivered.steps).toBe(0)
  })

  it('travels in the trace: what is read back is judged alike', async () => {
    const measured = { rig: 'ideal', identity: 'in-process motor', calibration: calibration({ step_uL: '41/160' }) }
    const trace = await execute(scenario(CHECKS), modelPump, idealRig, { measured })
    const again = readTrace(trace.records.map(traceLine).join(''))
    const context = { file: 'draft.yaml', wall_s: 0 }
    expect(judge(again, context)).toEqual(judge(trace, context))
  })
})

describe('a rig that states an uncertainty of its own', () => {
  it('is judged by it', async () => {
    const unsure = rigWith(() => ({ provenance: { displaced: 'measured: flow sensor', uncertainty_percent: 3 } }))
    const trace = await execute(scenario(CHECKS), modelPump, unsure)
    const result = judge(trace, { file: 'draft.yaml', wall_s: 0 })
    expect(only(result, 'delivered-volume').outcome).toBe('inconclusive')
    expect(result.provenance).toMatchObject({ displaced: 'measured: flow sensor', displaced_uncertainty_percent: 3 })
  })
})
