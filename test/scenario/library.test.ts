import { describe, expect, it } from 'vitest'
import { readScenarios } from '#scripts/scenario-files'

const { scenarios, problems } = readScenarios(['scenarios'])

describe('the scenario library', () => {
  it('is free of mistakes', () => {
    expect(problems).toEqual([])
    expect(scenarios.length).toBeGreaterThanOrEqual(4)
  })

  it.each(scenarios.map(({ file, scenario }) => [file, scenario] as const))(
    '%s says where it comes from and what it is evidence for',
    (_, scenario) => {
      expect(scenario.source).toBeDefined()
      expect(scenario.requirements).not.toEqual([])
      expect(scenario.defaultChecks).toBe(false)
    },
  )

  it('has the four acts of the first case report', () => {
    const names = scenarios.map(({ scenario }) => scenario.name)
    expect(names).toEqual(
      expect.arrayContaining([
        'simple-continuous-first-week',
        'simple-continuous-half-year-refilled',
        'simple-continuous-half-year-without-refill',
        'simple-continuous-month-one-increase',
      ]),
    )
  })
})
