/**
 * The rig `avr`: our firmware as machine code on an emulated ATmega328P, behind its serial line, in lock-step virtual time.
 *
 * Everything the host wants crosses the wire as bytes at 115200 baud; what the motor does is read off the coils and the
 * rotor they turn, never off what was commanded. Nothing waits for the clock on the wall.
 */
import type { LineEffect, LineScript } from '#hil/fault/line-script'
import { CROSSED_WIRING, SOUND_WIRING, type Wiring } from '#hil/plant/rotor'
import { Board, type Encoder } from '#hil/rig/avr/board'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { parseHex } from '#hil/rig/avr/hex'
import { Mcu } from '#hil/rig/avr/mcu'
import { FLASH_BYTES } from '#hil/rig/avr/registers'
import { WiredAvr } from '#hil/rig/avr/wired'
import { RIG_BUILD, RIG_HEX } from '#hil/rig/firmware/image'
import { latched, mismatched, restarted, undoneCommand } from '#hil/rig/link/failure'
import { OPENING_us } from '#hil/rig/link/opening'
import {
  defineRig,
  type Feedback,
  PLAYOUT_ticks,
  type Rig,
  type RigCommand,
  type RigDefinition,
  RigError,
  type RigReport,
  TICK_us,
} from '#hil/rig/rig'
import { RotorTrack } from '#hil/rig/rotor-track'
import { HostLink } from '#protocol/host-link'
import { type HostEvent, SERIAL_TIMES, type Turn } from '#protocol/link'
import { wireTick } from '#protocol/ticks'
import { type WireStatistics, WireTally } from '#protocol/wire-tally'
import { type Cadence, lastTick } from '#units/cadence'

const CYCLES_per_us = 16
/** Ticks between the open session and tick 0 of the run. */
const LEAD_ticks = 16
/** How far time runs before the reports that came in are looked at: less than a playout by far more than they take. */
const STRETCH_ticks = PLAYOUT_ticks / 2
/** A report follows its step before many more are made: five reports wait and travel while steps come each 1.1 ms. */
const LATEST = 64
/** Voltage of a fresh cell. */
const CELL_mV = 2900
/** A heartbeat a step, and at least this often for faster steps: twice within the shortest dead-man interval. */
const SHORTEST_BEAT_us = 1_000_000

export interface EmulatedRigOptions {
  /** The flash image to run. */
  readonly flash: Uint8Array
  /** How the coils are wired; soundly if not given. */
  readonly wiring?: Wiring
  /** Sound if not given. */
  readonly encoder?: Encoder
  /** Told at which cycle the processor turns to what: for whoever asks where its time goes. */
  readonly onActivity?: Mcu['onActivity']
  /** Given the chip with the board on it before time runs: for a probe at its pins, which passes on what it takes over. */
  readonly probe?: (mcu: Mcu) => void
}

class AvrRig implements Rig {
  readonly provenance = { displaced: 'modelled', uncertainty_percent: 0 } as const
  identity = 'not opened'
  readonly #mcu: Mcu
  readonly #board: Board
  readonly #wiring: Wiring
  readonly #link: HostLink
  readonly #clock: FirmwareClock
  readonly #tally = new WireTally()
  readonly #track = new RotorTrack()
  /** Set where the line is disturbed, and then all that talks to the rig. */
  #wired: WiredAvr | undefined
  #heard: number[] = []
  #wake_us: number | null = null
  /** Tick of the rig's own clock at which the run has tick 0; undefined before the session is open. */
  #zero: number | undefined
  /** Segments that may still run, for the pace of the heartbeat. */
  #segments: Cadence[] = []
  #inFlight: Feedback[] = []
  /** How often the coils drove the rotor on, and when they last did. */
  #driven = 0
  readonly #latest: { readonly driven: number; readonly tick: number }[] = []
  /** Set while the rotor is taken hold of or let go, so that its turning is not taken for a step. */
  #handled_tick: number | undefined
  /** Lost steps the reports have told of so far, and the ticks of those the host has not been told. */
  #lost = 0
  #lostTicks: number[] = []
  #closed = false
  /** What went wrong while time ran; thrown once the steps made until then have been reported. */
  #failure: { readonly cause: unknown } | undefined

