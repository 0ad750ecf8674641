/** What a pump would refuse, warn of and give up, told before anything runs. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump } from '#hil/pump/pump'
import { rehearsal, rehearse } from '#hil/run/rehearse'
import { as } from '#units/quantity'
import { add, whole } from '#units/rational'
import { bolus, type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const HOUR_us = 3_600_000_000
const scenario = (parts: Partial<Draft>) => scenarioOf(draft({ prescription: [therapy('0 d', '400 ug/d')], ...parts }))
const told = (parts: Partial<Draft>) => rehearsal(scenario(parts), modelPump)

describe('a rehearsal', () => {
  it('has nothing to say of what the pump takes, whatever people do with it', () => {
    const events = [
      '{ at: 1 h, do: interrogate }',
      '{ at: 2 h, do: silence }',
      '{ at: 3 h, do: read-log }',
      '{ at: 4 h, do: set-clock, to: 2026-01-05T12:30 }',
      '{ at: 5 h, do: stop }',
      '{ at: 6 h, do: restart }',
    ]
    expect(told({ events })).toEqual({ refusals: [], warnings: [] })
  })

  it('has what is refused, with its time and its reason', () => {
    const prescription = [therapy('0 d', '400 ug/d'), therapy('6 h', '1 ug/d')]
    const [refusal, ...more] = rehearse(scenario({ prescription }), modelPump)
    expect(refusal).toMatchObject({ text: 'simple-continuous 1 ug/d', ends: null })
    expect(refusal?.at_us).toEqual(whole(6 * HOUR_us))
    expect(refusal?.reason).toContain('is below the least rate')
    expect(more).toEqual([])
  })

  it('has a restart with nothing to restart, and none after a stop, which it carries out', () => {
    const events = ['{ at: 1 h, do: restart }', '{ at: 2 h, do: stop }', '{ at: 3 h, do: restart }']
    expect(told({ events }).refusals.map(({ at_us, text }) => [at_us, text])).toEqual([[whole(HOUR_us), 'restart']])
  })

  it('has what the pump warns of and takes, and not what it does not warn of', () => {
    const prescription = [therapy('0 d', '100 ug/d'), therapy('6 h', '400 ug/d'), therapy('1 d', '90 ug/d')]
    const { refusals, warnings } = told({ prescription, limits: '{ daily_dose: { soft: 300 ug } }' })
    expect(refusals).toEqual([])
    expect(warnings).toEqual([{ at_us: whole(6 * HOUR_us), text: 'simple-continuous 400 ug/d' }])
  })

  it('has what a refill makes the pump give up', () => {
    // 24 mL a day is the most: at a tenth of the concentration 400 ug a day would be 80 mL.
    const events = [
      '{ at: 12 h, refill: { withdraw: all, fill: { drug: baclofen, concentration: 5 ug/mL, volume: 40 mL } } }',
    ]
    const [refusal] = told({ events }).refusals
    expect(refusal).toMatchObject({ text: 'refill', ends: 'therapy' })
    expect(refusal?.reason).toContain('80000 uL/d')
  })

  it('has it where only the bolus under way is given up', () => {
    const prescription = [therapy('0 d', '400 ug/d'), bolus('30 min', '100 ug', '1 h')]
    const events = [
      '{ at: 45 min, refill: { withdraw: all, fill: { drug: baclofen, concentration: 25 ug/mL, volume: 40 mL } } }',
    ]
    const { refusals } = told({ prescription, events })
    expect(refusals.map(({ at_us, text, ends }) => [at_us, text, ends])).toEqual([
      [whole((3 * HOUR_us) / 4), 'refill', 'boluses'],
    ])
  })

  it('of a pump that says nothing says so', () => {
    const mute = definePump({ name: 'mute', create: (): Pump => ({ react: () => [], nextWake: () => null }) })
    expect(rehearse(scenario({}), mute).map(({ reason }) => reason)).toEqual(['the pump did not answer'])
  })

  it('of a pump that wakes without an end has an end', () => {
    let now = whole(0)
    const restless = definePump({
      name: 'restless',
      create: (): Pump => ({
        react: (at_us) => {
          now = at_us
          return []
        },
        nextWake: () => as(add(now, { n: 1n, d: 1_000_000_000n })),
      }),
    })
    const late = scenario({ prescription: [therapy('1 h', '400 ug/d')] })
    expect(() => rehearse(late, restless)).toThrow('wants to be woken more than 1000000 times')
  })
})
