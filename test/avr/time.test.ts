/** Time of the emulated controller: bytes and steps at their exact cycle, and no influence of how time is cut. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Agenda } from '#hil/rig/avr/agenda'
import { Board } from '#hil/rig/avr/board'
import { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { cycles, Ours, program } from './support/machine.ts'

const FRAME = 1360
const TICK = 1024

describe('the agenda', () => {
  it('lets nothing more happen once it is interrupted, and goes on in order', () => {
    const agenda = new Agenda()
    const happened: number[] = []
    const alarms = [1, 2, 3].map((number) =>
      agenda.alarm((due) => {
        happened.push(number, due)
        agenda.interrupted = number === 2
      }),
    )
    for (const [index, alarm] of alarms.entries()) agenda.set(alarm, 10 - index)
    agenda.run(10)
    expect(happened).toEqual([3, 8, 2, 9])
    agenda.interrupted = false
    agenda.run(9)
    expect(happened).toHaveLength(4)
    agenda.run(10)
    expect(happened).toEqual([3, 8, 2, 9, 1, 10])
  })
})

describe('bytes', () => {
  it('leave one frame after another at 16 MHz / (8 * 17), ten bits each', () => {
    const ours = new Ours('everything')
    ours.runTo(cycles(0.1))
    const ends = ours.sent.map(({ cycle }) => cycle)
    expect(ends).toHaveLength(10)
    for (const [index, end] of ends.entries()) expect(end - (ends[0] ?? 0)).toBe(index * FRAME)
  })

  it('leave without a gap also while the processor is busy', () => {
    const ours = new Ours('status')
    ours.mcu.send([0x31, 0x41, 0x42, 0x43])
    ours.runTo(cycles(0.02))
    const ends = ours.sent.map(({ cycle }) => cycle)
    expect(ends).toHaveLength(16)
    for (const [index, end] of ends.entries()) expect(end - (ends[0] ?? 0)).toBe(index * FRAME)
  })

  it('arrive one frame after another, each at the end of its stop bit', () => {
    const ours = new Ours('respond')
    ours.mcu.drive('D', 4, 'low')
    expect(ours.mcu.send([1, 2, 3], 50_000)).toBe(50_000 + 3 * FRAME)
    expect(ours.mcu.send([4], 51_000)).toBe(50_000 + 4 * FRAME)
    expect(ours.mcu.send([5], 90_000)).toBe(90_000 + FRAME)
    ours.runTo(cycles(0.1))
    const LATENCY = 40
    const turnedOver = (index: number) => (ours.edges[index]?.levels ?? 0) ^ (ours.edges[index - 1]?.levels ?? 0)
    const arrived = ours.edges.filter((_, index) => turnedOver(index) === 2).map(({ cycle }) => cycle)
    const late = arrived.map((cycle, index) => cycle - (index === 4 ? 90_000 + FRAME : 50_000 + (index + 1) * FRAME))
    expect(late).toHaveLength(5)
    expect(new Set(late).size).toBe(1)
    expect(late[0]).toBeGreaterThan(0)
    expect(late[0]).toBeLessThan(LATENCY)
  })

  it('sent at another speed are illegible, and received as broken frames', () => {
    const mcu = new Mcu({ flash: program('status'), line_cycles: 1668 })
    const heard: { value: number; legible: boolean }[] = []
    mcu.onTransmitted = ({ value, legible }) => heard.push({ value, legible })
    mcu.send([0x31, 0x41])
    mcu.runTo(cycles(0.05))
    expect(String.fromCharCode(...heard.map(({ value }) => value))).toBe('9041 \n')
    expect(heard.every(({ legible }) => !legible)).toBe(true)
  })
})

describe('steps by compare match', () => {
  const TWENTY_ONE = 21
  const COUNT = 140
  const due = Array.from({ length: COUNT }, (_, j) => 1000 + 30_001 * Math.min(j, 20) + 70_001 * Math.max(0, j - 20))

  it('are at their tick and always as late within it, over a hundred overflows of the counter', () => {
    const ours = new Ours('stepper')
    ours.runTo(((due.at(-1) ?? 0) + 10) * TICK)
    const edges = ours.edges.map(({ cycle }) => cycle).slice(2)
    expect(edges).toHaveLength(COUNT)
    expect(edges.map((cycle) => Math.floor(cycle / TICK))).toEqual(due)
    const late = edges.map((cycle) => cycle % TICK)
    expect(Math.max(...late) - Math.min(...late)).toBeLessThan(40)
    expect(due[TWENTY_ONE]).toBeGreaterThan(2 ** 16)
  })
})

describe('a timer', () => {
  const DIVIDER = 64
  /** To wake, to respond, to jump, to load what is written. */
  const RESPONSE_cycles = 4 + 4 + 3 + 1

  it('interrupts at its exact cycle, and its prescaler starts with the reset', () => {
    const ours = new Ours('respond')
    ours.mcu.drive('D', 4, 'low')
    const RESET = 200_001
    ours.mcu.reset('external', RESET)
    ours.runTo(150_000)
    const before = ours.mcu.counterZero(1) ?? Number.NaN
    expect(before % DIVIDER).toBe(0)
    expect(ours.edges.at(-1)).toEqual({ levels: 4, cycle: before + 1000 * DIVIDER + RESPONSE_cycles })
    ours.runTo(290_000)
    const after = ours.mcu.counterZero(1) ?? Number.NaN
    expect((after - RESET) % DIVIDER).toBe(0)
    expect(ours.edges.at(-1)).toEqual({ levels: 4, cycle: after + 1000 * DIVIDER + RESPONSE_cycles })
  })
})

