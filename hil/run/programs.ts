/** From what a scenario lists to what a programmer sends. */
import type { Program } from '#firmware-sim/messages'
import type { Entry, ScenarioEvent } from '#hil/scenario/types'

export type RefillEvent = Extract<ScenarioEvent, { kind: 'refill' }>

export function programOf(entry: Entry): Program {
  return entry.kind === 'therapy' ? { kind: 'therapy', therapy: entry.therapy } : { kind: 'bolus', bolus: entry.bolus }
}

/** What the pump is told of a refill, which need not be true. */
export function refillProgram(event: RefillEvent): Program {
  const { programmed } = event.fill
  return {
    kind: 'refill',
    refill: {
      withdrawn: event.withdraw.amount === 'all' ? 'all' : event.withdraw.volume_uL,
      contents: { drug: programmed.drug, concentration_ug_per_uL: programmed.concentration_ug_per_uL },
      volume_uL: programmed.volume_uL,
    },
  }
}