  constructor({ flash, wiring = SOUND_WIRING, encoder = 'sound', onActivity, probe }: EmulatedRigOptions) {
    this.#mcu = new Mcu({ flash })
    if (onActivity !== undefined) this.#mcu.onActivity = onActivity
    this.#board = new Board(this.#mcu, CELL_mV, encoder)
    this.#wiring = wiring
    this.#board.rewire(wiring)
    this.#clock = new FirmwareClock(this.#mcu)
    this.#link = new HostLink({ times: { ...SERIAL_TIMES, beat_us: null }, nonce: () => 1 })
    this.#mcu.onTransmitted = ({ value, legible }) => {
      this.#heard.push(legible ? value : 0xff)
      if (value === NEWLINE) this.#mcu.stop()
    }
    this.#board.onTurned = ({ steps, cycle }) => {
      if (this.#handled_tick !== undefined) {
        this.#track.turned(steps, this.#handled_tick)
        return
      }
      const tick = this.#clock.tickAt(cycle) - (this.#zero ?? 0)
      this.#driven += 1
      this.#latest.push({ driven: this.#driven, tick })
      if (this.#latest.length > LATEST) this.#latest.shift()
      this.#track.turned(steps, tick)
    }
    probe?.(this.#mcu)
  }

  disturb(script: LineScript, onEffect: LineEffect): void {
    this.#wired = new WiredAvr({ mcu: this.#mcu, board: this.#board, script, onEffect })
  }

  open(): void {
    if (this.#wired !== undefined) {
      this.#wired.open()
      this.identity = this.#wired.identity
      return
    }
    this.#take(this.#link.open(this.#now_us))
    while (this.#zero === undefined) {
      if (this.#now_us > OPENING_us) throw new RigError('the emulated rig did not answer HELLO')
      this.#runTo(this.#mcu.now + OPENING_us)
    }
  }

  wire(): WireStatistics {
    return this.#wired?.wire() ?? this.#tally.statistics
  }

  close(): void {
    this.#closed = true
  }

  send(command: RigCommand): void {
    if (this.#wired !== undefined) {
      this.#wired.send(command)
      return
    }
    switch (command.kind) {
      case 'segment': {
        const { first, ...motion } = command.cadence
        this.#segments.push(command.cadence)
        this.#take(
          this.#link.request({ type: 'SEG', first: this.#wire(first), ...motion, direction: 'F' }, this.#now_us),
        )
        this.#track.expect(command.cadence)
        this.#pace()
        break
      }
      case 'cancel':
        this.#take(this.#link.request({ type: 'CANCEL', from: this.#wire(command.from_tick) }, this.#now_us))
        this.#track.cancel(command.from_tick)
        break
    }
  }

  hold(held: boolean, at_tick: number): void {
    this.#handle(at_tick, () => this.#board.hold(held))
  }

  cross(crossed: boolean, at_tick: number): void {
    this.#handle(at_tick, () => this.#board.rewire(crossed ? CROSSED_WIRING : this.#wiring))
  }

