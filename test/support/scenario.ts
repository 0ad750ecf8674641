/** Scenario texts for tests: a small valid file to begin with, and random ones. */
import fc from 'fast-check'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'

export interface Draft {
  readonly name?: string
  readonly pump?: string
  readonly fill?: string
  readonly line?: 'filled' | 'water' | 'empty'
  readonly plant?: string
  readonly catheter?: string
  readonly clock?: string
  readonly duration?: string
  readonly prescription: readonly string[]
  readonly programming?: readonly string[]
  readonly events?: readonly string[]
  readonly faults?: readonly string[]
  readonly limits?: string
  readonly checks?: readonly string[]
  readonly sample?: string
}

/** The text of a scenario; entries, events and checks are given as flow maps such as `{ at: 0 d, therapy: {...} }`. */
export function draft(parts: Draft): string {
  const list = (key: string, items: readonly string[] | undefined) =>
    items === undefined ? [] : items.length === 0 ? [`${key}: []`] : [`${key}:`, ...items.map((item) => `  - ${item}`)]
  return [
    'schema: pumpbench/scenario@1',
    `name: ${parts.name ?? 'draft'}`,
    `pump: ${parts.pump ?? '{ model: im-40 }'}`,
    `fill: ${parts.fill ?? '{ drug: baclofen, concentration: 500 ug/mL, volume: 40 mL }'}`,
    `line: ${parts.line ?? 'filled'}`,
    ...(parts.catheter === undefined ? [] : [`catheter: ${parts.catheter}`]),
    ...(parts.plant === undefined ? [] : [`plant: ${parts.plant}`]),
    `clock: ${parts.clock ?? '2026-01-05T08:00'}`,
    `duration: ${parts.duration ?? '2 d'}`,
    ...list('prescription', parts.prescription),
    ...list('programming', parts.programming),
    ...list('events', parts.events),
    ...list('faults', parts.faults),
    ...(parts.limits === undefined ? [] : [`limits: ${parts.limits}`]),
    ...list('checks', parts.checks),
    ...(parts.sample === undefined ? [] : [`sample: ${parts.sample}`]),
    '',
  ].join('\n')
}

/** The scenario of a text that must be valid. */
export function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, 'draft.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
  return parsed.scenario
}

export function therapy(at: string, dose: string): string {
  return `{ at: ${at}, therapy: { mode: simple-continuous, dose: ${dose} } }`
}

export function bolus(at: string, dose: string, over: string): string {
  return `{ at: ${at}, bolus: { dose: ${dose}, over: ${over} } }`
}

export function stop(at: string): string {
  return `{ at: ${at}, therapy: { mode: stopped } }`
}

/** A time of a therapy: whole seconds, odd milliseconds, or a fraction that no clock holds. */
const instant = (duration_d: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.integer({ min: 0, max: duration_d * 86_400 - 1 }).map((s) => `${s} s`),
    fc.integer({ min: 0, max: duration_d * 86_400_000 - 1 }).map((ms) => `${ms} ms`),
    fc
      .tuple(fc.integer({ min: 0, max: duration_d * 7 * 24 - 1 }), fc.constantFrom(7, 11, 13))
      .map(([n, d]) => `${n}/${d} h`),
  )

/** Doses between 0.1 and 1 mL a day at 500 ug/mL, by mass and by volume, with denominators kind and unkind. */
const dose: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 50, max: 500 }).map((ug) => `${ug} ug/d`),
  fc.integer({ min: 50_000, max: 500_000 }).map((n) => `${(n / 1000).toFixed(3)} ug/d`),
  fc.tuple(fc.integer({ min: 350, max: 1500 }), fc.constantFrom(3, 7)).map(([n, d]) => `${n}/${d} ug/d`),
  fc.integer({ min: 100, max: 1000 }).map((uL) => `0.${String(uL).padStart(3, '0')} mL/d`.replace('0.1000', '1')),
)

const therapyEntry = (duration_d: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      instant(duration_d),
      fc.oneof(
        { weight: 5, arbitrary: dose },
        { weight: 1, arbitrary: fc.constant('stopped') },
        { weight: 1, arbitrary: fc.constant('minimum-rate') },
      ),
    )
    .map(([at, what]) =>
      what === 'stopped' || what === 'minimum-rate' ? `{ at: ${at}, therapy: { mode: ${what} } }` : therapy(at, what),
    )

const bolusEntry = (duration_d: number): fc.Arbitrary<string> =>
  fc
    .tuple(instant(duration_d), fc.integer({ min: 5, max: 100 }), fc.integer({ min: 5, max: 90 }))
    .map(([at, ug, min]) => bolus(at, `${ug} ug`, `${min} min`))

const refill = (duration_d: number): fc.Arbitrary<string> =>
  fc
    .tuple(instant(duration_d), fc.constantFrom('500', '450', '1000/3'), fc.constantFrom('all', '100 uL'))
    .map(
      ([at, concentration, withdraw]) =>
        `{ at: ${at}, refill: { withdraw: ${withdraw}, fill: { drug: baclofen, concentration: ${concentration} ug/mL, volume: ${withdraw === 'all' ? '30' : '5'} mL } } }`,
    )

/** A random scenario of so many days that may be anything but invalid. */
export function anyDraft(duration_d: number): fc.Arbitrary<string> {
  return fc
    .record({
      start: dose,
      therapies: fc.array(therapyEntry(duration_d), { maxLength: 4 }),
      boluses: fc.array(bolusEntry(duration_d), { maxLength: 6 }),
      refills: fc.array(refill(duration_d), { maxLength: 2 }),
      line: fc.constantFrom('filled' as const, 'empty' as const),
      step: fc.constantFrom('0.25 uL', '1 uL', '0.3 uL', '1/3 uL'),
    })
    .map(({ start, therapies, boluses, refills, line, step }) =>
      draft({
        pump: `{ model: im-40, overrides: { step_volume: ${step} } }`,
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 33 mL }',
        line,
        duration: `${duration_d} d`,
        prescription: [therapy('0 d', start), ...distinct(therapies), ...boluses],
        events: distinct(refills),
        checks: ['{ check: tracking, within: 1 step }'],
        sample: '12 h',
      }),
    )
    .filter((text) => parseScenario(text, 'draft.yaml').ok)
}

/** One entry a time: two therapies at one time are no valid file. */
function distinct(entries: readonly string[]): string[] {
  const at = (entry: string) => /at: ([^,]*),/.exec(entry)?.[1] ?? ''
  const byTime = new Map(entries.map((entry) => [at(entry), entry]))
  return [...byTime.values()].filter((entry) => !/at: 0(\/\d+)? /.test(entry))
}
