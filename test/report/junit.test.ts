/** JUnit XML: what a CI server reads of a result, held against what the strictest of them accepts. */
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { junitReport } from '#hil/report/junit'
import type { Result } from '#hil/run/result'
import { check, HOSTILE, hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/** The document of a text; throws for whatever XML forbids. */
function parsed(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => open.pop())
  parser.write(xml).close()
  const [document, ...others] = root.children
  if (document === undefined || others.length > 0) throw new Error('not one root element')
  return document
}

function below(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...below(child, name)])
}

/** What may stand where, of the schema junit-10 of the xUnit plug-in of Jenkins: attributes with those required, children. */
const RULES: Readonly<
  Record<string, { readonly must: string[]; readonly may: string[]; readonly children: string[] }>
> = {
  testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    must: ['name', 'tests', 'failures', 'errors'],
    may: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { must: [], may: [], children: ['property'] },
  property: { must: ['name', 'value'], may: [], children: [] },
  testcase: {
    must: ['name'],
    may: ['time', 'classname'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { must: [], may: ['type', 'message'], children: [] },
  error: { must: [], may: ['type', 'message'], children: [] },
  'system-out': { must: [], may: [], children: [] },
}
const TIME = /^\d+\.\d+$/

/** Everything in which an element and what it holds break the rules. */
function breaches(element: Element): string[] {
  const rule = RULES[element.name]
  if (rule === undefined) return [`an element ${element.name}`]
  const names = Object.keys(element.attributes)
  return [
    ...rule.must.filter((name) => !names.includes(name)).map((name) => `${element.name} without ${name}`),
    ...names.filter((name) => ![...rule.must, ...rule.may].includes(name)).map((name) => `${element.name} ${name}`),
    ...element.children
      .filter(({ name }) => !rule.children.includes(name))
      .map(({ name }) => `${name} in ${element.name}`),
    ...(TIME.test(element.attributes['time'] ?? '0.0') ? [] : [`time ${element.attributes['time']}`]),
    ...element.children.flatMap(breaches),
  ]
}

const undecided = () => {
  const week = passingWeek()
  return { ...week, attempt: 2, checks: week.checks.map((one) => ({ ...one, verdict: 'inconclusive' as const })) }
}

const SEVERAL: readonly (readonly [string, Result])[] = [
  ['runs that pass and fail', result(passingWeek(), ranDry())],
  ['an inconclusive attempt', result(undecided())],
  ['hostile texts', result({ ...hostileRun(), scenario: `a\uffff\u0001b\ud800${HOSTILE}` })],
  ['a run of a tenth of a microsecond', result({ ...passingWeek(), wall_s: 1e-7 })],
  ['nothing', result()],
  [
    'a baseline',
    {
      ...result(passingWeek()),
      baseline: {
        file: 'then.json',
        sha256: '0'.repeat(64),
        regressions: [{ scenario: 'x', check: 'tracking', verdict: 'gone', detail: HOSTILE }],
      },
    },
  ],
]

describe('the JUnit report', () => {
  it.each(SEVERAL)('of %s is XML that a strict reader takes', (_, made) => {
    expect(breaches(parsed(junitReport(made)))).toEqual([])
  })

  it.each(SEVERAL)('of %s has counts that agree with what it holds', (_, made) => {
    const suites = parsed(junitReport(made))
    for (const element of [suites, ...below(suites, 'testsuite')]) {
      const { tests, failures, errors } = element.attributes
      const held = [below(element, 'testcase'), below(element, 'failure'), below(element, 'error')]
      expect([tests, failures, errors]).toEqual(held.map(({ length }) => String(length)))
    }
  })

  it('has a suite a run and a case a check, each with a name of its own in its suite', () => {
    const week = passingWeek()
    const twice = { ...week, checks: [...week.checks, ...week.checks] }
    const suites = below(parsed(junitReport(result(twice, ranDry()))), 'testsuite')
    expect(suites.map(({ attributes }) => attributes['name'])).toEqual(['simple-week', 'ran-dry'])
    const [suite] = suites
    if (suite === undefined) throw new Error('no suite')
    const names = below(suite, 'testcase').map(({ attributes }) => attributes['name'])
    expect(names).toEqual([
      ...['tracking', 'mass-conservation', 'no-other-alarms'],
      ...['tracking (2)', 'mass-conservation (2)', 'no-other-alarms (2)'],
    ])
    expect(below(suite, 'testcase').map(({ attributes }) => attributes['classname'])).toEqual(
      names.map(() => 'simple-week'),
    )
  })

  it('makes a failing verdict a failure, an inconclusive one an error, and an expected failure a pass', () => {
    const checks = [
      check({ check: 'a', outcome: 'fail', verdict: 'fail' }),
      check({ check: 'b', outcome: 'inconclusive', verdict: 'inconclusive' }),
      check({ check: 'c', outcome: 'fail', expect: 'fail', detail: 'as it should', requirements: ['R7'] }),
      check({ check: 'd', expect: 'fail', verdict: 'fail' }),
    ]
    const cases = below(parsed(junitReport(result({ ...passingWeek(), checks }))), 'testcase')
    expect(cases.map(({ children: [child] }) => [child?.name, child?.attributes['type']])).toEqual([
      ['failure', 'fail'],
      ['error', 'inconclusive'],
      ['system-out', undefined],
      ['failure', 'unexpected-pass'],
    ])
    expect(cases[2]?.children[0]?.text).toMatch(/^as it should \(expected to fail\); measured 0\.25.*\[R7\]$/)
  })

  it('says with what a run was made, and which attempt it is', () => {
    const [suite] = below(parsed(junitReport(result(undecided()))), 'testsuite')
    if (suite === undefined) throw new Error('no suite')
    const properties = new Map(below(suite, 'property').map(({ attributes: { name, value } }) => [name, value]))
    expect(properties.get('requirements')).toBe('R1 R4')
    expect(properties.get('seed')).toBe('1')
    expect(properties.get('attempt')).toBe('2')
    expect(properties.get('rig')).toBe('ideal (in-process motor)')
    expect(suite.attributes['name']).toBe('simple-week, attempt 2')
    expect(suite.attributes['file']).toBe('scenarios/simple-week.yaml')
  })

  it('fails for what a baseline lost, even where no run fails', () => {
    const [, made] = SEVERAL.find(([name]) => name === 'a baseline') ?? []
    if (made === undefined) throw new Error('no baseline')
    const failures = below(parsed(junitReport(made)), 'failure')
    expect(failures.map(({ attributes }) => attributes['message'])).toEqual(['passed in the baseline, now gone'])
  })

  it('shares the time of a run among its cases, for servers that add them up', () => {
    const suites = parsed(junitReport(result({ ...passingWeek(), wall_s: 3 })))
    const times = below(suites, 'testcase').map(({ attributes }) => Number(attributes['time']))
    expect(times.reduce((sum, time) => sum + time, 0)).toBeCloseTo(3)
    expect(suites.attributes['time']).toBe('3.000000')
  })

  it('stays small whatever a check has to say', () => {
    const checks = [check({ detail: '💉'.repeat(1_000_000) }), check({ verdict: 'fail', unit: 'x'.repeat(1_000_000) })]
    const xml = junitReport(result({ ...passingWeek(), checks }))
    expect(xml.length).toBeLessThan(40_000)
    expect(breaches(parsed(xml))).toEqual([])
  })
})
