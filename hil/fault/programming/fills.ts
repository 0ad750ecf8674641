/**
 * What is in the syringe is not what the pump is told: the wrong concentration, drug or volume, at the first fill or at a
 * refill. Either what is entered is not what the label says, or what was filled is not. The prescribed ledger follows the
 * label, which is what was meant; the pump what it was told.
 */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { scaled } from '#hil/fault/programming/amount'
import { orNone } from '#hil/fault/programming/doses'
import type { Place, ProgrammingError } from '#hil/fault/programming/operator'
import { eventsOf, mapOf, textOf, type WrittenMap, withEvent } from '#hil/fault/programming/written'
import { type Rational, ratio, whole } from '#units/rational'

/** A fill as a file writes it: what is in it, what was meant to be and what the pump is told, where those differ. */
interface WrittenFill {
  readonly fill: WrittenMap
  readonly meant: WrittenMap
  readonly told: WrittenMap
}

type Key = 'drug' | 'concentration' | 'volume'

interface Wrong {
  readonly key: Key
  /** Which of the two departs from what was meant. */
  readonly side: 'told' | 'true'
  readonly change: (value: unknown) => string
}

/** The fill with the one side changed while all else stays what it was: the label too, and with it what the pump is told. */
function wrongly({ fill, meant, told }: WrittenFill, { key, side, change }: Wrong): WrittenFill {
  const label = meant[key] ?? fill[key]
  return side === 'told'
    ? { fill, meant, told: { ...told, [key]: change(told[key] ?? label) } }
    : { fill: { ...fill, [key]: change(fill[key]) }, meant: { ...meant, [key]: label }, told }
}

function describe({ fill, meant, told }: WrittenFill, { key, side }: Wrong, at: string): string {
  const label = textOf(meant[key] ?? fill[key])
  return side === 'told'
    ? `at ${at} the pump is told ${key} ${textOf(told[key])} of what is labeled ${label}`
    : `at ${at} ${key} ${textOf(fill[key])} is filled of what is labeled ${label}`
}

/** The keys of a fill that differ from the truth, left out where none does. */
function differing({ meant, told }: WrittenFill): WrittenMap {
  const isSaid = (said: WrittenMap) => Object.keys(said).length > 0
  return { ...(isSaid(meant) ? { meant } : {}), ...(isSaid(told) ? { programmed: told } : {}) }
}

function atFirstFill(wrong: Wrong): ProgrammingError['places'] {
  return (written) => {
    const { meant, programmed, ...fill } = mapOf(written['fill']) ?? {}
    const changed = wrongly({ fill, meant: mapOf(meant) ?? {}, told: mapOf(programmed) ?? {} }, wrong)
    const text = describe(changed, wrong, '0 d')
    return [{ written: { ...written, fill: { ...changed.fill, ...differing(changed) } }, text }]
  }
}

function atRefill(wrong: Wrong): ProgrammingError['places'] {
  return (written) => {
    const places = refillsOf(written).map(({ index, at, event, refill }): Place => {
      const { fill, meant, programmed, ...rest } = refill
      const before = { fill: mapOf(fill) ?? {}, meant: mapOf(meant) ?? {}, told: mapOf(programmed) ?? {} }
      const changed = wrongly(before, wrong)
      const refilled = { ...event, refill: { ...rest, fill: changed.fill, ...differing(changed) } }
      return { written: withEvent(written, index, refilled), text: describe(changed, wrong, at) }
    })
    return orNone(places, NO_REFILL)
  }
}

const NO_REFILL = 'no refill in this file'

/** The refills in the order of the file. */
function refillsOf(written: WrittenScenario) {
  return eventsOf(written).flatMap((one) => {
    const refill = mapOf(one.event['refill'])
    return refill === undefined ? [] : [{ ...one, refill }]
  })
}

const by = (factor: Rational) => (quantity: unknown) => scaled(quantity, factor)
const otherDrug = (drug: unknown) => (drug === 'morphine' ? 'baclofen' : 'morphine')

const INVERSE =
  'Institute for Safe Medication Practices, concentration entered wrong on pumps, dose and volume are inverse; improper concentration at refill in Mohammed 2004, doi 10.1186/1472-6904-4-6'
const FORTY_ENTERED =
  'case study of the Texas Medical Liability Trust: 20 mL put in, 40 mL entered, the pump empty for two months'
const SIDE_PORT = 'Institute for Safe Medication Practices, 15 January 2004, wrong drug into an implanted pump'

const QUARTER = ratio(1n, 4n)
const FOUR = whole(4)
const HALF = ratio(1n, 2n)

/** An error at a fill, but for its name and what it is done to. */
interface FillError extends Pick<ProgrammingError, 'name' | 'mechanism' | 'source' | 'expected' | 'because'>, Wrong {
  readonly taken: string
}

