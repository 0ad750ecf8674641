/**
 * The host of a rig that looks on: what is lost on the line is asked for again, and what cannot be vouched for ends the run.
 *
 * At the other end is the firmware as machine code; the line between them loses whole pieces, or the pump is too fast for it.
 */
import { describe, expect, it } from 'vitest'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { PumpBench } from '#hil/rig/avr/pump-bench'
import { rigFirmware } from '#hil/rig/avr/rig'
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
}

/** Host and rig with a line between them, and a pump that steps each 1.92 s. */
class LossyLine {
  readonly bench = new PumpBench({
    rig: rigFirmware(),
    pump: { flash: program('free-pump'), eeprom: Uint8Array.of(0, 0, 0) },
    lines: 'coils',
  })
  readonly host: SenseHost
  readonly #loses: NonNullable<Losses['loses']>
  readonly #clock = new FirmwareClock(this.bench.rig)
  #heard: number[] = []
  #pieces = 0
  #started = false

  constructor({ loses = () => false, fetch_us = 2_000_000 }: Losses) {
    this.#loses = loses
    this.host = new SenseHost({ wiring: WIRING, nonce: () => 1, fetch_us, count_us: fetch_us }, 0)
    this.bench.rig.onTransmitted = ({ value }) => {
      this.#heard.push(value)
      if (value === NEWLINE) this.bench.rig.stop()
    }
    this.host.connected(0)
  }

  get now_us(): number {
    return this.bench.rig.now / CYCLES_per_us
  }

  run(seconds: number): this {
    const end = this.bench.rig.now + seconds * SECOND_cycles
    while (this.bench.rig.now < end && this.host.failure === undefined) {
      for (const bytes of this.host.drain()) {
        this.#pieces += 1
        if (!this.#loses('to-rig', this.#pieces)) this.bench.rig.send(bytes)
      }
      const wake = Math.ceil((this.host.wake_us ?? Number.POSITIVE_INFINITY) * CYCLES_per_us)
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
    if (this.#started || zero_tick === undefined) return
    this.#clock.look()
    this.#started = true
    this.bench.start(this.#clock.cycleAfter(zero_tick - 1))
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

  it('ends the run when the rig restarts', () => {
    const line = new LossyLine({}).run(10)
    line.bench.rig.reset('brown-out')
    line.run(10)
    expect(line.host.failure).toContain('restarted')
  })

  it('ends the run when the line is dead', () => {
    expect(new LossyLine({ loses: (_, number) => number > 30 }).run(60).host.failure).toContain('fallen silent')
  })

  it('ends the run when edges found no room', () => {
    const line = new LossyLine({ fetch_us: 120_000_000 }).run(100)
    expect(line.host.failure).toBeUndefined()
    line.run(80)
    expect(line.host.failure).toContain('faster than they could be fetched')
  })

  it('says so of a rig that has no such lines', () => {
    const rig = new RigLink({ boot: '0000000A', build: '00000000', body: new Body() })
    const host = new SenseHost({ wiring: WIRING, nonce: () => 1 }, 0)
    host.connected(0)
    for (let turn = 0; turn < 8; turn += 1) {
      for (const bytes of host.drain()) {
        for (const answer of rig.receive(bytes, turn)) host.receive(answer, turn * 1000)
      }
    }
    expect(host.failure).toBe('the rig has no lines for a pump that turns its own motor')
  })

  it('ends the run where there is no rig', () => {
    const host = new SenseHost({ wiring: WIRING, nonce: () => 1 }, 0)
    host.connected(0)
    for (let now_us = 0; now_us <= 6_000_000; now_us += 100_000) host.pass(now_us)
    expect(host.failure).toContain('no rig answered HELLO')
  })
})