/** Everything a program does in a while, under a fixed set of stimuli, with time moved on in slices. */
function digest(length: number, slices: Iterable<number>): { readonly digest: string; readonly events: number } {
  const mcu = new Mcu({ flash: program('everything') })
  const hash = createHash('sha256')
  let events = 0
  const note = (what: string, cycle: number, ...values: readonly unknown[]) => {
    events += 1
    hash.update(`${cycle} ${what} ${values.join(' ')}\n`)
  }
  const board = new Board(mcu, 2800)
  const { onPortChanged } = mcu
  mcu.onPortChanged = (change) => {
    note('pins', change.cycle, change.port, change.levels, change.outputs)
    onPortChanged(change)
  }
  mcu.onTransmitted = ({ value, cycle }) => note('byte', cycle, value)
  mcu.onReset = ({ cause, cycle }) => note('reset', cycle, cause)
  board.onTurned = ({ rotor, cycle }) => note('rotor', cycle, rotor.forward, rotor.reverse, rotor.lost)
  mcu.send([0x61, 0x62, 0x63], 100_003)
  for (let at = 300_000; at < length; at += 212_345) mcu.send([0x64], at)
  mcu.send([0x78, 0x79], 500_000, 'framing')
  mcu.apply(0, 2700, 700_001)
  mcu.reset('external', 1_234_567)
  mcu.send([0x68], 2_000_000)
  for (const slice of slices) {
    if (mcu.now >= length) break
    mcu.runTo(Math.min(length, mcu.now + slice))
  }
  expect(mcu.now).toBe(length)
  return { digest: hash.digest('hex'), events }
}

function* forever(slice: number): Generator<number> {
  for (;;) yield slice
}

describe('what happens', () => {
  const LENGTH = cycles(0.4)
  const whole = digest(LENGTH, [LENGTH])

  it('includes resets, bytes and steps', () => {
    expect(whole.events).toBeGreaterThan(400)
  })

  it.each([
    ['10 us', 160],
    ['1 ms', 16_000],
    ['a prime number of cycles', 7919],
    ['1 s', CLOCK_Hz],
  ])('is the same in slices of %s', (_name, slice) => {
    expect(digest(LENGTH, forever(slice))).toEqual(whole)
  })

  it('is the same in any slices', () => {
    const short = cycles(0.16)
    const expected = digest(short, [short])
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100_000 }))),
        (slices) => {
          expect(digest(short, [...slices, short])).toEqual(expected)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('is the same when every byte, edge and step stops the run', () => {
    const stopping = (mcu: Mcu) => {
      const seen: string[] = []
      mcu.onTransmitted = ({ value, cycle }) => seen.push(`${cycle} ${value}`)
      mcu.onPortChanged = ({ levels, cycle }) => seen.push(`${cycle} ${levels}`)
      return seen
    }
    const plain = new Mcu({ flash: program('everything') })
    const expected = stopping(plain)
    plain.runTo(LENGTH)
    const stopped = new Mcu({ flash: program('everything') })
    const seen: string[] = []
    let stops = 0
    stopped.onTransmitted = ({ value, cycle }) => {
      seen.push(`${cycle} ${value}`)
      stopped.stop()
    }
    stopped.onPortChanged = ({ levels, cycle }) => {
      seen.push(`${cycle} ${levels}`)
      stopped.stop()
    }
    while (stopped.runTo(LENGTH) < LENGTH) stops += 1
    expect(seen).toEqual(expected)
    expect(stops).toBe(seen.length)
  })

  it.each(['status', 'everything'])(
    'by %s before a cycle has happened when time has run to it, and nothing later',
    (name) => {
      const { mcu } = new Ours(name)
      mcu.send([0x31, 0x41, 0x42])
      let from = 0
      let events = 0
      const within = ({ cycle }: { readonly cycle: number }) => {
        events += 1
        expect(cycle).toBeGreaterThanOrEqual(from)
        expect(cycle).toBeLessThan(from + 7)
      }
      mcu.onTransmitted = within
      mcu.onPortChanged = within
      for (; from < 150_000; from += 7) mcu.runTo(from + 7)
      expect(events).toBeGreaterThan(9)
    },
  )

  it('cannot be changed afterwards', () => {
    const { mcu } = new Ours('everything')
    mcu.runTo(1000)
    expect(() => mcu.send([1], 999)).toThrow('cycle 999 is before 1000 and is over')
    expect(() => mcu.drive('D', 2, 'high', Number.NaN)).toThrow(RangeError)
  })
})
