/** Answers: everything that is sent to a pump with power has one answer, and whatever it refuses it has a reason for. */
import { type Breach, type Evidence, isWithin, type Spell } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { duration } from '#units/format'
import { compare, whole } from '#units/rational'

/** What goes through a transaction: one answer each, unless the power never came back. */
export function answered(evidence: Evidence): Breach | null {
  const { scenario, applied, records, off, end_us, events } = evidence
  if (off.some(({ to_us }) => compare(to_us, end_us) >= 0)) return null
  const orders =
    scenario.programming.length +
    scenario.events.filter(({ kind }) => kind === 'refill' || kind === 'restart' || kind === 'set-clock').length +
    spoiltSettings(evidence)
  const answers =
    applied.filter(({ text }) => text !== 'stop').length +
    recordsOf(records, 'refused').length +
    events.filter(({ event }) => event === 'never-committed').length
  if (orders !== answers)
    return { invariant: 'answers', at_us: null, detail: `${orders} programs were sent and ${answers} were answered` }
  const asked = scenario.events.filter(({ kind }) => kind === 'request-bolus').length
  const given = events.filter(
    ({ event, detail }) => REQUESTS.has(event) || (event === 'answer-lost' && detail.includes('request-bolus')),
  ).length
  if (asked !== given)
    return {
      invariant: 'answers',
      at_us: null,
      detail: `the patient asked ${asked} times and was answered ${given} times`,
    }
  return null
}

/** How many settings of the clock came to the pump beyond those that were meant; below zero where some never came. */
function spoiltSettings({ records, scenario }: Evidence): number {
  return recordsOf(records, 'fault').reduce((count, { number, state }) => {
    const fault = scenario.faults[number - 1]
    if (fault?.fault !== 'clock-setting' || state !== 'fired') return count
    return fault.how === 'missed' ? count - 1 : count + 1
  }, 0)
}

const REQUESTS: ReadonlySet<string> = new Set([
  'patient-bolus-granted',
  'patient-bolus-denied',
  'request-bolus-refused',
])

/** Reasons that hold in some state only, by how they begin, with the alarm that is on in it. */
const STATES: readonly (readonly [reason: string, alarm: string])[] = [
  ['the reservoir is believed empty', 'empty-reservoir'],
  ['the pump has reached its end of service', 'end-of-service'],
]

/** A pump refuses for its state only while it is in it, and never to stop. */
export function refusals(evidence: Evidence): Breach | null {
  for (const { reason, text, t_us, asked } of recordsOf(evidence.records, 'refused')) {
    const at_us = whole(t_us)
    const wrong = (why: string): Breach => ({
      invariant: 'refusals',
      at_us,
      detail: `"${text}" was refused at ${duration(at_us)} because ${reason}, ${why}`,
    })
    const [, alarm] = STATES.find(([begins]) => reason.startsWith(begins)) ?? []
    if (alarm !== undefined && !alarmSpells(evidence, alarm).some((spell) => isWithin(spell, at_us)))
      return wrong(`while ${alarm} is not on`)
    const stops = asked.kind === 'therapy' && asked.mode === 'stopped'
    if (stops && !reason.startsWith('the pump did not') && !evidence.off.some((spell) => isWithin(spell, at_us)))
      return wrong('and a stop is never refused')
  }
  return null
}

/** While an alarm is on. */
export function alarmSpells({ alarms, end_us }: Pick<Evidence, 'alarms' | 'end_us'>, name: string): readonly Spell[] {
  const changes = alarms.filter(({ alarm }) => alarm === name)
  return changes.flatMap(({ state, t_us }, place): Spell[] => {
    const cleared = changes[place + 1]
    return state === 'raised'
      ? [{ from_us: whole(t_us), to_us: cleared === undefined ? end_us : whole(cleared.t_us) }]
      : []
  })
}
