/** A pump at the pins of the rig firmware in its input mode, played edge by edge, and what the rig tells of it. */
import { expect } from 'vitest'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { type EdgeEntry, type EdgeEvent, entriesOf } from '#protocol/edges'
import type { MessageOf } from '#protocol/message'
import { Rig } from './rig.ts'

export const CYCLES_a_us = CLOCK_Hz / 1_000_000
/** The field by half steps, A+, A-, B+, B- from bit 0 on. */
export const FIELD = [0b0101, 0b0100, 0b0110, 0b0010, 0b1010, 0b1000, 0b1001, 0b0001]
const [FIRST_LINE, ALARM, STEP] = [1, 5, 4]
const DIR = 2
const ENCODER = [0b00, 0b01, 0b11, 0b10]

export class PumpPins {
  readonly rig: Rig
  readonly clock: FirmwareClock
  #coils = FIELD[0] ?? 0
  #half = 0
  #encoder = 0
  #next = 0

  /** A session is open, the lines show the first field, the alarm line is high, and nothing is sensed yet. */
  constructor(options: ConstructorParameters<typeof Rig>[0] = {}) {
    this.rig = new Rig(options).open()
    this.clock = new FirmwareClock(this.rig.mcu)
    this.clock.look()
    for (let line = 0; line < 4; line += 1) this.#drive(line, (this.#coils >> line) & 1, this.now)
    this.alarm(true, this.now)
    this.rig.mcu.drive('D', STEP, 'low')
    this.rig.run(0.001)
  }

  get now(): number {
    return this.rig.mcu.now
  }

  #drive(line: number, level: number, cycle: number): void {
    this.rig.mcu.drive('C', FIRST_LINE + line, level === 1 ? 'high' : 'low', cycle)
  }

  /** The coil lines show a pattern from the cycle on; each line so many cycles after the one before it. */
  show(coils: number, cycle: number, skew_cycles = 0): void {
    let at = cycle
    for (let line = 0; line < 4; line += 1) {
      if (((this.#coils ^ coils) >> line) % 2 === 0) continue
      this.#drive(line, (coils >> line) & 1, at)
      at += skew_cycles
    }
    this.#coils = coils
  }

  /** The field turns by half steps. */
  turn(halfSteps: number, cycle: number, skew_cycles = 0): void {
    this.#half += halfSteps
    this.show(FIELD[((this.#half % 8) + 8) % 8] ?? 0, cycle, skew_cycles)
  }

  /** A line, as its bit in the levels, is the other way for so long. */
  disturb(line: number, cycle: number, length_cycles: number): void {
    const level = (this.#coils >> line) & 1
    this.#drive(line, 1 - level, cycle)
    this.#drive(line, level, cycle + length_cycles)
  }

  alarm(high: boolean, cycle: number): void {
    this.rig.mcu.drive('C', ALARM, high ? 'high' : 'low', cycle)
  }

  direction(forward: boolean, cycle: number): void {
    this.rig.mcu.drive('C', DIR, forward ? 'high' : 'low', cycle)
  }

  pulse(cycle: number, length_cycles: number): void {
    this.rig.mcu.drive('D', STEP, 'high', cycle)
    this.rig.mcu.drive('D', STEP, 'low', cycle + length_cycles)
  }

  encoder(steps: 1 | -1 | 2, cycle: number): void {
    this.#encoder = (this.#encoder + steps + 4) % 4
    const code = ENCODER[this.#encoder] ?? 0
    this.rig.mcu.drive('D', 2, (code & 1) === 1 ? 'high' : 'low', cycle)
    this.rig.mcu.drive('D', 3, (code & 2) === 2 ? 'high' : 'low', cycle)
  }

  begin(lines: 'COILS' | 'STEP'): MessageOf<'SENSED'> {
    expect(this.rig.command({ type: 'SENSE', lines }).type).toBe('ACK')
    this.#next = 0
    return this.rig.await('SENSED').frame.message
  }

  counters(): MessageOf<'SENSED'> {
    this.rig.command({ type: 'STAT' })
    return this.rig.await('SENSED').frame.message
  }

  /** The frame with the entries from a number on. */
  fetch(from: number): MessageOf<'EDGES'> {
    expect(this.rig.command({ type: 'FETCH', from }).type).toBe('ACK')
    return this.rig.await('EDGES').frame.message
  }

  /** Every entry that was not taken yet. */
  take(): EdgeEntry[] {
    const entries: EdgeEntry[] = []
    for (;;) {
      const frame = this.fetch(this.#next)
      const some = entriesOf(frame, { number: this.#next, tick: this.clock.tickAt(this.now) })
      if (some === undefined) throw new Error(`what is ${frame.edges}?`)
      expect(some.map(({ number }) => number)).toEqual(some.map((_, k) => this.#next + k))
      entries.push(...some)
      this.#next += some.length
      if (some.length === 0 && frame.left === 0) return entries
    }
  }
}

/** What a change of the lines is. */
export function lines(coils: number, alarm = true): EdgeEvent {
  return { kind: 'lines', coils, alarm }
}
