/**
 * The number or the unit of a dose entered wrong: a decimal point, a unit of mass, a unit of time, a slip of arithmetic.
 *
 * One entry is entered wrong, with every amount in it: that which is in force longest, so that its effect is seen.
 */

import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { type DoseChange, mistaken, scaled, type UnitSlip, withDoses } from '#hil/fault/programming/amount'
import type { Place, Places, ProgrammingError } from '#hil/fault/programming/operator'
import {
  dosesOf,
  entryText,
  type Line,
  linesOf,
  mapOf,
  textOf,
  withLine,
  withTherapy,
} from '#hil/fault/programming/written'
import { type Rational, ratio, whole } from '#units/rational'

const WHICH = {
  name: 'entry',
  meaning: 'which entry is entered wrong',
  range: 'any that gives a dose; by mass for a slip of mass, per time for a slip of time',
  taken: 'the therapy in force longest; where none fits, the first bolus or leave of the patient',
}

const factor = (taken: string, range: string) => ({
  name: 'factor',
  meaning: 'of each amount in the entry',
  range,
  taken,
})

const ISMP_BACLOFEN =
  'ISMP, baclofen programming error: 60 mcg an hour instead of a day in flex mode (ismp.org/baclofen-programming-error)'

/** An error in every amount of an entry. */
function wrongAmount(change: DoseChange): ProgrammingError['places'] {
  return (written) => {
    const therapies = dosesOf(written).map(({ line, therapy }) => {
      const wrong = withDoses(therapy, change)
      return entered(written, line, withTherapy(line, wrong))
    })
    const once = linesOf(written).flatMap((line) => onceWrong(written, line, change))
    return orNone([...therapies, ...once], 'nothing that is programmed in this file gives a dose')
  }
}

function onceWrong(written: WrittenScenario, line: Line, { dose }: DoseChange): readonly Place[] {
  return (['bolus', 'patient-bolus'] as const).flatMap((key) => {
    const given = mapOf(line.entry[key])
    if (given === undefined) return []
    const entry = { ...line.entry, [key]: { ...given, dose: dose(given['dose']) } }
    return [entered(written, line, { ...line, entry })]
  })
}

/** An error in what flows in a time, as the daily dose of a pump is written; boluses stay. */
function wrongRate(rate: (rate: unknown) => string): ProgrammingError['places'] {
  return (written) => {
    const flowing = dosesOf(written).filter(({ therapy }) => therapy['mode'] !== 'periodic-bolus' || 'basal' in therapy)
    const change: DoseChange = { rate, dose: textOf }
    return orNone(
      flowing.map(({ line, therapy }) => entered(written, line, withTherapy(line, withDoses(therapy, change)))),
      'nothing that is programmed in this file is a dose per time',
    )
  }
}

/** The line entered as another. */
export function entered(written: WrittenScenario, line: Line, wrong: Line): Place {
  const text = `${entryText(line.entry)} entered as ${entryText(wrong.entry)} at ${line.at}`
  return { written: withLine(written, line, wrong), text }
}

export function orNone(places: readonly Place[], reason: string): Places {
  return places.length === 0 ? reason : places
}

const times = (by: Rational): DoseChange => {
  const changed = (amount: unknown) => scaled(amount, by)
  return { rate: changed, dose: changed }
}

const unit = (slip: UnitSlip): DoseChange => {
  const changed = (amount: unknown) => mistaken(amount, slip)
  return { rate: changed, dose: changed }
}

/** The units of mass, alone and per time, with another unit of mass. */
function massUnits(from: readonly string[], to: string): ReadonlyMap<string, string> {
  const per = ['', '/d', '/h', '/min', '/w']
  return new Map(per.flatMap((time) => from.map((one): [string, string] => [one + time, to + time])))
}

function perTime(from: string, to: string): ReadonlyMap<string, string> {
  const amounts = ['ng', 'ug', 'mcg', 'µg', 'μg', 'mg', 'nL', 'uL', 'mL']
  return new Map(amounts.map((amount) => [`${amount}/${from}`, `${amount}/${to}`]))
}

