/** Events that a check may ask for: what pump and bench can say, documented and known to editors, and a pump's own. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PUMP_EVENTS } from '#firmware-sim/messages'
import { EVENT_NAMES } from '#hil/scenario/event-names'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { scenarioJsonSchema } from '#hil/scenario/schema'
import { draft, therapy } from '../support/scenario.ts'

const asking = (event: string) =>
  draft({
    duration: '2 d',
    prescription: [therapy('0 d', '100 ug/d')],
    checks: [`{ check: event, event: ${event}, by: 1 d, expect: fail }`],
  })

const problemsOf = (text: string) => {
  const parsed = parseScenario(text, 'case.yaml')
  return parsed.ok ? [] : parsed.problems.map(problemText)
}

describe('the name of an event', () => {
  it.each(EVENT_NAMES)('may be %s, is documented and is known to editors', (name) => {
    expect(problemsOf(asking(name))).toEqual([])
    expect(readFileSync('docs/SCENARIOS.md', 'utf8')).toContain(`\`${name}\``)
    expect(JSON.stringify(scenarioJsonSchema())).toContain(`"${name}"`)
  })

  it('is in the table once', () => {
    expect(new Set(EVENT_NAMES).size).toBe(EVENT_NAMES.length)
    expect(EVENT_NAMES).toEqual(expect.arrayContaining([...PUMP_EVENTS]))
  })

  it('may be any of one of a pump of your own that begins with x-', () => {
    expect(problemsOf(asking('x-cooled-down'))).toEqual([])
    expect(problemsOf(asking('xcooled-down')).join()).toContain('no event of pump or bench')
  })
})
