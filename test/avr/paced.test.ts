/** The emulated rig in step with a clock outside, which here is a number. */
import { describe, expect, it } from 'vitest'
import { PacedRig, type PacedRigOptions, type PacedStep } from '#hil/rig/avr/paced'
import { rigFirmware } from '#hil/rig/avr/rig'
import { encodeFrame } from '#protocol/frame'
import type { Command, MessageOf, ToHost } from '#protocol/message'
import { Splitter } from '#protocol/splitter'

/** A client that lets time pass a millisecond at a time. */
class Bench {
  readonly rig: PacedRig
  readonly heard: ToHost[] = []
  readonly steps: PacedStep[] = []
  readonly stored: Uint8Array[] = []
  /** How many bytes had been said by which microsecond. */
  readonly pace: { readonly at_us: number; readonly bytes: number }[] = []
  now_us = 5_000_000
  readonly #splitter = new Splitter('to-host')

  constructor(options: Partial<PacedRigOptions> = {}) {
    this.rig = new PacedRig({ flash: rigFirmware(), ...options }, this.now_us)
    this.rig.onStep = (step) => this.steps.push(step)
    this.rig.onStored = (eeprom) => this.stored.push(eeprom)
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1) {
      this.now_us += 1000
      const said = this.rig.pass(this.now_us)
      this.pace.push({ at_us: this.now_us, bytes: said.length })
      for (const piece of this.#splitter.push(said)) if (piece.kind === 'frame') this.heard.push(piece.frame.message)
    }
  }

  last<Name extends ToHost['type']>(type: Name): Extract<ToHost, { readonly type: Name }> {
    const isOne = (message: ToHost): message is Extract<ToHost, { readonly type: Name }> => message.type === type
    const found = this.heard.findLast(isOne)
    if (found === undefined) throw new Error(`no ${type}`)
    return found
  }

  hello(): MessageOf<'WELCOME'> {
    this.rig.receive(encodeFrame(0, { type: 'HELLO', nonce: 7 }), this.now_us)
    this.run(30)
    return this.last('WELCOME')
  }

  command(request: object, sequence = 0): void {
    this.rig.receive(encodeFrame(sequence, { ...request, token: this.last('WELCOME').token } as Command), this.now_us)
    this.run(30)
  }
}

const STAT = { type: 'STAT' }
const segment = (first: number, count: number) => {
  return { type: 'SEG', first, phase: 0, count, quotient: 200, remainder: 0, divisor: 1, direction: 'F' }
}

describe('the emulated rig in step with a clock', () => {
  it('says its bytes no faster than a line at 115200 baud, and shows the time that has passed', () => {
    const bench = new Bench()
    bench.run(1000)
    const welcome = bench.hello()
    expect(welcome.tick).toBeGreaterThan(1000 * 15.625)
    expect(welcome.tick).toBeLessThan(1030 * 15.625)
    expect(Math.max(...bench.pace.map(({ bytes }) => bytes))).toBeLessThanOrEqual(12)
    bench.run(60_000)
    const before = bench.last('TEL').tick
    bench.command(STAT)
    expect(bench.last('TEL').tick - before).toBeGreaterThan(60_000 * 15.62)
  })

  it('makes each step at its commanded tick and tells of it', () => {
    const bench = new Bench()
    bench.run(300)
    const { tick } = bench.hello()
    bench.command(segment(tick + 4000, 5))
    bench.run(600)
    const ticks = [0, 1, 2, 3, 4].map((step) => tick + 4000 + 200 * step)
    expect(bench.steps).toEqual(ticks.map((at, step) => ({ resets: 0, tick: at, position: step + 1 })))
    expect(bench.last('TEL')).toMatchObject({ forward: 5, encoder: 5, lost: 0 })
  })

  it.each([5000, -5000, 0])('has a crystal that is %i ppm fast', (clock_ppm) => {
    const bench = new Bench({ clock_ppm })
    bench.run(300)
    bench.hello()
    const from = { tick: bench.last('TEL').tick, at_us: bench.now_us }
    bench.run(20_000)
    bench.command(STAT)
    const passed = (bench.last('TEL').tick - from.tick) / ((bench.now_us - from.at_us) / 64)
    expect(Math.abs(passed - (1 + clock_ppm / 1e6))).toBeLessThan(0.002)
  })

  it('has nothing to do between two events of the chip, and says when the next one is', () => {
    const bench = new Bench()
    bench.run(1000)
    bench.hello()
    bench.run(100)
    // Only the turn of its clock and its watchdog come by themselves.
    expect(bench.rig.wake_us - bench.now_us).toBeGreaterThan(100_000)
    expect(bench.rig.wake_us - bench.now_us).toBeLessThan(8_500_000)
    bench.rig.receive(Uint8Array.of(0x0a), bench.now_us)
    expect(bench.rig.wake_us - bench.now_us).toBeLessThan(100)
  })

  it('catches up when it was left alone, without a step lost or moved', () => {
    const bench = new Bench()
    bench.run(300)
    const { tick } = bench.hello()
    bench.command(segment(tick + 4000, 50))
    bench.now_us += 1_200_000
    while (bench.rig.behind_us(bench.now_us) > 100) bench.rig.pass(bench.now_us)
    expect(bench.steps.map((step) => step.tick)).toEqual(Array.from({ length: 50 }, (_, k) => tick + 4000 + 200 * k))
  })

  it('knows how many bytes wait for the chip', () => {
    const bench = new Bench()
    bench.run(300)
    bench.rig.receive(new Uint8Array(1000), bench.now_us)
    expect(bench.rig.waiting).toBeGreaterThanOrEqual(999)
    bench.run(40)
    expect(bench.rig.waiting).toBeGreaterThan(400)
    expect(bench.rig.waiting).toBeLessThan(600)
    bench.run(60)
    expect(bench.rig.waiting).toBe(0)
  })

  it('starts anew when reset is pressed, with another boot id and from tick 0', () => {
    const bench = new Bench()
    bench.run(300)
    const { boot } = bench.hello()
    bench.rig.reset()
    bench.run(300)
    expect(bench.last('BOOT')).toMatchObject({ cause: 'EXTERNAL' })
    const again = bench.hello()
    expect(again.boot).not.toBe(boot)
    bench.command(segment(again.tick + 2000, 2))
    bench.run(300)
    expect(bench.steps.map(({ resets, tick }) => [resets, tick])).toEqual([
      [1, again.tick + 2000],
      [1, again.tick + 2200],
    ])
  })

  it('hands out what it has stored before it says anything that rests on it', () => {
    const bench = new Bench()
    while (bench.heard.length === 0) bench.run(1)
    expect(bench.heard[0]?.type).toBe('BOOT')
    const [first, ...more] = bench.stored
    expect(first).toBeDefined()
    bench.hello()
    bench.command({ type: 'NAME', serial: 'bench-3' })
    bench.run(300)
    bench.rig.close()
    const eeprom = bench.stored.at(-1)
    expect(bench.stored.length).toBeGreaterThan(1 + more.length)
    const next = new Bench(eeprom === undefined ? {} : { eeprom })
    next.run(300)
    const welcome = next.hello()
    expect(welcome.identity).toBe('bench-3')
    expect(welcome.boot).not.toBe(bench.last('BOOT').boot)
  })
})
