/** The rig's end of the wire: sessions, commands and telemetry, as the firmware in C has to do them as well. */
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf, ToRig } from '#protocol/message'
import { types, Wire } from './rig-wire.ts'

describe('a session of the rig', () => {
  it('begins with a WELCOME and a TEL numbered 0', () => {
    const wire = new Wire()
    expect(types(wire.answers(wire.rig.boot('POWER')))).toEqual(['0 BOOT'])
    expect(types(wire.hello(9, 100))).toEqual(['0 WELCOME', '0 TEL'])
    expect(wire.token).toBeGreaterThan(0)
  })

  it('is not begun anew by the same HELLO: the same WELCOME, nothing cleared, no TEL', () => {
    const wire = new Wire()
    const [first] = wire.hello(9, 100)
    wire.seg(0, 5000, 200)
    wire.say(1, { type: 'NAME', token: wire.token, serial: 'new-name' }, 200)
    const [again, ...more] = wire.hello(9, 300)
    expect(again?.message).toEqual({ ...first?.message, tick: 300, state: 'RUN' })
    expect(more).toEqual([])
    expect(types(wire.say(2, { type: 'STAT', token: wire.token }, 300))).toEqual(['2 ACK', '1 TEL'])
  })

  it('is ended by another HELLO: new token, numbers from 0, motor stopped, latch kept', () => {
    const wire = new Wire()
    wire.hello(9, 100)
    const old = wire.token
    wire.seg(0, 5000, 200)
    expect(wire.body.queue.length).toBe(1)
    const [idle] = wire.hello(10, 250)
    expect(idle?.message).toMatchObject({ halts: 0, state: 'IDLE' })
    expect(wire.body.queue.length).toBe(0)
    wire.halt(260)
    const [halted] = wire.hello(11, 300)
    expect(halted?.message).toMatchObject({ halts: 1, state: 'HALT' })
    expect(wire.token).not.toBe(old)
    expect(wire.say(0, { type: 'STAT', token: old }, 400)).toEqual([])
    expect(types(wire.seg(0, 5000, 400))).toEqual(['0 NAK'])
  })

  it('has a token of its own each time, even for a nonce used before', () => {
    const wire = new Wire()
    const tokens = [1, 2, 1, 2].map((nonce) => {
      wire.hello(nonce, 0)
      return wire.token
    })
    expect(new Set(tokens).size).toBe(4)
  })
})

describe('a command at the rig', () => {
  it('is executed in its turn only; the two before are answered again, all else is dropped', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const name = (sequence: number) =>
      wire.say(sequence, { type: 'NAME', token: wire.token, serial: `n${sequence}` }, 1000 + sequence)
    expect(types(name(1))).toEqual([])
    const replies = [name(0), name(1), name(2)]
    expect(replies.map(types)).toEqual([['0 ACK'], ['1 ACK'], ['2 ACK']])
    expect(types(name(0))).toEqual([])
    expect(name(1)).toEqual(replies[1])
    expect(name(2)).toEqual(replies[2])
    expect(types(name(4))).toEqual([])
    expect(types(name(255))).toEqual([])
    expect(wire.body.attempts).toHaveLength(3)
  })

  it('is executed once over the wrap of its number', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    for (let i = 0; i < 600; i += 1) {
      const name: ToRig = { type: 'NAME', token: wire.token, serial: `n${i}` }
      expect(types(wire.say(i % 256, name, i))).toEqual([`${i % 256} ACK`])
      expect(types(wire.say(i % 256, name, i))).toEqual([`${i % 256} ACK`])
    }
    expect(wire.body.attempts).toHaveLength(600)
  })

  it('with another token, or before any session, is dropped', () => {
    const wire = new Wire()
    expect(wire.say(0, { type: 'STAT', token: 1 }, 0)).toEqual([])
    wire.hello(9, 0)
    expect(wire.say(0, { type: 'STAT', token: (wire.token % (2 ** 32 - 1)) + 1 }, 0)).toEqual([])
  })

  it('replaced by a VOID is not executed any more', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const voided = wire.say(0, { type: 'VOID', token: wire.token }, 50)
    expect(voided).toMatchObject([{ sequence: 0, message: { type: 'NAK', reason: 'VOID', tick: 50 } }])
    expect(wire.seg(0, 5000, 60)).toEqual(voided)
    expect(wire.body.attempts).toEqual([])
  })

  it('that was executed is acknowledged to a VOID too', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const done = wire.seg(0, 5000, 50)
    expect(wire.say(0, { type: 'VOID', token: wire.token }, 60)).toEqual(done)
  })

  it('gets no answer when a line is damaged', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const bytes = encodeFrame(0, { type: 'STAT', token: wire.token })
    expect(wire.bytes(bytes.subarray(1), 0)).toEqual([])
    const [, tel] = wire.bytes(bytes, 0)
    expect(tel?.message).toMatchObject({ discarded: bytes.length - 2 })
  })
})

describe('telemetry of the rig', () => {
  it('numbers all it says by itself in one row, over the wrap', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    for (let i = 1; i < 600; i += 1) {
      const [told] = i % 5 === 0 ? wire.halt(i) : wire.answers(wire.rig.report(i))
      expect(told?.sequence).toBe(i % 256)
    }
  })

  it('states the state and the queue', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const state = () => {
      const message = wire.answers(wire.rig.report(0))[0]?.message as MessageOf<'TEL'>
      return `${message.state} ${message.queued}`
    }
    expect(state()).toBe('IDLE 0')
    wire.seg(0, 5000, 10)
    expect(state()).toBe('RUN 1')
    wire.halt(20)
    expect(state()).toBe('HALT 0')
  })

  it('is not sent without a session', () => {
    expect(new Wire().rig.report(0)).toEqual([])
  })
})

describe('what is no command for the body', () => {
  it('reaches it never: a heartbeat, which has no answer, a STAT, a VOID, a CLEAR', () => {
    const wire = new Wire()
    wire.hello(9, 0)
    const { token } = wire
    expect(types(wire.say(0, { type: 'BEAT', token }, 100))).toEqual([])
    expect(types(wire.say(0, { type: 'STAT', token }, 200))).toEqual(['0 ACK', '1 TEL'])
    expect(types(wire.say(1, { type: 'VOID', token }, 300))).toEqual(['1 NAK'])
    expect(types(wire.say(2, { type: 'CLEAR', token, halts: 0 }, 400))).toEqual(['2 ACK'])
    expect(wire.body.attempts).toEqual([])
  })
})

describe('a step', () => {
  it('is made by no rig that has heard of no host', () => {
    const wire = new Wire()
    const { allowed, send } = wire.rig.mayStep(100, 50)
    expect(allowed).toBe(false)
    expect(wire.answers(send)).toMatchObject([{ message: { type: 'HALTED', halts: 1, cause: 'DEADMAN', tick: 100 } }])
  })
})
