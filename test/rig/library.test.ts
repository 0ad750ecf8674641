/**
 * The scenarios of the library turn the motor on the emulated rig exactly as they turn it on the ideal one, and the pump
 * says and believes the same of it.
 *
 * Machine code takes its time: here the shortest scenario of every subject is run, the others in library.long.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { expectAlike, LONGEST_d, shortestOfEverySubject, subjectsOf, upTo } from './library.ts'

const CHOSEN = shortestOfEverySubject(LONGEST_d.always)
const subjects = (scenarios: typeof CHOSEN) => new Set(scenarios.flatMap((scenario) => [...subjectsOf(scenario)]))

describe('a scenario of the library', () => {
  it('is there for every subject, and none is left to the long tests alone but what takes weeks', () => {
    expect(subjects(CHOSEN)).toEqual(subjects(upTo(LONGEST_d.always)))
    const here = subjects(CHOSEN)
    const left = [...subjects(upTo(LONGEST_d.ever))].filter((subject) => !here.has(subject))
    expect(left.toSorted()).toEqual(['clock-drift', 'over-infusion', 'stopped'])
  })

  it.each(CHOSEN.map((scenario) => [scenario.name, scenario] as const))(
    '(%s) goes alike on both rigs',
    async (_name, scenario) => expectAlike(scenario),
    300_000,
  )
})
