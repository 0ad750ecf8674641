/**
 * Timer/Counter 0, 1 and 2 of the ATmega328P in their two plain modes, normal and CTC (DS40002061, sections 15 to 18).
 *
 * Time costs nothing here: a counter is worked out when someone looks, and its alarm is set to the next edge of its clock
 * at which an enabled interrupt would be requested. The prescaler runs freely from the reset and is common to timers 0
 * and 1. The 16-bit registers share one temporary byte, so an interrupt between the two halves of an access does its
 * harm. A timer clocked by its pin counts every edge of it, at once rather than after the two or three cycles that the chip takes to
 * see it. Pulse width modulation, output pins and input capture are refused.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import { Counter, MATCHED_A, MATCHED_B, OVERFLOWED } from '#hil/rig/avr/counter'
import { GTCCR } from '#hil/rig/avr/registers'
import { TIMER_LAYOUTS, type TimerLayout } from '#hil/rig/avr/timer-layout'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

const OUTPUT_PINS = 0xf0
const LOWER_MODE = 0x03
const CLOCK_SELECT = 0x07
const CAPTURE = 0x20
/** In GTCCR: keeps the prescalers in reset. */
const HOLD = 0x80

class Timer {
  readonly #core: Core
  readonly #layout: TimerLayout
  readonly #counter: Counter
  readonly #alarm: Alarm
  /** The flags with their vectors. */
  readonly #requests: readonly (readonly [flag: number, vector: number])[]
  #flags = 0
  #enables = 0
  #temporary = 0
  /** Cycle at which the prescaler was last reset. */
  #origin: number
  /** Cycles of one clock of this timer; 0 while it stands or is clocked by its pin. */
  #divider = 0
  /** The edges of its pin that it counts, if it does. */
  #edge: 'falling' | 'rising' | undefined
  /** Edges of its clock since the origin that the counter has seen. */
  #edges = 0

  constructor(core: Core, layout: TimerLayout) {
    const { compareA, compareB, overflow } = layout.vectors
    this.#core = core
    this.#layout = layout
    this.#counter = new Counter(2 ** (8 * layout.bytes) - 1)
    this.#origin = core.now
    this.#requests = [
      [MATCHED_A, compareA],
      [MATCHED_B, compareB],
      [OVERFLOWED, overflow],
    ]
    this.#alarm = core.agenda.alarm((due) => this.#at(due))
    for (const [flag, vector] of this.#requests) core.interrupts.onEntry(vector, () => this.#clear(flag))
    this.#attachControl()
    this.#attachFlags()
    this.#attachCounts()
  }

