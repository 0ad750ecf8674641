/** A line that was filled once stays filled: what `auto` primes the second time. */
import { describe, expect, it } from 'vitest'
import { at, Bedside, prime } from './bedside.ts'

/** A step of 1 uL; the tube holds 200 of them and the catheter 100. */
const EMPTY = { figures: { step_volume: '1 uL', tube_volume: '200 uL' }, catheter: '100 uL', line: 'empty' } as const

describe('the second prime of a line that was empty', () => {
  it('fills the catheter alone', () => {
    const pump = new Bedside(EMPTY)
    pump.program('1 h', prime('auto'))
    pump.pass('2 h')
    expect(pump.peek().steps).toBe(300)
    pump.program('2 h', prime('auto'))
    pump.pass('3 h')
    expect(pump.peek().steps).toBe(300 + 100)
  })

  it('does so after a loss of power too', () => {
    const pump = new Bedside(EMPTY)
    pump.program('1 h', prime('auto'))
    pump.pass('2 h')
    pump.hear(at('2 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('3 h'), { kind: 'power-returns' })
    pump.stop('3 h')
    const { steps } = pump.peek()
    pump.program('3 h', prime('auto'))
    pump.pass('4 h')
    expect(pump.peek().steps).toBe(steps + 100)
  })
})
