/**
 * A pump on a clock that drifts: between it and the bench every instant is carried from one clock to the other.
 *
 * The pump knows nothing of it. It counts the time of its crystal; what it hears is stamped with that time, and what it
 * says is stamped with true time. Steps that are evenly spaced for the pump are so for the bench only while the drift
 * stays the same, so what it orders or books across a change is said as one run for each stretch.
 */
import type { BookedRun, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { type ClockDrift, LocalClock, trueIn } from '#hil/fault/local-clock'
import type { Pump } from '#hil/pump/pump'
import { as, type Time_us } from '#units/quantity'
import { add, compare, divide, floor, subtract, times } from '#units/rational'

/** Evenly spaced steps, as in an order and in a booked run. */
interface Steps {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  readonly count: number
}

export class DriftingPump implements Pump {
  readonly #pump: Pump
  readonly #clock: LocalClock
  /** Steps of the pump's open run that have been said to be booked already. */
  #booked = 0

  constructor(pump: Pump, drifts: readonly ClockDrift[]) {
    this.#pump = pump
    this.#clock = new LocalClock(drifts)
  }

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const heard = input.kind === 'rotor' ? { ...input, due_us: this.#clock.local(input.due_us) } : input
    return this.#pump.react(this.#clock.local(at_us), heard).flatMap((output) => this.#said(output))
  }

  nextWake(): Time_us | null {
    const wake_us = this.#pump.nextWake()
    return wake_us === null ? null : this.#clock.true(wake_us)
  }

  close(): void {
    this.#pump.close?.()
  }

  #said(output: PumpOutput): readonly PumpOutput[] {
    const at_us = this.#clock.true(output.at_us)
    switch (output.kind) {
      case 'order': {
        const { first_us, interval_us, count } = output
        return this.#cut({ first_us, interval_us, count }).map((steps) => ({ kind: 'order', at_us, ...steps }))
      }
      case 'cancel':
        return [{ ...output, at_us, after_us: this.#clock.true(output.after_us) }]
      case 'booked': {
        const left = afterFirst(output.run, this.#booked)
        this.#booked = 0
        return (left === null ? [] : this.#cut(left)).map((run) => ({ kind: 'booked', at_us, run }))
      }
      case 'withdrawn':
        return this.#cut(output.run).map((run) => ({ kind: 'withdrawn', at_us, run }))
      case 'status': {
        const open = output.status.open === null ? null : afterFirst(output.status.open, this.#booked)
        const runs = open === null ? [] : this.#cut(open)
        const closed = runs.slice(0, -1)
        for (const { count } of closed) this.#booked += count
        const status = { ...output.status, open: runs.at(-1) ?? null }
        return [...closed.map((run): PumpOutput => ({ kind: 'booked', at_us, run })), { ...output, at_us, status }]
      }
      case 'log':
        return [
          { ...output, at_us, entries: output.entries.map((one) => ({ ...one, at_us: this.#clock.true(one.at_us) })) },
        ]
      default:
        return [{ ...output, at_us }]
    }
  }

  /** The steps in true time, one run for each stretch of the clock that holds any of them. */
  #cut<S extends Steps>(steps: S): S[] {
    const { stretches } = this.#clock
    const runs: S[] = []
    let before = 0
    for (const [index, stretch] of stretches.entries()) {
      const next = stretches[index + 1]
      const through = next === undefined ? steps.count : stepsThrough(steps, as(next.local_us))
      if (through <= before) continue
      const first_us = as<Time_us>(add(steps.first_us, times(steps.interval_us, before)))
      runs.push({
        ...steps,
        first_us: trueIn(stretch, first_us),
        interval_us: as<Time_us>(divide(steps.interval_us, stretch.rate)),
        count: through - before,
      })
      before = through
    }
    return runs
  }
}

/** How many of the steps are due up to and including the instant. */
function stepsThrough({ first_us, interval_us, count }: Steps, at_us: Time_us): number {
  if (compare(at_us, first_us) < 0) return 0
  const through = floor(divide(subtract(at_us, first_us), interval_us)) + 1n
  return through < BigInt(count) ? Number(through) : count
}

/** The run without its first steps; null when none is left. */
function afterFirst(run: BookedRun, steps: number): BookedRun | null {
  if (steps === 0) return run
  if (steps >= run.count) return null
  return { ...run, first_us: as(add(run.first_us, times(run.interval_us, steps))), count: run.count - steps }
}