  /** The cycle at which the counter last was, or counting back would have been, zero; undefined while it stands. */
  get zero_cycle(): number | undefined {
    if (this.#divider === 0) return undefined
    this.#catchUp(this.#core.now)
    return this.#origin + (this.#edges - this.#counter.value) * this.#divider
  }

  /** Its pin has changed to this level. */
  pinChanged(isHigh: boolean): void {
    if (this.#edge !== (isHigh ? 'rising' : 'falling')) return
    this.#flags |= this.#counter.advance(1)
    this.#plan()
  }

  /** Starts the prescaler anew. */
  resetPrescaler(): void {
    this.#catchUp(this.#core.now)
    this.#origin = this.#core.now
    this.#edges = 0
    this.#plan()
  }

  #attachControl(): void {
    const core = this.#core
    const { control, dividers, clearMode, upperMode } = this.#layout
    const modeChanged = () => {
      const mode = ((core.load(control + 1) & upperMode) >> 1) | (core.load(control) & LOWER_MODE)
      if (mode !== 0 && mode !== clearMode) throw new UnmodelledError(`waveform mode ${mode} of a timer`)
      this.#counter.clears = mode === clearMode
    }
    core.onWrite(control, (value) => {
      if ((value & OUTPUT_PINS) !== 0) throw new UnmodelledError('output pin of a timer')
      this.#catchUp(core.now)
      core.store(control, value)
      modeChanged()
      this.#plan()
    })
    core.onWrite(control + 1, (value) => {
      const clock = dividers[value & CLOCK_SELECT] ?? 0
      const divider = typeof clock === 'number' ? clock : 0
      this.#catchUp(core.now)
      core.store(control + 1, value)
      modeChanged()
      this.#edge = typeof clock === 'number' ? undefined : clock
      this.#divider = divider
      this.#edges = divider === 0 ? 0 : Math.floor((core.now - this.#origin) / divider)
      this.#plan()
    })
  }

  #attachFlags(): void {
    const core = this.#core
    const { flags, enables } = this.#layout
    core.onRead(flags, () => {
      this.#catchUp(core.now)
      return this.#flags
    })
    core.onWrite(flags, (value, mask) => this.#clear(value & mask))
    core.onWrite(enables, (value) => {
      if ((value & CAPTURE) !== 0) throw new UnmodelledError('input capture of a timer')
      this.#catchUp(core.now)
      core.store(enables, value)
      this.#enables = value
      this.#plan()
    })
  }

  #attachCounts(): void {
    const core = this.#core
    const counter = this.#counter
    const { counter: count, compareA, compareB, bytes } = this.#layout
    const written = (low: number) => (bytes === 1 ? low : (this.#temporary << 8) | low)
    core.onRead(count, () => {
      this.#catchUp(core.now)
      this.#temporary = counter.value >> 8
      return counter.value & 0xff
    })
    this.#onSet(count, (low) => {
      counter.value = written(low)
      counter.blocked = true
    })
    this.#onSet(compareA, (low) => {
      counter.compareA = written(low)
    })
    this.#onSet(compareB, (low) => {
      counter.compareB = written(low)
    })
    core.onRead(compareA, () => counter.compareA & 0xff)
    core.onRead(compareB, () => counter.compareB & 0xff)
    if (bytes === 1) return
    core.onRead(count + 1, () => this.#temporary)
    core.onRead(compareA + 1, () => counter.compareA >> 8)
    core.onRead(compareB + 1, () => counter.compareB >> 8)
    for (const low of [count, compareA, compareB]) {
      core.onWrite(low + 1, (value) => {
        this.#temporary = value
      })
    }
  }

  #onSet(register: number, set: (low: number) => void): void {
    this.#core.onWrite(register, (value) => {
      this.#catchUp(this.#core.now)
      set(value)
      this.#plan()
    })
  }

  #clear(flags: number): void {
    this.#catchUp(this.#core.now)
    this.#flags &= ~flags
    this.#plan()
  }

  #at(cycle: number): void {
    this.#catchUp(cycle)
    this.#plan()
  }

  /** Lets the counter see every edge up to the cycle. */
  #catchUp(cycle: number): void {
    if (this.#divider === 0) return
    const edges = Math.floor((cycle - this.#origin) / this.#divider)
    if (edges <= this.#edges) return
    this.#flags |= this.#counter.advance(edges - this.#edges)
    this.#edges = edges
  }

  /** Requests what is due and sets the alarm to the next edge that sets a flag with an enabled interrupt. */
  #plan(): void {
    let edges = Number.POSITIVE_INFINITY
    for (const [flag, vector] of this.#requests) {
      const enabled = (this.#enables & flag) !== 0
      const requested = enabled && (this.#flags & flag) !== 0
      this.#core.interrupts.request(vector, requested)
      if (enabled && !requested) edges = Math.min(edges, this.#counter.edgesUntil(flag))
    }
    const due = this.#divider === 0 ? Number.POSITIVE_INFINITY : this.#origin + (this.#edges + edges) * this.#divider
    this.#core.agenda.set(this.#alarm, due)
  }
}

/** What a logic analyzer on the counters would tell, and what comes in on their pins. */
export interface TimerProbe {
  /** When the counter of the timer last was zero, in cycles; undefined while it stands or is clocked by its pin. */
  readonly zeroOf: (timer: number) => number | undefined
  /** Pins of port D are at these levels, of which some have changed. */
  readonly pinsChanged: (levels: number, changes: number) => void
}

/** The three timers of the chip and the prescaler reset they share. */
export function attachTimers(core: Core): TimerProbe {
  const timers = TIMER_LAYOUTS.map((layout) => {
    const { prescaler, clockPin } = layout
    return { prescaler, clockPin, timer: new Timer(core, layout) }
  })
  core.onWrite(GTCCR, (value) => {
    if ((value & HOLD) !== 0) throw new UnmodelledError('halted prescaler')
    for (const { prescaler, timer } of timers) if ((value & prescaler) !== 0) timer.resetPrescaler()
  })
  const pinned = timers.flatMap(({ timer, clockPin }) =>
    clockPin === undefined ? [] : [{ timer, mask: 1 << clockPin }],
  )
  return {
    zeroOf: (timer) => timers[timer]?.timer.zero_cycle,
    pinsChanged: (levels, changes) => {
      for (const { timer, mask } of pinned) if ((changes & mask) !== 0) timer.pinChanged((levels & mask) !== 0)
    },
  }
}
