/**
 * The pump in C that turns its own motor by its own clock, on an emulated ATmega328P: the bench programs it over its UART, and the rig
 * firmware on another one, wired to it pin to pin, measures it. So what it believes and what its pins do come from the same machine code.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PumpDefinition } from '#hil/pump/pump'
import { type PumpPairOptions, pumpPair } from '#hil/rig/avr/pump-pair'
import type { RunResult } from '#hil/run/result'
import { subtract, toNumber } from '#units/rational'
import { finish } from '../support/bench.ts'
import { C_PUMP } from './c-pump.ts'
import { HAS_AVR_GCC, imageOf, type Mistake } from './chip.ts'

/** A bolus by the clock of the pump, one on top, a stop, and a reservoir that runs low: 829 steps. */
const TWO_HOURS = readFileSync(join(C_PUMP, 'two-hours.yaml'), 'utf8')

/** 150 steps. */
const HALF_AN_HOUR = `
schema: pumpbench/scenario@1
name: own-motor-mistaken
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 30 min
prescription:
  - { at: 0 h, therapy: { mode: simple-continuous, dose: 900 ug/d } }
sample: 10 min
checks:
  - { check: tracking, within: 1.1 step }
  - { check: delivered-volume, within: 3 % }
  - { check: reservoir-estimate, within: 0.5 uL }
  - { check: no-other-alarms }
`

interface Measured {
  readonly result: RunResult
  /** By how much the clock of the pump was ahead of the run whenever it was asked, in microseconds. */
  readonly ahead_us: readonly number[]
}

async function measured(text: string, image: PumpPairOptions['image'], pump_ppm = 0): Promise<Measured> {
  const wiring = { lines: 'coils', encoder: true } as const
  const { pump, rig } = pumpPair({ name: 'c-pump', image, pump_ppm, wiring, ask_us: 300_000_000, fetch_us: 60_000_000 })
  const ahead_us: number[] = []
  const create: PumpDefinition['create'] = (setup) => {
    const made = pump.create(setup)
    const react = made.react.bind(made)
    made.react = (at_us, input) => {
      const outputs = react(at_us, input)
      for (const output of outputs) {
        if (output.kind !== 'status') continue
        ahead_us.push(toNumber(subtract(subtract(output.status.clock_us, setup.clock_us), at_us)))
      }
      return outputs
    }
    return made
  }
  return { result: (await finish(text, { ...pump, create }, rig)).result, ahead_us }
}

const failed = ({ checks }: RunResult) =>
  checks.flatMap(({ check, verdict }) => (verdict === 'pass' ? [] : [`${check}: ${verdict}`]))

describe.skipIf(!HAS_AVR_GCC)('the pump in C that turns its own motor, measured by a rig', () => {
  let sound = new Uint8Array()
  beforeAll(() => {
    sound = Uint8Array.from(imageOf(['FREE_RUNNING']).flash)
  }, 60_000)

  it('passes two hours of boluses, an alarm and a stop, each step of which was measured and believed', async () => {
    const { result, ahead_us } = await measured(TWO_HOURS, { flash: sound })
    expect(failed(result)).toStrictEqual([])
    expect(result.verdict).toBe('pass')
    expect(result.provenance.steps).toContain('measured: coil lines and encoder')
    expect(result.delivered.steps).toBe(829)
    expect(result.believed.steps).toBe(829)
    const [alarm] = result.alarms
    const line = result.events.find(({ event }) => event === 'alarm-line-on')
    expect(alarm?.alarm).toBe('low-reservoir')
    // It was started when the run began: what it says of its clock is off by what a question takes.
    expect(Math.min(...ahead_us.map(Math.abs))).toBeLessThan(20_000)
    expect(Math.abs((alarm?.raised_s ?? 0) - (line?.t_s ?? Number.NaN))).toBeLessThan(0.1)
  }, 120_000)

  it.each<readonly [what: string, mistake: Mistake | undefined, ppm: number, checks: readonly string[]]>([
    [
      'counts steps that it did not make',
      {
        file: 'account.c',
        find: '  reservoir -= (int64_t)(figures[FIGURE_STEP_VOLUME] * given->count);',
        replace: '  reservoir -= (int64_t)(figures[FIGURE_STEP_VOLUME] * (given->count + given->count / 5));',
      },
      0,
      ['reservoir-estimate: fail'],
    ],
    [
      'makes steps that it does not count',
      {
        file: 'motor.c',
        find: '    left = *steps;',
        replace: '    left = *steps;\n    left.interval -= left.interval / 20;',
      },
      0,
      ['tracking: fail', 'delivered-volume: fail', 'reservoir-estimate: fail'],
    ],
    ['has a clock that is a percent slow', undefined, -10_000, ['tracking: fail']],
  ])(
    'fails the checks meant for it where it %s, and no other',
    async (_, mistake, ppm, checks) => {
      const flash = mistake === undefined ? sound : imageOf(['FREE_RUNNING'], mistake).flash
      const { result } = await measured(HALF_AN_HOUR, { flash }, ppm)
      expect(failed(result)).toStrictEqual(checks)
    },
    120_000,
  )
})
