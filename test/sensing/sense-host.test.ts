/**
 * The host of a rig that looks on: what is lost on the line is asked for again, and what cannot be vouched for ends the run.
 *
 * At the other end is the firmware as machine code; the line between them loses whole pieces, or the pump is too fast for it.
 */
import { describe, expect, it } from 'vitest'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { PumpBench } from '#hil/rig/avr/pump-bench'
import { rigFirmware } from '#hil/rig/avr/rig'
import { WireHost } from '#hil/rig/link/wire-host'
import { PLAYOUT_ticks } from '#hil/rig/rig'
import { SenseHost } from '#hil/rig/sensing/sense-host'
import type { PumpWiring } from '#hil/rig/sensing/sensed-steps'
import { RigLink } from '#protocol/rig-link'
import { countThrough, lastTick } from '#units/cadence'
import { program } from '../avr/support/machine.ts'
import { Body } from '../protocol/body.ts'

const WIRING: PumpWiring = { lines: 'coils', encoder: true }
const CYCLES_per_us = 16
const [NEWLINE, SECOND_cycles] = [0x0a, 16_000_000]

interface Losses {
  /** Whether the piece with this number, on this way, is lost. */
  readonly loses?: (way: 'to-rig' | 'to-host', number: number) => boolean
  readonly fetch_us?: number
  /** How much faster the crystal of the rig is than the clock of the host, in parts per million; the clock is then followed. */
  readonly rig_ppm?: number
}

/** Host and rig with a line between them, and a pump that steps each 1.92 s. */
class LossyLine {
  readonly bench = new PumpBench({
    rig: rigFirmware(),
    pump: { flash: program('free-pump'), eeprom: Uint8Array.of(0, 0, 0) },
    lines: 'coils',
  })
  /** The host that has the rig look on. */
  readonly host: SenseHost
  readonly #cycles_per_us: number
  readonly #loses: NonNullable<Losses['loses']>
  readonly #clock = new FirmwareClock(this.bench.rig)
  #heard: number[] = []
  #pieces = 0
  #started = false

  constructor({ loses = () => false, fetch_us = 2_000_000, rig_ppm }: Losses) {
    this.#loses = loses
    this.#cycles_per_us = CYCLES_per_us * (1 + (rig_ppm ?? 0) / 1e6)
    let nonce = 0
    const options = { wiring: WIRING, nonce: () => (nonce += 1), fetch_us, count_us: Math.min(fetch_us, 1_000_000) }
    this.host = new SenseHost({ ...options, virtual: rig_ppm === undefined }, 0)
    this.bench.rig.onTransmitted = ({ value }) => {
      this.#heard.push(value)
      if (value === NEWLINE) this.bench.rig.stop()
    }
    this.host.connected(0)
  }

  get now_us(): number {
    return this.bench.rig.now / this.#cycles_per_us
  }

  /** The cable is out for so long, and nobody hears of anything meanwhile. */
  unplugged(seconds: number): this {
    this.host.disconnected('the cable is out', this.now_us)
    const end = this.bench.rig.now + seconds * SECOND_cycles
    while (this.bench.rig.now < end) this.bench.runTo(end)
    this.#heard = []
    this.host.connected(this.now_us)
    return this
  }

