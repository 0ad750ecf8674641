/** Who noticed what went wrong, and what it did: hand-worked on a pump that is to give 480 ug a day at 500 ug/mL. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { htmlReport } from '#hil/report/html'
import { RESULT } from '#hil/report/result-schema'
import { terminalReport } from '#hil/report/terminal'
import { idealRig } from '#hil/rig/ideal'
import type { Detection } from '#hil/run/detection/types'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { finish } from '../support/bench.ts'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const DAY_s = 86_400
/** 960 uL a day in steps of 0.25 uL: one every 22.5 s, of 0.125 ug. */
const PRESCRIBED = [therapy('0 d', '480 ug/d')]
const STEP_s = 22.5

async function detected(parts: Partial<Draft>): Promise<Detection> {
  const { result } = await finish(draft({ duration: '3 d', sample: '1 d', prescription: PRESCRIBED, ...parts }))
  const schema = { schema: 'pumpbench/result@1', manifest: MADE, runs: [result] } as const
  expect(RESULT.safeParse(schema).error).toBeUndefined()
  const { detection } = result
  if (detection === null) throw new Error('the run was not analyzed')
  return detection
}
const MADE = { tool: 't', version: '1', commit: null, node: 'v', platform: 'p', started: '', rig_firmware: null }
const pairs = ({ parted }: Detection) => parted.map(({ pair }) => pair)

describe('a run in which nothing goes wrong', () => {
  it('is noticed by nobody, harms nobody, and needs no reason', async () => {
    const found = await detected({})
    expect(found).toMatchObject({ cause: null, first: 'nobody', findings: [], parted: [], unnoticed_because: null })
    expect(found.volume_check).toMatchObject({ judged_by: 'step', step_s: null, tolerance_s: null })
    expect(found.harm).toEqual([
      {
        ...{ drug: 'baclofen', over_ug: 0, under_ug: 0, over_s: 0, under_s: 0, surplus_ug: 0, owed_ug: 0 },
        ...{ over_equivalent_s: 0, under_equivalent_s: 0, tip_24h_ug: 480, prescribed_24h_ug: 480, least_24h: null },
      },
    ])
  })
})

describe('the volume check is judged', () => {
  it.each([
    ['by the step', {}, 'step', 'no fault is declared and every step moved what the pump model says'],
    [
      'by the tolerance of a device that departs from its figures',
      { plant: '{ gain: 1 % }' },
      'tolerance',
      'steps moved otherwise than the pump model says, within its tolerance or not',
    ],
    [
      'by the tolerance of one that has a fault',
      { faults: ['{ at: 1 d, fault: motor-stall, for: 1 h }'] },
      'tolerance',
      'a fault is declared, and a device may be out by its tolerance',
    ],
  ])('%s', async (_, parts, judged_by, because) => {
    expect((await detected(parts)).volume_check).toMatchObject({ judged_by, because })
  })

  it('by the tolerance where the rig was calibrated', async () => {
    const [instrument, calibrated, due, used] = ['balance', '2026-01-05', '2026-12-31', '2026-06-01']
    const calibration = {
      ...{ file_sha256: 'f'.repeat(64), step_uL: '1/4', uncertainty_uL: '0', coverage: '2', encoder_steps: null },
      ...{ instruments: [{ instrument, serial: 'B1', certificate: 'C-7', due }], calibrated, due, used },
    }
    const measured = { rig: 'ideal', identity: 'in-process motor', calibration }
    const text = draft({ duration: '3 d', sample: '1 d', prescription: PRESCRIBED })
    const trace = await execute(scenarioOf(text), modelPump, idealRig, { measured })
    const { detection } = judge(trace, { file: 'draft.yaml', wall_s: 0 })
    const because = 'the rig was calibrated, and a device may be out by its tolerance'
    expect(detection?.volume_check).toMatchObject({ judged_by: 'tolerance', because })
  })
})

