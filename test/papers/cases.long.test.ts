/** The case reports with every programming error of the catalogue: none of them passes for the regimen that was prescribed. */
import { describe, it } from 'vitest'
import { PROGRAMMING_ERRORS } from '#hil/fault/programming/errors'
import { CASES, errorsNamed, expectCaught, placesIn } from './caught.ts'

/** No check of delivery sees what a pump is told of a drug: it changes nothing of what flows. */
const UNSEEN: ReadonlySet<string> = new Set(['refill-told-wrong-drug'])
const SEEN = PROGRAMMING_ERRORS.filter(({ name }) => !UNSEEN.has(name))

/** What is done once may be left out at any time. */
const ANYWHERE = errorsNamed([
  'entry-forgotten',
  'refill-forgotten',
  'refill-told-too-strong',
  'refill-half-filled',
  'restart-forgotten',
])

describe.each(CASES)('%s', (_, file) => {
  const first = new Set(SEEN)
  for (const error of ANYWHERE) first.delete(error)
  const places = [...placesIn(file, [...first], false), ...placesIn(file, ANYWHERE, true)]
  it.each(places)('is not met with %s', (_name, place) => expectCaught(place, file.scenario))
})
