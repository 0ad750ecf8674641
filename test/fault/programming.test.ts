/**
 * Programming errors: whatever the library holds, an error makes a file that can be read or says why it has no place there;
 * it changes what it says and nothing else, and what it changes parts the ledgers that it is said to part.
 */
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import { PROGRAMMING_ENTRIES } from '#hil/fault/programming/errors'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import { parseScenario } from '#hil/scenario/parse'
import type { Scenario } from '#hil/scenario/types'
import { type Draft, draft, scenarioOf } from '../support/scenario.ts'
import { expectAsSaid, libraryWritten, sheet } from './as-said.ts'

const LIBRARY = libraryWritten()
/** Of the files of the library each error is made in one of so many here, and in all of them by the long test. */
const SHARE = 8

function named(name: string): CatalogueEntry {
  const entry = PROGRAMMING_ENTRIES.find((one) => one.name === name)
  if (entry === undefined) throw new RangeError(`no programming error is named ${name}`)
  return entry
}

describe('a programming error', () => {
  it('has a name of its own and says what is known of it', () => {
    const names = PROGRAMMING_ENTRIES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, mechanism, source, because, parameters } of PROGRAMMING_ENTRIES) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      for (const text of [mechanism, source, because]) expect(text.length).toBeGreaterThan(20)
      expect(parameters.length).toBeGreaterThan(0)
    }
  })

  it.each(PROGRAMMING_ENTRIES.map((entry) => [entry.name, entry] as const))(
    '%s changes what it says of any file, or has a reason',
    (_, entry) => {
      const mine = LIBRARY.filter((_one, file) => (file + PROGRAMMING_ENTRIES.indexOf(entry)) % SHARE === 0)
      for (const { written, scenario } of mine) expectAsSaid(entry, written, scenario)
    },
  )

  it('makes a file of it that is read as it was meant, and the same again', () => {
    for (const [index, entry] of PROGRAMMING_ENTRIES.entries()) {
      const turned = [...LIBRARY.slice(index), ...LIBRARY.slice(0, index)]
      const one = turned.find(({ written, scenario }) => entry.inject(written, scenario).applicable)
      if (one === undefined) continue
      const [first, again] = [0, 1].map(() => entry.inject(one.written, one.scenario))
      expect(again).toEqual(first)
      if (first?.applicable !== true) continue
      const { modelFigures } = one.scenario.origin
      const parsed = parseScenario(stringify(first.written), 'outcome.yaml', { modelFigures })
      expect(parsed.ok ? [] : parsed.problems).toEqual([])
      if (!parsed.ok) continue
      const { prescription, checks, faults } = parsed.scenario
      expect([prescription, checks, faults]).toEqual([
        one.scenario.prescription,
        one.scenario.checks,
        one.scenario.faults,
      ])
    }
  })
})

const STEADY = '{ at: 0 d, therapy: { mode: simple-continuous, dose: 400 ug/d } }'
const STOP = '{ at: 1 d, therapy: { mode: stopped } }'
const STRONG = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 10 mL }'
const REFILL = `{ at: 1 d, refill: { fill: ${STRONG} } }`
const CHECKS = [
  '{ check: tracking, within: 1 step }',
  '{ check: believed-dose, within: 1 ug }',
  '{ check: reservoir-estimate, within: 0.5 uL }',
  '{ check: no-other-alarms }',
]

const BASES: Readonly<Record<string, Draft>> = {
  steady: { fill: STRONG, prescription: [STEADY], duration: '6 d' },
  refilled: { fill: STRONG, prescription: [STEADY], events: [REFILL], duration: '4 d' },
  'refilled twice': {
    fill: STRONG,
    prescription: [STEADY],
    events: [REFILL, `{ at: 3 d, refill: { fill: ${STRONG} } }`],
    duration: '4 d',
  },
  low: {
    fill: '{ drug: baclofen, concentration: 2000 ug/mL, volume: 2.3 mL }',
    prescription: [STEADY],
    events: [REFILL],
    duration: '3 d',
  },
  'just enough': {
    fill: '{ drug: baclofen, concentration: 2000 ug/mL, volume: 3 mL }',
    prescription: [STEADY],
    duration: '3 d',
  },
  periodic: {
    fill: STRONG,
    prescription: ['{ at: 0 d, therapy: { mode: periodic-bolus, dose: 60 ug, over: 10 min, every: 4 h } }'],
    duration: '1 d',
  },
  flex: {
    fill: STRONG,
    prescription: [
      '{ at: 0 d, therapy: { mode: flex, basal: 300 ug/d, boluses: [{ at: 02:00, dose: 40 ug, over: 10 min }, { at: 20:00, dose: 60 ug, over: 10 min }], days: [mon, wed] } }',
    ],
    duration: '3 d',
  },
  asked: {
    fill: STRONG,
    prescription: [STEADY, '{ at: 0 d, patient-bolus: { dose: 40 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }'],
    events: ['1 h', '2 h', '4 h', '7 h'].map((at) => `{ at: ${at}, do: request-bolus }`),
    duration: '1 d',
  },
  taper: {
    fill: STRONG,
    prescription: ['0 d', '1 d', '2 d'].map(
      (at, step) => `{ at: ${at}, therapy: { mode: simple-continuous, dose: ${900 - 300 * step} ug/d } }`,
    ),
    duration: '3 d',
  },
  pause: {
    fill: STRONG,
    prescription: [STEADY, STOP, '{ at: 2 d 12 h, therapy: { mode: simple-continuous, dose: 200 ug/d } }'],
    duration: '4 d',
  },
  bolus: {
    fill: STRONG,
    prescription: [STEADY, '{ at: 1 d, bolus: { dose: 100 ug, over: 10 min } }'],
    duration: '4 d',
  },
  'a refusal': {
    fill: STRONG,
    prescription: [STEADY, '{ at: 1 d, bridge: auto }'],
    checks: ['{ check: refused, at: 1 d }', ...CHECKS],
    duration: '2 d',
  },
  'a small refill': {
    fill: STRONG,
    prescription: [STEADY],
    events: ['{ at: 1 d, refill: { fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 3 mL } } }'],
    duration: '3 d',
  },
  stopped: {
    fill: STRONG,
    prescription: [STEADY, STOP, '{ at: 2 d, therapy: { mode: simple-continuous, dose: 400 ug/d } }'],
    programming: [STEADY, STOP],
    events: ['{ at: 2 d, do: restart }'],
    duration: '4 d',
  },
  bridged: {
    fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 10 mL }',
    prescription: [STEADY, '{ at: 1 d, bridge: auto }'],
    events: [REFILL],
    duration: '2 d',
  },
  primed: { fill: STRONG, line: 'water', prescription: [STEADY, '{ at: 0 d, prime: auto }'], duration: '1 d' },
}

