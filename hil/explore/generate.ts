/**
 * Generation: from a seed to a scenario, as plain data of a scenario file.
 *
 * The same seed, length and groups of faults give the same scenario, byte for byte. Whatever is drawn can be read: a text
 * that the reader of scenarios refuses is a defect of this folder.
 */
import { stringify } from 'yaml'
import { ambushes } from '#hil/explore/ambushes'
import { Dice } from '#hil/explore/dice'
import { edges } from '#hil/explore/edges'
import { featuresOf } from '#hil/explore/features'
import { Instants, START } from '#hil/explore/instants'
import { MISHAP_GROUPS, mishapKinds, mishaps, touchesSteps } from '#hil/explore/mishaps'
import { PLOT_DAYS, plot } from '#hil/explore/plots'
import * as draw from '#hil/explore/prescriptions'
import type { Scene, Written } from '#hil/explore/scene'
import { clockSettings, deeds, refill } from '#hil/explore/sessions'
import { setup } from '#hil/explore/setups'
import { slips } from '#hil/explore/slips'
import type { FaultGroup, WrittenScenario } from '#hil/fault/catalogue-entry'
import { PROGRAMMING_ENTRIES } from '#hil/fault/programming/errors'
import type { RigDefinition } from '#hil/rig/rig'
import { readWritten } from '#hil/scenario/parse'
import { toText } from '#units/rational'

export interface GenerationOptions {
  /** Length of the run, in whole days. */
  readonly days: number
  /** From which groups faults are drawn; none for a world in which nothing fails. */
  readonly groups: readonly FaultGroup[]
}

/** The groups of faults that can be drawn on every rig. */
export const EXPLORED_GROUPS: readonly FaultGroup[] = [
  ...MISHAP_GROUPS.filter((group) => group !== 'link'),
  'programming',
]

/** The groups of faults that can be drawn on a rig: those of the line only where it has one. */
export function groupsOn({ line }: Pick<RigDefinition, 'line'>): readonly FaultGroup[] {
  return line === true ? [...EXPLORED_GROUPS, 'link'] : EXPLORED_GROUPS
}

/** The scenario of a seed. */
export function generate(seed: number, { days, groups }: GenerationOptions): WrittenScenario {
  const dice = new Dice(seed)
  if (days >= PLOT_DAYS && EXPLORED_GROUPS.every((group) => groups.includes(group)) && dice.chance(PLOTTED))
    return plotted(seed, days, dice)
  const features = featuresOf(dice)
  const kinds = features.has('faults') ? mishapKinds(dice, groups) : []
  const made = setup(dice, features, touchesSteps(kinds))
  const instants = new Instants(dice, days)
  const scene: Scene = { dice, features, days, instants, ...made }
  const { fill, clock, pump_clock } = made.keys as { fill: Written; clock: string; pump_clock?: string }
  const fills = Array.from({ length: features.share('refills') }, () => instants.any())
  const planned = entries(
    scene,
    fills.map(({ text }) => text),
  )
  const limits = features.has('limits') ? draw.limits(scene) : {}
  const done = [
    ...fills.map(({ text }) => ({ at: text, ...refill(scene, fill) })),
    ...(features.has('clock') ? clockSettings(scene, pump_clock ?? clock, features.share('clock')) : []),
    ...deeds(scene),
  ]
  const faults = mishaps(scene, kinds)
  const laid = ambushes(scene, { fill, clock: pump_clock ?? clock, groups, kinds })
  const { overrides } = made.keys['pump'] as { overrides: Written }
  const atLimits = edges(scene, fill, { overrides, limits })
  const prescription = [...planned, ...laid.prescription, ...atLimits.prescription]
  const events = [...done, ...laid.events, ...atLimits.events]
  const failing = [...faults, ...laid.faults]
  const written: WrittenScenario = {
    schema: 'pumpbench/scenario@1',
    name: `explored-${seed}`,
    seed,
    ...made.keys,
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    duration: `${days} d`,
    prescription,
    ...(features.has('slips') ? { programming: slips(scene, prescription) } : {}),
    ...(events.length === 0 ? {} : { events }),
    ...(failing.length === 0 ? {} : { faults: failing }),
    checks: [{ check: 'invariants' }],
    sample: dice.pick(['1 d', '1 d', '7 h', '100000001 ms']),
  }
  return features.has('errors') && groups.includes('programming') ? withError(scene, written) : written
}

/** How many of the seeds are staged. */
const PLOTTED = 0.1

function plotted(seed: number, days: number, dice: Dice): WrittenScenario {
  const opening = { schema: 'pumpbench/scenario@1', name: `explored-${seed}`, seed }
  return { ...opening, ...plot(dice), duration: `${days} d`, checks: [{ check: 'invariants' }], sample: '1 d' }
}

/** With one error of the catalogue of programming errors, where it finds a place. */
function withError({ dice }: Scene, written: WrittenScenario): WrittenScenario {
  const entry = PROGRAMMING_ENTRIES[dice.integer(0, PROGRAMMING_ENTRIES.length - 1)]
  const parsed = readWritten(written, '')
  if (entry === undefined || !parsed.ok) return written
  const injected = entry.inject(written, parsed.scenario)
  return injected.applicable ? injected.written : written
}

/** Therapies and what is given once; bridges mostly come with the refill that they are for. */
function entries(scene: Scene, refilled: readonly string[]): readonly Written[] {
  const { dice, features, instants } = scene
  const begun = new Set([toText(START.at_us)])
  const unconfirmed = () => (features.has('unconfirmed') && dice.chance(0.4) ? { confirm: false } : {})
  const several = (count: number, what: () => Written) =>
    Array.from({ length: count }, () => ({ at: instants.any().text, ...what(), ...unconfirmed() }))
  const first = { at: START.text, therapy: draw.therapy(scene), ...unconfirmed() }
  const later = Array.from({ length: features.share('changes') }, () => instants.apart(begun)).flatMap((at) =>
    at === undefined ? [] : [{ at: at.text, therapy: draw.therapy(scene), ...unconfirmed() }],
  )
  const bridges = features.has('bridges')
    ? refilled.flatMap((at) => (dice.chance(0.7) ? [{ at, ...draw.bridge(scene) }] : []))
    : []
  return [
    first,
    ...later,
    ...several(features.share('patient') === 0 ? 0 : dice.integer(1, 2), () => draw.permission(scene)),
    ...several(features.share('boluses'), () => draw.bolus(scene)),
    // Under way when something else comes.
    ...refilled.flatMap((at) => (features.has('boluses') && dice.chance(0.4) ? [{ at, ...draw.bolus(scene) }] : [])),
    ...several(features.share('primes'), () => draw.prime(scene)),
    ...bridges,
    ...several(features.has('bridges') && dice.chance(0.5) ? 1 : 0, () => draw.bridge(scene)),
  ]
}

/** The text of a scenario file. */
export function textOf(written: WrittenScenario): string {
  return stringify(written, { lineWidth: 0 })
}
