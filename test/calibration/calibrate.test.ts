/**
 * Calibration on a bench whose truth is known to the test alone: the stated interval holds it, or there is no figure.
 */
import { describe, expect, it } from 'vitest'
import { waterDensity } from '#hil/balance/fluid'
import { type CalibrationOutcome, calibrate, DEFAULT_PLAN } from '#hil/calibration/calibrate'
import { parseRigFile, usedOn } from '#hil/calibration/rig-file'
import { calibrationText } from '#hil/calibration/rig-text'
import { benchOf, simulatedBench } from '#hil/calibration/sim-options'
import { type StandTruth, VirtualStand } from '#hil/calibration/virtual-stand'
import { modelPump } from '#hil/pump/model'
import { partings } from '#hil/report/parting'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { rigWith } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const STATED = { temperature_degC: 22, temperatureStandard_degC: 0.3, linearity_mg: 0.03, sensitivity: 3e-6 }
const CIRCUMSTANCES = { fluid: waterDensity(22, 0.3), ...STATED }
const TRUE_uL = 0.2537

interface Bench {
  readonly seed: number
  readonly sim?: readonly string[]
  readonly rig?: RigDefinition
  readonly truth?: Partial<StandTruth>
  readonly plan?: Partial<typeof DEFAULT_PLAN>
}

function standOf({ seed, sim = [], rig = idealRig, truth = {} }: Bench): VirtualStand {
  const simulated = simulatedBench([`step-volume=${TRUE_uL} uL`, ...sim], seed)
  if (!simulated.ok) throw new Error(simulated.problems.join('\n'))
  const bench = benchOf(simulated.bench, STATED)
  return new VirtualStand(rig, bench.weather, { ...bench.truth, ...truth })
}

async function calibrated(bench: Bench): Promise<CalibrationOutcome> {
  const stand = standOf(bench)
  await stand.open()
  return calibrate(stand, { ...DEFAULT_PLAN, ...bench.plan }, CIRCUMSTANCES)
}

const problemOf = async (bench: Bench) => {
  const outcome = await calibrated(bench)
  return outcome.ok ? `a figure: ${outcome.calibrated.step_uL}` : outcome.problem
}

/** How many of the seeds gave a figure, how many of those hold the truth, and the worst stated uncertainty. */
async function manySeeds(sim: readonly string[], seeds: number) {
  let [figures, holding, worst_uL] = [0, 0, 0]
  for (let seed = 1; seed <= seeds; seed += 1) {
    const outcome = await calibrated({ seed, sim })
    if (!outcome.ok) continue
    const { step_uL, uncertainty } = outcome.calibrated
    figures += 1
    if (Math.abs(step_uL - TRUE_uL) <= uncertainty.expanded_uL) holding += 1
    worst_uL = Math.max(worst_uL, uncertainty.expanded_uL)
  }
  return { figures, holding, worst_uL }
}

describe('the true step volume', () => {
  // With 95.45 % coverage, more than 6 of 40 outside would happen by chance less than once in a hundred.
  it.each([
    ['a calm bench', []],
    ['a noisy balance', ['noise=0.3 mg']],
    ['a coarse balance', ['resolution=0.1 mg', 'noise=0 mg']],
    ['much evaporation', ['evaporation=60 mg/h']],
    ['strong drift', ['drift=40 mg/h']],
  ])(
    'lies within the stated uncertainty on %s',
    async (_, sim) => {
      const { figures, holding, worst_uL } = await manySeeds(sim, 40)
      expect(figures).toBeGreaterThanOrEqual(38)
      expect(holding).toBeGreaterThanOrEqual(figures - 6)
      expect(worst_uL).toBeLessThan(0.001 * TRUE_uL)
    },
    120_000,
  )

  it.each([
    ['a drift that grows', ['drift-growth=30 mg/h'], 1],
    ['a nudge too small to be told from noise', ['nudge=0.2 mg'], 1],
    ['a nudge', ['nudge=2 mg'], 0],
    ['a nudge while the blank is read', ['nudge=2 mg', 'nudge-at=60 s'], 30],
    ['a draught', ['draught=2 mg', 'draught-for=2 h'], 0],
    ['a draught that hardly shows', ['draught=0.2 mg', 'draught-for=2 h', 'noise=0.001 mg'], 0],
  ])(
    'is never stated wrongly because of %s',
    async (_, sim, least) => {
      const { figures, holding } = await manySeeds(sim, 30)
      expect(holding).toBe(figures)
      if (least === 0) expect(figures).toBe(0)
      else expect(figures).toBeGreaterThanOrEqual(least)
    },
    120_000,
  )

  it('is found on the emulated controller as on the ideal motor', async () => {
    const [ideal, avr] = [await calibrated({ seed: 4 }), await calibrated({ seed: 4, rig: avrRig })]
    if (!(ideal.ok && avr.ok)) throw new Error('no figure')
    expect(Math.abs(avr.calibrated.step_uL - TRUE_uL)).toBeLessThan(avr.calibrated.uncertainty.expanded_uL)
    expect(avr.calibrated.step_uL).toBeCloseTo(ideal.calibrated.step_uL, 4)
  }, 60_000)

  it('is the same for the same seed, and less sure with fewer runs', async () => {
    const [once, again] = [await calibrated({ seed: 9 }), await calibrated({ seed: 9 })]
    expect(once).toEqual(again)
    const few = await calibrated({ seed: 9, plan: { runs: 5 }, sim: ['noise=0.5 mg'] })
    const many = await calibrated({ seed: 9, plan: { runs: 40 }, sim: ['noise=0.5 mg'] })
    if (!(few.ok && many.ok)) throw new Error('no figure')
    expect(few.calibrated.uncertainty.expanded_uL).toBeGreaterThan(many.calibrated.uncertainty.expanded_uL)
  })
})

