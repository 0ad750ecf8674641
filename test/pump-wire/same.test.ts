/** Our model across the pump's wire is the model in process: the same trace, line by line. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'
import { scenarioOf } from '../support/scenario.ts'
import { acrossWire } from './links.ts'

async function linesOf(scenario: Scenario, pump: PumpDefinition): Promise<readonly string[]> {
  const lines: string[] = []
  await execute(scenario, pump, idealRig, { keep: false, onLine: (line) => lines.push(line) })
  return lines
}

/** A part of the library in which every message of the wire is said. */
const FILES = [
  'scenarios/papers/001-simple-continuous/first-week.yaml',
  'scenarios/field/code-that-blocks-programming.yaml',
]

describe('our model across the wire', () => {
  const { scenarios } = readScenarios(FILES, {}, [])

  it.each(scenarios.map(({ scenario }) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    // Under the same name, so that not even the header differs.
    expect(await linesOf(scenario, acrossWire('model'))).toStrictEqual(await linesOf(scenario, modelPump))
  })

  it('is the same where everything is asked of it that can be', async () => {
    const scenario = scenarioOf(EVERYTHING)
    const model = await linesOf(scenario, modelPump)
    expect(model.length).toBeGreaterThan(100)
    expect(await linesOf(scenario, acrossWire('model'))).toStrictEqual(model)
  })

  it('is the same where a line to the bench is damaged now and then, and asked for again', async () => {
    let [lines, damages] = [0, 0]
    const damaged = (bytes: Uint8Array) =>
      Buffer.from(bytes)
        .toString('latin1')
        .split(/(?<=\n)/)
        .map((line) => {
          lines += 1
          if (lines % 211 !== 3) return Buffer.from(line, 'latin1')
          damages += 1
          return Buffer.from(line.replace('*', '/'), 'latin1')
        })
    const scenario = scenarioOf(EVERYTHING)
    const disturbed = acrossWire('model', modelPump, { up: damaged })
    expect(await linesOf(scenario, disturbed)).toStrictEqual(await linesOf(scenario, modelPump))
    expect(damages).toBeGreaterThan(5)
  })

  it.each(['up', 'down'] as const)(
    'is the same where a frame of a long message is lost on the way %s, and asked for again',
    async (way) => {
      let losses = 0
      const gone = new Set<string>()
      let before = ''
      const lossy = (bytes: Uint8Array) =>
        Buffer.from(bytes)
          .toString('latin1')
          .split(/(?<=\n)/)
          .filter((line) => {
            // The first frame of a message, and then, as it is sent again, the second.
            const lost = /^\$[0-9A-F]{4}[+-]/.test(line) && !gone.has(line) && !gone.has(`${before}lost`) && losses < 20
            before = line
            if (lost) {
              losses += 1
              gone.add(line).add(`${line}lost`)
            } else gone.delete(`${line}lost`)
            return !lost
          })
          .map((line) => Buffer.from(line, 'latin1'))
      const scenario = scenarioOf(LONG)
      expect(await linesOf(scenario, acrossWire('model', modelPump, { [way]: lossy }))).toStrictEqual(
        await linesOf(scenario, modelPump),
      )
      expect(losses).toBeGreaterThan(1)
    },
  )
})

/** A drug of a long name, and doses and figures of many digits: messages of several frames, both ways. */
const LONG = `
schema: pumpbench/scenario@1
name: many-digits
pump: { model: im-40, overrides: { step_volume: 0.25123456789012345678901 uL } }
fill: { drug: preservative-free-baclofen-in-saline, concentration: 2000.01234567890123456789 ug/mL, volume: 30.0123456789012345678901 mL }
clock: 2026-01-05T08:00
duration: 3 h
prescription:
  - { at: 0 d, therapy: { mode: simple-continuous, dose: 350.123456789012345678901 ug/d } }
  - { at: 1 h, bolus: { dose: 10.0123456789012345678901 ug, over: 7 min } }
events:
  - at: 2 h
    refill:
      withdraw: all
      fill: { drug: preservative-free-baclofen-in-saline, concentration: 1000.01234567890123456789 ug/mL, volume: 20.0123456789012345678901 mL }
checks:
  - { check: tracking, within: 1 step }
`

const EVERYTHING = `
schema: pumpbench/scenario@1
name: everything-asked
pump: { model: im-40, overrides: { stall_detection: 2 step } }
fill: { drug: baclofen, concentration: 2000/3 ug/mL, volume: 30 mL }
clock: 2026-01-05T08:00
duration: 6 d
limits: { daily_dose: { soft: 500 ug, hard: 2 mg }, change: { soft: 30 %, hard: 500 % } }
prescription:
  - { at: 0 d, therapy: { mode: flex, basal: 350/3 ug/d, boluses: [{ at: "07:30", dose: 25 ug, over: 10 min }], days: [mon, wed] } }
  - { at: 6 h, bolus: { dose: 10 ug, over: 7 min } }
  - { at: 7 h, patient-bolus: { dose: 5 ug, over: 5 min, lockout: 1 h, max_per_day: 2 } }
  - { at: 1 d, therapy: { mode: periodic-bolus, dose: 10 ug, over: 5 min, every: 3 h, basal: 100 ug/d } }
  - { at: 2 d, therapy: { mode: simple-continuous, dose: 300 ug/d } }
  - { at: 2 d, bridge: auto }
  - { at: 3 d, prime: { volume: 0.05 mL } }
  - { at: 4 d, therapy: { mode: minimum-rate } }
  - { at: 5 d, therapy: { mode: stopped } }
events:
  - { at: 7 h 30 min, do: request-bolus }
  - { at: 7 h 40 min, do: request-bolus }
  - { at: 8 h, do: interrogate }
  - { at: 20 h, do: set-clock, to: 2026-01-06T05:00 }
  - { at: 2 d, refill: { withdraw: all, fill: { drug: baclofen, concentration: 1000 ug/mL, volume: 30 mL } } }
  - { at: 2 d 8 h, do: silence }
  - { at: 2 d 9 h, do: read-log }
  - { at: 2 d 10 h, do: clear }
  - { at: 4 d 12 h, do: stop }
  - { at: 4 d 13 h, do: restart }
faults:
  - { at: 2 d 6 h, fault: motor-stall, for: 2 h }
  - { at: 1 d 1 h, fault: power-cut, for: 10 min }
  - { at: 1 d 6 h, fault: brown-out }
  - { at: 1 d 8 h, fault: bit-flip, copy: both, bit: 4000 }
  - { at: 1 d 12 h, fault: clock-step, forward: 10 min }
  - { at: 1 d 14 h, fault: telemetry-carrier, for: 1 h }
  - { at: 3 d 6 h, fault: cell-resistance, by: 20 ohm, for: 1 h }
  - { at: 3 d 12 h, fault: clock-drift, by: 50 ppm, for: 6 h }
`
