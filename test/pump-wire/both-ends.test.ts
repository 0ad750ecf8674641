/** The bench's end and ours of a wire to a free-running pump, one against the other: they mean the same by every instant. */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { setupOf } from '#hil/pump/setup'
import { wirePump } from '#hil/pump/wire/remote'
import { sendProgram } from '#hil/run/programmer'
import { entryOrder } from '#hil/run/programs'
import { as, type Time_us } from '#units/quantity'
import { add, times, whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { FreeBench, HOUR_us, us } from './free.ts'
import { MemoryLink } from './links.ts'

const SCENARIO = scenarioOf(
  draft({ prescription: [therapy('0 d', '500 ug/d')], checks: ['{ check: tracking, within: 1 step }'] }),
)

/** An exchange takes so long. */
const EXCHANGE_us = 3000

describe('the bench with our pump in real time', () => {
  it('hears of each step at the instant at which the pump made it, on its own axis', () => {
    const far = new FreeBench()
    const definition = wirePump({
      name: 'free',
      connect: () =>
        new MemoryLink((bytes) => {
          far.clock_us += EXCHANGE_us
          return [far.end.receive(bytes)]
        }),
      nonce: () => 99,
    })
    expect(definition.turnsMotor?.()).toBe(true)
    expect(definition.lacks?.(SCENARIO)).toContain('free-running')
    expect(definition.lacks?.(SCENARIO, true)).toBeNull()
    const pump = definition.create(setupOf(SCENARIO))
    pump.start?.()
    const zero_us = far.clock_us
    const at = (instant_us: number): Time_us => {
      while (zero_us + instant_us - far.clock_us > 50_000_000) {
        far.clock_us += 50_000_000
        far.served?.pass()
      }
      far.clock_us = Math.max(far.clock_us, zero_us + instant_us)
      return as(whole(instant_us))
    }
    const outputs: PumpOutput[] = []
    const [entry] = SCENARIO.programming
    if (entry === undefined) throw new Error('no entry')
    const answer = sendProgram(pump, at(1_000_000), entryOrder(entry), (said) => outputs.push(...said))
    expect(answer.outcome).toBe('applied')
    outputs.push(...pump.react(at(HOUR_us), { kind: 'wake' }))
    // A stop closes the run of steps.
    outputs.push(...pump.react(at(2 * HOUR_us), { kind: 'stop' }), ...pump.react(at(3 * HOUR_us), { kind: 'wake' }))
    const runs = outputs.flatMap((output) => (output.kind === 'booked' ? [output.run] : []))
    expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(333)
    const [first] = runs
    if (first === undefined) throw new Error('no step')
    // 1 mL a day are a step of 0.25 uL each 21.6 s; the bench is off by what its exchanges take, and no more.
    expect(us(first.interval_us)).toBe(21_600_000)
    expect(Math.abs(us(first.first_us) - 22_600_000)).toBeLessThan(20 * EXCHANGE_us)
    const last_us = add(first.first_us, times(first.interval_us, first.count - 1))
    expect(us(last_us)).toBeLessThan(2 * HOUR_us)
    pump.close?.()
    expect(far.end.isOver).toBe(true)
  })
})