/** In which regimen each error is seen by whom it is said to be seen by. */
const SEEN: readonly (readonly [error: string, base: keyof typeof BASES])[] = [
  ['ten-fold-dose', 'steady'],
  ['tenth-of-the-dose', 'steady'],
  ['a-fifth-too-much', 'steady'],
  ['a-fifth-too-little', 'steady'],
  ['milligrams-for-micrograms', 'steady'],
  ['micrograms-for-milligrams', 'steady'],
  ['per-hour-for-per-day', 'steady'],
  ['per-day-for-per-hour', 'steady'],
  ['hours-as-minutes', 'periodic'],
  ['boluses-left-out', 'periodic'],
  ['flex-step-missing', 'flex'],
  ['flex-step-doubled', 'flex'],
  ['flex-steps-swapped', 'flex'],
  ['flex-step-over-midnight', 'flex'],
  ['lockout-too-short', 'asked'],
  ['too-many-patient-boluses', 'asked'],
  ['taper-step-skipped', 'taper'],
  ['taper-steps-reversed', 'taper'],
  ['restart-at-full-dose', 'pause'],
  ['left-stopped', 'steady'],
  ['stopped-for-three-days', 'steady'],
  ['bolus-then-stopped', 'bolus'],
  ['change-never-committed', 'taper'],
  ['entry-forgotten', 'taper'],
  ['a-day-late', 'taper'],
  ['minimum-rate-after-refusal', 'a refusal'],
  ['restart-forgotten', 'stopped'],
  ['fill-told-too-strong', 'steady'],
  ['fill-told-too-weak', 'steady'],
  ['fill-too-weak', 'steady'],
  ['fill-too-strong', 'steady'],
  ['fill-wrong-drug', 'steady'],
  ['fill-half-filled', 'refilled'],
  ['fill-half-entered', 'just enough'],
  ['refill-told-too-strong', 'refilled'],
  ['refill-told-too-weak', 'refilled'],
  ['refill-too-weak', 'refilled'],
  ['refill-too-strong', 'refilled'],
  ['refill-wrong-drug', 'refilled'],
  ['refill-half-filled', 'refilled twice'],
  ['refill-half-entered', 'a small refill'],
  ['refill-told-wrong-drug', 'refilled'],
  ['refill-forgotten', 'low'],
  ['bridge-skipped', 'bridged'],
  ['prime-for-shorter-catheter', 'primed'],
  ['prime-for-longer-catheter', 'primed'],
  ['wrong-clock', 'flex'],
  ['wrong-weekday', 'flex'],
]

/** What is not met, or was said. */
function failing({ checks, alarms, events }: RunResult): readonly string[] {
  const unmet = checks.filter(({ outcome }) => outcome === 'fail').map(({ check, detail }) => `${check}: ${detail}`)
  const said = events.filter(({ event }) => event === 'warning-confirmed').map(({ event }) => event)
  return [...unmet, ...alarms.map(({ alarm }) => alarm), ...said].toSorted()
}

async function run(scenario: Scenario): Promise<RunResult> {
  return judge(await execute(scenario, modelPump, idealRig), { file: 'with-the-error', wall_s: 0 })
}

const results = new Map<string, Promise<RunResult>>()

function without(base: string, scenario: Scenario): Promise<RunResult> {
  const result = results.get(base) ?? run(scenario)
  results.set(base, result)
  return result
}

describe('what a programming error does', () => {
  it('is shown for each', () => {
    expect(SEEN.map(([error]) => error).toSorted()).toEqual(PROGRAMMING_ENTRIES.map(({ name }) => name).toSorted())
  })

  it.each(SEEN)('%s, in a regimen that is %s, is seen by whom it says, and not without it', async (error, base) => {
    const entry = named(error)
    const text = draft({ checks: CHECKS, sample: '1 d', ...(BASES[base] ?? { prescription: [] }) })
    const scenario = scenarioOf(text)
    const injected = entry.inject(sheet(text), scenario)
    if (!injected.applicable) throw new RangeError(`${error} has no place in ${base}: ${injected.reason}`)
    const [right, wrong] = [await without(base, scenario), await run(scenarioOf(stringify(injected.written)))]
    expect(wrong.detection?.first).toBe(entry.expected)
    expect(right.detection?.findings.map(({ detector }) => detector)).not.toContain(entry.expected)
    // Seen first by nobody is not the same as nothing: some ledger parts, or some check that passed fails.
    expect(failing(right)).not.toEqual(failing(wrong))
  })
})
