/**
 * A stand on the clock on the wall: a rig on a wire that moves fluid, and a balance on a port of its own.
 *
 * The motor turns as slowly as on the stand in virtual time. The rig is looked after while the balance is waited for, so
 * that one that has gone ends the calibration at once.
 */
import type { BalanceReading } from '#hil/balance/driver'
import { type Stand, StandError } from '#hil/calibration/stand'
import { describe } from '#hil/calibration/virtual-stand'
import { PLAYOUT_ticks, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { GuardedRig } from '#hil/run/guarded-rig'
import { BalancePort, type PortOptions } from '#scripts/balance-port'

/** 64 ms a step: far slower than a rig can, and slow enough for the beaker. */
const STEP_ticks = 1000
/** A segment is sent so long before its first step: a playout, and a second for the wire. */
const LEAD_ticks = 1.5 * PLAYOUT_ticks
/** How far the rig is asked to go to learn how far it has come. */
const LOOK_ticks = 1_000_000 / TICK_us

export class WallStand implements Stand {
  readonly rig: string
  readonly #rig: GuardedRig
  readonly #where: PortOptions
  #balance: BalancePort | undefined
  #now_tick = 0

  constructor(rig: RigDefinition, balance: PortOptions) {
    if (rig.clock !== 'wall') throw new RangeError(`the rig ${rig.name} is virtual and moves no fluid`)
    this.rig = rig.name
    this.#rig = new GuardedRig(rig.create())
    this.#where = balance
  }

  get identity(): string {
    return this.#rig.identity
  }

  get refusedLines(): number {
    return this.#balance?.tally.refused ?? 0
  }

  /** The balance first: nothing moves unless it is there. */
  async open(): Promise<void> {
    this.#balance = await BalancePort.open(this.#where)
    await this.balanceSerial()
    await this.#rig.open()
  }

  async balanceSerial(): Promise<string> {
    const event = await this.#opened.ask('I4')
    if (event.kind === 'reply' && event.reply.kind === 'serial') return event.reply.serial
    throw new StandError(`the balance did not tell its serial number: ${describe(event)}`)
  }

  async turn(steps: number): Promise<number> {
    const first = (await this.#look()) + LEAD_ticks
    const cadence = { first, phase: 0, count: steps, quotient: STEP_ticks, remainder: 0, divisor: 1 }
    await this.#rig.send({ kind: 'segment', cadence })
    return await this.#run(first + steps * STEP_ticks)
  }

  async wait(duration_s: number): Promise<void> {
    const from_tick = await this.#look()
    await this.#run(from_tick + Math.ceil((duration_s * 1e6) / TICK_us))
  }

  async weigh(): Promise<BalanceReading | null> {
    const event = await this.#opened.ask('SI')
    if (event.kind === 'reading') return event.reading
    if (event.kind === 'reply' && event.reply.kind === 'not-now') return null
    throw new StandError(`the balance cannot weigh: ${describe(event)}`)
  }

  async close(): Promise<void> {
    await this.#rig.close()
    await this.#balance?.close()
  }

  get #opened(): BalancePort {
    if (this.#balance === undefined) throw new RangeError('the stand is not open')
    return this.#balance
  }

  /** How far the rig has come by itself while nobody asked. */
  async #look(): Promise<number> {
    await this.#advance(this.#now_tick + LOOK_ticks)
    return this.#now_tick
  }

  /** Waits until the rig has come to the tick; how many steps its rotor made meanwhile. */
  async #run(to_tick: number): Promise<number> {
    let made = 0
    while (this.#now_tick < to_tick) made += await this.#advance(to_tick)
    return made
  }

  async #advance(to_tick: number): Promise<number> {
    const { now_tick, motion, lost } = await this.#rig.advance(to_tick)
    this.#now_tick = now_tick
    if (lost.length > 0) throw new StandError(`${lost.length} steps did not move the rotor`)
    return motion.reduce((sum, { count }) => sum + count, 0)
  }
}
