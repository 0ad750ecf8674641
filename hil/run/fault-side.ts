/**
 * The faults' side of the bench: which are at work, and whether each was seen to have its effect.
 *
 * A fault that never had any says nothing of the pump, so its effect is on record and not taken for granted.
 */
import type { Effect } from '#hil/fault/fault'
import { type FaultTurn, signOf, turnsOf } from '#hil/fault/faults'
import { type LineEffect, type LineScript, lineScriptOf } from '#hil/fault/line-script'
import { TICK_us } from '#hil/rig/rig'
import { wholeMicroseconds } from '#hil/run/exact'
import type { Recorder } from '#hil/run/recorder'
import type { ClockSetting, Fault, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, ratio, toSafeInteger, whole, ZERO } from '#units/rational'

/** A fault by its place among the scenario's, from 1. */
export interface Numbered {
  readonly number: number
  readonly fault: Fault
}

/** Ticks of the rig, less its playout, within which the rotor was held: after the first, through the last. */
interface Hold extends Numbered {
  readonly after_tick: number
  through_tick: number
  fired: boolean
}

/** Steps that the encoder does not show: due after the first instant, up to the last. */
interface Blindness extends Numbered {
  readonly after_us: Time_us
  through_us: Time_us | null
  fired: boolean
}

const NEVER = Number.POSITIVE_INFINITY

/** Faults whose effect is there as soon as a pump with power meets them, and what it is. */
const AT_ONCE: { readonly [N in Fault['fault']]?: string } = {
  'brown-out': 'the supply of the pump sagged and reset it',
  'clock-step': 'the clock of the pump shows another time than before',
}

export class FaultSide {
  readonly turns: readonly FaultTurn[]
  readonly #scenario: Scenario
  /** What is done to the line between host and rig. */
  readonly line: LineScript
  readonly #recorder: Recorder
  /** Bytes that each fault of the line has touched, by its number. */
  readonly #touched = new Map<number, number>()
  readonly #firstTouches = new Map<number, { readonly at_us: number; readonly bytes: number }>()
  readonly #lineAtWork = new Set<number>()
  /** Cuts of power that the pump was told of and that have not come, oldest first. */
  #cuts: Numbered[] = []
  readonly #holds: Hold[] = []
  readonly #blind: Blindness[] = []
  /** What is to go wrong with the settings of the clock to come, the next first. */
  readonly #settings: (Numbered & { readonly how: ClockSetting })[] = []
  /** Faults of the plant that are at work and have not been seen to be. */
  #unseen: Numbered[] = []

  constructor(scenario: Scenario, recorder: Recorder) {
    this.turns = turnsOf(scenario)
    this.line = lineScriptOf(scenario)
    this.#scenario = scenario
    this.#recorder = recorder
  }

  /** Whether some fault holds the rotor, and whether some crosses its coils. */
  get needsHold(): boolean {
    return this.turns.some(({ deed }) => deed.to === 'rotor')
  }

  get needsCrossing(): boolean {
    return this.turns.some(({ deed }) => deed.to === 'coils')
  }

  /** Whether the rotor is held by any fault, and whether any has its coils crossed. */
  get held(): boolean {
    return this.#holdsNow('motor-stall')
  }

  get crossed(): boolean {
    return this.#holdsNow('motor-reverse')
  }

