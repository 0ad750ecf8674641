/** Visits that do not end as they were meant to: an entry forgotten, late or never committed, a pump left stopped. */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { orNone } from '#hil/fault/programming/doses'
import type { Place, Places, ProgrammingError } from '#hil/fault/programming/operator'
import {
  changesOf,
  dosed,
  dosesOf,
  duration_us,
  entryText,
  eventsOf,
  type Line,
  later,
  linesOf,
  therapiesOf,
  therapyText,
  type WrittenEvent,
  withEvent,
  withLine,
  withLines,
} from '#hil/fault/programming/written'
import type { Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { DAY_us } from '#units/quantity'
import { add, compare, divide, floor, type Rational, subtract, times, whole } from '#units/rational'

const MOHAMMED =
  'Mohammed, Hussain 2004, BMC Clinical Pharmacology 4:6, doi 10.1186/1472-6904-4-6: found stopped by a programming error'
const TPLC = 'FDA, Total Product Life Cycle: Infusion Pumps, 2014, use hazards: forgets to resume after a pause'

const HOUR_us = divide(DAY_us, whole(24))
const DAYS_OFF = 3

/** What is entered in the middle of everything: the pump stops. */
function stopAt(at_us: Rational): Line {
  const at = duration(at_us)
  return { at_us, at, entry: { at, therapy: { mode: 'stopped' } } }
}

/** The instant in whole hours, at or before it. */
function hourOf(at_us: Rational): Rational {
  return times(HOUR_us, floor(divide(at_us, HOUR_us)))
}

function leftStopped(written: WrittenScenario): Places {
  const lines = linesOf(written)
  if (!therapiesOf(written).some(dosed)) return 'no therapy of this file gives a dose'
  const half_us = divide(duration_us(written['duration']), whole(2))
  const before = lines.filter(({ at_us }) => compare(at_us, half_us) < 0)
  const stop = stopAt(half_us)
  const isLater = ({ event, at_us }: WrittenEvent) => event['do'] === 'restart' && compare(at_us, half_us) > 0
  const [all, kept] = [eventsOf(written), eventsOf(written).filter((one) => !isLater(one))]
  const stopped = withLines(written, [...before, stop])
  return [
    {
      written: kept.length === all.length ? stopped : { ...stopped, events: kept.map(({ event }) => event) },
      text: `a session at ${stop.at} leaves the pump stopped, and no later one takes place`,
    },
  ]
}

function stoppedForDays(written: WrittenScenario): Places {
  const off_us = times(DAY_us, DAYS_OFF)
  const places = dosesOf(written).flatMap(({ line, therapy, for_us }): Place[] => {
    if (compare(for_us, times(DAY_us, DAYS_OFF + 1)) <= 0) return []
    const stop = stopAt(hourOf(add(line.at_us, divide(subtract(for_us, off_us), whole(2)))))
    if (compare(stop.at_us, line.at_us) <= 0) return []
    const back_us = add(stop.at_us, off_us)
    const at = duration(back_us)
    const again: Line = { at_us: back_us, at, entry: { ...line.entry, at } }
    const text = `stopped by mistake at ${stop.at}, and ${therapyText(therapy)} again at ${at}`
    return [{ written: withLines(written, [...linesOf(written), stop, again]), text }]
  })
  return orNone(places, `no therapy of this file is in force for more than ${DAYS_OFF + 1} days`)
}

/** A bolus that ends as a single-bolus mode does: with a stopped pump. */
function bolusThenStopped(written: WrittenScenario): Places {
  const therapies = therapiesOf(written)
  const places = linesOf(written).flatMap((line): Place[] => {
    if (line.entry['bolus'] === undefined) return []
    const running = therapies.findLast((one) => compare(one.line.at_us, line.at_us) <= 0)
    if (running === undefined || running.therapy['mode'] === 'stopped') return []
    const stop = stopAt(line.at_us)
    const others = linesOf(written).filter(
      ({ at_us, entry }) => entry['therapy'] === undefined || compare(at_us, line.at_us) !== 0,
    )
    const text = `${entryText(line.entry)} at ${line.at} programmed in the place of ${therapyText(running.therapy)}, so that the pump is stopped after it`
    return [{ written: withLines(written, [...others, { ...stop, entry: { ...stop.entry, at: line.at } }]), text }]
  })
  return orNone(places, 'no single bolus on top of a running therapy in this file')
}

/** The entries, the change longest in force first, then the other lines. */
function byWeight(written: WrittenScenario): readonly Line[] {
  const changes = changesOf(written).map(({ line }) => line)
  return [...changes, ...linesOf(written).filter(({ entry }) => !changes.some((one) => one.entry === entry))]
}

function forgotten(written: WrittenScenario): Places {
  return byWeight(written).map((line) => ({
    written: withLine(written, line),
    text: `${entryText(line.entry)} at ${line.at} is not entered`,
  }))
}

function neverCommitted(written: WrittenScenario): Places {
  return byWeight(written).map((line) => ({
    written: withLine(written, line, { ...line, entry: { ...line.entry, commit: false } }),
    text: `${entryText(line.entry)} at ${line.at} is prepared, read back and never committed`,
  }))
}

function dayLate(written: WrittenScenario): Places {
  const end_us = duration_us(written['duration'])
  const late = linesOf(written)
    .map((line) => later(line, DAY_us, `${line.at} 1 d`))
    .filter(({ at_us }) => compare(at_us, end_us) < 0)
  return [{ written: withLines(written, late), text: 'every entry is entered a day late' }]
}

/** Somebody who meets a refusal takes what the pump never refuses. */
function minimumAfterRefusal(written: WrittenScenario, { checks, duration_us: end_us }: Scenario): Places {
  const refusals = checks
    .flatMap((check) => (check.check === 'refused' && check.expect === 'pass' ? [add(check.at_us, HOUR_us)] : []))
    .filter((at_us) => compare(at_us, end_us) < 0)
    .toSorted(compare)
  const [at_us] = refusals
  if (at_us === undefined) return 'no entry of this file is expected to be refused'
  const at = duration(at_us)
  const minimum: Line = { at_us, at, entry: { at, therapy: { mode: 'minimum-rate' } } }
  return [
    {
      written: withLines(written, [...linesOf(written), minimum]),
      text: `minimum-rate entered at ${at}, an hour after a refusal`,
    },
  ]
}

function restartForgotten(written: WrittenScenario): Places {
  const restarts = eventsOf(written).filter(({ event }) => event['do'] === 'restart')
  return orNone(
    restarts.map(({ index, at }) => ({
      written: withEvent(written, index, null),
      text: `the restart at ${at} does not take place`,
    })),
    'no restart in this file',
  )
}

const WHICH = (taken: string) => [{ name: 'entry', meaning: 'which entry', range: 'any that is programmed', taken }]
const LONGEST_CHANGE = 'the change of therapy in force longest; the first therapy where there is no change'

/** Visits that end otherwise than they were meant to. */
export const VISIT_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'left-stopped',
    mechanism: 'A session ends with the pump stopped, and nobody comes back.',
    parameters: [{ name: 'at', meaning: 'time of the session', range: 'within the run', taken: 'half of the run' }],
    source: MOHAMMED,
    expected: 'volume-check',
    because: 'the bench misses the first step; the pump says so in its log after an hour and alarms after 48 h',
    places: leftStopped,
  },
  {
    name: 'stopped-for-three-days',
    mechanism: 'The pump is stopped by mistake, found after three days, and started again at the full dose.',
    parameters: [
      {
        name: 'off',
        meaning: 'how long it is stopped',
        range: 'less than the therapy is in force',
        taken: '3 d, in the middle of the therapy in force longest',
      },
    ],
    source: MOHAMMED,
    expected: 'volume-check',
    because:
      'the bench misses the first step; the pump says so in its log after an hour and alarms after 48 h, and nothing asks for a lower dose after days without',
    places: stoppedForDays,
  },
  {
    name: 'bolus-then-stopped',
    mechanism: 'A single bolus is programmed as a mode of its own, after which the pump is stopped.',
    parameters: WHICH('the first bolus on top of a therapy that runs'),
    source: 'functionalneuro.surgery, programming of implanted pumps: single bolus, then reverts to Stopped Pump',
    expected: 'volume-check',
    because:
      'the bench misses the first step; the pump says so in its log an hour after the bolus and alarms 48 h after it',
    places: bolusThenStopped,
  },
  {
    name: 'change-never-committed',
    mechanism: 'A change is prepared and read back, and the session ends before it is committed.',
    parameters: WHICH(LONGEST_CHANGE),
    source:
      'update of an implanted pump left incomplete when telemetry breaks off; Riordan 2014 and product advisories',
    expected: 'volume-check',
    because: 'the pump keeps the old therapy, as it must, and has nothing to complain of',
    places: neverCommitted,
  },
  {
    name: 'entry-forgotten',
    mechanism: 'An entry of the prescription is not programmed.',
    parameters: WHICH(LONGEST_CHANGE),
    source: TPLC,
    expected: 'volume-check',
    because: 'a pump cannot miss what it was never told',
    places: forgotten,
  },
  {
    name: 'a-day-late',
    mechanism: 'Everything is programmed a day late.',
    parameters: [{ name: 'by', meaning: 'delay of every entry', range: 'any', taken: '1 d' }],
    source: TPLC,
    expected: 'volume-check',
    because: 'the pump does not know when a change was due',
    places: dayLate,
  },
  {
    name: 'minimum-rate-after-refusal',
    mechanism: 'What the pump refused is replaced with its minimum rate, which it never refuses.',
    parameters: [
      {
        name: 'at',
        meaning: 'when',
        range: 'after a refusal',
        taken: 'an hour after the first refusal the file expects',
      },
    ],
    source: 'rates below the lowest of the motor in a published taper; chosen here',
    expected: 'volume-check',
    because: 'minimum rate is a valid therapy, and the pump has no opinion on why it was chosen',
    places: minimumAfterRefusal,
  },
  {
    name: 'restart-forgotten',
    mechanism: 'A pump that was stopped for a while is not restarted.',
    parameters: [{ name: 'restart', meaning: 'which restart', range: 'any', taken: 'the first' }],
    source: TPLC,
    expected: 'volume-check',
    because: 'the bench misses the first step; the pump says so in its log after an hour and alarms after 48 h',
    places: restartForgotten,
  },
]
