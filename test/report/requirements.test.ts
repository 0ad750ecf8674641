/** Requirements: how their file is read, what is evidence for one, and what reports say of it. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { render } from '#hil/report/render'
import { requirementResults } from '#hil/report/requirements'
import { parseRequirements, type Requirement, unknownRequirements } from '#hil/report/requirements-file'
import { RESULT } from '#hil/report/result-schema'
import type { Result, RunResult } from '#hil/run/result'
import { problemText } from '#hil/scenario/problem'
import { readScenarios } from '#scripts/scenario-files'
import { scenarioOf } from '../support/scenario.ts'
import { check, passingWeek, result, scriptless } from './fabricated.ts'

const NEED: Requirement = { id: 'R1', text: 'The dose is right.', risk: 'Overdose.' }
const HOSTILE: Requirement = { id: 'R2', text: '<script>alert(1)</script>', risk: '\u001b[2J', source: '"&' }
const PASS = check({ verdict: 'pass' })
const FAIL = check({ check: 'max-dose', outcome: 'fail', verdict: 'fail' })
const UNSURE = check({ check: 'alarm', outcome: 'inconclusive', verdict: 'inconclusive' })

function run(scenario: string, over: Partial<RunResult>): RunResult {
  return { ...passingWeek(), scenario, requirements: ['R1'], checks: [PASS], ...over }
}

function verdictOf(...runs: readonly RunResult[]): string {
  return requirementResults([NEED], runs)
    .map(({ verdict }) => verdict)
    .join()
}

describe('the verdict of a requirement', () => {
  it('is the worst of all checks of the scenarios that name it', () => {
    expect(verdictOf(run('a', {}))).toBe('pass')
    expect(verdictOf(run('a', {}), run('b', { checks: [PASS, UNSURE] }))).toBe('inconclusive')
    expect(verdictOf(run('a', { checks: [UNSURE] }), run('b', { checks: [FAIL, PASS] }), run('c', {}))).toBe('fail')
  })

  it('is that of the checks that name it, where some do', () => {
    const own = { ...PASS, requirements: ['R1'] }
    expect(verdictOf(run('a', { checks: [own, FAIL] }))).toBe('pass')
    expect(verdictOf(run('a', { requirements: [], checks: [{ ...FAIL, requirements: ['R1'] }, PASS] }))).toBe('fail')
  })

  it('counts every attempt', () => {
    expect(verdictOf(run('a', { attempt: 1, checks: [UNSURE] }), run('a', { attempt: 2 }))).toBe('inconclusive')
  })

  it('is none where nothing exercises it', () => {
    expect(verdictOf()).toBe('not exercised')
    expect(verdictOf(run('a', { requirements: ['R2'] }))).toBe('not exercised')
  })
})

const FILE = `schema: pumpbench/requirements@1
requirements:
  - { id: R1, text: The dose is right., risk: Overdose. }
`

function problemsOf(text: string): string {
  const parsed = parseRequirements(text, 'r.yaml')
  return parsed.ok ? '' : parsed.problems.map(problemText).join('\n')
}

describe('a file of requirements', () => {
  it('is read', () => {
    expect(parseRequirements(FILE, 'r.yaml')).toEqual({ ok: true, requirements: [NEED] })
  })

  it.each([
    ['nothing', '', 'r.yaml:1:1: the file is empty; a file of requirements begins with'],
    [
      'a list',
      '- R1',
      'r.yaml:1:1: a file of requirements begins with "schema: pumpbench/requirements@1", found a list',
    ],
    ['another version', FILE.replace('@1', '@2'), 'r.yaml:1:9: "pumpbench/requirements@2" is not a version'],
    ['no schema', FILE.replace(/^.*\n/, ''), 'missing key "schema"'],
    ['no list', 'schema: pumpbench/requirements@1', 'missing key "requirements"'],
    ['an empty list', 'schema: pumpbench/requirements@1\nrequirements: []', 'no requirement is listed'],
    ['an id twice', FILE + FILE.split('\n')[2], 'r.yaml:4:11: the id "R1" is already that of another requirement'],
    ['no risk', FILE.replace(', risk: Overdose.', ''), 'r.yaml:3:5: missing key "risk"'],
    ['an empty text', FILE.replace('The dose is right.', '""'), 'the text of a requirement is not empty'],
    ['a misspelled key', FILE.replace('risk', 'risc'), 'unknown key "risc"; did you mean "risk"?'],
    ['a broken id', FILE.replace('R1', '4x'), 'r.yaml:3:11: "4x": a requirement is named with'],
  ])('that holds %s is refused with its place', (_, text, problem) => {
    expect(problemsOf(text)).toContain(problem)
  })

  it('is held against what scenarios and their checks name', () => {
    const text = `schema: pumpbench/scenario@1
name: a
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 1 d
prescription: [{ at: 0 d, therapy: { mode: stopped } }]
checks:
  - { check: no-other-alarms, requirements: [R1, R11] }
requirements: [R1, X9]
`
    const problems = unknownRequirements(scenarioOf(text), 'a.yaml', [NEED], 'r.yaml').map(problemText)
    expect(problems).toEqual([
      'a.yaml:10:20: "X9" is not a requirement of r.yaml; it has R1',
      'a.yaml:9:50: "R11" is not a requirement of r.yaml; did you mean "R1"?',
    ])
  })
})

describe('the requirements that come along', () => {
  const parsed = parseRequirements(readFileSync('requirements.yaml', 'utf8'), 'requirements.yaml')
  const { scenarios } = readScenarios(['scenarios'])

  it('are fourteen, each with its risk and its source', () => {
    if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
    expect(parsed.requirements.map(({ id }) => id)).toEqual(Array.from({ length: 14 }, (_, n) => `R${n + 1}`))
    expect(parsed.requirements.filter(({ source }) => source === undefined)).toEqual([])
  })

  it('are each exercised by a scenario of the library, which names no other', () => {
    const ids = parsed.ok ? parsed.requirements.map(({ id }) => id) : []
    expect(new Set(scenarios.flatMap(({ scenario }) => scenario.requirements))).toEqual(new Set(ids))
  })
})

describe('a report', () => {
  const whole: Result = {
    ...result(run('good', {}), run('bad', { checks: [FAIL], attempt: 2 })),
    requirements: requirementResults([NEED, HOSTILE], [run('good', {}), run('bad', { checks: [FAIL], attempt: 2 })]),
    baseline: {
      file: 'old.json',
      sha256: 'ab'.repeat(32),
      regressions: [{ scenario: 'bad', check: 'max-dose', verdict: 'fail', detail: 'too much' }],
    },
  }

  it('for programs holds them, as its schema says', () => {
    const json: unknown = JSON.parse(render(whole, 'json'))
    expect(json).toEqual(whole)
    expect(RESULT.safeParse(json).error).toBeUndefined()
  })

  it('on a terminal lists those that were exercised and counts the others', () => {
    const text = render(whole, 'terminal')
    expect(text).toMatch(/^R1 +FAIL +2 {2}The dose is right\.$/m)
    expect(text).toContain('2 requirements: 1 fail, 1 not exercised')
    expect(text).not.toContain('<script>')
    expect(text).toContain('1 check that passed in the baseline no longer does')
    expect(text).toContain('bad: max-dose: fail: too much')
    expect(text).toContain('bad, attempt 2')
  })

  it('as a page names evidence, risk and source, and nothing of them is markup', () => {
    const page = render(whole, 'html')
    for (const part of [
      '<h2>Requirements</h2>',
      'Risk: Overdose.',
      'bad, attempt 2 (max-dose: fail)',
      'not exercised',
    ]) {
      expect(page).toContain(part)
    }
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(scriptless(page)).not.toContain('<script')
    expect(page).toContain('<h2>Held against the baseline</h2>')
  })

  it('as a page holds a thousand checks that a baseline lost and counts the rest, and as JSON all of them', () => {
    const lost = { scenario: 'bad', check: 'max-dose', verdict: 'fail', detail: 'too much' } as const
    const regressions = Array.from({ length: 1003 }, (_, index) => ({ ...lost, check: `check-${index}` }))
    const many: Result = { ...whole, baseline: { file: 'old.json', sha256: 'ab'.repeat(32), regressions } }
    const page = render(many, 'html')
    expect(page).toContain('check-999<')
    expect(page).not.toContain('check-1000<')
    expect(page).toContain('<p>3 more are in the JSON report.</p>')
    expect(render(many, 'json')).toContain('"check-1002"')
  })

  it('says nothing of requirements where none are in use', () => {
    for (const format of ['terminal', 'html', 'json'] as const) {
      expect(render(result(passingWeek()), format)).not.toMatch(/Requirements<|requirements: \d|"evidence"|baseline/)
    }
  })
})
