/** Of several things that went wrong, which one was noticed: no finding is credited to a cause that it is not of. */
import { describe, expect, it } from 'vitest'
import { RESULT } from '#hil/report/result-schema'
import { terminalReport } from '#hil/report/terminal'
import type { Detection } from '#hil/run/detection/types'
import { finish } from '../support/bench.ts'
import { type Draft, draft, stop, therapy } from '../support/scenario.ts'

const DAY_s = 86_400
const USUAL = therapy('0 d', '480 ug/d')
const MADE = { tool: 't', version: '1', commit: null, node: 'v', platform: 'p', started: '', rig_firmware: null }

async function detected(parts: Partial<Draft>): Promise<{ readonly found: Detection; readonly text: string }> {
  const { result } = await finish(draft({ duration: '4 d', sample: '1 d', prescription: [USUAL], ...parts }))
  const whole = { schema: 'pumpbench/result@1', manifest: MADE, runs: [result] } as const
  expect(RESULT.safeParse(whole).error).toBeUndefined()
  const { detection } = result
  if (detection === null) throw new Error('the run was not analyzed')
  return { found: detection, text: terminalReport(whole, { color: false, width: 400 }) }
}

describe('a fault that nobody noticed, and a stall days later that the pump alarms of', () => {
  const faults = [
    '{ at: 1 d, fault: over-infusion, by: 100 %, for: 3 min }',
    '{ at: 3 d, fault: motor-stall, for: 2 h }',
  ]

  it('leaves the first one unnoticed, with the reason', async () => {
    const { found } = await detected({ faults })
    expect(found).toMatchObject({ cause_s: DAY_s, first: 'nobody', first_s: null, latency_s: null })
    expect(found.unnoticed_because).toContain('no sensor of flow')
    const [over, stall] = found.causes ?? []
    expect(over).toMatchObject({ at_s: DAY_s, first: 'nobody' })
    expect(stall).toMatchObject({ text: 'motor-stall for 2 h', at_s: 3 * DAY_s, first: 'alarmed' })
    expect(stall?.latency_s).toBeLessThan(60)
    const [alarm] = found.findings
    expect(alarm).toMatchObject({ what: 'motor-stall', of: { text: 'motor-stall for 2 h', at_s: 3 * DAY_s } })
    expect(alarm?.latency_s).toBe(stall?.latency_s)
  })

  it('is said so', async () => {
    const { text } = await detected({ faults })
    expect(text).toMatch(/cause {2}over-infusion.*, at 1 d\n.*noticed first {2}nobody\n/)
    expect(text).toMatch(
      /cause as well {2}motor-stall for 2 h, at 3 d; noticed first: alarmed by the pump, 26.5 s after it\n/,
    )
    expect(text).toMatch(/noticed {2}alarmed by the pump at 3 d 27 s, 26.5 s after "motor-stall for 2 h": motor-stall/)
    expect(text).not.toContain('2 d 26')
  })
})

describe('what can be of either of two causes', () => {
  const faults = [
    '{ at: 1 d, fault: over-infusion, by: 100 %, for: 3 min }',
    '{ at: 2 d, fault: over-infusion, by: 100 % }',
  ]

  it('is credited to none of them: when is told, and no latency', async () => {
    const { found, text } = await detected({ faults })
    expect(found).toMatchObject({ cause_s: DAY_s, first: 'volume-check', latency_s: null })
    expect(found.first_s).toBeGreaterThan(2 * DAY_s)
    expect(found.causes).toMatchObject([
      { first: 'volume-check', latency_s: null },
      { first: 'volume-check', latency_s: null },
    ])
    expect(found.findings[0]).toMatchObject({ detector: 'volume-check', latency_s: null, of: null })
    expect(text).toMatch(/noticed first {2}seen by the volume check .*, if it is of this and not of another cause\n/)
    expect(text).toMatch(/noticed {2}seen by the volume check .*, of one of several causes: /)
    expect(text).not.toContain('after the cause')
  })

  it('is of the one that had begun', async () => {
    const { found } = await detected({ faults: [faults[1] ?? '', '{ at: 3.9 d, fault: over-infusion, by: 1 % }'] })
    expect(found).toMatchObject({ cause_s: 2 * DAY_s, first: 'volume-check' })
    expect(found.first_s).toBeLessThan(3.9 * DAY_s)
    expect(found.latency_s).toBeCloseTo((found.first_s ?? 0) - 2 * DAY_s)
    expect(found.findings[0]).not.toHaveProperty('of')
  })

  it('is an alarm of two stalls that overlap', async () => {
    const { found } = await detected({
      prescription: [USUAL, stop('1 d'), therapy('2 d', '480 ug/d')],
      faults: ['{ at: 1.9 d, fault: motor-stall, for: 6 h }', '{ at: 1.95 d, fault: motor-stall, for: 6 h }'],
    })
    expect(found.findings.find(({ what }) => what === 'motor-stall')).toMatchObject({ latency_s: null, of: null })
  })
})

describe('an alarm of what comes in any run', () => {
  const over = '{ at: 1 d, fault: over-infusion, by: 10 %, for: 1 h }'

  it('is no finding of a fault: a level that is reached', async () => {
    const fill = '{ drug: baclofen, concentration: 500 ug/mL, volume: 4 mL }'
    const { found, text } = await detected({ fill, faults: [over] })
    expect(found).toMatchObject({ first: 'nobody', first_s: null })
    expect(found).not.toHaveProperty('causes')
    const alarm = found.findings.find(({ what }) => what === 'low-reservoir')
    expect(alarm).toMatchObject({ detector: 'alarmed', of: { text: 'low level reached' } })
    expect(Math.abs(alarm?.latency_s ?? DAY_s)).toBeLessThan(3600)
    expect(text).toMatch(/noticed {2}alarmed by the pump at .*(after|before) "low level reached": low-reservoir/)
  })

  it('is no finding of a fault: a stop that was prescribed', async () => {
    const { found } = await detected({ prescription: [USUAL, stop('2 d')], faults: [over] })
    expect(found).toMatchObject({ first: 'nobody', first_s: null })
    expect(found.findings[0]).toMatchObject({ what: 'stopped-pump', of: { at_s: 2 * DAY_s } })
  })

  it('is one of the stop that was not', async () => {
    const { found } = await detected({ programming: [USUAL, stop('2 d')] })
    expect(found).toMatchObject({ cause_s: 2 * DAY_s })
    expect(found.findings.find(({ what }) => what === 'stopped-pump')).not.toHaveProperty('of')
  })
})

describe('a refusal', () => {
  it('is of the wrong entry that is refused, and not of the one before it', async () => {
    const { found } = await detected({
      prescription: [USUAL, therapy('1 d', '481 ug/d'), therapy('3 d', '482 ug/d')],
      programming: [USUAL, therapy('1 d', '480 ug/d'), therapy('3 d', '4820 ug/d')],
      limits: '{ daily_dose: { hard: 2 mg } }',
    })
    const refused = found.findings.find(({ detector }) => detector === 'refused')
    expect(refused).toMatchObject({ at_s: 3 * DAY_s, latency_s: 0, of: { at_s: 3 * DAY_s } })
    expect(found.causes?.map(({ first, latency_s }) => [first, latency_s === 0])).toEqual([
      ['volume-check', false],
      ['refused', true],
    ])
  })
})
