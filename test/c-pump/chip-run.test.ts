/**
 * A scenario on the pump in C as machine code: the bench on one side, the emulated ATmega328P on the other, and between them nothing
 * but the bytes of its UART. The controller decides when to step.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { ByteLink } from '#hil/pump/wire/byte-link'
import { wirePump } from '#hil/pump/wire/remote'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { parseScenario } from '#hil/scenario/parse'
import { Chip, HAS_AVR_GCC, imageOf } from './chip.ts'

/** A basal rate and a bolus by the clock, a rotor that is held for a while, a bolus on top, a stop. */
const SCENARIO = `
schema: pumpbench/scenario@1
name: on-the-chip
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 8 h
prescription:
  - at: 0 h
    therapy:
      mode: flex
      basal: 36 ug/d
      boluses: { at: 09:00, dose: 3 ug, over: 10 min }
  - { at: 6 h, bolus: { dose: 2.5 ug, over: 7 min } }
  - { at: 7 h 30 min, therapy: { mode: stopped } }
events:
  - { at: 5 h, do: interrogate }
faults:
  - { at: 3 h, fault: motor-stall, for: 12 min }
checks:
  - { check: tracking, within: 1 step, to: 3 h }
  - { check: delivered-volume, within: 1 %, expect: fail }
  - { check: reservoir-estimate, within: 0.25 uL, from: 3 h 30 min }
  - { check: alarm, alarm: motor-stall, between: [3 h, 3 h 10 min] }
  - { check: event, event: motor-recovered, between: [3 h 12 min, 3 h 30 min] }
  - { check: no-other-alarms }
`

/** The way to a chip that has just got its power. Its clock is that of the chip. */
class ChipLink implements ByteLink {
  readonly #chip: Chip
  #coming: Uint8Array[] = []

  constructor(flash: Uint8Array) {
    this.#chip = new Chip(flash)
  }

  write(bytes: Uint8Array): void {
    const [last = ''] = Buffer.from(bytes).toString('latin1').split('\n').slice(-2)
    if (last === '') return
    this.#coming.push(
      Buffer.from(
        this.#chip
          .ask(last)
          .map((line) => `${line}\n`)
          .join(''),
        'latin1',
      ),
    )
  }

  read(): Uint8Array | null {
    return this.#coming.shift() ?? null
  }

  now_ms(): number {
    return this.#chip.now_ms
  }

  close(): void {}
}

describe.skipIf(!HAS_AVR_GCC)('the bench with the pump in C on an ATmega328P', () => {
  let flash = new Uint8Array()

  beforeAll(() => {
    flash = Uint8Array.from(imageOf().flash)
  }, 60_000)

  it('passes eight hours with boluses, a held rotor and a stop', async () => {
    const parsed = parseScenario(SCENARIO, 'on-the-chip.yaml')
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    let nonce = 0
    const pump = wirePump({ name: 'chip', connect: () => new ChipLink(flash), nonce: () => ++nonce })
    const result = judge(await execute(parsed.scenario, pump, idealRig), { file: 'on-the-chip.yaml', wall_s: 0 })
    expect(result.checks.filter(({ verdict }) => verdict !== 'pass')).toStrictEqual([])
    expect(result.verdict).toBe('pass')
    expect(nonce).toBe(1)
  }, 120_000)
})