describe('no figure', () => {
  it('is given for flow that goes backwards, and the reason says so', async () => {
    expect(await problemOf({ seed: 1, truth: { step_uL: -TRUE_uL } })).toContain('the flow is reversed')
  })

  it('is given where nothing arrives', async () => {
    expect(await problemOf({ seed: 1, truth: { step_uL: 0 } })).toContain(
      'does not tell what the motor moves from nothing',
    )
  })

  it('is given for a draught, and unstable readings are counted and not used', async () => {
    const draught = ['draught=5 mg', 'draught-for=2 h']
    expect(await problemOf({ seed: 1, sim: draught })).toMatch(
      /run \d+ of 10, \w+: no steady reading in 3 attempts; \d+ of 20 readings were stable, and 16 are needed/,
    )
  })

  it('is given for a disturbed run, which is named', async () => {
    expect(await problemOf({ seed: 1, sim: ['nudge=3 mg', 'nudge-at=700 s'] })).toMatch(
      /run \d+ of 10 does not agree with the others/,
    )
  })

  it('is given when the rig loses steps', async () => {
    let sent = 0
    const lossy = rigWith((inner) => ({
      send: (command) => {
        sent += 1
        if (command.kind !== 'segment' || sent !== 3) return inner.send(command)
        return inner.send({ ...command, cadence: { ...command.cadence, count: command.cadence.count - 1 } })
      },
    }))
    expect(await problemOf({ seed: 1, rig: lossy })).toContain('run 3 of 10: the rotor made 1999 of 2000 steps')
  })
})

describe('a draught that ends', () => {
  it('costs an attempt and no figure', async () => {
    const outcome = await calibrated({ seed: 2, sim: ['draught=5 mg', 'draught-at=120 s', 'draught-for=20 s'] })
    if (!outcome.ok) throw new Error(outcome.problem)
    expect(outcome.calibrated.repeated).toBeGreaterThan(0)
    expect(Math.abs(outcome.calibrated.step_uL - TRUE_uL)).toBeLessThan(outcome.calibrated.uncertainty.expanded_uL)
  })
})

describe('a wrong step volume', () => {
  it('cannot hide on both sides: the run without the rig file passes, the run with it fails and names the pair', async () => {
    const stand = standOf({ seed: 7 })
    await stand.open()
    const outcome = await calibrate(stand, DEFAULT_PLAN, CIRCUMSTANCES)
    if (!outcome.ok) throw new Error(outcome.problem)
    const text = calibrationText(outcome.calibrated, DEFAULT_PLAN, {
      rig: stand.rig,
      identity: stand.identity,
      balance: { instrument: 'balance', certificate: 'C-1', due: '2026-12-31' },
      calibrated: '2026-01-05',
      due: '2026-12-31',
      note: 'a test',
    })
    const parsed = parseRigFile(text, 'rig.yaml')
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const scenario = scenarioOf(
      draft({
        prescription: [therapy('0 d', '250 ug/d')],
        checks: ['{ check: delivered-volume, within: 1 % }', '{ check: reservoir-estimate, within: 5 uL }'],
      }),
    )
    const result = async (measured?: ReturnType<typeof usedOn>) =>
      judge(await execute(scenario, modelPump, idealRig, measured === undefined ? {} : { measured }), {
        file: 'draft.yaml',
        wall_s: 0,
      })
    const without = await result()
    expect(without.verdict).toBe('pass')
    expect(without.provenance.displaced).toBe('modelled')
    const measured = await result(usedOn(parsed.rig, '2026-06-01'))
    expect(measured.checks.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['delivered-volume', 'fail'],
      ['reservoir-estimate', 'fail'],
      ['mass-conservation', 'pass'],
    ])
    expect(partings(measured).map(({ pair }) => pair)).toEqual(['belief', 'volume'])
    expect(partings(measured)[0]?.ledgers).toBe('believed volume and delivered volume')
    expect(measured.delivered.displaced_uL).toBeCloseTo(4000 * TRUE_uL, 0)
    expect(measured.provenance.displaced).toContain('balance SIM-7 (certificate C-1)')
    const late = await result(usedOn(parsed.rig, '2027-06-01'))
    expect(late.checks.slice(0, 2).map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive'])
  })

  it('is stated in the file no more surely than it was found', async () => {
    const outcome = await calibrated({ seed: 11 })
    if (!outcome.ok) throw new Error(outcome.problem)
    const { step_uL, uncertainty } = outcome.calibrated
    const text = calibrationText(outcome.calibrated, DEFAULT_PLAN, {
      rig: 'ideal',
      identity: 'x',
      balance: { instrument: 'balance', certificate: 'C-1', due: '2026-12-31' },
      calibrated: '2026-01-05',
      due: '2026-12-31',
      note: 'a test',
    })
    const [, written = ''] = /step_volume: ([\d.]+) uL/.exec(text) ?? []
    const [, unsure = ''] = /\nuncertainty: ([\d.]+) uL/.exec(text) ?? []
    expect(Number(written) + Number(unsure)).toBeGreaterThanOrEqual(step_uL + uncertainty.expanded_uL)
    expect(Number(written) - Number(unsure)).toBeLessThanOrEqual(step_uL - uncertainty.expanded_uL)
    expect(Number(unsure)).toBeLessThan(1.2 * uncertainty.expanded_uL)
  })
})
