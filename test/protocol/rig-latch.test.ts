/** The rig's end of the wire: HALT and dead-man, as the firmware in C has to do them as well. */
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import { motion } from './peer.ts'
import { type Answer, types, Wire } from './rig-wire.ts'

describe('the latch', () => {
  it('is set by HALT inside of a line, which it discards, and refuses motion until CLEAR', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    wire.seg(0, 5000, 10)
    const half = encodeFrame(1, { type: 'STAT', token: wire.token }).subarray(0, 12)
    expect(wire.bytes(Uint8Array.from([...half, 0x9b, 0x9b]), 20)).toMatchObject([
      { sequence: 1, message: { type: 'HALTED', halts: 1, cause: 'HALT', tick: 20 } },
    ])
    expect(wire.body.queue.length).toBe(0)
    expect(wire.seg(1, 5000, 30)).toMatchObject([{ message: { type: 'NAK', reason: 'HALTED' } }])
    expect(types(wire.say(2, { type: 'CLEAR', token: wire.token, halts: 1 }, 40))).toEqual(['2 ACK'])
    expect(types(wire.seg(3, 5000, 50))).toEqual(['3 ACK'])
  })

  it('counts every HALT, so that a CLEAR of an older one does nothing but tell the count', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    for (const halts of [1, 2, 3]) expect(wire.halt(10 * halts)).toMatchObject([{ message: { halts } }])
    const clear = { type: 'CLEAR', token: wire.token, halts: 2 } as const
    const refused = wire.say(0, clear, 50)
    expect(refused).toMatchObject([
      { sequence: 0, message: { type: 'NAK', reason: 'COUNT' } },
      { sequence: 4, message: { type: 'HALTED', halts: 3, tick: 30 } },
    ])
    expect(wire.say(0, clear, 60)).toEqual(refused.slice(0, 1))
    expect(types(wire.say(1, { ...clear, halts: 3 }, 70))).toEqual(['1 ACK'])
    expect(types(wire.say(2, { ...clear, halts: 2 }, 80))).toEqual(['2 NAK'])
  })

  it('works without a session, and a single HALT byte does nothing', () => {
    const wire = new Wire()
    expect(wire.bytes(Uint8Array.of(0x9b, 0x41, 0x9b), 0)).toEqual([])
    expect(types(wire.halt(5))).toEqual(['0 HALTED'])
    expect(wire.rig.latched).toBe(true)
  })
})

describe('the dead-man', () => {
  function running(quotient: number): Wire {
    const wire = new Wire()
    wire.hello(9, 0)
    wire.say(0, { ...motion(5000, 3, quotient), token: wire.token }, 1000)
    return wire
  }

  it('lets a step pass until the interval is over, and then latches', () => {
    const wire = running(100)
    expect(wire.rig.mayStep(1000 + 31_249, 100)).toEqual({ allowed: true, send: [] })
    const { allowed, send } = wire.rig.mayStep(1000 + 31_250, 100)
    expect(allowed).toBe(false)
    expect(wire.answers(send)).toMatchObject([
      { message: { type: 'HALTED', halts: 1, cause: 'DEADMAN', tick: 32_250 } },
    ])
    expect(wire.body.queue.length).toBe(0)
    expect(wire.seg(1, 50_000, 40_000)).toMatchObject([{ message: { reason: 'HALTED' } }])
  })

  it('waits two steps where those take longer', () => {
    const wire = running(1_000_000)
    expect(wire.rig.mayStep(1000 + 2_000_001, 1_000_000).allowed).toBe(true)
    expect(wire.rig.mayStep(1000 + 2_000_002, 1_000_000).allowed).toBe(false)
  })

  it.each<[string, boolean, (wire: Wire) => Answer[]]>([
    ['a heartbeat', true, (wire) => wire.say(0, { type: 'BEAT', token: wire.token }, 20_000)],
    ['a command', true, (wire) => wire.say(1, { type: 'STAT', token: wire.token }, 20_000)],
    ['a command that is not the next', true, (wire) => wire.say(9, { type: 'STAT', token: wire.token }, 20_000)],
    ['a heartbeat of another session', false, (wire) => wire.say(0, { type: 'BEAT', token: 5 }, 20_000)],
    ['the HELLO once more', false, (wire) => wire.hello(9, 20_000)],
    ['a log line', false, (wire) => wire.bytes(Buffer.from('alive\n'), 20_000)],
  ])('is fed by %s: %s', (_, feeds, act) => {
    const wire = running(100)
    act(wire)
    expect(wire.rig.mayStep(40_000, 100).allowed).toBe(feeds)
  })
})
