import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import { Rig, segment, TICKS_a_second } from './rig.ts'

const HALT = [LIMITS.halt_byte, LIMITS.halt_byte]

/** A rig in the middle of a long segment of steps 1000 ticks apart. */
function running(): Rig {
  const rig = new Rig().open()
  rig.command(segment(rig.tick() + 1000, 1000, 5000))
  rig.command(segment(rig.tick() + 5_100_000, 1000, 5))
  rig.run(0.5)
  expect(rig.edges.length).toBeGreaterThan(2)
  return rig
}

describe('HALT', () => {
  it('stops the motor within a byte, empties the queue, takes the coils off, and says so', () => {
    const rig = running()
    const made = rig.edges.length
    const received = rig.halt()
    rig.mcu.runTo(received + 500)
    expect(rig.coils).toBe(0)
    const { message } = rig.await('HALTED').frame
    expect(message).toMatchObject({ halts: 1, cause: 'HALT' })
    expect(rig.status()).toMatchObject({ queued: 0, state: 'HALT' })
    rig.run(400)
    expect(rig.edges.length).toBe(made)
  })

  it('is heard in the middle of a line, which is discarded; the next line is not', () => {
    const rig = running()
    const line = encodeFrame(0, { type: 'STAT', token: rig.token })
    rig.write([...line.subarray(0, 9), ...HALT, ...line.subarray(9)])
    expect(rig.await('HALTED').frame.message.halts).toBe(1)
    expect(rig.listen(0.5)).toBeUndefined()
    const before = rig.status().discarded
    rig.write([...line.subarray(0, 9), ...HALT])
    expect(rig.command({ type: 'STAT' }).type).toBe('ACK')
    expect(rig.await('TEL').frame.message.discarded).toBe(before + 9)
  })

  it('is two such bytes in a row: one, or two with another between, are noise', () => {
    const rig = running()
    const made = rig.edges.length
    rig.write([LIMITS.halt_byte, 0x0a, LIMITS.halt_byte, 0x20, LIMITS.halt_byte, 0x0a])
    rig.run(0.2)
    expect(rig.all('HALTED')).toEqual([])
    expect(rig.edges.length).toBeGreaterThan(made)
    expect(rig.status()).toMatchObject({ state: 'RUN', discarded: 4 })
    rig.write(HALT)
    expect(rig.await('HALTED').frame.message.halts).toBe(1)
  })

  it('is not made up of a byte that came in broken', () => {
    const rig = running()
    rig.mcu.send(HALT, undefined, 'framing')
    rig.run(0.2)
    expect(rig.all('HALTED')).toEqual([])
  })

  it('needs no session, and the latch outlives the beginning of one', () => {
    const rig = new Rig()
    rig.await('BOOT')
    rig.halt()
    expect(rig.await('HALTED').frame.message).toMatchObject({ halts: 1, cause: 'HALT' })
    expect(rig.hello().frame.message).toMatchObject({ halts: 1, state: 'HALT' })
    expect(rig.command(segment(100_000, 100, 1)).reason).toBe('HALTED')
  })

  it('keeps every segment out until CLEAR quotes how often the latch has fallen', () => {
    const rig = running()
    rig.halt()
    rig.await('HALTED')
    rig.halt()
    expect(rig.await('HALTED').frame.message.halts).toBe(2)
    const motion = () => rig.command(segment(rig.tick() + 2000, 100, 4))
    expect(motion().reason).toBe('HALTED')
    for (const halts of [1, 0, 3, 65_535]) {
      expect(rig.command({ type: 'CLEAR', halts })).toMatchObject({ type: 'NAK', reason: 'COUNT' })
    }
    expect(motion().reason).toBe('HALTED')
    const made = rig.edges.length
    expect(rig.command({ type: 'CLEAR', halts: 2 }).type).toBe('ACK')
    rig.run(1)
    expect(rig.edges.length).toBe(made)
    expect(rig.status()).toMatchObject({ state: 'IDLE', queued: 0 })
    expect(motion().type).toBe('ACK')
    rig.run(1)
    expect(rig.edges.length).toBe(made + 4)
  })

  it('goes on from the phase at which the motor stopped', () => {
    const rig = running()
    rig.halt()
    rig.await('HALTED')
    rig.command({ type: 'CLEAR', halts: 1 })
    rig.command(segment(rig.tick() + 2000, 100, 9, { direction: 'R' }))
    rig.run(1)
    expect(rig.edges.slice(-9).map(({ direction }) => direction)).toEqual(Array(9).fill('R'))
    const { forward, reverse, encoder, lost } = rig.status()
    expect(lost).toBe(0)
    expect(encoder).toBe(forward - reverse)
  })

  it('comes through although the main loop is busy storing a name', () => {
    const rig = running()
    rig.request({ type: 'NAME', serial: 'ABCDEFGHIJKLMNOP' })
    rig.run(0.03)
    const received = rig.halt()
    rig.mcu.runTo(received + 500)
    expect(rig.coils).toBe(0)
    expect(rig.await('HALTED').frame.message.halts).toBe(1)
  })
})

