/**
 * Sites: places in the behavior of pump and bench that an exploration has to come to.
 *
 * Nearly all of them are derived from the tables of the project, so that a new alarm, event, fault or cell of the operating
 * machine is a new site. What cannot be come to is listed with its reason, and what is rare with how rare it is.
 */
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'
import type { PumpState } from '#firmware-sim/state'
import type { Watch } from '#firmware-sim/turn'
import { type ExploredFault, MISHAPS } from '#hil/explore/mishaps'
import { rarityOf } from '#hil/explore/rarity'
import { DENIALS, REFUSALS, reasonOf, UNLISTED } from '#hil/explore/reasons'
import { whyUnreachable } from '#hil/explore/unreachable'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { mustFire } from '#hil/fault/faults'
import { FOREVER } from '#hil/run/invariants/alarms'
import type { Ledgers } from '#hil/run/ledgers'
import { type BenchEvent, EVENT_NAMES, ONLOOKER_EVENTS } from '#hil/scenario/event-names'
import { ALARM_NAMES } from '#hil/scenario/types'

export interface Site {
  readonly name: string
  /** Seeds of 30 days, all faults allowed, within which it is certain to be come to. */
  readonly within: number
}

/** What interrupts whatever is under way on top of a therapy. */
const INTERRUPTIONS = [
  'stop',
  'power-lost',
  'reservoir-empty',
  'service-ended',
  'voltage-sagged',
  'memory-lost',
  'program-stopped',
  'program-simple-continuous',
  'program-refill',
  'clock-jumped',
  'rotor-missed',
] as const satisfies readonly Stimulus[]

/** What can be under way on top of a therapy, and how it shows. */
const UNDER_WAY = {
  bolus: ({ boluses }: PumpState) => boluses.length > 0,
  'two boluses': ({ boluses }: PumpState) => boluses.length > 1,
  prime: ({ prime }: PumpState) => prime !== null,
  bridge: ({ covered }: PumpState) => covered !== null,
  leave: ({ patient }: PumpState) => patient.permission !== null,
} as const

/** What is said of pumps that refuse what ours never does, or that turn a motor of their own. */
const SAID_OF_OTHERS: ReadonlySet<string> = new Set([
  ...ONLOOKER_EVENTS,
  'request-bolus-refused',
  'stop-refused',
  'silence-refused',
  'read-log-refused',
  'clear-refused',
])

const cell = (state: string, stimulus: string) => `cell: ${state}, ${stimulus}`
const interrupted = (what: string, by: string) => `interrupted: ${what} by ${by}`
const LOG_WRAPPED = 'log: oldest entries gave way'

/** Every site that there is with faults of these groups. */
export function sitesOf(groups: readonly FaultGroup[]): readonly Site[] {
  const cells = (Object.keys(OPERATING) as OperatingState[]).flatMap((state) =>
    (Object.keys(OPERATING[state]) as Stimulus[])
      .filter((stimulus) => whyUnreachable(state, stimulus) === null)
      .map((stimulus) => cell(state, stimulus)),
  )
  const faults = (Object.keys(MISHAPS) as ExploredFault[]).filter((name) => groups.includes(MISHAPS[name].group))
  const names = [
    ...cells,
    ...Object.keys(UNDER_WAY).flatMap((what) => INTERRUPTIONS.map((by) => interrupted(what, by))),
    ...ALARM_NAMES.map((alarm) => `alarm: ${alarm} raised`),
    ...ALARM_NAMES.filter((alarm) => !FOREVER.has(alarm)).map((alarm) => `alarm: ${alarm} cleared`),
    ...EVENT_NAMES.filter((event) => !SAID_OF_OTHERS.has(event)).map((event) => `event: ${event}`),
    ...REFUSALS.map(({ name }) => `refused: ${name}`),
    ...DENIALS.map(({ name }) => `denied: ${name}`),
    ...faults.map((name) => `fault: ${name}`),
    LOG_WRAPPED,
  ]
  return names.map((name) => ({ name, within: rarityOf(name) }))
}

/** The cells that are no sites, and why nothing brings a pump to them. */
export function unreachable(): readonly { readonly name: string; readonly why: string }[] {
  return (Object.keys(OPERATING) as OperatingState[]).flatMap((state) =>
    (Object.keys(OPERATING[state]) as Stimulus[]).flatMap((stimulus) => {
      const why = whyUnreachable(state, stimulus)
      return why === null ? [] : [{ name: cell(state, stimulus), why }]
    }),
  )
}

/** Where one run came to. */
export class Visits {
  readonly #seen = new Set<string>()

  /** Sees the cells of the pump's operating table. */
  readonly watch: Watch = (before, stimulus) => {
    this.#seen.add(cell(before.operating, stimulus))
    if (!INTERRUPTING.has(stimulus)) return
    for (const [what, isUnderWay] of Object.entries(UNDER_WAY)) {
      if (isUnderWay(before)) this.#seen.add(interrupted(what, stimulus))
    }
  }

  /** Sees what a run has on record. */
  look({ records, scenario }: Ledgers): void {
    for (const record of records) {
      if (record.kind === 'alarm') this.#seen.add(`alarm: ${record.alarm} ${record.state}`)
      if (record.kind === 'refused') this.#seen.add(`refused: ${reasonOf(record.reason, REFUSALS)}`)
      if (record.kind === 'fault') {
        this.#seen.add(`event: fault-${record.state}`)
        const fault = scenario.faults[record.number - 1]
        if (fault !== undefined && (record.state === 'fired' || !mustFire(fault)))
          this.#seen.add(`fault: ${record.fault}`)
      }
      const told = TOLD_BY[record.kind]
      if (told !== undefined) this.#seen.add(`event: ${told}`)
      if (record.kind === 'fill' && record.t_us > 0) this.#seen.add('event: refilled')
      if (record.kind !== 'event') continue
      this.#seen.add(`event: ${record.event}`)
      if (record.event === 'patient-bolus-denied') this.#seen.add(`denied: ${reasonOf(record.detail, DENIALS)}`)
      if (record.event === 'log-read' && !record.detail.includes(' 0 older')) this.#seen.add(LOG_WRAPPED)
    }
  }

  get names(): readonly string[] {
    return [...this.#seen]
  }
}

/** Events that a record of a kind of its own tells of. */
const TOLD_BY: Readonly<Record<string, BenchEvent>> = {
  surge: 'surge',
  applied: 'programmed',
  refused: 'programming-refused',
  escape: 'septum-leaked',
  injection: 'injected',
}

const INTERRUPTING: ReadonlySet<string> = new Set(INTERRUPTIONS)

/** Whether a visit is of something that no table knows. */
export function isUnlisted(visit: string): boolean {
  return visit.endsWith(UNLISTED)
}