const TOLD =
  'the motor turns as it was told and every alarm counts in volume; the prescribed volume follows what the label says'
const MISLABELED =
  'every volume is right, and the pump has no sensor of drug or concentration; the bench finds another dose at the tip, after a refill once the line has cleared'

const FILL_ERRORS_OF_EACH: readonly FillError[] = [
  {
    name: 'told-too-strong',
    mechanism:
      'The pump is told four times the concentration that the syringe holds, as its label says, and gives a quarter of the dose.',
    source: INVERSE,
    expected: 'volume-check',
    because: TOLD,
    key: 'concentration',
    side: 'told',
    change: by(FOUR),
    taken: 'four times the true one, as 2000 ug/mL is of 500',
  },
  {
    name: 'told-too-weak',
    mechanism:
      'The pump is told a quarter of the concentration that the syringe holds, as its label says, and gives four times the dose.',
    source: INVERSE,
    expected: 'volume-check',
    because: TOLD,
    key: 'concentration',
    side: 'told',
    change: by(QUARTER),
    taken: 'a quarter of the true one, as 500 ug/mL is of 2000',
  },
  {
    name: 'too-weak',
    mechanism: 'The syringe holds a quarter of the concentration on its label, which the pump is told.',
    source: INVERSE,
    expected: 'dose-check',
    because: MISLABELED,
    key: 'concentration',
    side: 'true',
    change: by(QUARTER),
    taken: 'a quarter of that on the label',
  },
  {
    name: 'too-strong',
    mechanism: 'The syringe holds four times the concentration on its label, which the pump is told.',
    source: INVERSE,
    expected: 'dose-check',
    because: MISLABELED,
    key: 'concentration',
    side: 'true',
    change: by(FOUR),
    taken: 'four times that on the label',
  },
  {
    name: 'wrong-drug',
    mechanism: 'The syringe holds another drug than its label says, which the pump is told.',
    source: SIDE_PORT,
    expected: 'dose-check',
    because: MISLABELED,
    key: 'drug',
    side: 'true',
    change: otherDrug,
    taken: 'morphine in the place of any other drug, baclofen in that of morphine; at the same concentration',
  },
  {
    name: 'half-filled',
    mechanism: 'Half of the volume that the pump is told goes into the reservoir.',
    source: FORTY_ENTERED,
    expected: 'reconciliation',
    because:
      'the pump cannot measure its reservoir and counts down from what it was told; without a refill it runs dry before its alarm',
    key: 'volume',
    side: 'true',
    change: by(HALF),
    taken: 'half of what is entered, as 20 mL is of 40',
  },
  {
    name: 'half-entered',
    mechanism: 'The pump is told half of the volume that is filled.',
    source: FORTY_ENTERED,
    expected: 'alarmed',
    because: 'the low-reservoir alarm comes too early, and with it somebody who draws more than was expected',
    key: 'volume',
    side: 'told',
    change: by(HALF),
    taken: 'half of what is filled',
  },
]

function atBoth({ key, side, change, taken, ...error }: FillError): readonly ProgrammingError[] {
  const wrong = { key, side, change }
  const parameters = [{ name: key, meaning: `${key} that is wrong`, range: 'what a reservoir can hold', taken }]
  return [
    { ...error, name: `fill-${error.name}`, parameters, places: atFirstFill(wrong) },
    { ...error, name: `refill-${error.name}`, parameters, places: atRefill(wrong) },
  ]
}

/** Fills and refills that are not what the pump is told. */
export const FILL_ERRORS: readonly ProgrammingError[] = [
  ...FILL_ERRORS_OF_EACH.flatMap(atBoth),
  {
    name: 'refill-told-wrong-drug',
    mechanism: 'The pump is told another drug than is filled.',
    parameters: [
      { name: 'drug', meaning: 'drug that is entered', range: 'any name', taken: 'morphine, or baclofen for morphine' },
    ],
    source: SIDE_PORT,
    expected: 'warned',
    because:
      'the pump warns that its therapy was programmed for another drug; whoever confirms that changes nothing of the flow',
    places: atRefill({ key: 'drug', side: 'told', change: otherDrug }),
  },
  {
    name: 'refill-forgotten',
    mechanism: 'A refill does not take place.',
    parameters: [{ name: 'refill', meaning: 'which refill', range: 'any', taken: 'the first' }],
    source: 'delayed refill: Rivera Díaz 2013, Rev Colomb Anestesiol 41(3):229-235',
    expected: 'alarmed',
    because:
      'the low-reservoir alarm goes on, then the empty one; if the count is right both come before the therapy ends',
    places: (written) =>
      orNone(
        refillsOf(written).map(({ index, at }) => ({
          written: withEvent(written, index, null),
          text: `the refill at ${at} does not take place`,
        })),
        NO_REFILL,
      ),
  },
]
