/** Two pumps on one scenario: where they part is found, and nothing else is taken for a difference. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { compared, linesOf } from '#scripts/commands/compare'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, floor, ratio, times } from '#units/rational'
import { distorted } from '../support/bench.ts'
import { scenarioOf } from '../support/scenario.ts'
import { acrossWire } from './links.ts'

const FLEX = `
schema: pumpbench/scenario@1
name: flex
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 2 d
prescription:
  - { at: 0 d, therapy: { mode: flex, basal: 48 ug/d, boluses: [{ at: "12:00", dose: 25 ug, over: 10 min }] } }
`

/** A pump that takes the instant it is switched on for midnight: its boluses come eight hours late, or early. */
const wrongMidnight: PumpDefinition = definePump({
  name: 'wrong-midnight',
  create: (setup: PumpSetup) => {
    const midnight_us = as<Time_us>(times(DAY_us, floor(ratio(setup.clock_us.n, setup.clock_us.d * DAY_us.n))))
    return modelPump.create({ ...setup, clock_us: midnight_us })
  },
})

const between = (a: PumpDefinition, b: PumpDefinition, text = FLEX) => compared(scenarioOf(text), [a, b], idealRig)

describe('two pumps', () => {
  it('that are one are the same, in process and across the wire', async () => {
    const result = await between(modelPump, acrossWire('wire'))
    expect(result).toStrictEqual({ found: [], broken: [] })
    expect(linesOf('flex', [modelPump, modelPump], result)).toStrictEqual(['flex: the same'])
  })

  it('of which one has another midnight part where the first bolus of the day is due', async () => {
    const { found, broken } = await between(modelPump, wrongMidnight)
    expect(broken).toStrictEqual([])
    // At noon of the right clock, 4 h after the start; the basal rate makes a step each 450 s until then.
    const [first] = found
    expect(first?.aspect).toBe('steps')
    const noon_us = 4 * 3_600_000_000
    expect(first?.at_us).toBeGreaterThan(noon_us)
    expect(first?.at_us).toBeLessThan(noon_us + 60_000_000)
    expect(first?.a).toMatch(/^step \d+ \([\d.]+ uL\) at 4 h \d+(\.\d+)? s$/)
    expect(found.map(({ aspect }) => aspect)).toStrictEqual(['steps', 'believed'])
    expect(found[1]?.at_us).toBe(5 * 3_600_000_000)
  })

  it('of which one raises no alarm part there', async () => {
    const low = FLEX.replace('volume: 20 mL', 'volume: 2.1 mL')
    const mute = distorted('mute', (output) => (output.kind === 'alarm' ? [] : [output]))
    const { found } = await between(modelPump, mute, low)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ aspect: 'alarm', b: 'nothing' })
    expect(found[0]?.a).toMatch(/^low-reservoir raised at /)
  })

  it('of which one refuses what the other takes part at the answer', async () => {
    const { found } = await between(
      modelPump,
      distorted('strict', (output) =>
        output.kind === 'readback' ? [{ kind: 'refused', at_us: output.at_us, reason: 'too much' }] : [output],
      ),
    )
    expect(found[0]).toMatchObject({ aspect: 'answer', at_us: 0 })
    expect(found[0]?.b).toContain('too much')
  })

  it('of which one calls its state otherwise part in that alone', async () => {
    const named = distorted('named', (output) =>
      output.kind === 'status' ? [{ ...output, status: { ...output.status, state: 'RUN' } }] : [output],
    )
    const { found } = await between(modelPump, named)
    expect(found.map(({ aspect, b }) => [aspect, b])).toStrictEqual([['state', 'RUN at 0 s']])
  })

  it('of which one breaks off are told so', async () => {
    const dying = distorted('dying', (output) => {
      if (output.kind === 'status' && output.at_us.n > 3_600_000_000n) throw new Error('no battery')
      return [output]
    })
    const result = await between(modelPump, dying)
    expect(result).toStrictEqual({ found: [], broken: ['dying: the pump failed: no battery'] })
    expect(linesOf('flex', [modelPump, dying], result)).toStrictEqual([
      'flex: broken off: dying: the pump failed: no battery',
    ])
  })

  it('may book in runs of their own', async () => {
    const single = distorted('single', (output) => {
      if (output.kind !== 'booked') return [output]
      const { first_us, interval_us, count } = output.run
      return Array.from({ length: count }, (_, j) => ({
        ...output,
        run: { ...output.run, first_us: as<Time_us>(add(first_us, times(interval_us, j))), count: 1 },
      }))
    })
    expect(await between(modelPump, single)).toStrictEqual({ found: [], broken: [] })
  })
})