  run(seconds: number): this {
    const end = this.bench.rig.now + seconds * SECOND_cycles
    while (this.bench.rig.now < end && this.host.failure === undefined) {
      for (const bytes of this.host.drain().send) {
        this.#pieces += 1
        if (!this.#loses('to-rig', this.#pieces)) this.bench.rig.send(bytes)
      }
      const wake = Math.ceil((this.host.wake_us ?? Number.POSITIVE_INFINITY) * this.#cycles_per_us)
      this.bench.runTo(Math.max(this.bench.rig.now, Math.min(end, wake)))
      const heard = this.#heard
      this.#heard = []
      if (heard.length > 0) this.#pieces += 1
      if (heard.length > 0 && !this.#loses('to-host', this.#pieces)) {
        this.host.receive(Uint8Array.from(heard), this.now_us)
      } else this.host.pass(this.now_us)
      this.#startPump()
    }
    return this
  }

  #startPump(): void {
    const { zero_tick } = this.host
    this.#clock.look()
    if (this.#started || !this.host.ready) return
    this.#started = true
    if (zero_tick !== undefined) this.bench.start(this.#clock.cycleAfter(zero_tick - 1))
    else this.bench.start(Math.ceil(this.host.instant_us(0) * this.#cycles_per_us))
  }

  /** Ticks of the steps so far, on the axis of the run. */
  steps(): number[] {
    const { motion } = this.host.tell(this.host.known_tick)
    return motion.flatMap((cadence) => {
      expect(countThrough(cadence, lastTick(cadence))).toBe(1)
      return [cadence.first - PLAYOUT_ticks]
    })
  }
}

const due = (count: number) => Array.from({ length: count }, (_, k) => 30_000 * (k + 1))

describe('the host of a rig that looks on', () => {
  it('has every step at its tick', () => {
    const line = new LossyLine({}).run(61)
    expect(line.host.failure).toBeUndefined()
    expect(line.steps()).toEqual(due(31).filter((tick) => tick <= line.host.known_tick - PLAYOUT_ticks))
  })

  it.each([7, 5, 3])('has every step at its tick when every %s-th piece is lost on the line', (every) => {
    const line = new LossyLine({ loses: (_, number) => number % every === 0 }).run(90)
    expect(line.host.failure).toBeUndefined()
    const steps = line.steps()
    expect(steps).toEqual(due(steps.length))
    expect(steps.length).toBeGreaterThanOrEqual(42)
    expect(line.host.statistics.retries).toBeGreaterThan(0)
  })

  it('has every step at its tick when they come a minute at a time, in several frames', () => {
    const line = new LossyLine({ fetch_us: 60_000_000 }).run(64)
    expect(line.host.failure).toBeUndefined()
    const steps = line.steps()
    expect(steps).toEqual(due(steps.length))
    expect(steps.length).toBeGreaterThanOrEqual(30)
  })

  it('goes on fetching when the telemetry alone is lost, for it is not repeated by itself', () => {
    let lost = 0
    const line = new LossyLine({
      // Answers come first and telemetry after them: each second piece to the host.
      loses: (way, number) => way === 'to-host' && number > 20 && number % 2 === 0 && ++lost < 20,
    }).run(90)
    expect(lost).toBeGreaterThan(5)
    const steps = line.steps()
    expect(steps).toEqual(due(steps.length))
    expect(steps.length).toBeGreaterThanOrEqual(42)
  })

  it.each([-4000, 4000])(
    'has every step within its uncertainty of 50 ms by a rig whose clock is off by %s ppm',
    (rig_ppm) => {
      const line = new LossyLine({ rig_ppm }).run(64)
      expect(line.host.failure).toBeUndefined()
      const steps = line.steps()
      expect(steps.length).toBeGreaterThanOrEqual(29)
      // By the clock of the host, which counts as true, the pump is as far off as the rig, whose crystal is as fast.
      for (const [k, tick] of steps.entries()) {
        const true_us = (30_000 * (k + 1) * 64) / (1 + rig_ppm / 1e6)
        expect(Math.abs(tick * 64 - true_us)).toBeLessThan(10_000)
      }
    },
  )

  it('has every step at its tick although the cable was out for seconds', () => {
    const line = new LossyLine({}).run(20).unplugged(8).run(30)
    expect(line.host.failure).toBeUndefined()
    const steps = line.steps()
    expect(steps).toEqual(due(steps.length))
    expect(steps.length).toBeGreaterThanOrEqual(28)
  })

  it('ends the run when the cable stays out', () => {
    const line = new LossyLine({}).run(20)
    line.host.disconnected('the cable is out', line.now_us)
    expect(line.run(12).host.failure).toContain('was not back within 10 s')
  })

  it('lets the rig turn its own motor again', () => {
    const line = new LossyLine({}).run(5)
    expect(line.host.halted).toBe(false)
    line.host.halt(line.now_us)
    line.run(0.2)
    expect(line.host.halted).toBe(true)
  })

  it('that is gone without a word leaves a rig that the next host takes over and turns the motor of', () => {
    const { bench } = new LossyLine({}).run(5)
    let heard: number[] = []
    bench.rig.onTransmitted = ({ value }) => {
      heard.push(value)
      if (value === NEWLINE) bench.rig.stop()
    }
    const now_us = () => bench.rig.now / CYCLES_per_us
    const next = new WireHost({ speed: 1, nonce: () => 77, virtual: true }, now_us())
    next.connected(now_us())
    const end = bench.rig.now + 12 * SECOND_cycles
    let asked = false
    while (bench.rig.now < end) {
      for (const bytes of next.drain().send) bench.rig.send(bytes)
      const wake = Math.ceil((next.wake_us ?? now_us()) * CYCLES_per_us)
      bench.runTo(Math.max(bench.rig.now, Math.min(end, wake)))
      if (heard.length > 0) next.receive(Uint8Array.from(heard), now_us())
      else next.pass(now_us())
      heard = []
      if (!next.ready || asked) continue
      asked = true
      next.segment(
        { first: next.runTick(now_us()) + 40_000, phase: 0, count: 5, quotient: 2000, remainder: 0, divisor: 1 },
        now_us(),
      )
    }
    expect(asked).toBe(true)
    // Nothing is refused; that no encoder follows a motor which is not there is another matter.
    expect(next.failure).toBeUndefined()
    expect(next.statistics.refusals).toBe(0)
  })

  it('ends the run when the rig restarts', () => {
    const line = new LossyLine({}).run(10)
    line.bench.rig.reset('brown-out')
    line.run(10)
    expect(line.host.failure).toContain('restarted')
  })

  it('ends the run when the line is dead', () => {
    expect(new LossyLine({ loses: (_, number) => number > 30 }).run(60).host.failure).toContain(
      'nothing was heard for 3 s',
    )
  })

  it('ends the run when edges found no room', () => {
    const line = new LossyLine({ fetch_us: 120_000_000 }).run(60)
    expect(line.host.failure).toBeUndefined()
    line.run(20)
    expect(line.host.failure).toContain('faster than they could be fetched')
  })

  it('says so of a rig that has no such lines', () => {
    const rig = new RigLink({ boot: '0000000A', build: '00000000', body: new Body() })
    const host = new SenseHost({ wiring: WIRING, nonce: () => 1 }, 0)
    host.connected(0)
    for (let turn = 0; turn < 8; turn += 1) {
      for (const bytes of host.drain().send) {
        for (const answer of rig.receive(bytes, turn)) host.receive(answer, turn * 1000)
      }
    }
    expect(host.failure).toBe('the rig has no lines for a pump that turns its own motor')
  })

  it('gives up a rig that greets whenever it is asked and answers nothing else', () => {
    const rig = new RigLink({ boot: '0000000A', build: '00000000', body: new Body() })
    let nonce = 0
    const host = new SenseHost({ wiring: WIRING, nonce: () => (nonce += 1) }, 0)
    host.connected(0)
    for (let now_us = 0; now_us <= 20_000_000; now_us += 10_000) {
      const { send, reconnect } = host.drain()
      if (reconnect) host.connected(now_us)
      for (const answer of send.flatMap((bytes) => rig.receive(bytes, Math.floor(now_us / 64)))) {
        if (Buffer.from(answer).includes('WELCOME,')) host.receive(answer, now_us)
      }
      host.pass(now_us)
    }
    expect(host.failure).toContain('has answered HELLO since and no command within 10 s')
  })

  it('ends the run where there is no rig', () => {
    const host = new SenseHost({ wiring: WIRING, nonce: () => 1 }, 0)
    host.connected(0)
    for (let now_us = 0; now_us <= 6_000_000; now_us += 100_000) host.pass(now_us)
    expect(host.failure).toContain('no rig answered HELLO')
  })
})