describe('an entry of ten times the dose', () => {
  const tenfold = [therapy('0 d', '480 ug/d'), therapy('1 d', '4800 ug/d')]
  const prescription = [therapy('0 d', '480 ug/d'), therapy('1 d', '479 ug/d')]

  it('is refused at once by a hard limit', async () => {
    const found = await detected({ prescription, programming: tenfold, limits: '{ daily_dose: { hard: 2 mg } }' })
    expect(found).toMatchObject({ first: 'refused', cause_s: DAY_s, first_s: DAY_s, latency_s: 0 })
    expect(found.cause).toContain('the pump does not hold "simple-continuous 479 ug/d"')
  })

  it('is warned of by a soft one, confirmed or not', async () => {
    const limits = '{ daily_dose: { soft: 2 mg } }'
    const confirmed = await detected({ prescription, programming: tenfold, limits })
    expect(confirmed).toMatchObject({ first: 'warned', latency_s: 0, unnoticed_because: null })
    const [before, after] = tenfold
    const unconfirmed = [before ?? '', (after ?? '').replace(/\}$/, ', confirm: false }')]
    expect(await detected({ prescription, programming: unconfirmed, limits })).toMatchObject({ first: 'warned' })
  })

  it('is seen by the bench within two steps where there is no limit, and the pump cannot know', async () => {
    const found = await detected({ prescription, programming: tenfold })
    expect(found.first).toBe('volume-check')
    expect(found.latency_s).toBeGreaterThan(0)
    expect(found.latency_s).toBeLessThan(2 * STEP_s)
    expect(found.unnoticed_because).toContain('the pump holds what it was told')
    const { volume_check, findings } = found
    expect(volume_check).toMatchObject({ judged_by: 'step', step_s: found.first_s })
    expect(findings[0]).toMatchObject({ yardstick: 'step', detail: 'more than a step off what is prescribed' })
    // 10 (t - 1 d) is beyond 0.145 t and a step from 1.0160 d on.
    expect(Math.abs((volume_check.tolerance_s ?? 0) - (1 + 0.145 / (4800 / 479 - 1.145)) * DAY_s)).toBeLessThan(60)
    expect(pairs(found)).toEqual(['program', 'volume', 'mass'])
    // 4800 less 479 ug a day for two days, within a step of 0.125 ug and what is prescribed in a tick.
    const [harm] = found.harm
    expect(Math.abs((harm?.over_ug ?? 0) - 2 * 4321)).toBeLessThan(0.5)
    expect(harm).toMatchObject({ under_ug: 0, tip_24h_ug: 4800, prescribed_24h_ug: 480 })
    expect(harm?.over_s).toBeGreaterThan(2 * DAY_s - STEP_s)
  })
})

describe('a change that is prepared and never committed', () => {
  it('is a slip at its instant, though it was told and read back', async () => {
    const prescription = [therapy('0 d', '480 ug/d'), therapy('1 d', '4800 ug/d')]
    const programming = [prescription[0] ?? '', (prescription[1] ?? '').replace(/\}$/, ', commit: false }')]
    const found = await detected({ prescription, programming })
    expect(found).toMatchObject({ cause_s: DAY_s, first: 'volume-check' })
    expect(found.cause).toContain('the pump does not hold "simple-continuous 4800 ug/d"')
  })
})

describe('a question that a pump without power does not answer', () => {
  it('is no refusal of the pump', async () => {
    const prescription = [therapy('0 d', '480 ug/d'), therapy('1 d', '500 ug/d')]
    const faults = ['{ at: 1 d, fault: power-cut, write: 2, for: 1 min }']
    const found = await detected({ prescription, faults })
    expect(found.cause_s).toBe(DAY_s)
    expect(found.findings.map(({ detector }) => detector)).not.toContain('refused')
  })
})

