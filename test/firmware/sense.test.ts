/** The input mode: what the rig tells of a pump that turns its own motor. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { CYCLES_a_us, FIELD, lines, PumpPins } from './pump-pins.ts'
import { segment, TICKS_a_second } from './rig.ts'

const ms = (time: number) => time * 1000 * CYCLES_a_us
const us = (time: number) => time * CYCLES_a_us

describe('SENSE', () => {
  it('lets go of the motor and refuses every segment until it is told OFF', () => {
    const pump = new PumpPins()
    const { rig } = pump
    const outputs: number[] = []
    const board = rig.mcu.onPortChanged
    rig.mcu.onPortChanged = (change) => {
      if (change.port === 'B') outputs.push(change.outputs)
      board(change)
    }
    expect(pump.begin('COILS')).toMatchObject({ lines: 'COILS', levels: 0b10101, forward: 0, recorded: 0 })
    expect(outputs.at(-1)).toBe(0)
    expect(rig.status().state).toBe('SENSE')
    const motion = () => rig.command(segment(rig.tick() + 1000, 100, 4))
    expect(motion()).toMatchObject({ type: 'NAK', reason: 'MODE' })
    rig.run(1)
    expect(outputs.at(-1)).toBe(0)
    expect(rig.edges).toEqual([])

    expect(rig.command({ type: 'SENSE', lines: 'OFF' }).type).toBe('ACK')
    expect(rig.await('SENSED').frame.message).toMatchObject({ lines: 'OFF', levels: 0, recorded: 0, held: 0 })
    expect(outputs.at(-1)).toBe(0xf)
    expect(motion().type).toBe('ACK')
    rig.run(0.5)
    expect(rig.edges.length).toBe(4)
  })

  it('is refused while something is queued, and from one kind of lines to the other', () => {
    const pump = new PumpPins()
    const { rig } = pump
    rig.command(segment(rig.tick() + 3000, 100, 4))
    expect(rig.command({ type: 'SENSE', lines: 'COILS' }).reason).toBe('MODE')
    rig.run(1)
    expect(rig.edges.length).toBe(4)
    pump.begin('COILS')
    expect(rig.command({ type: 'SENSE', lines: 'STEP' }).reason).toBe('MODE')
    expect(pump.counters().lines).toBe('COILS')
  })

  it('twice goes on as it was', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    pump.turn(2, pump.now + ms(1))
    pump.rig.run(0.1)
    expect(pump.begin('COILS')).toMatchObject({ forward: 2, recorded: 1 })
  })

  it('is told by every session that begins, and loses nothing by it', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    pump.turn(2, pump.now + ms(1))
    pump.rig.run(0.1)
    expect(pump.rig.hello().frame.message.state).toBe('SENSE')
    pump.rig.sequence = 0
    pump.turn(2, pump.now + ms(1))
    pump.rig.run(0.1)
    expect(pump.take().map(({ event }) => event)).toEqual([lines(FIELD[2] ?? 0), lines(FIELD[4] ?? 0)])
  })

  it('goes on under the latch of HALT, which it does not take off', () => {
    const pump = new PumpPins()
    const { rig } = pump
    pump.begin('COILS')
    rig.halt()
    rig.await('HALTED')
    pump.turn(2, pump.now + ms(1))
    rig.run(0.1)
    expect(rig.status().state).toBe('HALT')
    expect(rig.command(segment(rig.tick() + 1000, 100, 4)).reason).toBe('HALTED')
    expect(pump.counters().forward).toBe(2)
    rig.command({ type: 'SENSE', lines: 'OFF' })
    expect(rig.status().state).toBe('HALT')
    rig.command({ type: 'CLEAR', halts: 1 })
    expect(rig.status().state).toBe('IDLE')
  })

  it('ends with a reset', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    pump.rig.mcu.reset('external')
    pump.rig.open()
    expect(pump.rig.status().state).toBe('IDLE')
    expect(pump.rig.command({ type: 'FETCH', from: 0 }).reason).toBe('MODE')
  })
})

describe('the coil lines', () => {
  it('count half steps either way, each change with its tick', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    const start = pump.now + ms(3)
    const turns = [2, 2, 2, 1, 1, -1, -2, -2, 2, 2, 2, 2, 2, 1]
    const at = turns.map((_, k) => start + k * us(1024 + 37 * k))
    for (const [k, half] of turns.entries()) pump.turn(half, at[k] ?? 0)
    pump.rig.run(0.1)
    const forward = turns.filter((half) => half > 0).reduce((a, b) => a + b, 0)
    expect(pump.counters()).toMatchObject({ forward, reverse: 5, illegal: 0, glitches: 0, dropped: 0 })
    const entries = pump.take()
    expect(entries.length).toBe(turns.length)
    for (const [k, { tick }] of entries.entries()) {
      const late = tick - pump.clock.tickAt(at[k] ?? 0)
      expect([0, 1]).toContain(late)
    }
  })

  it('have one change where a controller sets its pins one after another', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    // A pause of 12 us is over only after the interrupt has first looked, and within the filter from then on.
    for (let k = 0; k < 40; k += 1) pump.turn(2, pump.now + ms(2 + 2 * k), us(k % 2 === 0 ? 5 : 12))
    pump.rig.run(0.2)
    expect(pump.counters()).toMatchObject({ forward: 80, reverse: 0, illegal: 0, glitches: 0, recorded: 40 })
  })

  it('do not change for a pulse shorter than the filter, which is counted', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    const widths = [0.25, 1, 2, 4, 6, 7.5]
    for (const [k, width] of widths.entries()) pump.disturb(k % 4, pump.now + ms(2 + 2 * k), us(width))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ forward: 0, reverse: 0, illegal: 0, recorded: 0, glitches: widths.length })
  })

  it('change twice for a pulse that is longer than filter and latency together', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    for (let k = 0; k < 4; k += 1) pump.disturb(k, pump.now + ms(2 + 2 * k), us(60))
    pump.rig.run(0.1)
    // Two of the lines are on and leave a half step when they are off; the others are then on with their opposite.
    expect(pump.counters()).toMatchObject({ recorded: 8, glitches: 0, forward: 2, reverse: 2, illegal: 2 })
  })

  it('count what no motor is driven by, and go on from the next field', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    const shown = [0b1010, 0b1111, 0b0011, 0b0000, 0b0000, 0b1001, 0b0101, 0b1000]
    for (const [k, coils] of shown.entries()) pump.show(coils, pump.now + ms(2 + 2 * k))
    pump.rig.run(0.1)
    // The opposite field, two patterns with both ends of a coil on, and a jump of three half steps back.
    expect(pump.counters()).toMatchObject({ illegal: 4, forward: 4, reverse: 0 })
  })

  it('that are off at first begin with the first field they make', () => {
    const pump = new PumpPins()
    pump.show(0, pump.now)
    pump.rig.run(0.01)
    pump.begin('COILS')
    pump.show(FIELD[4] ?? 0, pump.now + ms(2))
    pump.show(FIELD[6] ?? 0, pump.now + ms(4))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ forward: 2, reverse: 0, illegal: 0, recorded: 2 })
  })

  it('not connected are high and still', () => {
    const pump = new PumpPins()
    for (let pin = 1; pin <= 5; pin += 1) pump.rig.mcu.drive('C', pin, 'open')
    pump.rig.mcu.drive('D', 4, 'open')
    pump.rig.run(0.01)
    expect(pump.begin('COILS').levels).toBe(0b11111)
    pump.rig.run(1)
    expect(pump.counters()).toMatchObject({ recorded: 0, glitches: 0, illegal: 0 })
  })

  it('any sequence of fields, at any distance from 100 us on, is told in full', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(-2, -1, 1, 2), fc.integer({ min: us(100), max: ms(40) })), {
          minLength: 1,
          maxLength: 60,
        }),
        (steps) => {
          const pump = new PumpPins()
          pump.begin('COILS')
          let at = pump.now + ms(2)
          const edges = steps.map(([half, gap]) => {
            at += gap
            pump.turn(half, at)
            return { half, tick: pump.clock.tickAt(at) }
          })
          pump.rig.mcu.runTo(at + ms(1))
          const counters = pump.counters()
          const sum = (sign: number) => edges.reduce((all, { half }) => all + Math.max(0, sign * half), 0)
          expect(counters).toMatchObject({ forward: sum(1), reverse: sum(-1), illegal: 0, glitches: 0, dropped: 0 })
          const taken = pump.take()
          expect(taken.length).toBe(edges.length)
          for (const [k, { tick }] of taken.entries()) expect([0, 1]).toContain(tick - (edges[k]?.tick ?? 0))
        },
      ),
      { numRuns: 12, seed: 9 },
    )
  }, 60_000)
})

describe('STEP and DIR', () => {
  it('count pulses of a microsecond by the level of DIR', () => {
    const pump = new PumpPins()
    pump.direction(true, pump.now)
    pump.rig.run(0.001)
    pump.begin('STEP')
    const at = Array.from({ length: 12 }, (_, k) => pump.now + ms(2) + k * us(1500))
    for (const cycle of at) pump.pulse(cycle, us(1))
    pump.direction(false, (at.at(-1) ?? 0) + us(1400))
    for (const cycle of at.slice(0, 5)) pump.pulse(cycle + us(18_000), us(1))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ lines: 'STEP', forward: 12, reverse: 5, glitches: 0, dropped: 0 })
    const entries = pump.take()
    expect(entries.map(({ event }) => ('turned' in event ? event.turned : 0))).toEqual([
      ...Array(12).fill(1),
      ...Array(5).fill(-1),
    ])
    for (const [k, cycle] of at.entries()) expect([0, 1]).toContain((entries[k]?.tick ?? 0) - pump.clock.tickAt(cycle))
  })

  it('lose none of a burst that is faster than any interrupt', () => {
    const pump = new PumpPins()
    pump.direction(true, pump.now)
    pump.rig.run(0.001)
    pump.begin('STEP')
    for (let k = 0; k < 50; k += 1) pump.pulse(pump.now + ms(2) + k * us(3), us(1))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ forward: 50, reverse: 0, recorded: 50, dropped: 0 })
  })

  it('are not looked for on the coil lines, and the alarm line is', () => {
    const pump = new PumpPins()
    pump.begin('STEP')
    pump.turn(2, pump.now + ms(2))
    pump.alarm(false, pump.now + ms(4))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ forward: 0, reverse: 0, illegal: 0, recorded: 1 })
    expect(pump.take().map(({ event }) => event)).toMatchObject([{ kind: 'lines', alarm: false }])
  })
})

describe('encoder and alarm line', () => {
  it('are told with their ticks beside the coil lines', () => {
    const pump = new PumpPins()
    pump.rig.run(0.01)
    pump.begin('COILS')
    const start = pump.now + ms(2)
    pump.turn(2, start)
    pump.encoder(1, start + us(400))
    pump.turn(-2, start + ms(2))
    pump.encoder(-1, start + ms(2) + us(400))
    pump.alarm(false, start + ms(4))
    pump.encoder(2, start + ms(5))
    pump.alarm(true, start + ms(6))
    pump.rig.run(0.1)
    const entries = pump.take()
    expect(entries.map(({ event }) => event)).toEqual([
      lines(FIELD[2] ?? 0),
      { kind: 'encoder', turned: 1 },
      lines(FIELD[0] ?? 0),
      { kind: 'encoder', turned: -1 },
      lines(FIELD[0] ?? 0, false),
      { kind: 'encoder', turned: 'unknown' },
      lines(FIELD[0] ?? 0, true),
    ])
    expect(pump.counters()).toMatchObject({ encoder: 0, skipped: 1, illegal: 0 })
    expect(((entries[4]?.tick ?? 0) - (entries[0]?.tick ?? 0)) / TICKS_a_second).toBeCloseTo(0.004, 3)
  })
})

describe('FETCH', () => {
  it('tells the same entries until they are let go of', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    for (let k = 0; k < 30; k += 1) pump.turn(2, pump.now + ms(2 + 2 * k))
    pump.rig.run(0.2)
    const { tick: _, ...first } = pump.fetch(0)
    const { tick: __, ...again } = pump.fetch(0)
    expect(again).toEqual(first)
    expect(first.left).toBeGreaterThan(0)
    const all = pump.take()
    expect(all.length).toBe(30)
    expect(pump.rig.command({ type: 'FETCH', from: 31 }).reason).toBe('RANGE')
    expect(pump.rig.command({ type: 'FETCH', from: 29 }).reason).toBe('RANGE')
    expect(pump.fetch(30)).toMatchObject({ first: 30, edges: '-', left: 0 })
  })

  it('says how many entries found no room, and the counters go on', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    for (let k = 0; k < 100; k += 1) pump.turn(2, pump.now + ms(2 + 2 * k))
    pump.rig.run(0.3)
    expect(pump.counters()).toMatchObject({ forward: 200, recorded: 72, held: LIMITS.entries, dropped: 28 })
    expect(pump.take().length).toBe(72)
    pump.turn(2, pump.now + ms(2))
    pump.rig.run(0.1)
    expect(pump.counters()).toMatchObject({ forward: 202, recorded: 73, dropped: 28 })
    expect(pump.fetch(72)).toMatchObject({ first: 72, dropped: 28, left: 0 })
  })

  it('tells ticks that lie hours apart', () => {
    const pump = new PumpPins()
    pump.begin('COILS')
    pump.turn(2, pump.now + ms(2))
    const later = pump.now + 3 * 3600 * 1000 * ms(1)
    pump.turn(2, later)
    pump.rig.mcu.runTo(later + ms(10))
    const [first, second] = pump.take()
    expect([0, 1]).toContain((second?.tick ?? 0) - pump.clock.tickAt(later))
    expect((second?.tick ?? 0) - (first?.tick ?? 0)).toBeGreaterThan(3 * 3600 * TICKS_a_second - 200)
  })
})
