/** What lies between pump and tip not reckoned with, or reckoned wrong: a bridge left out, a prime for another catheter. */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { numberText } from '#hil/fault/programming/amount'
import { orNone } from '#hil/fault/programming/doses'
import type { Place, Places, ProgrammingError } from '#hil/fault/programming/operator'
import { entryText, linesOf, mapOf, withLine } from '#hil/fault/programming/written'
import type { Scenario } from '#hil/scenario/types'
import { parseMeasure } from '#units/measure'
import { add, isPositive, multiply, type Rational, ratio, ZERO } from '#units/rational'

function bridgeSkipped(written: WrittenScenario): Places {
  const bridges = linesOf(written).filter(({ entry }) => entry['bridge'] !== undefined)
  return orNone(
    bridges.map((line) => ({
      written: withLine(written, line),
      text: `${entryText(line.entry)} at ${line.at} is not entered`,
    })),
    'no bridge in this file',
  )
}

/** A prime for a catheter that is longer or shorter by a part of the true one. */
function primeFor(difference: Rational) {
  return (written: WrittenScenario, scenario: Scenario): Places => {
    const primes = linesOf(written).filter(({ entry }) => entry['prime'] !== undefined)
    const places = primes.flatMap((line, index): Place[] => {
      const right_uL = primed(line.entry['prime'], scenario, index === 0)
      const wrong_uL = add(right_uL, multiply(scenario.catheter_uL, difference))
      if (!isPositive(wrong_uL)) return []
      const volume = `${numberText(wrong_uL)} uL`
      const entry = { ...line.entry, prime: { volume } }
      const text = `${entryText(line.entry)} at ${line.at} of ${numberText(right_uL)} uL entered as prime ${volume}`
      return [{ written: withLine(written, line, { ...line, entry }), text }]
    })
    return orNone(places, 'no prime in this file that could be of another catheter')
  }
}

/** What a prime displaces: what it says, else the catheter, and the tube too at first when neither holds drug. */
function primed(prime: unknown, { pump, catheter_uL, line }: Scenario, first: boolean): Rational {
  const volume = mapOf(prime)?.['volume']
  const parsed = parseMeasure(volume, ['volume'])
  if (volume !== undefined && parsed.ok) return parsed.measure.value
  return add(catheter_uL, first && line !== 'filled' ? pump.tube_uL : ZERO)
}

const LENGTH = (taken: string) => [
  { name: 'length', meaning: 'length of the catheter that the prime is for', range: 'above 0 cm', taken },
]
const PRIMING =
  'FDA Class I recall of 2013, priming bolus of implanted pumps, TGA RC-2013-RN-00677-1; catheter length is 110 cm less what was trimmed, Prometra manual'

/** Mistakes about the line between pump and tip. */
export const LINE_ERRORS: readonly ProgrammingError[] = [
  {
    name: 'bridge-skipped',
    mechanism:
      'After a refill of another concentration the line is not bridged, and the tip gets the old concentration at the new rate.',
    parameters: [{ name: 'bridge', meaning: 'which bridge', range: 'any', taken: 'the first' }],
    source: 'Boster and others 2016, Neuromodulation 19(6), PMID 27433993: a bridge bolus must be programmed',
    expected: 'volume-check',
    because: 'the pump does as it was told at the concentration it was told; nothing in it demands a bridge',
    places: bridgeSkipped,
  },
  {
    name: 'prime-for-shorter-catheter',
    mechanism:
      'The prime is worked out for a catheter shorter than the true one, and ends before the drug is at the tip.',
    parameters: LENGTH('half of the true one'),
    source: PRIMING,
    expected: 'volume-check',
    because: 'no pump can see how far the drug has come; the patient has nothing until the therapy has filled the rest',
    places: primeFor(ratio(-1n, 2n)),
  },
  {
    name: 'prime-for-longer-catheter',
    mechanism:
      'The prime is worked out for a catheter as it came, before it was trimmed, and the rest leaves the tip as a bolus.',
    parameters: LENGTH('half as long again as the true one'),
    source: PRIMING,
    expected: 'volume-check',
    because: 'no pump can see how far the drug has come, and no limit by mass counts what a prime moves',
    places: primeFor(ratio(1n, 2n)),
  },
]
