/**
 * The rig as an instrument, emulated: machine code of a pump turns its own motor, the machine code of the rig looks on, and the run has
 * what the rig saw.
 *
 * The pump is free-running. One that nobody speaks to gets its power at time zero of the run; one at whose UART the bench is has it before and
 * is started then, and its time stands where that of the bench does, but for what an exchange takes. A step is booked when its
 * edge was seen, one playout later as on every rig, so that a pump that is late, loses steps or turns back shows in the delivered
 * ledger and in no other.
 */
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { type Mishap, PumpBench, type PumpBenchOptions } from '#hil/rig/avr/pump-bench'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { rigFirmware } from '#hil/rig/avr/rig'
import { RIG_BUILD } from '#hil/rig/firmware/image'
import { defineRig, type Rig, type RigDefinition, RigError, type RigReport, TICK_us } from '#hil/rig/rig'
import { SenseHost } from '#hil/rig/sensing/sense-host'
import { type PumpWiring, seenBy } from '#hil/rig/sensing/sensed-steps'
import type { WireStatistics } from '#protocol/wire-tally'

const CYCLES_per_us = CLOCK_Hz / 1_000_000
const TICK_cycles = TICK_us * CYCLES_per_us
const SLICE_cycles = CLOCK_Hz / 1000
const NEWLINE = 0x0a
/** What the other end reads of a byte that was sent at a wrong speed. */
const ILLEGIBLE = 0xff
/**
 * A tick that is stated is that of the edge or the next one, and a tick has a width: an instant may be out by two of them. The clock is
 * exact here, so nothing comes on top.
 */
const INSTANT_us = 2 * TICK_us
/** How often edges and counters are fetched unless given: the rig holds 72 edges, those of seven steps a second for so long. */
const FETCH_us = 5_000_000
/** Where nothing that a run does reaches the pump its time may run ahead of the run, and edges are fetched for so long at a time. */
const AHEAD_ticks = 10_000_000 / TICK_us

export interface EmulatedInstrumentOptions {
  /** Flash and EEPROM image of the pump. */
  readonly pump: PumpBenchOptions['pump']
  readonly wiring: PumpWiring
  /** See {@link PumpBenchOptions.pump_ppm}. */
  readonly pump_ppm?: number
  /** What befalls the motor, in microseconds of the run. */
  readonly mishaps?: readonly { readonly at_us: number; readonly what: Mishap['what'] }[]
  /** How often edges and counters are fetched, in microseconds; each 5 s if not given, enough for seven steps a second. */
  readonly fetch_us?: number
  /** Given the two controllers before time runs: for a probe at their pins. */
  readonly probe?: (bench: PumpBench) => void
  /** Given the two controllers when the pump has its power, if somebody speaks to it: its time is then held to that of the run. */
  readonly spokenTo?: (bench: PumpBench) => void
}

class EmulatedInstrument implements Rig {
  readonly provenance
  readonly #bench: PumpBench
  readonly #clock: FirmwareClock
  readonly #host: SenseHost
  readonly #mishaps: NonNullable<EmulatedInstrumentOptions['mishaps']>
  readonly #isSpokenTo: boolean
  #heard: number[] = []
  #told_tick = 0
  /** The cycle of the rig at tick 0 of the run. */
  #zero = 0
  #closed = false

