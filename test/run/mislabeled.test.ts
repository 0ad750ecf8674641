/**
 * A syringe that is not what its label says: the prescription, the programmer and the pump all go by the label, so every
 * volume is right and the dose is not. Hand-worked at 480 ug a day over a line of 375 uL.
 */
import { describe, expect, it } from 'vitest'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { RunResult } from '#hil/run/result'
import { traceLine } from '#hil/run/trace-line'
import { checksNamed, finish } from '../support/bench.ts'
import { type Draft, draft, therapy } from '../support/scenario.ts'

const DAY_s = 86_400
/** 375 uL at the 960 uL a day of 480 ug at 500 ug/mL. */
const CLEARED_d = 1 + 375 / 960
const PRESCRIBED = [therapy('0 d', '480 ug/d')]
const CHECKS = [
  '{ check: tracking, within: 1 step }',
  '{ check: delivered-volume, within: 0.1 % }',
  '{ check: dose-at-tip, within: 14.5 %, expect: fail }',
  '{ check: programmed-as-prescribed }',
  '{ check: believed-dose, within: 1 ug, expect: fail }',
  '{ check: reservoir-estimate, within: 0.5 uL }',
]

async function run(parts: Partial<Draft>): Promise<RunResult> {
  const text = draft({ duration: '3 d', sample: '1 d', prescription: PRESCRIBED, checks: CHECKS, ...parts })
  return (await finish(text)).result
}

const filled = (concentration: string, meant = '', drug = 'baclofen') =>
  `drug: ${drug}, concentration: ${concentration} ug/mL, volume: 40 mL${meant}`
const refilled = (concentration: string, meant: string, drug = 'baclofen') => [
  `{ at: 1 d, refill: { fill: { ${filled(concentration, '', drug)} }, meant: ${meant} } }`,
]
const pairs = ({ detection }: RunResult) => detection?.parted.map(({ pair }) => pair)
const harm = ({ detection }: RunResult, drug = 'baclofen') => detection?.harm.find((one) => one.drug === drug)

/** Within a step and what is prescribed in a tick of the rig. */
function isAbout(value: number | undefined, expected: number, within = 0.6): void {
  expect(Math.abs((value ?? Number.NaN) - expected), `${value} for ${expected}`).toBeLessThan(within)
}

