/** Each invariant asked for alone finds its own breach and no other; those that hold of a pump that is not ours. */
import { describe, expect, it } from 'vitest'
import { breachesOf, invariantsOfOthers } from '#hil/run/invariants/invariants'
import { booksOf } from '#hil/run/judge'
import { INVARIANT_NAMES, type InvariantName } from '#hil/scenario/invariant-names'
import type { AlarmName } from '#hil/scenario/types'
import { type Alter, drop, set } from '../support/alter.ts'
import { type Draft, stop, therapy } from '../support/scenario.ts'
import {
  ALARM,
  accounted,
  alarm,
  BOOKED,
  event,
  eventOf,
  made,
  minor,
  ORDER,
  refused,
  STATUS,
  TONE,
  traceOf,
  USUAL,
} from './breaking.ts'

const STOPS: Draft = { duration: '5 d', prescription: [USUAL, stop('1 d'), therapy('4.5 d', '400 ug/d')] }
const LIMITED: Draft = { prescription: [USUAL], limits: '{ daily_dose: { hard: 500 ug } }' }
const ASKED: Draft = {
  prescription: [USUAL, '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }'],
  events: ['{ at: 1 h, do: request-bolus }'],
}
const REFILLED: Draft = {
  prescription: [USUAL],
  events: ['{ at: 1 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }'],
}
const REFUSED: Draft = { ...LIMITED, prescription: [USUAL, therapy('1 d', '600 ug/d')] }
const SERVED: Draft = {
  ...{ duration: '2 d', prescription: [USUAL] },
  pump: '{ model: im-40, overrides: { service_life: 1 d } }',
}

/** For each a run, and what is changed of it. */
const BREAKS: Readonly<Record<InvariantName, readonly [run: Draft, ...alterations: Alter[]]>> = {
  obedience: [STOPS, set(BOOKED, { count: 3203 })],
  'patient-bolus': [ASKED, set(eventOf('patient-bolus-granted'), { event: 'patient-bolus-denied' })],
  admission: [
    REFUSED,
    set(
      { kind: 'refused' },
      { kind: 'applied', readback: { kind: 'therapy', mode: 'simple-continuous', dose: { by: 'mass', ug: '600' } } },
    ),
  ],
  rest: [STOPS, alarm('end-of-service', 110, 'raised')],
  trickle: [STOPS, event('safe-state', 10)],
  range: [STOPS, set(ORDER, { interval_us: '899999' })],
  'believed-steps': [STOPS, made(30, 3)],
  books: [STOPS, set(BOOKED, { drug: 'morphine' })],
  accounts: [STOPS, set(STATUS, { steps: 1 }, 2)],
  reservoir: [STOPS, set(STATUS, { reservoir_uL: '1' }, 2)],
  answers: [STOPS, event('never-committed', 30)],
  refusals: [STOPS, refused('the reservoir is believed empty')],
  'alarm-grammar': [STOPS, minor('stopped-pump', 80, 'raised')],
  levels: [STOPS, minor('low-reservoir', 80, 'raised')],
  'tube-life': [STOPS, minor('tube-set-end-of-life', 80, 'raised')],
  standing: [STOPS, drop(eventOf('stopped-warning'))],
  stalls: [STOPS, accounted('withdrawn', 110, 1)],
  resets: [STOPS, event('power', 60), event('power', 61)],
  service: [SERVED, drop(ALARM)],
  sounding: [STOPS, drop(TONE)],
  'daily-dose': [LIMITED, set(BOOKED, { step_ug: '1/4' })],
  residuals: [REFILLED, set(eventOf('residual-agrees'), { event: 'residual-differs' })],
  tracking: [STOPS, made(60, 3)],
}

describe.each(INVARIANT_NAMES)('%s', async (name) => {
  const [run, ...alterations] = BREAKS[name]
  const trace = await traceOf(run)
  const { ledgers } = booksOf(alterations.reduce((before, alter) => alter(before), trace))

  it('asked for alone tells of its own breach, and of that one only', () => {
    expect(breachesOf(ledgers, [name]).map(({ invariant }) => invariant)).toEqual([name])
  })

  it('is not told of where all others are asked for', () => {
    const others = INVARIANT_NAMES.filter((other) => other !== name)
    expect(breachesOf(ledgers, others).map(({ invariant }) => invariant)).not.toContain(name)
  })

  it('is told of among all, the earliest first', () => {
    const all = breachesOf(ledgers)
    expect(all.map(({ invariant }) => invariant)).toContain(name)
    const times = all.map(({ at_us }) => (at_us === null ? 0 : Number(at_us.n) / Number(at_us.d)))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

/** What docs/EXPLORE.md says is held of every pump, and of a pump with these alarms only. */
const OF_EVERY_PUMP = [
  ...['obedience', 'patient-bolus', 'rest', 'range', 'believed-steps', 'books', 'reservoir', 'answers', 'refusals'],
  ...['alarm-grammar', 'daily-dose', 'tracking'],
]
const WITH_ALARMS: readonly (readonly [name: string, alarms: readonly AlarmName[]])[] = [
  ['levels', ['low-reservoir', 'empty-reservoir']],
  ['tube-life', ['tube-set-end-of-life']],
  ['stalls', ['motor-stall']],
]

describe('of a pump that is not ours is held', () => {
  const heldWith = (alarms: readonly AlarmName[]) => invariantsOfOthers((alarm) => alarms.includes(alarm)).toSorted()

  it('what every pump promises, where it has no alarms', () => {
    expect(heldWith([])).toEqual(OF_EVERY_PUMP.toSorted())
  })

  it.each(WITH_ALARMS)('%s too where it has its alarms', (name, alarms) => {
    expect(heldWith(alarms)).toEqual([...OF_EVERY_PUMP, name].toSorted())
  })

  it('nothing of a level where it has one of its alarms only', () => {
    expect(heldWith(['low-reservoir'])).toEqual(OF_EVERY_PUMP.toSorted())
    expect(heldWith(['empty-reservoir'])).toEqual(OF_EVERY_PUMP.toSorted())
  })

  it('all of it where it has every alarm', () => {
    expect(invariantsOfOthers(() => true).toSorted()).toEqual(
      [...OF_EVERY_PUMP, ...WITH_ALARMS.map(([name]) => name)].toSorted(),
    )
  })
})