describe('a septum that leaks while the therapy goes on', () => {
  const faults = ['{ at: 1 d, fault: septum-leak, volume: 14 mL, for: 2 h }']

  it('shows in the residual of the next refill alone, and nothing is called right', async () => {
    const found = await detected({ faults })
    expect(found).toMatchObject({ first: 'reconciliation', first_s: null, findings: [], parted: [] })
    expect(found.next_refill).toContain('14000 uL less than the pump expects')
    expect(found.unnoticed_because).toContain('does not measure it')
  })

  it('is settled by the refill that found it: the next one agrees', async () => {
    const refill = 'refill: { withdraw: all, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } }'
    const found = await detected({ faults, events: [`{ at: 2 d, ${refill} }`] })
    expect(found).toMatchObject({ first: 'reconciliation', next_refill: null })
    expect(found.first_s).toBeCloseTo(2 * DAY_s, -1)
    expect(found.unnoticed_because).toContain('does not measure it')
  })
})

describe('a pump that moves too much', () => {
  const faults = ['{ at: 1 d, fault: over-infusion, by: 50 % }']

  it('is seen by the volume check once it is 14.5 % ahead of all that was prescribed', async () => {
    const found = await detected({ faults, duration: '4 d' })
    // 0.5 (t - 1 d) = 0.145 t, which is at 1.4085 d; a step of 0.375 uL and one of tolerance move it by less than 5 min.
    const crossing_s = (0.5 / (0.5 - 0.145)) * DAY_s
    expect(found.first).toBe('volume-check')
    expect(Math.abs((found.first_s ?? 0) - crossing_s)).toBeLessThan(300)
    expect(found.latency_s).toBeCloseTo((found.first_s ?? 0) - DAY_s)
    expect(pairs(found)).toEqual(['belief', 'believed-mass', 'volume', 'mass'])
    expect(found.unnoticed_because).toContain('no sensor of flow')
    expect(found.harm[0]?.tip_24h_ug).toBeCloseTo(720, 3)
  })

  it('shows in the residual of a refill, and in that of the next one where there was none', async () => {
    const long = { faults, duration: '30 d', fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }' }
    const refill = 'refill: { withdraw: all, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL } }'
    const seen = await detected({ ...long, duration: '20 d', events: [`{ at: 15 d, ${refill} }`] })
    expect(seen.findings.find(({ detector }) => detector === 'reconciliation')?.at_s).toBeCloseTo(15 * DAY_s, -1)
    // 29 d of 480 uL more than the 960 believed: 13.9 mL beyond 14.5 % of 28.8 mL.
    const next = await detected({ ...long, duration: '26 d' })
    expect(next.next_refill).toContain('less than the pump expects')
    expect((await detected({ faults, duration: '2 d' })).next_refill, 'within 1 mL nobody could tell').toBeNull()
  })
})

describe('a motor that stalls', () => {
  it('is alarmed of by the pump, which knows that steps were lost', async () => {
    const found = await detected({ faults: ['{ at: 2 d, fault: motor-stall, for: 12 h }'] })
    expect(found).toMatchObject({ first: 'alarmed', unnoticed_because: null, cause_s: 2 * DAY_s })
    expect(found.findings[0]?.what).toBe('motor-stall')
    // Half a day of 480 ug, within a step or two.
    expect(Math.abs((found.harm[0]?.under_ug ?? 0) - 240)).toBeLessThan(0.5)
    expect(found.harm[0]?.under_s).toBeGreaterThan(DAY_s - 3 * STEP_s)
  })

  it('for two hours of six days has missed what is prescribed in two hours, and owes it for the days that are left', async () => {
    const found = await detected({ duration: '6 d', faults: ['{ at: 2 d, fault: motor-stall, for: 2 h }'] })
    const [harm] = found.harm
    // 20 ug an hour: 40 less the tolerance of a step, of 0.125 ug, and a step or two on the way.
    expect(Math.abs((harm?.under_ug ?? 0) - 40)).toBeLessThan(0.5)
    expect(Math.abs((harm?.under_equivalent_s ?? 0) - 7200)).toBeLessThan(90)
    expect(Math.abs((harm?.owed_ug ?? 0) - 40)).toBeLessThan(0.3)
    expect(Math.abs((harm?.under_s ?? 0) - 4 * DAY_s)).toBeLessThan(3 * STEP_s)
    expect(harm).toMatchObject({ over_ug: 0, surplus_ug: 0, over_equivalent_s: 0, tip_24h_ug: 480 })
    // The leanest day holds the whole stall.
    expect(harm?.least_24h?.prescribed_ug).toBe(480)
    expect(Math.abs((harm?.least_24h?.tip_ug ?? 0) - 440)).toBeLessThan(0.3)
    expect(harm?.least_24h?.to_s).toBeGreaterThan(2 * DAY_s + 7200 - STEP_s)
    expect(harm?.least_24h?.to_s).toBeLessThan(3 * DAY_s + STEP_s)
    expect(found.volume_check).toMatchObject({ judged_by: 'tolerance', because: expect.stringContaining('declared') })
    expect(found.volume_check.step_s).toBeGreaterThan(2 * DAY_s)
    expect(found.volume_check.tolerance_s).toBeNull()
  })
})

