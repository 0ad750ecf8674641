/** Requirements of the pump, as a test author writes them down: on any rig, whichever the environment names. */
import { describe } from 'vitest'
import { expect, test } from '#scripts/vitest'

const PUMP = `
schema: pumpbench/scenario@1
name: requirement
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
`

const CONTINUOUS = `${PUMP}
duration: 2 d
prescription:
  - { at: 0 d, therapy: { mode: simple-continuous, dose: 50 ug/d } }
`

const STALLED = `${CONTINUOUS}
faults:
  - { at: 12 h, fault: motor-stall, for: 6 h }
`

describe('a therapy that nothing disturbs', () => {
  test('is delivered as prescribed, to the motor step and to the drug at the tip', async ({ bench }) => {
    const run = await bench.run(CONTINUOUS)
    expect(run).toPass()
    expect(run).toTrack()
    expect(run).toTrack({ within: '0.25 uL', from: '12 h' })
    expect(run).toDeliver({ within: '1 %' })
    expect(run).toDeliver({ within: '5 %', every: '24 h', at: 'tip' })
    expect(run).not.toRaise('motor-stall', { by: '2 d' })
  })
})

describe('a motor that stands still for six hours', () => {
  test('is noticed within four, and what was missed is never made up', async ({ bench }) => {
    const run = await bench.run(STALLED)
    expect(run).toRaise('motor-stall', { within: '4 h' })
    expect(run).toRaise('motor-stall', { by: '16 h' })
    expect(run).not.toTrack()
    expect(run).not.toDeliver({ within: '5 %' })
    expect(run).toTrack({ from: '18 h' })
  })
})

describe('a rate below the least of the pump', () => {
  test('is refused, and the old therapy goes on', async ({ bench }) => {
    const run = await bench.run(`${CONTINUOUS}  - { at: 1 d, therapy: { mode: simple-continuous, dose: 1 ug/d } }\n`)
    expect(run).toRefuse({ at: '1 d' })
    expect(run).toTrack({ to: '1 d' })
  })
})
