/** Where each delivered figure comes from and how far it may be out: the bounds worked out by hand, the words as they stand in a result. */
import { describe, expect, it } from 'vitest'
import { bounded, EXACTLY } from '#hil/oracle/guard-band'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { instrumentOf } from '#hil/run/instrument'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { RunResult } from '#hil/run/result'
import type { CalibrationRecord, HeaderRecord } from '#hil/run/trace'
import { add, multiply, ratio, whole, ZERO } from '#units/rational'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const BALANCE = { instrument: 'balance', serial: 'B1', certificate: 'C-7', due: '2026-12-31' }
const THERMOMETER = { instrument: 'thermometer', serial: 'T1', certificate: 'C-8', due: '2026-01-05' }

/** A step of 0.25 uL, known to a hundredth of it. */
function calibration(change: Partial<CalibrationRecord> = {}): CalibrationRecord {
  return {
    ...{ file_sha256: 'f'.repeat(64), step_uL: '1/4', uncertainty_uL: '1/400', coverage: '2', encoder_steps: '1' },
    ...{ instruments: [BALANCE], calibrated: '2026-01-05', due: '2026-12-31', used: '2026-06-01' },
    ...change,
  }
}

/** 10 mL of 500 ug/mL, of which 1 mL a day is given. */
const FILL = '{ drug: baclofen, concentration: 500 ug/mL, volume: 10 mL }'
const scenario = (more: Partial<Draft> = {}) =>
  scenarioOf(draft({ fill: FILL, duration: '2 d', prescription: [therapy('0 d', '1 mL/d')], ...more }))

const refill = (withdraw: string, drug: string, concentration: string) => ({
  events: [
    `{ at: 1 d, refill: { withdraw: ${withdraw}, fill: { drug: ${drug}, concentration: ${concentration}, volume: 20 mL } } }`,
  ],
})

async function run(record: CalibrationRecord | null, more: Partial<Draft> = {}) {
  const measured =
    record === null ? {} : { measured: { rig: 'ideal', identity: 'in-process motor', calibration: record } }
  return await execute(scenario(more), modelPump, idealRig, measured)
}

async function judged(record: CalibrationRecord | null, more: Partial<Draft> = {}): Promise<RunResult> {
  return judge(await run(record, more), { file: 'draft.yaml', wall_s: 0 })
}

describe('the figures of a rig that was not measured', () => {
  it('are modelled, without a doubt, and say of what', async () => {
    expect((await judged(null)).provenance).toEqual({
      steps: 'modelled',
      displaced: 'modelled',
      tip: 'modelled: plug flow',
      leaked: 'modelled: leaks of the line',
      withdrawn: 'modelled: what was left in the reservoir',
      reservoir: 'modelled: filled less withdrawn less displaced',
      in_line: 'modelled: plug flow',
      ...{ steps_uncertainty: 0, displaced_uncertainty_uL: 0, displaced_uncertainty_percent: 0 },
      ...{ tip_uncertainty_uL: 0, tip_uncertainty_percent: 0, tip_dose_uncertainty_ug: 0 },
      ...{ leaked_uncertainty_uL: 0, withdrawn_uncertainty_uL: 0, in_line_uncertainty_uL: 0 },
      ...{ reservoir_uncertainty_uL: 0, reservoir_uncertainty_percent: 0 },
    })
  })

  it('name the flow of the line, and nothing measured where a plant is modelled', async () => {
    const { provenance } = await judged(null, {
      catheter: '{ length: 80 cm, flow: dispersive, cells: 12 }',
      plant: '{ gain: 5 % }',
    })
    expect(provenance).toMatchObject({ displaced: 'modelled', tip: 'modelled: dispersive flow, 12 cells' })
    expect(provenance.in_line).toBe('modelled: dispersive flow, 12 cells')
  })
})

