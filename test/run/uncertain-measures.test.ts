/**
 * The checks of what a pump test measures, on a rig whose step volume is uncertain: what the uncertainty cannot carry is
 * inconclusive with the reason, and what nobody measured at all is never a pass.
 */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { CheckResult } from '#hil/run/result'
import type { CalibrationRecord } from '#hil/run/trace'
import { bolus, type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

/** The step volume of the model is 0.25 uL; it is known to 1 %. */
const CALIBRATION: CalibrationRecord = {
  file_sha256: 'f'.repeat(64),
  step_uL: '1/4',
  uncertainty_uL: '1/400',
  coverage: '2',
  encoder_steps: '1',
  instruments: [{ instrument: 'balance', serial: 'B1', certificate: 'C-7', due: '2026-12-31' }],
  calibrated: '2026-01-05',
  due: '2026-12-31',
  used: '2026-06-01',
}

/** Limits that an exact measurement meets, wider and narrower than 1 % of what is measured. */
const ROWS = [
  ['mean-flow-error, within: 1.1 %', 'pass'],
  ['mean-flow-error, within: 0.9 %', 'inconclusive'],
  ['trumpet, within: [4.2 %, 2 %, 2 %, 2 %, 2 %, 2 %]', 'pass'],
  ['trumpet, within: [4.2 %, 2 %, 2 %, 2 %, 2 %, 0.9 %]', 'inconclusive'],
  ['start-up, within: 5 %', 'pass'],
  ['start-up, within: 1 %, interval: 4 h', 'inconclusive'],
  ['bolus-accuracy, within: 3 %', 'pass'],
  ['bolus-accuracy, within: 1 %', 'inconclusive'],
  ['under-delivery, amount: 13 ug', 'pass'],
  ['under-delivery, amount: 11 ug', 'inconclusive'],
  ['over-delivery, of: volume, amount: 24 uL', 'inconclusive'],
  ['over-delivery, of: volume, amount: 26 uL', 'pass'],
  ['under-delivery, time: 1 h', 'inconclusive'],
  ['believed-dose, within: 13 ug', 'pass'],
  ['believed-dose, within: 11 ug', 'inconclusive'],
  ['changeover, within: 2.5 %', 'pass'],
  ['changeover, within: 0.5 %', 'inconclusive'],
  ['interruption, within: 10 s', 'pass'],
  ['event, event: programmed, by: 0 d', 'pass'],
] as const

const PARTS: Draft = {
  duration: '3 d',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }',
  prescription: [therapy('0 d', '400 ug/d'), bolus('6 h', '25 ug', '20 min'), '{ at: 60 h, bridge: auto }'],
  events: ['{ at: 60 h, refill: { fill: { drug: baclofen, concentration: 510 ug/mL, volume: 40 mL } } }'],
  sample: '1 d',
}

async function judged(
  record: CalibrationRecord,
  parts = PARTS,
  checks: readonly string[] = ROWS.map(([check]) => check),
): Promise<readonly CheckResult[]> {
  const scenario = scenarioOf(draft({ ...parts, checks: checks.map((check) => `{ check: ${check} }`) }))
  const measured = { rig: 'ideal', identity: 'in-process motor', calibration: record }
  const trace = await execute(scenario, modelPump, idealRig, { measured })
  return judge(trace, { file: 'draft.yaml', wall_s: 0 }).checks.slice(0, checks.length)
}

describe('a step volume known to 1 %', () => {
  it('carries each verdict as far as it reaches, and says where it does not', async () => {
    const found = await judged(CALIBRATION)
    expect(found.map(({ outcome, detail }, index) => [ROWS[index]?.[0], outcome, detail])).toEqual(
      ROWS.map(([check, outcome]) => [check, outcome, expect.any(String)]),
    )
    for (const { outcome, detail } of found) {
      if (outcome === 'inconclusive') expect(detail).toMatch(/uncertain by .* may be/)
    }
  })

  it('past its due date carries none but those of time', async () => {
    const found = await judged({ ...CALIBRATION, used: '2027-06-01' })
    const passed = found.filter(({ outcome }) => outcome === 'pass').map(({ check }) => check)
    expect(passed).toEqual(['interruption', 'event'])
    expect(found.every(({ outcome }) => outcome !== 'fail')).toBe(true)
  })
})

