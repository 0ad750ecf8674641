/** A step that did not move the rotor: what the pump says of it, and what it ceases to believe. */
import { describe, expect, it } from 'vitest'
import { as } from '#units/quantity'
import { add, ONE, whole } from '#units/rational'
import { at, Bedside, continuous, refill } from './bedside.ts'

/** A pump that makes a step of 1 uL each six minutes, on 1000 ug/mL. */
function stepping(): Bedside {
  const pump = new Bedside({ figures: { step_volume: '1 uL' } })
  pump.program('0 s', continuous('240 uL/d'))
  pump.pass('18 min')
  return pump
}

describe('a step that did not move the rotor', () => {
  it('is withdrawn as the one step that was due, with what it would have given', () => {
    const pump = stepping()
    const due_us = at('18 min')
    const said = pump.hear(as(add(due_us, whole(4_000_000))), { kind: 'rotor', due_us, moved: false })
    const step = { step_uL: ONE, drug: 'baclofen', step_ug: ONE }
    expect(said.filter(({ kind }) => kind === 'withdrawn')).toEqual([
      {
        at_us: add(due_us, whole(4_000_000)),
        kind: 'withdrawn',
        run: { first_us: due_us, interval_us: ONE, count: 1, ...step },
      },
    ])
    expect(pump.peek()).toMatchObject({
      steps: 2,
      volume_uL: { n: 2n, d: 1n },
      dose_ug: [['baclofen', { n: 2n, d: 1n }]],
    })
  })

  it('is said of again by no later word of the pump, and never made up', () => {
    const pump = stepping()
    pump.hear(at('18 min 4 s'), { kind: 'rotor', due_us: at('18 min'), moved: false })
    pump.pass('1 h')
    expect(pump.said.filter(({ kind }) => kind === 'withdrawn')).toHaveLength(1)
    expect(pump.peek().steps).toBe(9)
  })

  it('is no less a step of the drug that was there when a refill brings another', () => {
    const pump = stepping()
    pump.hear(at('18 min 4 s'), { kind: 'rotor', due_us: at('18 min'), moved: false })
    pump.program('1 h', refill({ volume: '40 mL', drug: 'morphine' }))
    expect(pump.peek().dose_ug).toEqual([['baclofen', whole(9)]])
    const booked = pump.said.flatMap((output) => (output.kind === 'booked' ? [output.run] : []))
    expect(booked).toMatchObject([{ count: 10, drug: 'baclofen' }])
    pump.pass('2 h')
    expect(pump.peek()).toMatchObject({
      steps: 19,
      dose_ug: [
        ['baclofen', whole(9)],
        ['morphine', whole(10)],
      ],
    })
  })
})