describe('the figures of a rig that was measured', () => {
  it('follow from the measured step, by every instrument that took part', async () => {
    const { provenance, calibration: told } = await judged(calibration({ instruments: [BALANCE, THERMOMETER] }))
    const from = ', from the measured volume at the rotor'
    expect(provenance).toMatchObject({
      displaced:
        'measured: 0.25 uL a step by the calibration of 2026-01-05 with balance B1 (certificate C-7) and ' +
        'thermometer T1 (certificate C-8); steps modelled',
      tip: `modelled: plug flow${from}`,
      leaked: `modelled: leaks of the line${from}`,
      withdrawn: `modelled: what was left in the reservoir${from}`,
      reservoir: `modelled: filled less withdrawn less displaced${from}`,
      in_line: `modelled: plug flow${from}`,
    })
    // Last used and made on its first day, with a thermometer on its last one.
    expect(told).toMatchObject({ doubt: null, encoder_steps: 1, coverage: 2, rig_file_sha256: 'f'.repeat(64) })
  })

  it('hold on the day of the calibration itself', async () => {
    expect((await judged(calibration({ used: '2026-01-05' }))).calibration?.doubt).toBeNull()
  })

  it('are bounded by what was displaced: 1 % of 2 mL, of what is left in proportion', async () => {
    const { provenance } = await judged(calibration())
    expect(provenance).toMatchObject({ displaced_uncertainty_uL: 20, displaced_uncertainty_percent: 1 })
    expect(provenance).toMatchObject({ reservoir_uncertainty_uL: 20, reservoir_uncertainty_percent: 0.25 })
    expect(provenance).toMatchObject({
      withdrawn_uncertainty_uL: 0,
      leaked_uncertainty_uL: 0,
      in_line_uncertainty_uL: 0,
    })
  })

  it.each([
    [
      'all there is, which is what the rotor left of the first day, so that only the second counts',
      'all',
      10,
      10,
      19_000,
    ],
    ['as much as the syringe shows', '5 mL', 0, 20, 23_000],
  ])('are bounded in what was drawn, where that is %s', async (_, withdraw, drawn_uL, reservoir_uL, left_uL) => {
    const { provenance } = await judged(calibration(), refill(withdraw, 'baclofen', '500 ug/mL'))
    expect(provenance.withdrawn_uncertainty_uL).toBe(drawn_uL)
    expect(provenance.reservoir_uncertainty_uL).toBe(reservoir_uL)
    expect(provenance.reservoir_uncertainty_percent).toBeCloseTo((100 * reservoir_uL) / left_uL, 12)
  })

  it('are bounded in what leaked: by 1 % of it, and of all that was displaced where the line was empty', async () => {
    const leak = ['{ at: 1 d, fault: catheter-leak, fraction: 25 %, position: 50 % }']
    const { provenance, delivered } = await judged(calibration(), { faults: leak })
    expect([delivered.leaked_uL, provenance.leaked_uncertainty_uL]).toEqual([250, 2.5])
    const empty = await judged(calibration(), { faults: leak, line: 'empty' })
    expect(empty.provenance.leaked_uncertainty_uL).toBe(20)
  })

  it('have no percentage of nothing', async () => {
    const still = { prescription: [therapy('47 h', '1 mL/d')], programming: [] }
    const { provenance } = await judged(calibration({ encoder_steps: '5', uncertainty_uL: '0' }), still)
    expect(provenance).toMatchObject({ steps_uncertainty: 4, displaced_uncertainty_uL: 1 })
    expect(provenance).toMatchObject({ displaced_uncertainty_percent: null, tip_uncertainty_percent: null })
    expect(provenance.reservoir_uncertainty_percent).toBe(0.01)
  })

  it('are as uncertain at the tip as the worse of volume and dose', async () => {
    const { provenance, delivered } = await judged(calibration(), { line: 'water' })
    expect(provenance.tip_uncertainty_uL).toBe(20)
    const dose_percent = ((provenance.tip_dose_uncertainty_ug ?? 0) / delivered.tip_dose_ug) * 100
    expect(dose_percent).toBeGreaterThan(1)
    expect(provenance.tip_uncertainty_percent).toBeCloseTo(dose_percent, 12)
  })

  it('are not known at all past the due date', async () => {
    const { provenance } = await judged(calibration({ used: '2027-01-01' }), refill('all', 'baclofen', '1 mg/mL'))
    for (const [name, value] of Object.entries(provenance)) {
      if (/uncertainty_/.test(name) && !/^(leaked|in_line)/.test(name)) expect(value, name).toBeNull()
    }
  })

  it('of a rig without an encoder count every step', async () => {
    const { provenance, calibration: told } = await judged(calibration({ encoder_steps: null }))
    expect([provenance.steps_uncertainty, told?.encoder_steps]).toEqual([0, null])
  })
})