describe('a first fill that is not what its label says', () => {
  it('at four times the concentration is four times the dose in the right volume', async () => {
    const result = await run({ fill: `{ ${filled('2000', ', meant: { concentration: 500 ug/mL }')} }` })
    expect(result.verdict).toBe('pass')
    expect(result.prescribed).toEqual({ volume_uL: 2880, dose_ug: 1440 })
    expect(result.believed).toMatchObject({ volume_uL: 2880, dose_ug: 1440 })
    expect(result.delivered).toMatchObject({ displaced_uL: 2880, tip_dose_ug: 5760 })
    expect(pairs(result)).toEqual(['believed-mass', 'mass'])
    isAbout(harm(result)?.over_ug, 4320)
    expect(harm(result)).toMatchObject({ under_ug: 0, tip_24h_ug: 1920, prescribed_24h_ug: 480 })
    // The first step, of 0.5 ug for 0.125 prescribed, is within 14.5 % and a step; the second, 45 s from the start, is not.
    expect(result.detection).toMatchObject({ cause_s: 0, first: 'dose-check' })
    isAbout(result.detection?.first_s ?? undefined, 45, 0.001)
    expect(result.detection?.cause).toBe(
      'at 0 s "fill 40000 uL of baclofen 2000 ug/mL" where "fill 40000 uL of baclofen 500 ug/mL" was meant',
    )
    expect(result.detection?.unnoticed_because).toContain('no sensor of drug or concentration')
  })

  it('at a quarter of the concentration is a quarter of the dose', async () => {
    const result = await run({ fill: `{ ${filled('500', ', meant: { concentration: 2000 ug/mL }')} }` })
    expect(result.verdict).toBe('pass')
    expect(result.prescribed).toEqual({ volume_uL: 720, dose_ug: 1440 })
    expect(result.delivered).toMatchObject({ displaced_uL: 720, tip_dose_ug: 360 })
    expect(pairs(result)).toEqual(['believed-mass', 'mass'])
    isAbout(harm(result)?.under_ug, 1080)
    expect(harm(result)).toMatchObject({ over_ug: 0, tip_24h_ug: 120 })
    expect(result.detection?.first).toBe('dose-check')
  })

  it('of another drug gives none of the one and all of the other, and the figures are of the drug that was meant', async () => {
    const result = await run({ fill: `{ ${filled('500', ', meant: { drug: baclofen }', 'morphine')} }` })
    expect(result.verdict).toBe('pass')
    expect(result.prescribed).toEqual({ volume_uL: 2880, dose_ug: 1440 })
    expect(result.delivered).toMatchObject({ displaced_uL: 2880, tip_dose_ug: 0 })
    expect(result.analysis?.drugs?.map(({ drug, prescribed_ug, tip_ug }) => [drug, prescribed_ug, tip_ug])).toEqual([
      ['baclofen', 1440, 0],
      ['morphine', 0, 1440],
    ])
    isAbout(harm(result)?.under_ug, 1440)
    isAbout(harm(result, 'morphine')?.over_ug, 1440)
    expect(result.detection?.first).toBe('dose-check')
  })

  it('of half the volume is nobody’s to see before a refill, and was programmed as the label says', async () => {
    const checks = [
      '{ check: programmed-as-prescribed }',
      '{ check: reservoir-estimate, within: 19999 uL, expect: fail }',
    ]
    const fill = '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL, meant: { volume: 40 mL } }'
    const result = await run({ fill, checks })
    expect(result.verdict).toBe('pass')
    expect(result.believed.reservoir_uL).toBe(40_000 - 2880)
    expect(result.delivered.reservoir_uL).toBe(20_000 - 2880)
    expect(result.detection).toMatchObject({ cause_s: 0, first: 'reconciliation', first_s: null, parted: [] })
    expect(result.detection?.unnoticed_because).toContain('does not measure it')
  })
})

