/** The course of a treatment entered wrong: steps of a taper, and a dose that a patient is no longer used to. */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { type DayAmount, dayOf } from '#hil/fault/programming/amount'
import { orNone } from '#hil/fault/programming/doses'
import type { Place, Places, ProgrammingError } from '#hil/fault/programming/operator'
import {
  dosed,
  linesOf,
  type Standing,
  therapiesOf,
  therapyText,
  withLine,
  withLines,
  withTherapy,
} from '#hil/fault/programming/written'
import type { Scenario } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import { compare, type Rational } from '#units/rational'

/** Two steps of a taper: each less than what is in force before it, of the same drug. */
interface Steps {
  readonly first: Standing
  readonly second: Standing
}

function tapersOf(written: WrittenScenario, scenario: Scenario): readonly Steps[] {
  const therapies = therapiesOf(written)
  return therapies.flatMap((before, index) => {
    const [first, second] = [therapies[index + 1], therapies[index + 2]]
    if (first === undefined || second === undefined) return []
    const falls = isLess(first, before) && isLess(second, first) && sameDrug(scenario, before, second)
    return falls ? [{ first, second }] : []
  })
}

/** Whether the therapy gives less in a day, and both are written by mass or both by volume; nothing is less than a dose. */
function isLess(one: Standing, before: Standing): boolean {
  const [less, more] = [amount(one), amount(before)]
  if (more === undefined) return false
  return less === undefined ? !dosed(one) : less.by === more.by && compare(less.amount, more.amount) < 0
}

function amount(standing: Standing): DayAmount | undefined {
  return dosed(standing) ? dayOf(standing.therapy) : undefined
}

function sameDrug(scenario: Scenario, a: Standing, b: Standing): boolean {
  return drugAt(scenario, a.line.at_us) === drugAt(scenario, b.line.at_us)
}

function drugAt({ fill, events }: Scenario, at_us: Rational): string {
  return events.reduce(
    (drug, event) => (event.kind === 'refill' && compare(event.at_us, at_us) <= 0 ? event.fill.meant.drug : drug),
    fill.meant.drug,
  )
}

const NO_TAPER = 'no two steps of a taper follow each other in this file'

function stepSkipped(written: WrittenScenario, scenario: Scenario): Places {
  const places = tapersOf(written, scenario).map(({ first, second }): Place => {
    const early = withTherapy(first.line, second.therapy)
    const rest = withLine(written, second.line)
    const text = `${therapyText(first.therapy)} skipped at ${first.line.at}: ${therapyText(second.therapy)} is entered instead`
    return { written: withLine(rest, first.line, early), text }
  })
  return orNone(places, NO_TAPER)
}

function stepsReversed(written: WrittenScenario, scenario: Scenario): Places {
  const places = tapersOf(written, scenario).map(({ first, second }): Place => {
    const lines = linesOf(written).map((line) =>
      line.entry === first.line.entry
        ? withTherapy(line, second.therapy)
        : line.entry === second.line.entry
          ? withTherapy(line, first.therapy)
          : line,
    )
    const text = `${therapyText(second.therapy)} entered at ${first.line.at}, and ${therapyText(first.therapy)} at ${second.line.at}`
    return { written: withLines(written, lines), text }
  })
  return orNone(places, NO_TAPER)
}

/** A first dose after a day or more without, less than the last one before. */
function fullDose(written: WrittenScenario, scenario: Scenario): Places {
  const therapies = therapiesOf(written)
  const places = therapies.flatMap((restart, index): Place[] => {
    const off = therapies[index - 1]
    if (off === undefined || dosed(off) || !dosed(restart) || compare(off.for_us, DAY_us) < 0) return []
    const before = therapies.slice(0, index).findLast(dosed)
    if (before === undefined || !isLess(restart, before) || !sameDrug(scenario, before, restart)) return []
    const text = `${therapyText(restart.therapy)} entered as ${therapyText(before.therapy)} at ${restart.line.at}, the dose before the pause`
    return [{ written: withLine(written, restart.line, withTherapy(restart.line, before.therapy)), text }]
  })
  return orNone(places, 'no therapy of this file begins with less after a day or more without a dose')
}

const TAPER = [
  { name: 'step', meaning: 'which step', range: 'any with a step after it', taken: 'the first of the taper' },
]
const WEANING =
  'withdrawal of intrathecal baclofen after doses that fall too fast: Mohammed 2004, doi 10.1186/1472-6904-4-6'

/** The course of a treatment entered wrong. */
export const COURSE_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'taper-step-skipped',
    mechanism: 'A step of a taper is left out, and the next is entered in its place.',
    parameters: TAPER,
    source: WEANING,
    expected: 'volume-check',
    because: 'a reduction is never refused; only a soft limit of change warns of one that is too large',
    places: stepSkipped,
  },
  {
    name: 'taper-steps-reversed',
    mechanism: 'Two steps of a taper are entered the wrong way round.',
    parameters: TAPER,
    source: WEANING,
    expected: 'volume-check',
    because: 'both doses are valid; only a limit of change sees that the second is a rise',
    places: stepsReversed,
  },
  {
    name: 'restart-at-full-dose',
    mechanism:
      'After days without drug the pump is started at the dose before them, and not at that of somebody no longer used to it.',
    parameters: [
      { name: 'restart', meaning: 'which', range: 'a first dose after a day or more without', taken: 'the first' },
    ],
    source:
      'case study of the Texas Medical Liability Trust: restarted at 1.94 mg a day after two months with an empty pump',
    expected: 'volume-check',
    because:
      'the pump compares with the last dose that was meant and finds no change; that the patient had none it cannot know',
    places: fullDose,
  },
]
