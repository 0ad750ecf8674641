/** What somebody who only hears the pump knows of it, and what can be told wrong from that alone. */
import type { BookedRun, PumpAlarm, PumpOutput } from '#firmware-sim/messages'
import { add, compare, negate, type Rational, times, toText, ZERO } from '#units/rational'

export class Ledger {
  readonly alarms = new Set<PumpAlarm>()
  tone: PumpAlarm | null = null
  isOn = true
  /** Steps booked and not withdrawn, and the drug they hold. */
  steps = 0
  readonly masses = new Map<string, Rational>()
  #last_us: Rational = ZERO

  /** Throws where the pump contradicts itself. */
  hear(outputs: readonly PumpOutput[]): void {
    for (const output of outputs) {
      if (compare(output.at_us, this.#last_us) < 0)
        throw new Error(`the pump spoke of ${toText(output.at_us)} us too late`)
      this.#last_us = output.at_us
      this.#take(output)
    }
  }

  /** The same with a run that is not closed yet. */
  with(open: BookedRun | null): { readonly steps: number; readonly masses: readonly (readonly [string, Rational])[] } {
    const masses = new Map(this.masses)
    if (open !== null) masses.set(open.drug, add(masses.get(open.drug) ?? ZERO, times(open.step_ug, open.count)))
    return { steps: this.steps + (open?.count ?? 0), masses: [...masses] }
  }

  #take(output: PumpOutput): void {
    switch (output.kind) {
      case 'booked':
        this.#book(output.run, times(output.run.step_ug, output.run.count), output.run.count)
        break
      case 'withdrawn':
        this.#book(output.run, negate(times(output.run.step_ug, output.run.count)), -output.run.count)
        break
      case 'tone':
        if (this.tone === output.alarm) throw new Error(`the tone of ${output.alarm} began twice`)
        this.tone = output.alarm
        break
      case 'power':
        this.isOn = output.on
        break
      case 'alarm': {
        const { alarm, state } = output
        if (this.alarms.has(alarm) === (state === 'raised')) throw new Error(`${alarm} was ${state} twice`)
        if (state === 'raised') this.alarms.add(alarm)
        else this.alarms.delete(alarm)
        break
      }
      default:
        break
    }
  }

  #book({ drug }: BookedRun, mass_ug: Rational, count: number): void {
    this.steps += count
    this.masses.set(drug, add(this.masses.get(drug) ?? ZERO, mass_ug))
  }
}