  #handle(at_tick: number, handling: () => void): void {
    this.#handled_tick = at_tick
    handling()
    this.#handled_tick = undefined
  }

  advance(to_tick: number): RigReport {
    if (this.#closed) throw new RigError('the rig is closed')
    if (this.#failure !== undefined) throw this.#failure.cause
    if (this.#wired !== undefined) return this.#wired.advance(to_tick)
    try {
      return this.#advance(to_tick)
    } catch (cause) {
      this.#failure = { cause }
      return { now_tick: Math.min(to_tick, this.#now_tick), motion: this.#track.collect(), feedback: [], lost: [] }
    }
  }

  #advance(to_tick: number): RigReport {
    this.#retire(this.#now_tick)
    for (;;) {
      // A report is heard well before it counts as arrived, so none is passed by.
      const arrival = this.#inFlight[0]?.tick ?? Number.POSITIVE_INFINITY
      const next = Math.min(to_tick, arrival, this.#now_tick + STRETCH_ticks, this.#retirement)
      this.#runTo(this.#clock.cycleAfter(next + (this.#zero ?? 0)))
      this.#retire(next)
      const arrived = this.#inFlight.filter(({ tick }) => tick <= next)
      const lost = this.#lostTicks
      if (arrived.length === 0 && lost.length === 0 && next < to_tick) continue
      this.#lostTicks = []
      this.#inFlight = this.#inFlight.slice(arrived.length)
      return { now_tick: next, motion: this.#track.collect(), feedback: arrived, lost }
    }
  }

  /** The tick at which the next segment is past: the pace of the heartbeat changes then, however time is sliced. */
  get #retirement(): number {
    return Math.min(...this.#segments.map((segment) => lastTick(segment) + 1))
  }

  get #now_us(): number {
    return this.#mcu.now / CYCLES_per_us
  }

  /** The present tick of the run. */
  get #now_tick(): number {
    return this.#clock.tickAt(this.#mcu.now) - (this.#zero ?? 0)
  }

  #wire(tick: number): number {
    return wireTick(tick + (this.#zero ?? 0))
  }

  /** Lets time run to the cycle; whatever is said meanwhile is heard and answered at its own cycle. */
  #runTo(cycle: number): void {
    while (this.#mcu.now < cycle) {
      const wake = this.#wake_us === null ? cycle : Math.ceil(this.#wake_us * CYCLES_per_us)
      this.#mcu.runTo(Math.max(this.#mcu.now, Math.min(cycle, wake)))
      if (this.#heard.length > 0) {
        const bytes = Uint8Array.from(this.#heard)
        this.#heard = []
        this.#tally.received(bytes, this.#now_us)
        this.#take(this.#link.receive(bytes, this.#now_us))
      } else if (this.#wake_us !== null && this.#now_us >= this.#wake_us) {
        this.#take(this.#link.pass(this.#now_us))
      }
    }
  }

  #take(turn: Turn): void {
    this.#wake_us = turn.wake_us
    for (const bytes of turn.send) {
      this.#tally.sent(bytes, this.#now_us)
      this.#mcu.send(bytes)
    }
    for (const event of turn.events) this.#hear(event)
  }

  #hear(event: HostEvent): void {
    switch (event.kind) {
      case 'session':
        if (this.#zero !== undefined) throw new RigError('the emulated rig opened a second session')
        this.#zero = event.tick + LEAD_ticks
        this.identity = `ATmega328P emulated, ${event.welcome.identity}, firmware ${event.welcome.build}`
        break
      case 'telemetry': {
        // A report belongs to the step it follows; one that follows none, as at the start, tells nothing.
        const { forward, lost } = event.report
        this.#noteLost(forward, lost)
        const step = this.#latest.find(({ driven }) => driven === forward)
        if (step !== undefined) this.#inFlight.push({ tick: step.tick + PLAYOUT_ticks, forward, lost })
        break
      }
      case 'outcome':
        if (event.outcome.kind === 'done') break
        throw new RigError(undoneCommand(event.outcome))
      case 'mismatch':
        throw new RigError(mismatched(event))
      case 'silent':
        throw new RigError(
          this.#zero === undefined
            ? `no rig answered HELLO within ${SERIAL_TIMES.deadline_us / 1e6} s: it has to run the firmware of a rig`
            : `the rig has fallen silent: an answer was due for ${SERIAL_TIMES.silence_us / 1e6} s`,
        )
      case 'restarted':
        throw new RigError(restarted(event))
      case 'halted':
        throw new RigError(latched(event))
      case 'flawed':
      case 'log':
        break
    }
  }

  /**
   * A report comes for every lost step. Where several became one, because steps came faster than the line could tell of
   * them, the latest steps are taken for the lost ones.
   */
  #noteLost(forward: number, lost: number): void {
    for (let driven = forward - (lost - this.#lost) + 1; driven <= forward; driven += 1) {
      const step = this.#latest.find((latest) => latest.driven === driven)
      if (step === undefined) throw new RigError(`the rig lost step ${driven}, of which nothing is known any more`)
      this.#lostTicks.push(step.tick)
    }
    this.#lost = lost
  }

  /** Forgets segments that are past, and paces the heartbeat to the rest. */
  #retire(now_tick: number): void {
    const live = this.#segments.filter((segment) => lastTick(segment) >= now_tick)
    if (live.length === this.#segments.length) return
    this.#segments = live
    this.#track.forget(now_tick)
    this.#pace()
  }

  #pace(): void {
    const intervals = this.#segments.map(({ quotient }) => Math.max(SHORTEST_BEAT_us, quotient * TICK_us))
    const beat_us = intervals.length === 0 ? null : Math.min(...intervals)
    this.#take(this.#link.beatEvery(beat_us, this.#now_us))
  }
}

const NEWLINE = 0x0a

/** An emulated rig with any firmware and any wiring, for benches that test the bench. */
export function emulatedRig(options: EmulatedRigOptions): RigDefinition {
  return defineRig({ name: 'avr', clock: 'virtual', line: true, firmware: null, create: () => new AvrRig(options) })
}

/** The flash image of the rig firmware that comes with pumpbench. */
export function rigFirmware(): Uint8Array {
  const image = parseHex(RIG_HEX, FLASH_BYTES)
  if (!image.ok) throw new Error('the image of the rig firmware is damaged')
  return image.bytes
}

export const avrRig = defineRig({
  name: 'avr',
  clock: 'virtual',
  line: true,
  firmware: RIG_BUILD,
  create: () => new AvrRig({ flash: rigFirmware() }),
})
