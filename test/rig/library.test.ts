/**
 * The scenarios of the library turn the motor on the emulated rig exactly as they turn it on the ideal one, and the pump
 * says and believes the same of it.
 *
 * Machine code takes its time: here every subject is run from where the library comes to it first, whole scenarios in
 * library.long.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { beginningsForEverySubject, expectAlike, LONGEST_d, lastingUpTo, subjectsOf } from './library.ts'

const BEGINNINGS = beginningsForEverySubject()
const subjects = (scenarios: typeof BEGINNINGS) =>
  new Set(scenarios.flatMap((scenario) => [...subjectsOf(scenario).keys()]))

describe('the beginning of a scenario of the library', () => {
  it('is there for every subject, and none is left to the long tests alone', () => {
    const here = subjects(BEGINNINGS)
    const left = [...subjects(lastingUpTo(LONGEST_d))].filter((subject) => !here.has(subject))
    expect(left.toSorted()).toEqual([])
  })

  it.each(BEGINNINGS.map((scenario) => [scenario.name, scenario] as const))(
    '(%s) goes alike on both rigs',
    async (_name, scenario) => expectAlike(scenario),
    300_000,
  )
})