const SEEN_BY_VOLUME =
  'within the range of the motor the pump takes any dose that no limit of the clinic forbids, and its own account agrees ' +
  'with what it was told; a soft limit of change or of the daily dose would have it warn'

/** Doses entered wrong. */
export const DOSE_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'ten-fold-dose',
    mechanism: 'A decimal point is lost: every amount of an entry is entered ten times too large.',
    parameters: [WHICH, factor('10', 'above 1')],
    source: 'two patients overdosed on one day by programming of highly concentrated morphine, PMID 9259873',
    expected: 'volume-check',
    because: SEEN_BY_VOLUME,
    places: wrongAmount(times(whole(10))),
  },
  {
    name: 'tenth-of-the-dose',
    mechanism: 'A decimal point too many: every amount of an entry is entered ten times too small.',
    parameters: [WHICH, factor('1/10', 'below 1')],
    source: 'FDA, Total Product Life Cycle: Infusion Pumps, 2014, use hazards: misread units and values',
    expected: 'refused',
    because:
      'a tenth of a usual dose lies below the lowest rate of the motor; where it does not, only the volume shows it',
    places: wrongAmount(times(ratio(1n, 10n))),
  },
  {
    name: 'a-fifth-too-much',
    mechanism: 'A slip of arithmetic: every amount of an entry is a fifth too large.',
    parameters: [WHICH, factor('6/5', 'above 1')],
    source: 'FDA, Total Product Life Cycle: Infusion Pumps, 2014, use hazards',
    expected: 'volume-check',
    because: 'no limit is as narrow as a usual step of titration, so neither pump nor programmer can tell it from one',
    places: wrongAmount(times(ratio(6n, 5n))),
  },
  {
    name: 'a-fifth-too-little',
    mechanism: 'A slip of arithmetic: every amount of an entry is a fifth too small.',
    parameters: [WHICH, factor('4/5', 'below 1')],
    source: 'FDA, Total Product Life Cycle: Infusion Pumps, 2014, use hazards',
    expected: 'volume-check',
    because: 'no limit is as narrow as a usual step of titration, so neither pump nor programmer can tell it from one',
    places: wrongAmount(times(ratio(4n, 5n))),
  },
  {
    name: 'milligrams-for-micrograms',
    mechanism: 'The unit of mass is mistaken: milligrams are entered where micrograms were meant.',
    parameters: [WHICH, factor('1000', '1000')],
    source: 'Institute for Safe Medication Practices, list of error-prone abbreviations: ug mistaken as mg',
    expected: 'refused',
    because: 'a thousand times a usual dose needs more than the motor can turn',
    places: wrongAmount(unit({ units: massUnits(['ug', 'mcg', 'µg', 'μg'], 'mg'), factor: whole(1000) })),
  },
  {
    name: 'micrograms-for-milligrams',
    mechanism: 'The unit of mass is mistaken: micrograms are entered where milligrams were meant.',
    parameters: [WHICH, factor('1/1000', '1/1000')],
    source: 'Institute for Safe Medication Practices, list of error-prone abbreviations: ug mistaken as mg',
    expected: 'refused',
    because: 'a thousandth of a usual dose lies below the lowest rate of the motor',
    places: wrongAmount(unit({ units: massUnits(['mg'], 'ug'), factor: ratio(1n, 1000n) })),
  },
  {
    name: 'per-hour-for-per-day',
    mechanism: 'The dose of a day is entered as that of an hour.',
    parameters: [WHICH, factor('24', '24')],
    source: ISMP_BACLOFEN,
    expected: 'volume-check',
    because: SEEN_BY_VOLUME,
    places: wrongRate((rate) => mistaken(rate, { units: perTime('d', 'h'), factor: whole(24) })),
  },
  {
    name: 'per-day-for-per-hour',
    mechanism: 'The dose of an hour is entered as that of a day.',
    parameters: [WHICH, factor('1/24', '1/24')],
    source: `the reverse of ${ISMP_BACLOFEN}`,
    expected: 'refused',
    because: 'a twenty-fourth of a usual dose lies below the lowest rate of the motor',
    places: wrongRate((rate) => mistaken(rate, { units: perTime('h', 'd'), factor: ratio(1n, 24n) })),
  },
]
