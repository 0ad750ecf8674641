/** From what a scenario lists to what a programmer sends. */
import type { Program } from '#firmware-sim/messages'
import type { Doing, RefillEvent } from '#hil/run/script'
import type { Entry, Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { add, compare, floor, ratio, subtract, ZERO } from '#units/rational'

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

export type ClockSettingEvent = Extract<Doing, { kind: 'set-clock' }>

/** What the clock is set to by somebody who moves it on by what it has just been moved by. */
export function setAgain({ clock_us, events }: Scenario, { at_us, to_us }: ClockSettingEvent): Time_us {
  const settings = events.filter((event): event is ClockSettingEvent => event.kind === 'set-clock')
  const before = settings.findLast((event) => compare(event.at_us, at_us) < 0)
  const [since_us, shown_us] = before === undefined ? [ZERO, clock_us] : [before.at_us, before.to_us]
  const moved_us = subtract(to_us, add(shown_us, subtract(at_us, since_us)))
  return as(add(to_us, moved_us))
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
