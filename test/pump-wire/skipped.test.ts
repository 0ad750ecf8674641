/** A scenario that needs what a pump does not have is skipped, with the reason, and passes nowhere. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { render } from '#hil/report/render'
import { RESULT } from '#hil/report/result-schema'
import type { Result, SkippedScenario } from '#hil/run/result'
import { decodePumpLine, encodePumpMessage } from '#protocol/pump/frame'
import { heldAgainst } from '#scripts/commands/baseline'
import { exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { able } from '#scripts/pump-link/able'
import { finish } from '../support/bench.ts'
import { scenarioOf } from '../support/scenario.ts'
import { acrossWire } from './links.ts'
import { SMALL, thatCan } from './small.ts'

function scenario(rest: string, pump = 'pump: { model: im-20 }') {
  return `
schema: pumpbench/scenario@1
name: needs
${pump}
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 2 d
${rest}`
}

const CONTINUOUS = 'prescription: [{ at: 0 d, therapy: { mode: simple-continuous, dose: 50 ug/d } }]'

describe('a small pump', () => {
  it.each([
    ['a program', 'prescription: [{ at: 0 d, therapy: { mode: minimum-rate } }]', 'the program minimum-rate'],
    ['a one-shot', `${CONTINUOUS.slice(0, -1)}, { at: 1 d, prime: auto }]`, 'the program prime'],
    [
      'a setting of its clock',
      `${CONTINUOUS}\nevents: [{ at: 1 d, do: set-clock, to: 2026-01-06T09:00 }]`,
      'the program set-clock',
    ],
    ['a doing of a person', `${CONTINUOUS}\nevents: [{ at: 1 d, do: read-log }]`, 'the command READLOG'],
    ['a fault', `${CONTINUOUS}\nfaults: [{ at: 1 d, fault: brown-out }]`, 'the command SAG'],
    ['a limit', `${CONTINUOUS}\nlimits: { daily_dose: { hard: 1 mg } }`, 'the limit daily-hard'],
    ['an alarm', `${CONTINUOUS}\nchecks: [{ check: alarm, alarm: memory-error, by: 1 d }]`, 'the alarm memory-error'],
    [
      'an event',
      `${CONTINUOUS}\nchecks: [{ check: event, event: motor-recovered, by: 1 d }]`,
      'the event motor-recovered',
    ],
    [
      'a fraction',
      'prescription: [{ at: 0 d, therapy: { mode: simple-continuous, dose: 350/3 ug/d } }]',
      'the option fractions, and amount of RATE is the fraction 350000000/3',
    ],
    [
      'a clock that drifts',
      `${CONTINUOUS}\nfaults: [{ at: 1 d, fault: clock-drift, by: 50 ppm }]`,
      'to count time on a clock that drifts',
    ],
  ])('is not asked for %s that it does not have', (_, rest, lacked) => {
    expect(thatCan(...SMALL).lacks?.(scenarioOf(scenario(rest)))).toContain(lacked)
  })

  it('is not asked for a figure it does not take, where that is another than that of im-20', () => {
    const stall = 'pump: { model: im-20, overrides: { stall_detection: 3 step } }'
    const lacks = (pump: PumpDefinition) => pump.lacks?.(scenarioOf(scenario(CONTINUOUS, stall)))
    expect(lacks(thatCan(...SMALL))).toBe('the pump does not have the figure stall_detection')
    expect(lacks(thatCan(...SMALL, 'stall_detection'))).toBeNull()
  })

  it('is asked for nothing where it runs by a clock of its own', () => {
    const named = (bytes: Uint8Array) => [
      Buffer.from(
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/^.*CAN,option,fractions.*$/m, (line) => {
            const frame = decodePumpLine('to-bench', Buffer.from(line, 'latin1'))
            if (typeof frame === 'string') throw new Error(frame)
            const can = { type: 'CAN', what: 'option', name: 'free-running' } as const
            return Buffer.from(encodePumpMessage('to-bench', frame.sequence, can))
              .toString('latin1')
              .trimEnd()
          }),
        'latin1',
      ),
    ]
    const pump = acrossWire('free', modelPump, { up: named })
    expect(pump.lacks?.(scenarioOf(scenario(CONTINUOUS)))).toContain('the pump is free-running')
  })

  it('is asked for all that it has, and passes', async () => {
    const flex = `
prescription:
  - { at: 0 d, therapy: { mode: flex, basal: 50 ug/d, boluses: [{ at: "12:00", dose: 25 ug, over: 10 min }] } }
  - { at: 6 h, bolus: { dose: 10 ug, over: 10 min } }
events:
  - { at: 1 d, refill: { withdraw: all, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }`
    const pump = thatCan(...SMALL, 'fractions')
    expect(pump.lacks?.(scenarioOf(scenario(flex)))).toBeNull()
    const { result } = await finish(scenario(flex), pump)
    expect(result.verdict).toBe('pass')
  })

  it('is told in whole numbers what was measured during the run, where it has no others', async () => {
    // A step that gives a third of a percent too little is no whole number of pL, and so is what is left after 400 of them.
    const drawn = `${CONTINUOUS}
events:
  - { at: 1 d, refill: { withdraw: all, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }
faults: [{ at: 0 d, fault: under-infusion, by: 1/3 % }]
checks: [{ check: event, event: residual-agrees, by: 25 h }]`
    const { result } = await finish(
      scenario(drawn),
      thatCan(...SMALL, 'simple-continuous', 'RESIDUAL', 'residual-agrees'),
    )
    expect(result.verdict).toBe('pass')
  })
})

const SKIPPED: SkippedScenario = {
  scenario: 'primed',
  file: 'a/primed.yaml',
  reason: 'the pump does not have the program prime',
}

describe('a skipped scenario', () => {
  const made = manifest(new Date(0), null)
  const resultWith = async (...skipped: readonly SkippedScenario[]): Promise<Result> => {
    const { result } = await finish(scenario(CONTINUOUS))
    return {
      schema: 'pumpbench/result@1',
      manifest: made,
      runs: [result],
      ...(skipped.length === 0 ? {} : { skipped }),
    }
  }

  it('is told apart from those that are run, with the reason', () => {
    const file = (name: string, rest: string) => ({
      file: `${name}.yaml`,
      scenario: scenarioOf(scenario(rest).replace('needs', name)),
    })
    const files = [file('plain', CONTINUOUS), file('primed', `${CONTINUOUS.slice(0, -1)}, { at: 1 d, prime: auto }]`)]
    const sorted = able(files as never, thatCan(...SMALL))
    expect(sorted.files.map((one) => one.file)).toStrictEqual(['plain.yaml'])
    expect(sorted.skipped).toStrictEqual([{ ...SKIPPED, file: 'primed.yaml' }])
    expect(able(files as never, modelPump).skipped).toStrictEqual([])
  })

  it('keeps a result from passing, unless it is allowed to', async () => {
    const [all, some] = [await resultWith(), await resultWith(SKIPPED)]
    expect(exitStatus(all)).toBe(0)
    expect(exitStatus(some)).toBe(3)
    expect(exitStatus(some, false, true)).toBe(0)
    expect(exitStatus({ ...some, runs: [] })).toBe(3)
    // Where nothing at all was run there is nothing to allow.
    expect(exitStatus({ ...some, runs: [] }, false, true)).toBe(3)
  })

  it('is listed in every report, and counted as passed in none', async () => {
    const result = await resultWith(SKIPPED)
    expect(RESULT.parse(JSON.parse(render(result, 'json')))).toMatchObject({ skipped: [SKIPPED] })
    const terminal = render(result, 'terminal')
    expect(terminal).toContain('primed: the pump does not have the program prime')
    expect(terminal).toContain('1 run: 1 pass; 1 scenario skipped;')
    const junit = render(result, 'junit')
    expect(junit).toContain('<skipped message="the pump does not have the program prime"/>')
    expect(junit).toMatch(/name="primed" file="a\/primed.yaml" tests="1" failures="0" errors="0" skipped="1"/)
    const page = render(result, 'html')
    expect(page).toContain('<li>primed: the pump does not have the program prime</li>')
    expect(page).toContain('1 scenario <a href="#skipped">skipped</a>: not run, and no pass.')
    expect(page).toMatch(/<title>pass: .*, 1 scenario skipped - pumpbench report<\/title>/)
  })

  it('that passed in the baseline is a regression', async () => {
    const { runs } = await resultWith()
    const baseline = { file: 'b.json', sha256: '', text: '', passed: new Map([['primed', new Set(['tracking'])]]) }
    expect(heldAgainst(baseline, runs).regressions).toStrictEqual([])
    expect(heldAgainst(baseline, runs, [SKIPPED]).regressions).toStrictEqual([
      { scenario: 'primed', check: 'tracking', verdict: 'gone', detail: `skipped: ${SKIPPED.reason}` },
    ])
  })
})
