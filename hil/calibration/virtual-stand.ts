/**
 * A stand in virtual time: a rig of virtual clock that pumps onto the simulated balance.
 *
 * The true step volume is a secret of the stand: rig, balance and calibration meet only in steps and in bytes. The time of the
 * balance is that of the rig, so a calibration takes as long as its computation.
 */
import { BalanceDriver, type BalanceEvent, type BalanceReading } from '#hil/balance/driver'
import { volumePerReading } from '#hil/balance/fluid'
import type { Query } from '#hil/balance/mt-sics'
import { type BenchWeather, SimulatedBalance } from '#hil/balance/simulated'
import { type Stand, StandError } from '#hil/calibration/stand'
import { PLAYOUT_ticks, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { GuardedRig } from '#hil/run/guarded-rig'

/** What is true on this stand, which nobody who calibrates knows. */
export interface StandTruth {
  readonly step_uL: number
  readonly fluid_mg_per_uL: number
  readonly air_mg_per_uL: number
}

/** 64 ms a step: far slower than a rig can, and slow enough for the beaker. */
const STEP_ticks = 1000
/** A segment is sent so long before its first step. */
const LEAD_ticks = PLAYOUT_ticks
/** How long the balance may take to answer: it waits up to ten seconds for a stable weight. */
const ANSWER_us = 15_000_000
const POLL_us = 100_000

export class VirtualStand implements Stand {
  readonly rig: string
  readonly #rig: GuardedRig
  readonly #balance: SimulatedBalance
  readonly #driver = new BalanceDriver()
  readonly #mg_per_step: number
  #now_tick = 0

  constructor(rig: RigDefinition, weather: BenchWeather, truth: StandTruth) {
    if (rig.clock !== 'virtual') throw new RangeError(`the rig ${rig.name} runs by the clock on the wall`)
    this.rig = rig.name
    this.#rig = new GuardedRig(rig.create())
    this.#balance = new SimulatedBalance(weather)
    this.#mg_per_step = truth.step_uL / volumePerReading(truth.fluid_mg_per_uL, truth.air_mg_per_uL)
  }

  get identity(): string {
    return this.#rig.identity
  }

  get refusedLines(): number {
    return this.#driver.tally.refused
  }

  async open(): Promise<void> {
    await this.#rig.open()
  }

  async balanceSerial(): Promise<string> {
    const event = await this.#asked('I4')
    if (event.kind === 'reply' && event.reply.kind === 'serial') return event.reply.serial
    throw new StandError('the balance did not tell its serial number')
  }

  async turn(steps: number): Promise<number> {
    const first = this.#now_tick + LEAD_ticks
    const cadence = { first, phase: 0, count: steps, quotient: STEP_ticks, remainder: 0, divisor: 1 }
    await this.#rig.send({ kind: 'segment', cadence })
    // What the rig reports of the last step arrives a playout later.
    return this.#run(first + (steps - 1) * STEP_ticks + PLAYOUT_ticks + 1)
  }

  async wait(duration_s: number): Promise<void> {
    await this.#run(this.#now_tick + Math.ceil((duration_s * 1e6) / TICK_us))
  }

  async weigh(): Promise<BalanceReading | null> {
    const event = await this.#asked('SI')
    if (event.kind === 'reading') return event.reading
    if (event.kind === 'reply' && event.reply.kind === 'not-now') return null
    throw new StandError(`the balance cannot weigh: ${describe(event)}`)
  }

  async close(): Promise<void> {
    await this.#rig.close()
  }

  /** Runs the rig to the tick; the steps its rotor made meanwhile, which the balance feels. */
  async #run(to_tick: number): Promise<number> {
    let made = 0
    while (this.#now_tick < to_tick) {
      const report = await this.#rig.advance(to_tick)
      const steps = report.motion.reduce((sum, { count }) => sum + count, 0)
      if (steps > 0) this.#balance.load(steps * this.#mg_per_step, report.now_tick * TICK_us)
      made += steps
      this.#now_tick = report.now_tick
    }
    return made
  }

  async #asked(query: Query): Promise<BalanceEvent> {
    const until_us = this.#now_tick * TICK_us + ANSWER_us
    let bytes = this.#driver.ask(query)
    for (let now_us = this.#now_tick * TICK_us; now_us <= until_us; now_us = this.#now_tick * TICK_us) {
      for (const reply of this.#balance.advance(bytes, now_us)) {
        const [event] = this.#driver.receive(reply.bytes, reply.at_us).filter(({ kind }) => kind !== 'refused')
        if (event !== undefined) return event
      }
      bytes = new Uint8Array()
      await this.#run(this.#now_tick + Math.ceil(POLL_us / TICK_us))
    }
    throw new StandError(`the balance did not answer ${query} within ${ANSWER_us / 1e6} s`)
  }
}

/** What a balance said instead of a weight. */
export function describe(event: BalanceEvent): string {
  if (event.kind !== 'reply') return event.kind === 'refused' ? `${event.text} (${event.why})` : 'a weight'
  const { reply } = event
  switch (reply.kind) {
    case 'out-of-range':
      return reply.side === 'over' ? 'its load is above its range' : 'its load is below its range'
    case 'error':
      return `it reports a ${reply.error} error`
    case 'wrong-parameter':
      return 'it does not take the command'
    default:
      return `it answered ${reply.kind}`
  }
}
