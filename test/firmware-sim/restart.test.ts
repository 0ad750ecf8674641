/** A restart: the therapy that the pump gave last, programmed again by one word, and nothing that nobody asked for. */
import { describe, expect, it } from 'vitest'
import type { Program, PumpOutput } from '#firmware-sim/messages'
import { at, Bedside, bolus, continuous, MINIMUM_RATE, reasonIn, refill, STOPPED, setClock } from './bedside.ts'

const RESTART: Program = { kind: 'restart' }
const NOTHING = 'there is nothing to restart: the pump gives a therapy, never gave one, or has lost its record of it'

const storedIn = (said: readonly PumpOutput[]) => said.find(({ kind }) => kind === 'readback')

function afterReset(...programs: readonly Program[]): Bedside {
  const pump = new Bedside()
  for (const program of programs) pump.program('0 s', program)
  pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
  pump.hear(at('1 h'), { kind: 'power-returns' })
  return pump
}

describe('a restart', () => {
  it('reads back the therapy that it resumes, and resumes it', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    pump.stop('1 h')
    expect(storedIn(pump.program('2 h', RESTART))).toMatchObject({ stored: continuous('1 mL/d') })
    expect(pump.peek().state).toBe('simple-continuous')
  })

  it('takes a therapy of nothing for no therapy, and a stop for none', () => {
    const pump = new Bedside()
    for (const program of [continuous('1 mL/d'), continuous('0 mL/d'), STOPPED]) pump.program('0 s', program)
    expect(storedIn(pump.prepare('1 h', RESTART))).toMatchObject({ stored: continuous('1 mL/d') })
  })

  it('resumes minimum rate where that was programmed', () => {
    const pump = new Bedside()
    for (const program of [continuous('1 mL/d'), MINIMUM_RATE]) pump.program('0 s', program)
    pump.stop('1 h')
    expect(storedIn(pump.prepare('1 h', RESTART))).toMatchObject({ stored: MINIMUM_RATE })
  })

  it.each([
    ['a refill', refill({ volume: '40 mL' })],
    ['the clock', setClock('2026-01-05T02:00')],
  ])('does not take the trickle of a safe state for the therapy, though %s is programmed in it', (_, program) => {
    const pump = afterReset(continuous('1 mL/d'))
    expect(reasonIn(pump.program('2 h', program))).toBeNull()
    expect(storedIn(pump.prepare('2 h', RESTART))).toMatchObject({ stored: continuous('1 mL/d') })
  })

  it('of a pump that gives a therapy is refused', () => {
    for (const program of [continuous('1 mL/d'), MINIMUM_RATE]) {
      const pump = new Bedside()
      pump.program('0 s', program)
      expect(reasonIn(pump.prepare('1 h', RESTART))).toBe(NOTHING)
    }
  })

  it('of a pump that never gave a therapy is refused, whatever boluses it gave', () => {
    const pump = new Bedside()
    pump.program('0 s', bolus('10 uL', '10 min'))
    expect(reasonIn(pump.prepare('1 h', RESTART))).toBe(NOTHING)
    expect(reasonIn(afterReset().prepare('1 h', RESTART))).toBe(NOTHING)
  })

  it('of an empty pump is refused for being empty, and possible once it was filled', () => {
    const pump = new Bedside({ fill: '1 mL' })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('2 d')
    expect(reasonIn(pump.prepare('2 d', RESTART))).toBe('the reservoir is believed empty; refill the pump first')
    pump.program('2 d', refill({ volume: '40 mL' }))
    expect(storedIn(pump.prepare('2 d', RESTART))).toMatchObject({ stored: continuous('1 mL/d') })
  })

  it('at the end of service is refused for that', () => {
    const pump = new Bedside({ figures: { service_life: '1 d', replacement_period: '12 h' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('2 d')
    expect(reasonIn(pump.prepare('2 d', RESTART))).toBe('the pump has reached its end of service; replace it')
  })
})
