/** What the expectation of the catalogue depends on: hand-worked on 0.96 mL a day of 20 mL, low at 2 mL. */
import { describe, expect, it } from 'vitest'
import { CONDITIONS, type Condition } from '#hil/fault/catalogue-entry'
import type { CellRun } from '#hil/matrix/attempt'
import { cellOf } from '#hil/matrix/cells'
import { conditionsOf } from '#hil/matrix/conditions'
import { injectedAt } from '#hil/matrix/injected'
import type { Detection, Finding } from '#hil/run/detection/types'
import { entryNamed, faulty } from '#scripts/faulty'
import { toText } from '#units/rational'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const HOUR_us = 3_600_000_000
const FILL = '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }'

function entry(name: string) {
  const named = entryNamed(name)
  if (!named.ok) throw new Error(named.problem)
  return named.entry
}

const ALL = Object.keys(CONDITIONS) as Condition[]

function put(name: string, parts: Partial<Draft>, asked: readonly Condition[] = ALL) {
  const text = draft({ pump: '{ model: im-20 }', fill: FILL, prescription: [therapy('0 d', '480 ug/d')], ...parts })
  const scenario = scenarioOf(text)
  const made = faulty(entry(name), scenario, 'draft.yaml')
  if (!made.ok) throw new Error(made.reason)
  const at_us = injectedAt(scenario, made.scenario)
  if (at_us === undefined) throw new Error('nothing was put in')
  return { at_us, conditions: conditionsOf(scenario, made.scenario, at_us, new Set(asked)) }
}

describe('a condition', () => {
  it.each([
    // 10 mL told are at 2 mL after 8.33 d.
    ['fill-half-entered', { duration: '8 d' }, ['given', 'enough', 'lasting', 'programmed']],
    ['fill-half-entered', { duration: '9 d' }, ['given', 'enough', 'programmed']],
    // 10 mL filled are gone after 10.4 d, and are drawn on day 5 in the other run.
    ['fill-half-filled', { duration: '11 d' }, ['given', 'dry', 'lasting', 'programmed']],
    [
      'fill-half-filled',
      { duration: '11 d', events: [`{ at: 5 d, refill: { fill: ${FILL} } }`] },
      ['given', 'enough', 'lasting', 'programmed'],
    ],
    // 14 mL leak; of the other 6 there are 2.88 gone by then, and the rest is gone 3.25 d later.
    ['septum-leak', { duration: '9 d' }, ['given', 'dry']],
    ['septum-leak', { duration: '6 d' }, ['given', 'enough']],
    ['tenth-of-the-dose', { duration: '3 d' }, ['given', 'enough', 'lasting', 'programmed']],
    [
      'tenth-of-the-dose',
      { duration: '3 d', prescription: [therapy('0 d', '48 ug/d')] },
      ['given', 'enough', 'lasting', 'programmed'].filter((one) => one !== 'given').toSpliced(0, 0, 'refused'),
    ],
    [
      'ten-fold-dose',
      { duration: '3 d', limits: '{ daily_dose: { soft: 1 mg } }' },
      ['given', 'warned', 'enough', 'lasting', 'programmed'],
    ],
  ] as const)('of %s in %j: %j', (name, parts, conditions) => {
    expect(put(name, parts as Partial<Draft>).conditions).toEqual(conditions)
  })

  it('is told where it is asked for', () => {
    const of = (...asked: Condition[]) => put('fill-half-entered', { duration: '8 d' }, asked).conditions
    expect([of(), of('dry'), of('lasting', 'refused', 'given')]).toEqual([[], [], ['given', 'lasting']])
  })

  it('is looked for from the first instant at which the two scenarios differ', () => {
    expect(toText(put('septum-leak', { duration: '9 d' }).at_us)).toBe(String(3 * 24 * HOUR_us))
    expect(toText(put('wrong-clock', { prescription: FLEX }).at_us)).toBe('0')
  })
})

const FLEX = [
  '{ at: 0 d, therapy: { mode: flex, basal: 400 ug/d, boluses: [{ at: 20:00, dose: 60 ug, over: 10 min }] } }',
]

describe('who is expected', () => {
  const silent: Detection = {
    ...{ cause: null, cause_s: null, first: 'nobody', first_s: null, latency_s: null },
    ...{ findings: [], earlier: [], next_refill: null, unnoticed_because: null, harm: [], parted: [] },
    volume_check: { judged_by: 'tolerance', because: '', step_s: null, tolerance_s: null },
  }
  const run = (detection: Partial<Detection>, more: Partial<CellRun> = {}): CellRun => ({
    ...{ kind: 'run', injected: '', injected_s: 100, conditions: [], verdict: 'pass', problem: null },
    ...{ simulated_s: 1000, trace_sha256: 'a', course_sha256: 'b', report: null },
    detection: { ...silent, ...detection },
    ...more,
  })
  const control = run({}, { course_sha256: 'a', injected_s: null })
  const cell = (name: string, attempt: CellRun, against = control) =>
    cellOf(attempt, against, { scenario: 'x', entry: entry(name), command: '', tolerance: 0.145 })
  const finding = (detector: Finding['detector'], at_s: number, what = 'volume'): Finding => ({
    ...{ detector, what, at_s, latency_s: null, detail: '' },
  })
  const harm = (under_equivalent_s: number): Detection['harm'] => [
    {
      ...{ drug: 'baclofen', over_ug: 0, under_ug: 1, over_equivalent_s: 0, under_equivalent_s, over_s: 0, under_s: 0 },
      ...{ surplus_ug: 0, owed_ug: 1, tip_24h_ug: 1, prescribed_24h_ug: 1, least_24h: null },
    },
  ]

  it('is nobody too where what comes of it is within the tolerance', () => {
    expect(cell('under-infusion', run({ harm: harm(145) }))).toMatchObject({ first: 'nobody', as_expected: true })
    expect(cell('under-infusion', run({ harm: harm(146) }))).toMatchObject({
      ...{ first: 'nobody', as_expected: false, expected: ['volume-check'] },
    })
  })

  it('is not a check that the control fails already', () => {
    const off = run({ findings: [finding('volume-check', 50)] }, { course_sha256: 'a', injected_s: null })
    expect(cell('ten-fold-dose', run({ harm: harm(500) }), off)).toMatchObject({ expected: [], as_expected: true })
  })

  it('is nobody who says what was to be said anyway, a little sooner or later', () => {
    const alarm = (at_s: number) => finding('alarmed', at_s, 'low-reservoir')
    const low = run({ earlier: [alarm(500)] }, { course_sha256: 'a', injected_s: null })
    // 14.5 % of the 400 s since the fault began are 58 s.
    expect(cell('clock-fast', run({ findings: [alarm(557)] }), low)).toMatchObject({ first: 'nobody' })
    expect(cell('clock-fast', run({ findings: [alarm(441)] }), low)).toMatchObject({ first: 'alarmed', latency_s: 341 })
    expect(cell('clock-fast', run({ findings: [finding('alarmed', 500, 'motor-stall')] }), low)).toMatchObject({
      first: 'alarmed',
    })
  })
})