describe('a refill that is not what its label says', () => {
  const changeover = (from: string) => [`{ check: changeover, within: 1 %, ${from} }`]

  it('stronger than the label, which is as before, is an overdose once the line has cleared', async () => {
    const events = refilled('2000', '{ concentration: 500 ug/mL }')
    const result = await run({ events, checks: [...CHECKS, ...changeover('expect: pass')] })
    expect(result.verdict).toBe('pass')
    expect(result.prescribed).toEqual({ volume_uL: 2880, dose_ug: 1440 })
    expect(result.delivered.displaced_uL).toBe(2880)
    expect(pairs(result)).toEqual(['believed-mass', 'mass'])
    isAbout(harm(result)?.over_ug, 3 * 480 * (3 - CLEARED_d))
    // 3 (t - 1.390625 d) = 0.145 t; a step of tolerance is 30 s of it.
    isAbout(result.detection?.first_s ?? undefined, ((3 * CLEARED_d) / (3 - 0.145)) * DAY_s, 60)
    expect(result.detection).toMatchObject({ cause_s: DAY_s, first: 'dose-check' })
    const [change] = result.analysis?.changeovers ?? []
    expect(change).toMatchObject({
      from: { drug: 'baclofen', concentration_ug_per_mL: 500 },
      to: { concentration_ug_per_mL: 2000, label: { drug: 'baclofen', concentration_ug_per_mL: 500 } },
      ...{ end: 'cleared', meant: [], bridge: null, without_bridge: null },
    })
    isAbout(change?.to_s, CLEARED_d * DAY_s, 1)
  })

  it('weaker than the label, which asks for a bridge, is right while the bridge lasts and a quarter of the dose after it', async () => {
    const prescription = [...PRESCRIBED, '{ at: 1 d, bridge: auto }']
    const events = refilled('500', '{ concentration: 2000 ug/mL }')
    const result = await run({ prescription, events, checks: [...CHECKS, ...changeover('expect: pass')] })
    expect(result.verdict).toBe('pass')
    // 960 uL of the first day, the 375 uL of the line at 960 uL a day, and 240 uL a day from then on.
    expect(result.prescribed.volume_uL).toBe(960 + 375 + 240 * (3 - CLEARED_d))
    isAbout(result.delivered.displaced_uL, result.prescribed.volume_uL, 0.25)
    isAbout(harm(result)?.under_ug, 360 * (3 - CLEARED_d))
    expect(harm(result)?.over_ug).toBe(0)
    expect(result.analysis?.changeovers?.[0]).toMatchObject({
      from: { concentration_ug_per_mL: 500 },
      to: { concentration_ug_per_mL: 500, label: { concentration_ug_per_mL: 2000 } },
      ...{ meant: [], bridge: { rate_mL_per_d: 0.96, dose_ug: 187.5 }, without_bridge: { factor: 0.25 } },
    })
    expect(checksNamed(result, 'changeover')[0]?.detail).toContain(
      'baclofen 500 ug/mL to baclofen 500 ug/mL (meant: baclofen 2000 ug/mL)',
    )
  })

  it('weaker than the label, without the bridge that the label asks for, is a quarter of the dose from the first hour', async () => {
    const events = refilled('500', '{ concentration: 2000 ug/mL }')
    const result = await run({ events, checks: [...CHECKS, ...changeover('expect: fail')] })
    expect(result.verdict).toBe('pass')
    isAbout(harm(result)?.under_ug, 360 * 2)
    expect(checksNamed(result, 'changeover')[0]?.detail).toContain('the prescription has no bridge')
  })

  it('of another drug is right until the line has cleared, and then none of the one and all of the other', async () => {
    const result = await run({ events: refilled('500', '{ drug: baclofen }', 'morphine') })
    expect(result.verdict).toBe('pass')
    isAbout(harm(result)?.under_ug, 480 * (3 - CLEARED_d))
    isAbout(harm(result, 'morphine')?.over_ug, 480 * (3 - CLEARED_d))
    expect(result.detection).toMatchObject({ cause_s: DAY_s, first: 'dose-check' })
    expect(result.detection?.first_s).toBeGreaterThan(CLEARED_d * DAY_s)
  })
})

describe('what the pump is told', () => {
  it('against the label is a slip of its own: here it is the truth by chance, and the dose is right in the wrong volume', async () => {
    const fill = `{ ${filled('2000', ', meant: { concentration: 500 ug/mL }, programmed: { concentration: 2000 ug/mL }')} }`
    const checks = [
      '{ check: dose-at-tip, within: 0.1 % }',
      '{ check: delivered-volume, within: 14.5 %, expect: fail }',
      '{ check: programmed-as-prescribed, expect: fail }',
      '{ check: believed-dose, within: 1 ug }',
    ]
    const result = await run({ fill, checks })
    expect(result.verdict).toBe('pass')
    expect(result.detection).toMatchObject({ cause_s: 0, first: 'volume-check' })
    expect(result.detection?.cause).toContain('the pump was told "fill 40000 uL of baclofen 2000 ug/mL"')
  })

  it('stands in the trace with the rest, so that the run is judged from it alone', async () => {
    const { trace, result } = await finish(
      draft({
        prescription: PRESCRIBED,
        fill: `{ ${filled('500', ', meant: { drug: baclofen }', 'morphine')} }`,
        checks: CHECKS,
      }),
    )
    const read = readTrace(trace.records.map(traceLine).join(''))
    expect(judge(read, { file: 'draft.yaml', wall_s: 0 })).toEqual(result)
  })
})
