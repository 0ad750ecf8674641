import { describe, expect, it } from 'vitest'
import { PROTOCOL_VERSION } from '#protocol/catalogue'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { CELL_mV, Rig, segment } from './rig.ts'

describe('a rig that starts', () => {
  it('ends the half line it may have been cut off in, then says who it is and why it started', () => {
    const rig = new Rig()
    const bytes: number[] = []
    const hear = rig.mcu.onTransmitted
    rig.mcu.onTransmitted = (byte) => {
      bytes.push(byte.value)
      hear(byte)
    }
    const boot = rig.await('BOOT')
    expect(String.fromCharCode(...bytes.slice(0, 2))).toBe('\n$')
    expect(boot.frame).toMatchObject({ sequence: 0, message: { cause: 'POWER' } })
  })

  it('says nothing more, and answers no command, before a HELLO', () => {
    const rig = new Rig()
    rig.await('BOOT')
    rig.say({ type: 'STAT', token: 1 })
    rig.say({ type: 'BEAT', token: 1 })
    expect(rig.listen(10)).toBeUndefined()
  })

  it.each([
    ['external', 'EXTERNAL'],
    ['brown-out', 'BROWNOUT'],
    ['power', 'POWER'],
  ] as const)('knows a reset that was %s, and has a new boot id after it', (cause, word) => {
    const rig = new Rig()
    const first = rig.await('BOOT').frame.message.boot
    rig.mcu.reset(cause)
    const { message } = rig.await('BOOT').frame
    expect(message.cause).toBe(word)
    expect(message.boot).not.toBe(first)
  })
})

describe('a session', () => {
  it('begins with a WELCOME that says what the rig is, and one TEL', () => {
    const rig = new Rig()
    const { boot } = rig.await('BOOT').frame.message
    const { sequence, message } = rig.hello(4_294_967_295).frame
    expect(sequence).toBe(0)
    expect(message).toMatchObject({
      nonce: 4_294_967_295,
      version: PROTOCOL_VERSION,
      schema: SCHEMA_HASH,
      boot,
      window: 2,
      identity: 'UNNAMED',
      clock: 16_000_000,
      halts: 0,
      state: 'IDLE',
    })
    const telemetry = rig.await('TEL').frame
    expect(telemetry.sequence).toBe(0)
    expect(telemetry.message).toMatchObject({ forward: 0, reverse: 0, lost: 0, encoder: 0, queued: 0, state: 'IDLE' })
    expect(telemetry.message.token).toBe(message.token)
    expect(rig.listen(1)).toBeUndefined()
  })

  it('is not begun anew by the same HELLO: the same WELCOME but for the present, and nothing is cleared', () => {
    const rig = new Rig().open()
    const first = rig.all('WELCOME')[0]?.frame.message
    rig.command(segment(rig.tick() + 20_000, 1000, 3))
    const again = rig.hello(1).frame.message
    expect(again).toEqual({ ...first, tick: again.tick, state: 'RUN' })
    expect(again.tick).toBeGreaterThan(first?.tick ?? 0)
    expect(rig.status()).toMatchObject({ queued: 1, state: 'RUN' })
    expect(rig.heard.flatMap(({ frame }) => (frame.message.type === 'TEL' ? [frame.sequence] : []))).toEqual([0, 1, 2])
  })

  it('is replaced by a HELLO with a new nonce: new token, numbers from 0, queue empty, motor stopped', () => {
    const rig = new Rig().open()
    const old = rig.token
    rig.command(segment(rig.tick() + 3000, 1000, 100))
    rig.run(1)
    const made = rig.edges.length
    expect(made).toBeGreaterThan(5)
    rig.hello()
    expect(rig.token).not.toBe(old)
    expect(rig.await('TEL').frame).toMatchObject({ sequence: 0, message: { queued: 0, state: 'IDLE' } })
    rig.sequence = 0
    expect(rig.status()).toMatchObject({ forward: made })
    rig.run(5)
    expect(rig.edges.length).toBe(made)
  })

  it('has a token of its own, also for the same nonce after a reset', () => {
    const rig = new Rig().open()
    const tokens = [rig.token]
    for (let k = 0; k < 3; k += 1) {
      rig.mcu.reset('external')
      rig.await('BOOT')
      rig.hello(1)
      tokens.push(rig.token)
    }
    expect(new Set(tokens).size).toBe(4)
    expect(tokens).not.toContain(0)
  })

  it('hears nothing said with another token', () => {
    const rig = new Rig().open()
    rig.say({ type: 'STAT', token: (rig.token ^ 1) >>> 0 || 2 })
    expect(rig.listen(1)).toBeUndefined()
    expect(rig.command({ type: 'STAT' }).type).toBe('ACK')
  })
})

describe('a command', () => {
  it('is executed once and answered alike however often it comes, two deep', () => {
    const rig = new Rig().open()
    const at = rig.tick()
    const zero = rig.request(segment(at + 5000, 1000, 2))
    const first = rig.answer(zero)
    const one = rig.request({ type: 'VOID' })
    const second = rig.answer(one)
    expect(first.type).toBe('ACK')
    expect(second).toMatchObject({ type: 'NAK', reason: 'VOID' })
    rig.request(segment(at + 5000, 1000, 2), zero)
    expect(rig.answer(zero)).toEqual(first)
    rig.request({ type: 'VOID' }, one)
    expect(rig.answer(one)).toEqual(second)
    rig.run(2)
    expect(rig.status().forward).toBe(2)
  })

  it('is dropped without a word when it is older than that, or ahead of its turn', () => {
    const rig = new Rig().open()
    for (let k = 0; k < 4; k += 1) rig.command({ type: 'STAT' })
    rig.await('TEL')
    for (const sequence of [1, 5, 6, 255, 128]) {
      rig.request({ type: 'STAT' }, sequence)
      expect(rig.listen(0.2)).toBeUndefined()
    }
    expect(rig.command({ type: 'STAT' }).type).toBe('ACK')
  })

  it('has no earlier ones to repeat at the beginning of a session', () => {
    const rig = new Rig().open()
    rig.command({ type: 'STAT' })
    rig.hello()
    rig.await('TEL')
    for (const sequence of [255, 254]) {
      rig.request({ type: 'STAT' }, sequence)
      expect(rig.listen(0.2)).toBeUndefined()
    }
  })

  it('may follow another at once, and their numbers come round after 256', () => {
    const rig = new Rig().open()
    for (let k = 0; k < 300; k += 1) {
      const numbers = [rig.request({ type: 'VOID' }), rig.request({ type: 'VOID' })]
      for (const number of numbers) expect(rig.answer(number)).toMatchObject({ type: 'NAK', reason: 'VOID' })
    }
    expect(rig.status().discarded).toBe(0)
  })

  it('STAT is answered, then a TEL comes with all counters of that instant', () => {
    const rig = new Rig().open()
    const { tick } = rig.command({ type: 'STAT' })
    const { message } = rig.await('TEL').frame
    expect(Math.abs(message.tick - tick)).toBeLessThan(2)
    expect(message.cell).toBeGreaterThan(CELL_mV - 6)
    expect(message.cell).toBeLessThanOrEqual(CELL_mV)
  })

  it('reads the cell anew for each TEL', () => {
    const rig = new Rig().open()
    rig.board.setCell(1234)
    const { cell } = rig.status()
    expect(cell).toBeGreaterThan(1234 - 6)
    expect(cell).toBeLessThanOrEqual(1234)
  })
})
