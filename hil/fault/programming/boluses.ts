/** Boluses entered wrong: their interval, the steps of a day, what the patient may ask for, or none of them at all. */

import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { dayOf, numberText, scaled } from '#hil/fault/programming/amount'
import { withStep } from '#hil/fault/programming/day'
import { entered, orNone } from '#hil/fault/programming/doses'
import type { Place, ProgrammingError } from '#hil/fault/programming/operator'
import {
  dosesOf,
  duration_us,
  eventsOf,
  linesOf,
  mapOf,
  type WrittenMap,
  withTherapy,
} from '#hil/fault/programming/written'
import { compare, ratio } from '#units/rational'

const HOURS_MINUTES =
  'FDA Class I recall of programmer software, 2004: the interval of periodic boluses typed into the field of minutes; 7 serious injuries, 2 deaths'
const FLEX =
  'ISMP, baclofen programming error in flex mode (ismp.org/baclofen-programming-error); up to 13 changes every day, manufacturer'
const MINUTES = ratio(1n, 60n)

const STEP = {
  name: 'step',
  meaning: 'which bolus of the day',
  range: 'any of the pattern',
  taken: 'the first that makes a difference, in the flex therapy in force longest',
}

/** Hours as minutes: `4 h` is `4 min`. */
function asMinutes(every: unknown): string {
  const text = String(every)
  return /^\s*[\d./]+\s*h\s*$/.test(text) ? text.replace('h', 'min') : scaled(every, MINUTES)
}

function hoursAsMinutes(written: WrittenScenario) {
  const periodic = dosesOf(written).filter(({ therapy }) => therapy['mode'] === 'periodic-bolus')
  return orNone(
    periodic.map(({ line, therapy }) => {
      const every = asMinutes(therapy['every'])
      const over = compare(duration_us(therapy['over']), duration_us(every)) > 0 ? every : therapy['over']
      return entered(written, line, withTherapy(line, { ...therapy, over, every }))
    }),
    'no periodic boluses in this file',
  )
}

/** The dose of a day in boluses, given as a steady flow. */
function withoutBoluses(written: WrittenScenario) {
  const places = dosesOf(written).flatMap(({ line, therapy }): Place[] => {
    if (therapy['mode'] === 'simple-continuous') return []
    const day = dayOf(therapy)
    if (day === undefined) return []
    const dose = `${numberText(day.amount)} ${day.by === 'mass' ? 'ug/d' : 'uL/d'}`
    return [entered(written, line, withTherapy(line, { mode: 'simple-continuous', dose }))]
  })
  return orNone(places, 'no therapy of this file has boluses')
}

/** One step of the day of a flex therapy entered otherwise; `deed` says how. */
function flexStep(deed: Parameters<typeof withStep>[1]) {
  return (written: WrittenScenario) => {
    const flexible = dosesOf(written).filter(({ therapy }) => therapy['mode'] === 'flex')
    if (flexible.length === 0) return 'no flex therapy in this file'
    const places = flexible.flatMap(({ line, therapy }): Place[] => {
      const stepped = withStep(therapy, deed)
      if (stepped === undefined) return []
      const place = entered(written, line, withTherapy(line, stepped.therapy))
      return [{ ...place, text: `${stepped.text} in the flex therapy at ${line.at}` }]
    })
    return orNone(places, 'the boluses of a day are all alike, or too few')
  }
}

/** What the patient may ask for, entered otherwise. */
function leave(change: (leave: WrittenMap) => WrittenMap) {
  return (written: WrittenScenario) => {
    const places = linesOf(written).flatMap((line): Place[] => {
      const given = mapOf(line.entry['patient-bolus'])
      if (given === undefined) return []
      return [entered(written, line, { ...line, entry: { ...line.entry, 'patient-bolus': change(given) } })]
    })
    if (places.length > 0 && !eventsOf(written).some(({ event }) => event['do'] === 'request-bolus')) {
      return 'no patient asks for a bolus in this file'
    }
    return orNone(places, 'no patient boluses in this file')
  }
}

const MOST_GRANTS = 1000