  #holdsNow(name: Fault['fault']): boolean {
    return this.#holds.some(({ fault, through_tick }) => fault.fault === name && through_tick === NEVER)
  }

  /** A fault begins, ends or has its effect at once. */
  turned({ fault, number, state, at_us, deed }: FaultTurn): void {
    if (fault.fault === 'power-cut') this.#cuts = ordered(this.#cuts, { number, fault }, fault.write === null)
    if (deed.to === 'rotor') this.#noteHold({ number, fault }, deed.held, tickAt(at_us))
    if (deed.to === 'coils') this.#noteHold({ number, fault }, deed.crossed, tickAt(at_us))
    if (deed.to === 'encoder') this.#noteBlindness({ number, fault }, deed.every_steps !== null, at_us)
    if (deed.to === 'programmer') this.#settings.push({ number, fault, how: deed.setting })
    if (deed.to === 'plant' && state === 'begun') this.#unseen.push({ number, fault })
    if (deed.to === 'plant' && state === 'ended') this.#unseen = without(this.#unseen, number)
    const bytes = state === 'ended' ? (this.#touched.get(number) ?? 0) : 0
    const detail = bytes === 0 ? fault.text : `${fault.text}: ${bytesText(bytes)} touched`
    if (state !== 'changed') this.#record({ number, fault }, state, at_us, detail)
    if (deed.to === 'line' && state === 'begun') this.#lineBegun(number)
  }

  /** The pump has met what begins at once, with power or without; a cut that took no power away then never will. */
  met({ fault, number, at_us }: FaultTurn, powered: boolean): void {
    if (fault.fault === 'power-cut' && fault.write === null) this.#cuts = without(this.#cuts, number)
    const detail = AT_ONCE[fault.fault]
    if (powered && detail !== undefined) this.#record({ number, fault }, 'fired', at_us, detail)
  }

  /** The clock is to be set at an instant: what goes wrong with that; null when nothing does. */
  clockToBeSet(at_us: Time_us): ClockSetting | null {
    const setting = this.#settings.shift()
    if (setting === undefined) return null
    this.#record(setting, 'fired', at_us, `the setting of the clock was ${setting.how}`)
    return setting.how
  }

  #noteHold(numbered: Numbered, begins: boolean, tick: number): void {
    if (begins) {
      this.#holds.push({ ...numbered, after_tick: tick, through_tick: NEVER, fired: false })
      return
    }
    const hold = this.#holds.findLast(({ number }) => number === numbered.number)
    if (hold !== undefined) hold.through_tick = tick
  }

  /** The plant did something at an instant; a fault whose effect it shows has had it. */
  moved(at_us: Time_us, effect: Effect): void {
    for (const { number, fault } of this.#unseen) {
      const detail = signOf(fault)?.(effect) ?? null
      if (detail === null) continue
      this.#unseen = without(this.#unseen, number)
      this.#record({ number, fault }, 'fired', at_us, detail)
    }
  }

  /** A fault of the line has touched bytes, or cut the line. */
  readonly lineTouched: LineEffect = ({ number, at_us, bytes }) => {
    const before = this.#touched.get(number)
    this.#touched.set(number, (before ?? 0) + bytes)
    if (before !== undefined) return
    this.#firstTouches.set(number, { at_us, bytes })
    if (this.#lineAtWork.has(number)) this.#noteTouch(number)
  }

  /** A rig is a little ahead of the bench and may have told of the first touch already. */
  #lineBegun(number: number): void {
    this.#lineAtWork.add(number)
    this.#noteTouch(number)
  }

  #noteTouch(number: number): void {
    const touch = this.#firstTouches.get(number)
    const fault = this.#scenario.faults[number - 1]
    if (touch === undefined || fault === undefined) return
    const what = fault.fault === 'line-unplug' ? 'the line was cut' : `${bytesText(touch.bytes)} touched`
    this.#record({ number, fault }, 'fired', as(whole(Math.max(0, Math.floor(touch.at_us)))), what)
  }

  #noteBlindness(numbered: Numbered, begins: boolean, at_us: Time_us): void {
    if (begins) {
      this.#blind.push({ ...numbered, after_us: at_us, through_us: null, fired: false })
      return
    }
    const blind = this.#blind.findLast(({ number }) => number === numbered.number)
    if (blind !== undefined) blind.through_us = at_us
  }

  /** A step was made that the encoder did not show. */
  stepUnseen(due_us: Time_us): void {
    for (const blind of this.#blind) {
      const { after_us, through_us } = blind
      const over = through_us !== null && compare(due_us, through_us) > 0
      if (blind.fired || over || compare(due_us, after_us) <= 0) continue
      blind.fired = true
      this.#record(
        blind,
        'fired',
        due_us,
        `the step due at ${duration(due_us)} was made, and the encoder did not show it`,
      )
    }
  }

  /** A step did not move the rotor. */
  stepLost(due_us: Time_us): void {
    const tick = tickReached(due_us)
    for (const hold of this.#holds) {
      if (hold.fired || tick <= hold.after_tick || tick > hold.through_tick) continue
      hold.fired = true
      this.#record(hold, 'fired', due_us, `the step due at ${duration(due_us)} did not move the rotor`)
    }
  }

  /** Power went: when it returns, and for which fault; null when no fault took it away. */
  powerLost(at_us: Time_us): (Numbered & { readonly at_us: Time_us }) | null {
    const cut = this.#cuts.shift()
    if (cut === undefined) return null
    this.#record(cut, 'fired', at_us, 'the pump has lost its power')
    return { ...cut, at_us: as(add(at_us, cut.fault.for_us ?? ZERO)) }
  }

  powerReturned(cut: Numbered, at_us: Time_us): void {
    this.#record(cut, 'ended', at_us, cut.fault.text)
  }

  #record(
    { number, fault }: Numbered,
    state: Exclude<FaultTurn['state'], 'changed'>,
    at_us: Time_us,
    detail: string,
  ): void {
    const t_us = wholeMicroseconds(at_us)
    this.#recorder.record({ kind: 'fault', t_us, number, fault: fault.fault, state, detail })
  }
}

function bytesText(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}

function without(faults: readonly Numbered[], number: number): Numbered[] {
  return faults.filter((fault) => fault.number !== number)
}

function ordered(cuts: readonly Numbered[], cut: Numbered, first: boolean): Numbered[] {
  return first ? [cut, ...cuts] : [...cuts, cut]
}

/** The last tick that is over at the instant. */
function tickAt(at_us: Time_us): number {
  return toSafeInteger(at_us.n / (at_us.d * BigInt(TICK_us)))
}

/** The tick at which the rig makes a step due at the instant. */
function tickReached(due_us: Time_us): number {
  const before = tickAt(due_us)
  const exactly = ratio(BigInt(before) * BigInt(TICK_us), 1n)
  return compare(due_us, exactly) > 0 ? before + 1 : before
}