describe('the dead-man', () => {
  /** Feeds the rig once, leaves it alone, and answers with when its steps were, in seconds after that. */
  function leftAlone(interval: number, seconds: number): { steps: number[]; rig: Rig } {
    const rig = new Rig().open()
    rig.command(segment(rig.tick() + interval, interval, 100))
    for (let k = 0; k < 3; k += 1) {
      rig.run((interval / TICKS_a_second) * 1.001)
      rig.beat()
    }
    const fed = rig.beat()
    const before = rig.edges.length
    expect(before).toBe(3)
    rig.run(seconds)
    return { steps: rig.edges.slice(before).map(({ cycle }) => (cycle - fed) / 16e6), rig }
  }

  it('stops a motor at 24 mL/d, a step each 0.9 s, after 2 s', () => {
    const { steps, rig } = leftAlone(14_063, 60)
    expect(steps.length).toBe(2)
    expect(Math.max(...steps)).toBeLessThan(2)
    expect(rig.coils).toBe(0)
    expect(rig.all('HALTED')[0]?.frame.message).toMatchObject({ halts: 1, cause: 'DEADMAN' })
    expect(rig.status()).toMatchObject({ state: 'DEADMAN', queued: 0 })
  })

  it('stops a motor at 0.05 mL/d, a step each 7.2 min, after two steps', () => {
    const interval = 6_750_000
    const { steps, rig } = leftAlone(interval, 3600 * 3)
    const step = interval / TICKS_a_second
    expect(steps.length).toBe(2)
    expect(Math.max(...steps)).toBeLessThan(2 * step)
    expect(rig.coils).toBe(0)
    expect(rig.all('HALTED')[0]?.frame.message).toMatchObject({ halts: 1, cause: 'DEADMAN' })
  })

  it('lets the step before the end of the interval pass and not the one after, to the tick', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 31_000
    const fed = rig.command(segment(at, 16, 60)).tick
    rig.run(3)
    const latched = rig.all('HALTED')[0]?.frame.message.tick ?? 0
    expect(latched - fed).toBeGreaterThanOrEqual(LIMITS.dead_man - 30)
    expect(latched - fed).toBeLessThan(LIMITS.dead_man + 16)
    expect(rig.edges.length).toBe((latched - at) / 16)
  })

  it('is fed by any frame of the session, and by no other', () => {
    for (const [feed, survives] of [
      [(rig: Rig) => rig.beat(), true],
      [(rig: Rig) => rig.request({ type: 'STAT' }), true],
      [(rig: Rig) => rig.request({ type: 'STAT' }, 200), true],
      [(rig: Rig) => rig.say({ type: 'BEAT', token: rig.token === 1 ? 2 : 1 }), false],
      [(rig: Rig) => rig.say({ type: 'HELLO', nonce: 1 }), false],
      [(rig: Rig) => rig.write('$garbage\n'), false],
    ] as const) {
      const rig = new Rig().open()
      rig.command(segment(rig.tick() + 1000, 5000, 40))
      for (let k = 0; k < 10; k += 1) {
        rig.run(1)
        feed(rig)
      }
      expect(rig.all('HALTED').length).toBe(survives ? 0 : 1)
      expect(rig.edges.length > 20).toBe(survives)
    }
  })

  it('keeps its latch like HALT: motion is refused until CLEAR', () => {
    const { rig } = leftAlone(14_063, 10)
    expect(rig.command(segment(rig.tick() + 3000, 100, 1)).reason).toBe('HALTED')
    expect(rig.command({ type: 'CLEAR', halts: 1 }).type).toBe('ACK')
    expect(rig.command(segment(rig.tick() + 3000, 100, 1)).type).toBe('ACK')
  })

  it('does not mind silence while there is nothing to do', () => {
    const rig = new Rig().open()
    rig.run(3600)
    expect(rig.command(segment(rig.tick() + 3000, 100, 5)).type).toBe('ACK')
    rig.run(1)
    expect(rig.edges.length).toBe(5)
  })
})