describe('a catheter that leaks', () => {
  it('is seen at the tip only: no sensor of the pump reaches there', async () => {
    const found = await detected({ faults: ['{ at: 1 d, fault: catheter-leak, fraction: 100 %, position: 90 % }'] })
    expect(found.first).toBe('dose-check')
    expect(pairs(found)).toEqual(['mass'])
    expect(found.unnoticed_because).toContain('no sensor at the tip')
    expect(found.findings.map(({ detector }) => detector)).toEqual(['dose-check'])
  })
})

describe('a fill of another concentration than the pump is told', () => {
  it('is nobody’s to see but the bench’s, and the reason is the sensor of drug that is missing', async () => {
    const fill =
      '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL, programmed: { drug: baclofen, concentration: 1000 ug/mL, volume: 40 mL } }'
    const found = await detected({ fill })
    expect(found).toMatchObject({ cause_s: 0, first: 'volume-check' })
    expect(found.cause).toContain('the pump was told')
    expect(found.unnoticed_because).toContain('no sensor of drug or concentration')
  })
})

describe('a clock that is not set', () => {
  it('is the first thing that went wrong', async () => {
    const text = draft({ prescription: PRESCRIBED }).replace('duration:', 'pump_clock: 2026-01-05T20:00\nduration:')
    const { result } = await finish(text)
    expect(result.detection).toMatchObject({ cause_s: 0, first: 'nobody' })
    expect(result.detection?.unnoticed_because).toContain('no ledgers parted')
  })
})

describe('a run that broke off', () => {
  it('says nothing of detection', async () => {
    const { trace } = await finish(draft({ prescription: PRESCRIBED }))
    const { judge } = await import('#hil/run/judge')
    const broken = { ...trace, records: trace.records.filter(({ kind }) => kind !== 'end') }
    expect(judge(broken, { file: 'draft.yaml', wall_s: 0 }).detection).toBeNull()
  })
})

describe('the reports', () => {
  it('say it in words, and nothing of a run without anything to say', async () => {
    const ill = await finish(draft({ prescription: PRESCRIBED, faults: ['{ at: 1 d, fault: motor-stall, for: 2 h }'] }))
    const well = await finish(draft({ prescription: PRESCRIBED }))
    const of = ({ result }: typeof ill) => ({ schema: 'pumpbench/result@1', manifest: MADE, runs: [result] }) as const
    const screen = { color: false, width: 100 }
    const text = terminalReport(of(ill), screen)
    expect(text).toMatch(/detection and harm\n.*cause {2}motor-stall for 2 h, at 1 d/)
    expect(text).toMatch(/noticed first {2}alarmed by the pump, .* after the cause/)
    expect(text).toMatch(/harm by baclofen {2}[\d.]+ ug too little, as is prescribed in 2 h, owed for/)
    expect(text).toMatch(/volume check {2}more than a step off from 1 d 23 s on, within the tolerance of the device/)
    expect(htmlReport(of(ill))).toContain('<h3>Detection and harm</h3>')
    expect(terminalReport(of(well), screen)).not.toContain('detection')
    expect(htmlReport(of(well))).not.toContain('Detection and harm')
  })
})