  constructor(options: EmulatedInstrumentOptions) {
    const { pump, wiring, pump_ppm = 0, mishaps = [], fetch_us = FETCH_us, probe, spokenTo } = options
    const { lines, encoder } = wiring
    this.provenance = { displaced: seenBy(wiring, INSTANT_us), uncertainty_percent: 0, instant_us: INSTANT_us }
    this.#bench = new PumpBench({ rig: rigFirmware(), pump, lines, pump_ppm, encoder })
    this.#mishaps = mishaps
    this.#clock = new FirmwareClock(this.#bench.rig)
    this.#host = new SenseHost({ wiring, nonce: () => 1, fetch_us, count_us: fetch_us, virtual: true }, this.#now_us)
    this.#bench.rig.onTransmitted = ({ value, legible }) => {
      this.#heard.push(legible ? value : ILLEGIBLE)
      if (value === NEWLINE) this.#bench.rig.stop()
    }
    probe?.(this.#bench)
    this.#isSpokenTo = spokenTo !== undefined
    if (spokenTo === undefined) return
    this.#bench.start(this.#bench.rig.now)
    spokenTo(this.#bench)
  }

  get identity(): string {
    return `ATmega328P emulated, looking on, ${this.#host.identity}`
  }

  open(): void {
    // What was said to the pump to set it up took its time.
    while (this.#bench.rig.now < this.#bench.pumpReached) this.#bench.runTo(this.#bench.pumpReached)
    // And the rig has told meanwhile that it has its power, which is nothing to a session that is to begin.
    this.#heard = []
    this.#host.connected(this.#now_us)
    let zero_tick = this.#host.zero_tick
    while (zero_tick === undefined) {
      this.#turn(this.#soon)
      this.#throwFailure()
      zero_tick = this.#host.zero_tick
    }
    this.#clock.look()
    this.#zero = this.#clock.cycleAfter(zero_tick - 1)
    for (const { at_us, what } of this.#mishaps) this.#bench.befall({ cycle: this.#zero + at_us * CYCLES_per_us, what })
    if (!this.#isSpokenTo) this.#bench.start(this.#zero)
    else while (this.#bench.rig.now < this.#zero) this.#turn(this.#zero)
  }

  /** What a pump orders of a motor is not what this rig turns: the pump under test turns its own. */
  send(): void {}

  advance(to_tick: number): RigReport {
    if (this.#closed) throw new RigError('the rig is closed')
    const [present, ahead_ticks] = this.#isSpokenTo ? [this.#zero + to_tick * TICK_cycles, 0] : [0, AHEAD_ticks]
    for (;;) {
      const isThere = this.#bench.rig.now >= present
      const reached = Math.max(this.#told_tick, Math.min(to_tick, this.#host.known_tick))
      if ((reached >= to_tick && isThere) || (this.#host.failure !== undefined && reached > this.#told_tick)) {
        this.#told_tick = reached
        return this.#host.tell(reached)
      }
      this.#throwFailure()
      this.#host.want(to_tick + ahead_ticks, this.#now_us)
      this.#turn(isThere ? this.#soon : present)
    }
  }

  wire(): WireStatistics {
    return this.#host.statistics
  }

  close(): void {
    this.#closed = true
  }

  get #now_us(): number {
    return this.#bench.rig.now / CYCLES_per_us
  }

  /** The pump runs before the rig, and must not run away from where the bench may speak to it. */
  get #soon(): number {
    return this.#isSpokenTo ? this.#bench.rig.now + SLICE_cycles : Number.POSITIVE_INFINITY
  }

  #throwFailure(): void {
    if (this.#host.failure !== undefined) throw new RigError(this.#host.failure)
  }

  /** Lets time run until either end has something to say, and no further than to a cycle. */
  #turn(most: number): void {
    for (const bytes of this.#host.drain().send) this.#bench.rig.send(bytes)
    const wake_us = this.#host.wake_us ?? Number.POSITIVE_INFINITY
    const cycle = Math.min(Math.ceil(wake_us * CYCLES_per_us), most)
    if (!Number.isFinite(cycle)) throw new RigError('nothing will ever happen on the line again')
    this.#bench.runTo(Math.max(this.#bench.rig.now, cycle))
    const heard = this.#heard
    this.#heard = []
    if (heard.length > 0) this.#host.receive(Uint8Array.from(heard), this.#now_us)
    else this.#host.pass(this.#now_us)
  }
}

/** An emulated rig that looks on while an emulated pump turns its own motor. */
export function emulatedInstrument(options: EmulatedInstrumentOptions): RigDefinition {
  return defineRig({
    name: 'avr-instrument',
    clock: 'virtual',
    looksOn: true,
    firmware: RIG_BUILD,
    create: () => new EmulatedInstrument(options),
  })
}