function moreGrants({ max_per_day, ...leave }: WrittenMap): WrittenMap {
  const most = typeof max_per_day === 'number' ? Math.min(max_per_day * 10, MOST_GRANTS) : max_per_day
  return { ...leave, max_per_day: most }
}

const BY_VOLUME_OF_STEP =
  'each bolus is within the range of the motor, and the pump knows of no other pattern that was meant'

/** Boluses entered wrong. */
export const BOLUS_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'hours-as-minutes',
    mechanism: 'The hours between periodic boluses are typed into the field of minutes.',
    parameters: [
      {
        name: 'every',
        meaning: 'interval of the boluses',
        range: 'any',
        taken: 'a sixtieth; the bolus takes no longer',
      },
    ],
    source: HOURS_MINUTES,
    expected: 'volume-check',
    because:
      'sixty times the dose can still be within the range of the motor; only a limit of the daily dose refuses it',
    places: hoursAsMinutes,
  },
  {
    name: 'boluses-left-out',
    mechanism: 'A therapy with boluses is entered as a steady flow of the same daily dose.',
    parameters: [
      { name: 'entry', meaning: 'which therapy', range: 'any with boluses', taken: 'that in force longest' },
    ],
    source:
      'flexible infusion programmed as a continuous one: de la Fuente Escudero 2024, doi 10.20986/resed.2024.4076/2023',
    expected: 'volume-check',
    because:
      'the dose of a day is right, so no limit and no residual shows it; volume and prescription part within hours',
    places: withoutBoluses,
  },
  {
    name: 'flex-step-missing',
    mechanism: 'A step of a flexible day is not entered.',
    parameters: [STEP],
    source: FLEX,
    expected: 'volume-check',
    because: BY_VOLUME_OF_STEP,
    places: flexStep('missing'),
  },
  {
    name: 'flex-step-doubled',
    mechanism: 'A step of a flexible day is entered twice.',
    parameters: [STEP],
    source: FLEX,
    expected: 'volume-check',
    because: `${BY_VOLUME_OF_STEP}; a fourteenth bolus of a day is refused`,
    places: flexStep('doubled'),
  },
  {
    name: 'flex-steps-swapped',
    mechanism: 'The doses of two steps of a flexible day are entered the wrong way round.',
    parameters: [STEP],
    source: FLEX,
    expected: 'volume-check',
    because: `the dose of a day is right; ${BY_VOLUME_OF_STEP}`,
    places: flexStep('swapped'),
  },
  {
    name: 'flex-step-over-midnight',
    mechanism: 'A step of a flexible day is entered at a time past midnight, and so belongs to another day.',
    parameters: [{ ...STEP, taken: 'the last of the day, moved on by whole hours until it is past midnight' }],
    source: FLEX,
    expected: 'volume-check',
    because: `the dose of a day is right; ${BY_VOLUME_OF_STEP}`,
    places: flexStep('over-midnight'),
  },
  {
    name: 'lockout-too-short',
    mechanism: 'The hours between boluses that the patient may have are entered as minutes.',
    parameters: [{ name: 'lockout', meaning: 'least time between grants', range: 'any', taken: 'a sixtieth' }],
    source:
      'Open PCA Pump Requirements 1.0.0; fields of the Prometra patient therapy controller: dose, duration, lockout, allotted a day',
    expected: 'volume-check',
    because: 'the pump grants what it was told to grant; a limit of the daily dose would deny it',
    places: leave((given) => ({ ...given, lockout: asMinutes(given['lockout']) })),
  },
  {
    name: 'too-many-patient-boluses',
    mechanism: 'Ten times as many boluses a day as were meant may be had by the patient.',
    parameters: [
      { name: 'max_per_day', meaning: 'most grants in 24 h', range: '1 to 1000', taken: 'ten times as many' },
    ],
    source:
      'Open PCA Pump Requirements 1.0.0; fields of the Prometra patient therapy controller: dose, duration, lockout, allotted a day',
    expected: 'volume-check',
    because: 'the pump grants what it was told to grant; a limit of the daily dose would deny it',
    places: leave(moreGrants),
  },
]
