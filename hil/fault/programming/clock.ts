/** The clock of the pump set wrong: half a day off, or on another day of the week. */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import type { Places, ProgrammingError } from '#hil/fault/programming/operator'
import { textOf, therapiesOf } from '#hil/fault/programming/written'

const HOUR_ms = 3_600_000

function offBy(hours: number) {
  return (written: WrittenScenario): Places => {
    if (!therapiesOf(written).some(({ therapy }) => therapy['mode'] === 'flex'))
      return 'no therapy of this file goes by the clock'
    const shown = textOf(written['pump_clock'] ?? written['clock'])
    const wrong = new Date(Date.parse(`${shown}Z`) + hours * HOUR_ms).toISOString().slice(0, shown.length)
    return [
      { written: { ...written, pump_clock: wrong }, text: `the clock of the pump is set to ${wrong} at ${shown}` },
    ]
  }
}

function wrongWeekday(written: WrittenScenario): Places {
  return therapiesOf(written).some(({ therapy }) => therapy['days'] !== undefined)
    ? offBy(24)(written)
    : 'no therapy of this file goes by the day of the week'
}

const BOSTER = 'Boster and others 2016, PMID 27433993: time changes may affect dosing by the time of day'

/** The clock of the pump set wrong. */
export const CLOCK_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'wrong-clock',
    mechanism: 'The clock of the pump is set to the morning where it is evening, and boluses come half a day off.',
    parameters: [
      { name: 'pump_clock', meaning: 'what the clock of the pump shows', range: 'any time', taken: '12 h ahead' },
    ],
    source: BOSTER,
    expected: 'volume-check',
    because: 'the dose of a day is right and the pump has no other clock to compare with',
    places: offBy(12),
  },
  {
    name: 'wrong-weekday',
    mechanism: 'The clock of the pump is a day ahead, and boluses of chosen days come on others.',
    parameters: [
      { name: 'pump_clock', meaning: 'what the clock of the pump shows', range: 'any time', taken: '1 d ahead' },
    ],
    source: BOSTER,
    expected: 'volume-check',
    because: 'the dose of a week is right and the pump has no other calendar to compare with',
    places: wrongWeekday,
  },
]
