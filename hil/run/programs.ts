/** From what a scenario lists to what a programmer sends. */
import type { Program } from '#firmware-sim/messages'
import type { Doing, RefillEvent } from '#hil/run/script'
import type { Entry } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { floor, ratio } from '#units/rational'

/** A program on its way to the pump, and how people speak of it. */
export interface Order {
  /** As the scenario wrote it. */
  readonly text: string
  readonly program: Program
  /** Whether warnings of the pump are confirmed. */
  readonly confirm: boolean
  /** False where the session ends before what was read back is committed. */
  readonly commit?: false
}

export function programOf(entry: Entry): Program {
  switch (entry.kind) {
    case 'therapy':
      return { kind: 'therapy', therapy: entry.therapy }
    case 'bolus':
      return { kind: 'bolus', bolus: entry.bolus }
    case 'prime':
      return { kind: 'prime', prime: entry.prime }
    case 'bridge':
      return { kind: 'bridge', bridge: entry.bridge }
    case 'patient-bolus':
      return { kind: 'patient-bolus', patientBolus: entry.patientBolus }
  }
}

export function entryOrder(entry: Entry): Order {
  const left = entry.commit === false ? { commit: entry.commit } : {}
  return { text: entry.text, program: programOf(entry), confirm: entry.confirm, ...left }
}

/** What the pump is told of a refill, which need not be true. */
export function refillOrder({ withdraw, fill }: RefillEvent): Order {
  const { drug, concentration_ug_per_uL, volume_uL } = fill.programmed
  const withdrawn = withdraw.amount === 'all' ? 'all' : withdraw.volume_uL
  return {
    text: 'refill',
    program: { kind: 'refill', refill: { withdrawn, contents: { drug, concentration_ug_per_uL }, volume_uL } },
    confirm: true,
  }
}

/** What goes through PREPARE and COMMIT of the things people do with a pump; null for what does not. */
export function eventOrder(event: Doing): Order | null {
  switch (event.kind) {
    case 'set-clock':
      return {
        text: `set-clock to ${localTime(event.to_us)}`,
        program: { kind: 'set-clock', to_us: event.to_us },
        confirm: true,
      }
    case 'restart':
      return { text: 'restart', program: { kind: 'restart' }, confirm: true }
    default:
      return null
  }
}

const MILLISECOND_us = 1000n

/** A local time as the scenario writes it, without the seconds where they are zero. */
function localTime(clock_us: Time_us): string {
  const at_ms = Number(floor(ratio(clock_us.n, clock_us.d * MILLISECOND_us)))
  return new Date(at_ms).toISOString().replace(/(:00)?\.000Z$|0*Z$/, '')
}