describe('boluses on a basal, whose volume is uncertain with them', () => {
  // The first 20 min hold 5.6 ug of basal and 25 ug of bolus, the second 5.6 and 12.5: 1 % of them is 1.22 and 1.44 % of a bolus.
  const parts: Draft = {
    ...{ duration: '1 d', sample: '1 d' },
    prescription: [therapy('0 d', '400 ug/d'), bolus('6 h', '25 ug', '20 min'), bolus('12 h', '12.5 ug', '20 min')],
  }
  const checks = ['within: 5 %, mean: 1 %, count: 2', 'within: 5 %, mean: 5 %, count: 2', 'within: 0.5 %']

  it('are known no better than the least known of them, and by nothing at all where nobody knows', async () => {
    const boluses =
      'mean -0.3333 % of 2 boluses, fewer than the 25 of which a mean is quoted; worst -0.4444 % at 12 h and -0.2222 % at 6 h; one step is +1 % of the smallest'
    const said = async (used: string) => {
      const asked = checks.map((check) => `bolus-accuracy, ${check}`)
      const found = await judged({ ...CALIBRATION, used }, parts, asked)
      return found.map(({ outcome, detail }) => [outcome, detail.replace(boluses, 'boluses')])
    }
    const coarse = ['inconclusive', 'boluses; unresolvable: a step is more than the limit']
    expect(await said('2026-06-01')).toEqual([
      [
        'inconclusive',
        'boluses; at most 1 % in the mean and 5 % in each; measured 0.333333 %, limit 1 %, uncertain by 1.44 %: it lies inside, but may be 0 to 1.77333 %',
      ],
      ['pass', 'boluses; uncertain by 1.44 %'],
      coarse,
    ])
    const overdue = 'not judged: the calibration of the rig was due on 2026-12-31, and this run is of 2027-06-01'
    expect(await said('2027-06-01')).toEqual([
      ['inconclusive', `boluses; at most 1 % in the mean and 5 % in each; measured 0.333333 %, limit 1 %; ${overdue}`],
      ['inconclusive', `boluses; measured 0.444444 %, limit 5 %; ${overdue}`],
      coarse,
    ])
  })
})

describe('two drugs, of which the instrument can tell of one', () => {
  it('come to what cannot be told, whichever of them it is of', async () => {
    const filled = (drug: string, concentration: number) =>
      `{ drug: ${drug}, concentration: ${concentration} ug/mL, volume: 20 mL }`
    const told = async (before: string, after: string, within: string) => {
      const parts: Draft = {
        ...{ duration: '6 d', sample: '1 d', fill: before, prescription: [therapy('0 d', '0.8 mL/d')] },
        events: [`{ at: 1 d, refill: { fill: ${after} } }`],
      }
      const [found] = await judged(CALIBRATION, parts, [`dose-at-tip, within: ${within}`])
      return [found?.outcome, found?.detail.split(':')[0]]
    }
    // The line of 375 uL makes 187.5 ug more of the first, which are 47 % of its 400, and 750 less of the other, 9 %.
    expect(await told(filled('baclofen', 500), filled('morphine', 2000), '48 %')).toEqual(['inconclusive', 'baclofen'])
    expect(await told(filled('baclofen', 500), filled('morphine', 2000), '60 %')).toEqual(['pass', 'baclofen'])
    expect(await told(filled('baclofen', 500), filled('morphine', 2000), '5 %')).toEqual(['fail', 'baclofen'])
  })
})
