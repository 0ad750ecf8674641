/**
 * Rehearsal: what a pump would refuse of a scenario, or give up after a refill, found out without motor or plant.
 *
 * The same pump is asked the same things at the same times, so what `validate` warns of is what a run would meet if no
 * fault came in between.
 */
import type { PumpOutput } from '#firmware-sim/messages'
import type { Pump, PumpDefinition } from '#hil/pump/pump'
import { setupOf } from '#hil/pump/setup'
import { type Programmed, sendProgram } from '#hil/run/programmer'
import { entryOrder, eventOrder, type Order, refillOrder } from '#hil/run/programs'
import { type Doing, type ScriptItem, scriptOf } from '#hil/run/script'
import type { Scenario } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { compare } from '#units/rational'

export interface Refusal {
  readonly at_us: Time_us
  /** The entry as the scenario wrote it. */
  readonly text: string
  readonly reason: string
  /** What the pump gave up because of the entry, a refill that it took; null where it refused the entry. */
  readonly ends: 'therapy' | 'boluses' | null
}

/** An entry that the pump takes, and of which it warns. */
export interface Warning {
  readonly at_us: Time_us
  readonly text: string
}

/** What a pump gives up by itself, by the event in which it says so. */
const GIVEN_UP: Readonly<Partial<Record<string, NonNullable<Refusal['ends']>>>> = {
  'therapy-suspended': 'therapy',
  'boluses-ended': 'boluses',
}

/** Most boundaries of the pump that are worked through. */
const WAKES_LIMIT = 1_000_000

/** Everything the pump would refuse or give up, in order of time. */
export function rehearse(scenario: Scenario, definition: PumpDefinition): readonly Refusal[] {
  return rehearsal(scenario, definition).refusals
}

/** Everything the pump would refuse or give up, and everything it would warn of, in order of time. */
export function rehearsal(
  scenario: Scenario,
  definition: PumpDefinition,
): { readonly refusals: readonly Refusal[]; readonly warnings: readonly Warning[] } {
  const pump = definition.create(setupOf(scenario))
  const refusals: Refusal[] = []
  const warnings: Warning[] = []
  let wakes = 0
  const note = (at_us: Time_us, outputs: readonly PumpOutput[]) => {
    for (const output of outputs) {
      const ends = output.kind === 'event' ? GIVEN_UP[output.event] : undefined
      if (output.kind === 'event' && ends !== undefined) {
        refusals.push({ at_us, text: 'refill', reason: output.detail, ends })
      }
    }
  }
  const sleepUntil = (at_us: Time_us) => {
    for (let wake = pump.nextWake(); wake !== null && compare(wake, at_us) < 0; wake = pump.nextWake()) {
      note(wake, pump.react(wake, { kind: 'wake' }))
      wakes += 1
      if (wakes > WAKES_LIMIT) throw new RangeError(`the pump wants to be woken more than ${WAKES_LIMIT} times`)
    }
  }
  for (const item of scriptOf(scenario)) {
    const { at_us } = item
    if (item.kind === 'sample') continue
    sleepUntil(at_us)
    const order = orderOf(item)
    if (order === null) {
      if (item.kind === 'do') act(pump, item.event)
      continue
    }
    const answer = sendProgram(pump, at_us, order, (outputs) => note(at_us, outputs))
    if (answer.outcome === 'applied' && answer.confirmed.length > 0) warnings.push({ at_us, text: order.text })
    const reason = refusalOf(answer)
    if (reason !== null) refusals.push({ at_us, text: order.text, reason, ends: null })
  }
  sleepUntil(scenario.duration_us)
  return { refusals, warnings }
}

/** What needs no transaction. */
function act(pump: Pump, { at_us, kind }: Doing): void {
  if (kind !== 'set-clock' && kind !== 'restart') pump.react(at_us, { kind })
}

/** What goes through PREPARE and COMMIT; null for what does not. */
function orderOf(item: ScriptItem): Order | null {
  switch (item.kind) {
    case 'program':
      return entryOrder(item.entry)
    case 'refill':
      return refillOrder(item.event)
    case 'do':
      return eventOrder(item.event)
    case 'sample':
      return null
  }
}

function refusalOf(answer: Programmed): string | null {
  switch (answer.outcome) {
    case 'applied':
    case 'left':
      return null
    case 'refused':
      return answer.reason
    case 'silent':
      return 'the pump did not answer'
  }
}
