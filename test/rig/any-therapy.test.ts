/** Therapies of every kind turn the motor on the emulated rig exactly as they turn it on the ideal one. */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { anyTherapies } from '../support/therapies.ts'

vi.setConfig({ testTimeout: 300_000 })

describe('the emulated rig', () => {
  it('makes every step of any therapy at the tick at which the ideal rig makes it', async () => {
    await fc.assert(
      fc.asyncProperty(anyTherapies({ days: 2 }), async ({ scenario }) => {
        const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
        expect(recordsOf(avr.records, 'delivered')).toEqual(recordsOf(ideal.records, 'delivered'))
        expect(recordsOf(avr.records, 'end')[0]).toMatchObject({ complete: true })
      }),
      { numRuns: 4 },
    )
  })

  it('keeps steps in one run whose ticks coincide with those of steps that were taken back', async () => {
    // From 8 h on each second step comes when each third would have come.
    const scenario = scenarioOf(
      draft({
        duration: '16 h',
        prescription: [therapy('0 h', '150 ug/d'), therapy('8 h', '100 ug/d')],
        sample: '16 h',
      }),
    )
    const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
    const delivered = recordsOf(avr.records, 'delivered')
    expect(delivered).toEqual(recordsOf(ideal.records, 'delivered'))
    expect(delivered.map(({ cadence }) => cadence.count)).toEqual([400, 266])
  })
})