describe('the dose of a rig that was measured', () => {
  /** 375 uL of line: 1 % of it, by 101/99 for what it is a part of. */
  const late_uL = ratio(505n, 132n)
  const PART = ratio(1n, 100n)

  async function tipMass(more: Partial<Draft>, drug = 'baclofen', change: Partial<CalibrationRecord> = {}) {
    const record = calibration(change)
    const [header] = recordsOf((await run(record)).records, 'header')
    return instrumentOf(scenario(more), header).tipMass(drug)
  }

  it('is out by the same part as the volume where one solution fills the line', async () => {
    expect(await tipMass({})).toEqual(bounded(ZERO, PART))
    expect(await tipMass(refill('5 mL', 'baclofen', '500 ug/mL'))).toEqual(bounded(ZERO, PART))
  })

  it('is out by a front that comes early or late, between two solutions or behind none', async () => {
    const front = bounded(multiply(late_uL, ratio(1n, 2n)), PART)
    expect(await tipMass({ line: 'empty' })).toEqual(front)
    expect(await tipMass(refill('all', 'baclofen', '1 mg/mL'))).toEqual(front)
  })

  it('is out by a mixture, of which nobody knows exactly how much was left', async () => {
    // 1 % of 30 mL astray, half a ug/uL of difference, in 20 mL of at least half a ug/uL.
    const blur = ratio(300n, 20_000n)
    const relative = add(PART, multiply(blur, ratio(101n, 100n)))
    expect(await tipMass(refill('5 mL', 'baclofen', '1 mg/mL'))).toEqual(
      bounded(multiply(late_uL, ratio(1n, 2n)), relative),
    )
  })

  it('of one drug on top of another is out by what was astray, at its strongest', async () => {
    const absolute = add(multiply(late_uL, ratio(1n, 2n)), whole(150))
    expect(await tipMass(refill('5 mL', 'morphine', '2 mg/mL'))).toEqual(bounded(absolute, PART))
  })

  it('is out by the steps that an encoder does not tell apart', async () => {
    const change = { encoder_steps: '9/2', uncertainty_uL: '0' }
    expect(await tipMass({}, 'baclofen', change)).toEqual(bounded(ratio(1n, 2n), ZERO))
  })

  it('is certain where the step is, and unknown where that is', async () => {
    expect(await tipMass({ line: 'empty' }, 'baclofen', { uncertainty_uL: '0' })).toBe(EXACTLY)
    expect(await tipMass({}, 'baclofen', { used: '2027-01-01' })).toEqual({ kind: 'unknown' })
  })
})

describe('a rig that says itself how uncertain it is', () => {
  const header = async (uncertainty_percent: number, instant_us?: number): Promise<HeaderRecord | undefined> => {
    const [found] = recordsOf((await run(null)).records, 'header')
    if (found === undefined) throw new Error('a trace begins with its header')
    const stated = { displaced: 'measured: drops', uncertainty_percent }
    return { ...found, provenance: instant_us === undefined ? stated : { ...stated, instant_us } }
  }

  it('is taken at its very word, to the last bit of the number', async () => {
    expect(instrumentOf(scenario(), await header(0.375)).displaced).toEqual(bounded(ZERO, ratio(3n, 800n)))
    expect(instrumentOf(scenario(), await header(0)).displaced).toBe(EXACTLY)
  })

  it('may be late with a step by a tick, and by as much as its stamps are out', async () => {
    expect(instrumentOf(scenario(), await header(0)).late_us).toEqual(whole(64))
    expect(instrumentOf(scenario(), await header(0, 128)).late_us).toEqual(whole(192))
  })

  it('has nothing to say where the trace lost its header', () => {
    const { displaced, late_us, calibration: known, uncountedSteps } = instrumentOf(scenario(), undefined)
    expect({ displaced, late_us, known, uncountedSteps }).toEqual({
      ...{ displaced: EXACTLY, late_us: whole(64), known: null, uncountedSteps: 0 },
    })
  })
})
