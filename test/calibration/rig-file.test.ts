/** Rig files: what is read, what is refused and where, and that what is written is read back. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseRigFile, rigFileText, usedOn } from '#hil/calibration/rig-file'
import { rigJsonSchema } from '#hil/calibration/rig-language'
import { problemText } from '#hil/scenario/problem'

const VALID = `schema: pumpbench/rig@1
rig: ideal
identity: in-process motor
step_volume: 0.2537 uL
uncertainty: 0.6 nL
coverage: 2.13
encoder: 1 step
instruments:
  - { instrument: balance, serial: B021, certificate: K-17, due: 2026-12-31 }
calibrated: 2026-01-05
due: 2027-01-04
`

const problemsOf = (text: string) => {
  const parsed = parseRigFile(text, 'bench.yaml')
  return parsed.ok ? [] : parsed.problems.map(problemText)
}

describe('a rig file', () => {
  it('is read exactly', () => {
    const parsed = parseRigFile(VALID, 'bench.yaml')
    if (!parsed.ok) throw new Error(problemsOf(VALID).join('\n'))
    expect(usedOn(parsed.rig, '2026-06-01')).toEqual({
      rig: 'ideal',
      identity: 'in-process motor',
      calibration: {
        file_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        step_uL: '2537/10000',
        uncertainty_uL: '3/5000',
        coverage: '213/100',
        encoder_steps: '1',
        instruments: [{ instrument: 'balance', serial: 'B021', certificate: 'K-17', due: '2026-12-31' }],
        calibrated: '2026-01-05',
        due: '2027-01-04',
        used: '2026-06-01',
      },
    })
  })

  it.each([
    ['step_volume: 0.2537 uL', 'step_volume: 0.2537', 'bench.yaml:4:14', 'unit'],
    ['step_volume: 0.2537 uL', 'step_volume: 0 uL', 'bench.yaml:4:14', 'above zero'],
    ['step_volume: 0.2537 uL', 'step_volume: 3 mg', 'bench.yaml:4:14', 'mg'],
    ['uncertainty: 0.6 nL', 'uncertainty: 1 uL', 'bench.yaml:5:14', 'measured nothing'],
    ['uncertainty: 0.6 nL', 'uncertainty: 0 uL', 'bench.yaml:5:14', 'a measured quantity has an uncertainty'],
    ['coverage: 2.13', 'coverage: 0.5', 'bench.yaml:6:11', '1 or more'],
    ['coverage: 2.13', 'coverage: two', 'bench.yaml:6:11', '1 or more'],
    ['coverage: 2.13\n', '', 'bench.yaml:1:1', 'missing key "coverage"; a coverage factor is'],
    ['encoder: 1 step', 'encoder: 0 step', 'bench.yaml:7:10', 'counts something'],
    ['due: 2026-12-31 }', 'due: 2025-12-31 }', 'bench.yaml:9:66', 'past its due date'],
    ['serial: B021, ', '', 'bench.yaml:9:5', 'missing key "serial"'],
    ['calibrated: 2026-01-05', 'calibrated: 2026-02-30', 'bench.yaml:10:13', 'a day is written as'],
    ['due: 2027-01-04', 'due: 2026-01-04', 'bench.yaml:11:6', 'before the calibration'],
    ['rig: ideal', 'rigg: ideal', 'bench.yaml:2:1', 'did you mean "rig"'],
    ['schema: pumpbench/rig@1', 'schema: pumpbench/rig@2', 'bench.yaml:1:9', 'pumpbench/rig@1'],
    [VALID, 'null', 'bench.yaml:1:1', 'a rig file begins with'],
    [VALID, '', 'bench.yaml:1:1', 'empty'],
  ])('with %j for %j is refused with place and reason', (from, to, place, reason) => {
    const problems = problemsOf(VALID.replace(from, () => to))
    const [first = ''] = problems.filter((problem) => problem.startsWith(place))
    expect(first, problems.join('\n')).toContain(reason)
  })

  it('tells all of its mistakes at once', () => {
    const broken = VALID.replace('0.2537 uL', '0 uL').replace('2.13', '0').replace('2026-01-05', 'today')
    expect(problemsOf(broken)).toHaveLength(3)
  })

  it('is written as it is read', () => {
    const text = rigFileText({
      rig: 'avr',
      identity: 'ATmega328P "x": #1',
      step_uL: '0.25371',
      uncertainty_uL: '0.00006',
      coverage: '2.13',
      encoder_steps: '1',
      instruments: [{ instrument: 'balance', serial: '007', certificate: 'none: simulated', due: '2026-12-31' }],
      calibrated: '2026-01-05',
      due: '2027-01-04',
      budget: [{ source: 'repeats', standard_uL: '0.00002' }],
      note: 'no note',
    })
    const parsed = parseRigFile(text, 'bench.yaml')
    expect(parsed).toMatchObject({
      ok: true,
      rig: {
        rig: 'avr',
        identity: 'ATmega328P "x": #1',
        calibration: {
          step_uL: '25371/100000',
          uncertainty_uL: '3/50000',
          coverage: '213/100',
          instruments: [{ serial: '007' }],
        },
      },
    })
  })

  it('has a JSON Schema that takes it and refuses unknown keys', () => {
    const schema = z.fromJSONSchema(rigJsonSchema() as Parameters<typeof z.fromJSONSchema>[0])
    const file = {
      schema: 'pumpbench/rig@1',
      rig: 'ideal',
      identity: 'in-process motor',
      step_volume: '0.2537 uL',
      uncertainty: '0.6 nL',
      coverage: 2.13,
      instruments: [{ instrument: 'balance', serial: 'B021', certificate: 'K-17', due: '2026-12-31' }],
      calibrated: '2026-01-05',
      due: '2027-01-04',
    }
    expect(schema.safeParse(file).success).toBe(true)
    expect(schema.safeParse({ ...file, steps: 1 }).success).toBe(false)
    expect(schema.safeParse({ ...file, due: '4 January' }).success).toBe(false)
  })
})
