/** A refill: what the pump says of it, what it expects to have been drawn, and which fill a late word belongs to. */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { as, type Volume_uL } from '#units/quantity'
import { whole } from '#units/rational'
import { at, Bedside, continuous, refill, STOPPED } from './bedside.ts'

const UNIT = { figures: { step_volume: '1 uL' } } as const

const eventsIn = (said: readonly PumpOutput[]) =>
  said.flatMap((output) => (output.kind === 'event' ? [`${output.event}: ${output.detail}`] : []))
const runsIn = (said: readonly PumpOutput[]) => said.flatMap((output) => (output.kind === 'booked' ? [output.run] : []))

/** A pump that gave 240 uL a day since instant zero. */
function running(): Bedside {
  const pump = new Bedside(UNIT)
  pump.program('0 s', continuous('240 uL/d'))
  return pump
}

const measured = (pump: Bedside, time: string, drawn: number) =>
  pump.hear(at(time), { kind: 'residual', measured_uL: as<Volume_uL>(whole(drawn)) })

describe('a refill', () => {
  it('tells what the pump holds from now on', () => {
    const pump = running()
    expect(eventsIn(pump.program('1 d', refill({ volume: '20 mL', drug: 'morphine' })))).toEqual([
      'reservoir-accounted: 20000 uL of morphine',
    ])
    expect(eventsIn(pump.program('2 d', refill({ volume: '1 mL', withdrawn: '0 mL', drug: 'morphine' })))).toEqual([
      'reservoir-accounted: 20760 uL of morphine',
    ])
  })

  it('with which the therapy cannot go on suspends it, and says why and what to do', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('100 ug/d'))
    pump.program('1 h', refill({ volume: '40 mL', concentration: '10 mg/mL' }))
    pump.pass('1 h')
    expect(eventsIn(pump.said)).toContain(
      'therapy-suspended: 10 uL/d is below the least rate of 48 uL/d; use a lower concentration, or minimum-rate; program a therapy that fits what the pump holds',
    )
  })

  it('books what was given before it, as what the pump held then, and nothing where nothing was given', () => {
    const pump = running()
    expect(runsIn(pump.program('1 h', refill({ volume: '40 mL', drug: 'morphine' })))).toMatchObject([
      { drug: 'baclofen', count: 10 },
    ])
    expect(runsIn(pump.program('1 h', refill({ volume: '40 mL' })))).toEqual([])
    expect(runsIn(pump.program('1 h 5 min 59 s', refill({ volume: '40 mL' })))).toEqual([])
    expect(runsIn(new Bedside().program('1 h', refill({ volume: '40 mL' })))).toEqual([])
  })
})

describe('what was drawn before a refill', () => {
  it('is held against what the pump believed was left, once', () => {
    const pump = running()
    pump.program('10 d', refill({ volume: '40 mL' }))
    expect(eventsIn(measured(pump, '10 d', 37_600))).toEqual([
      'residual-agrees: drawn 37600 uL, expected 37600 uL after 2400 uL dispensed; a difference of 0 uL is within the 1000 uL allowed',
    ])
    expect(measured(pump, '10 d', 37_600)).toEqual([])
  })

  it('is said and logged where it differs by more than the tolerance', () => {
    const pump = running()
    pump.program('10 d', refill({ volume: '40 mL' }))
    const said = eventsIn(measured(pump, '10 d', 39_000))
    expect(said).toEqual([expect.stringMatching(/^residual-differs: drawn 39000 uL, expected 37600 uL after 2400 uL/)])
    expect(pump.state.log.entries.at(-1)).toMatchObject({ event: 'residual-differs' })
  })

  it('is judged by what was dispensed since the refill before it', () => {
    const pump = running()
    pump.program('10 d', refill({ volume: '30 mL' }))
    pump.program('20 d', refill({ volume: '40 mL' }))
    expect(eventsIn(measured(pump, '20 d', 27_600))).toEqual([
      expect.stringMatching('^residual-agrees: drawn 27600 uL, expected 27600 uL after 2400 uL dispensed'),
    ])
  })

  it('is nothing the pump can judge before any refill, or after one that did not empty it', () => {
    const pump = running()
    expect(measured(pump, '1 d', 39_000)).toEqual([])
    pump.program('1 d', refill({ volume: '40 mL' }))
    pump.program('1 d', refill({ volume: '1 mL', withdrawn: '5 mL' }))
    expect(measured(pump, '1 d', 39_000)).toEqual([])
  })
})

describe('a step without motion that is told of after a refill', () => {
  const strong = { volume: '20 mL', concentration: '2000 ug/mL' }
  const missed = (pump: Bedside, due: string) =>
    pump.hear(at('1 h 30 min'), { kind: 'rotor', due_us: at(due), moved: false })
  const withdrawn = (said: readonly PumpOutput[]) =>
    said.flatMap((output) => (output.kind === 'withdrawn' ? [output.run] : []))

  it.each([
    ['54 min', 1n],
    ['1 h', 1n],
    ['1 h 6 min', 2n],
  ])('would have given of the fill that it was due from: at %s', (due, ug) => {
    const pump = running()
    pump.program('1 h', refill(strong))
    expect(withdrawn(missed(pump, due))).toMatchObject([{ drug: 'baclofen', step_ug: { n: ug, d: 1n } }])
    const booked = 10n + 5n * 2n - ug
    expect(pump.peek().dose_ug).toEqual([['baclofen', { n: booked, d: 1n }]])
  })

  it('takes nothing from the account of the other drug', () => {
    const pump = running()
    pump.program('1 h', refill({ volume: '20 mL', drug: 'morphine' }))
    pump.program('1 h 12 min', continuous('240 uL/d'))
    missed(pump, '54 min')
    expect(pump.peek().dose_ug).toEqual([
      ['baclofen', { n: 9n, d: 1n }],
      ['morphine', { n: 5n, d: 1n }],
    ])
  })

  it('of the same fill would have given of it where there was no refill', () => {
    expect(withdrawn(missed(running(), '54 min'))).toMatchObject([{ step_ug: { n: 1n, d: 1n } }])
  })

  it.each([
    ['54 min', 'all', 19_995n],
    ['1 h', 'all', 19_995n],
    ['1 h 6 min', 'all', 19_996n],
    ['54 min', '0 mL', 59_986n],
    ['1 h', '0 mL', 59_986n],
  ])('is in the reservoir still, unless that was emptied since: due at %s, %s withdrawn', (due, drawn, left) => {
    const pump = new Bedside({ figures: { step_volume: '1 uL', reservoir_volume: '60 mL' } })
    pump.program('0 s', continuous('240 uL/d'))
    pump.program('1 h', refill({ ...strong, withdrawn: drawn }))
    missed(pump, due)
    expect(pump.peek().reservoir_uL).toEqual({ n: left, d: 1n })
  })
})

describe('runs that are booked', () => {
  it('have a step at least, however often the rate changes between two steps', () => {
    const pump = running()
    for (const time of ['1 min', '2 min', '3 min']) {
      pump.program(time, STOPPED)
      pump.program(time, continuous('240 uL/d'))
    }
    pump.pass('1 h')
    pump.stop('1 h')
    expect(runsIn(pump.said).map(({ count }) => count)).toEqual([10])
  })
})
