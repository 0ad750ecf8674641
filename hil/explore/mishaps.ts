/**
 * Mishaps: faults with figures drawn from all that the scenario language takes, a row for each kind that is drawn.
 */
import type { Dice } from '#hil/explore/dice'
import type { Instant } from '#hil/explore/instants'
import type { Scene, Written } from '#hil/explore/scene'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { CLOCK_SETTINGS, type Fault, LINE_NOISES, MEMORY_COPIES, RECORD_PARTS } from '#hil/scenario/types'
import { parseMeasure } from '#units/measure'
import { add, compare, type Rational, times, ZERO } from '#units/rational'

/** Every kind there is: the compiler asks for a row for each. */
export type ExploredFault = Fault['fault']

type Name = ExploredFault

interface Mishap {
  readonly group: FaultGroup
  /** The keys of one, beside its time and its name. */
  readonly keys: (dice: Dice, days: number) => Written
  /** Whether a second one must not begin while the first lasts. */
  readonly alone: boolean
}

const SHORT = ['1 min', '10 min', '1 h', '3 h', '100/7 h', '1 s'] as const
const LONG = ['1 h', '6 h', '1 d', '3 d', '10 d'] as const

/** Most of what lasts has an end; some lasts to the end of the run. */
const lasting = (dice: Dice, of: readonly [string, ...string[]], forever: number): Written =>
  dice.chance(forever) ? {} : { for: dice.pick(of) }

/** Held again and again, each time for longer than it may be held and take to recover. */
const repeated = (dice: Dice): Written =>
  dice.chance(0.3) ? { every: dice.pick(['18 h', '1 d', '50 h']), times: dice.integer(2, 20) } : {}

/** Noise of a strength that a link has to come through: of bytes little, of pieces up to all of them. */
function noise(dice: Dice): Written {
  const kind = dice.pick(LINE_NOISES)
  switch (kind) {
    case 'drop':
    case 'flip':
    case 'garble':
      return { kind, share: dice.pick(['1/100 %', '1/10 %', '1 %']) }
    case 'reorder':
    case 'truncate':
      return { kind, share: `${dice.integer(1, 10)} %` }
    case 'duplicate':
    case 'split':
      return { kind, share: `${dice.integer(1, 100)} %` }
    case 'delay':
      return { kind, share: `${dice.integer(1, 50)} %`, up_to: dice.pick(['10 ms', '50 ms', '200 ms']) }
  }
}

const directed = (dice: Dice): Written => (dice.chance(0.4) ? { direction: dice.pick(['to-rig', 'to-host']) } : {})

/** How often an infusion that drifts does so: often enough to matter, and no more often in all than a file may hold. */
const staged = (dice: Dice, days: number): string => (days > 60 ? '10 d' : dice.pick(['6 h', '1 d']))

export const MISHAPS: { readonly [N in Name]: Mishap } = {
  'motor-stall': {
    group: 'plant',
    alone: false,
    keys: (dice) => {
      const held = lasting(dice, SHORT, 0.02)
      const recovery = dice.chance(0.2) ? { recovery: dice.pick(['1 min', '10 min', '2 h']) } : {}
      return { ...held, ...(held['for'] === undefined ? {} : { ...recovery, ...repeated(dice) }) }
    },
  },
  'motor-slip': {
    group: 'plant',
    alone: true,
    keys: (dice) => ({ every: `${dice.scaled(2, 50)} step`, ...lasting(dice, LONG, 0.3) }),
  },
  'motor-reverse': { group: 'plant', alone: true, keys: (dice) => lasting(dice, SHORT, 0.05) },
  'encoder-loss': {
    group: 'plant',
    alone: true,
    keys: (dice) => ({
      ...(dice.chance(0.6) ? { every: `${dice.scaled(2, 20)} step` } : {}),
      ...lasting(dice, dice.chance(0.5) ? SHORT : LONG, 0.05),
    }),
  },
  'power-cut': {
    group: 'power',
    alone: true,
    keys: (dice) => ({
      ...lasting(dice, SHORT, 0.3),
      ...(dice.chance(0.5) ? { write: dice.scaled(1, 450) } : {}),
    }),
  },
  'bit-flip': {
    group: 'memory',
    alone: false,
    keys: (dice) => ({
      copy: dice.pick(MEMORY_COPIES),
      ...(dice.chance(0.3) ? { bit: dice.integer(0, 2000) } : {}),
      ...(dice.chance(0.4) ? { part: dice.pick(RECORD_PARTS) } : {}),
    }),
  },
  'clock-drift': {
    group: 'clock',
    alone: false,
    keys: (dice) => ({ by: `${dice.pick([-1, 1]) * dice.scaled(10, 100_000)} ppm`, ...lasting(dice, LONG, 0.5) }),
  },
  'telemetry-carrier': { group: 'power', alone: true, keys: (dice) => lasting(dice, SHORT, 0.1) },
  occlusion: {
    group: 'plant',
    alone: true,
    keys: (dice) => ({
      ...(dice.chance(0.5)
        ? { side: 'upstream' }
        : { side: 'downstream', ...(dice.chance(0.5) ? { compliance: `${dice.integer(0, 200)} uL` } : {}) }),
      ...lasting(dice, LONG, 0.2),
    }),
  },
  'catheter-leak': {
    group: 'plant',
    alone: true,
    keys: (dice) => ({
      fraction: `${dice.pick([1, 10, 50, 100])} %`,
      ...(dice.chance(0.5) ? { position: `${dice.integer(0, 100)} %` } : {}),
      ...(dice.chance(0.2) ? { for: dice.pick(SHORT), ...repeated(dice) } : lasting(dice, LONG, 0.3)),
    }),
  },
  'over-infusion': {
    group: 'plant',
    alone: false,
    keys: (dice, days) => ({
      by: `${dice.pick([1, 14, 50, 200])} %`,
      ...(dice.chance(0.3) ? { drift: { by: '1 %', every: staged(dice, days) } } : {}),
      ...lasting(dice, LONG, 0.3),
    }),
  },
  'under-infusion': {
    group: 'plant',
    alone: false,
    keys: (dice) => ({
      by: `${dice.pick([1, 14, 33, 90])} %`,
      // So slow that it leaves something to be delivered after a year.
      ...(dice.chance(0.3) ? { drift: { by: '1/50 %', every: '1 d' } } : {}),
      ...lasting(dice, LONG, 0.3),
    }),
  },
  temperature: {
    group: 'plant',
    alone: true,
    keys: (dice) => ({ to: `${dice.integer(0, 60)} degC`, ...lasting(dice, LONG, 0.3) }),
  },
  'septum-leak': {
    group: 'plant',
    alone: false,
    keys: (dice) => ({ volume: `${dice.scaled(10, 20_000)} uL`, ...lasting(dice, LONG, 0.4) }),
  },
  'pocket-fill': {
    group: 'plant',
    alone: false,
    keys: (dice) => (dice.chance(0.5) ? {} : { fraction: `${dice.integer(1, 100)} %` }),
  },
  overfill: { group: 'plant', alone: false, keys: (dice) => ({ by: `${dice.scaled(10, 5000)} uL` }) },
  'side-port-injection': {
    group: 'plant',
    alone: false,
    keys: (dice) => ({ volume: `${dice.scaled(1, 2000)} uL` }),
  },
  'brown-out': { group: 'power', alone: false, keys: () => ({}) },
  'cell-resistance': {
    group: 'power',
    alone: false,
    keys: (dice) => ({ by: `${dice.scaled(10, 20_000)} ohm`, ...lasting(dice, LONG, 0.5) }),
  },
  'line-noise': {
    group: 'link',
    alone: false,
    keys: (dice) => ({
      ...noise(dice),
      ...directed(dice),
      for: dice.pick(['1 s', '1 min', '10 min', '1 h']),
    }),
  },
  'line-mute': {
    group: 'link',
    alone: false,
    keys: (dice) => ({ ...directed(dice), for: dice.pick(['100 ms', '800 ms', '3 s', '9 s']) }),
  },
  'line-unplug': { group: 'link', alone: true, keys: (dice) => ({ for: dice.pick(['100 ms', '1 s', '3 s', '9 s']) }) },
  'clock-setting': {
    group: 'clock',
    alone: false,
    keys: (dice) => ({ setting: dice.pick(CLOCK_SETTINGS) }),
  },
  'clock-step': {
    group: 'clock',
    alone: false,
    keys: (dice) => ({
      [dice.pick(['forward', 'back'])]: dice.pick([
        '1 s',
        '30 min',
        '1 h',
        '2 h',
        '121 min',
        '100/7 h',
        '7 d',
        '100 d',
      ]),
    }),
  },
}

/** What is on record with each step that it touches: few and large steps are then enough. */
const BY_STEP: ReadonlySet<Name> = new Set<Name>(['motor-stall', 'motor-slip', 'motor-reverse', 'encoder-loss'])

/** Whether so many steps may be touched one by one that they have to be coarse. */
export function touchesSteps(kinds: readonly Name[]): boolean {
  return kinds.some((kind) => BY_STEP.has(kind))
}

/** Kinds of faults of the line between host and rig, which not every rig has. */
export const LINE_MISHAPS: readonly Name[] = (Object.keys(MISHAPS) as Name[]).filter(
  (name) => MISHAPS[name].group === 'link',
)

/** The groups of which any of these faults is. */
export const MISHAP_GROUPS: readonly FaultGroup[] = [...new Set(Object.values(MISHAPS).map(({ group }) => group))]

/** The kinds of faults of a scenario: few of those that are wanted. */
export function mishapKinds(dice: Dice, groups: readonly FaultGroup[]): readonly Name[] {
  const names = (Object.keys(MISHAPS) as Name[]).filter((name) => groups.includes(MISHAPS[name].group))
  const few = names.filter((name) => dice.chance(name === 'power-cut' ? 0.4 : 0.15))
  return few.length > 0 || names.length === 0 ? few : [names[dice.integer(0, names.length - 1)] ?? 'motor-stall']
}

/** Faults of these kinds, none of which begins while another of its kind lasts that must be alone. */
export function mishaps({ dice, instants, days }: Scene, kinds: readonly Name[]): readonly Written[] {
  const all = kinds.flatMap((name) => {
    const { alone, keys } = MISHAPS[name]
    const drawn = Array.from({ length: dice.scaled(1, 6) }, () => ({ at: instants.any(), keys: keys(dice, days) }))
    const kept = alone ? apart(drawn) : drawn
    return kept.map(({ at, keys: own }): Written => ({ at: at.text, fault: name, ...own }))
  })
  return [...all, ...lostRecords(dice, all)]
}

/** Power that goes may find no whole copy of the record when it returns. */
function lostRecords(dice: Dice, all: readonly Written[]): readonly Written[] {
  return all
    .filter(({ fault }) => fault === 'power-cut' && dice.chance(0.2))
    .map(({ at }) => ({ at, fault: 'bit-flip', copy: 'both' }))
}

interface Drawn {
  readonly at: Instant
  readonly keys: Written
}

/** Those that begin when the one before is over; what waits for a write has no time of its own and stays. */
function apart(drawn: readonly Drawn[]): readonly Drawn[] {
  let until_us: Rational | null = { n: -1n, d: 1n }
  return drawn
    .toSorted((a, b) => compare(a.at.at_us, b.at.at_us))
    .filter(({ at, keys }) => {
      if ('write' in keys) return true
      if (until_us === null || compare(at.at_us, until_us) <= 0) return false
      const [each_us, every_us] = [timeOf(keys['for']), timeOf(keys['every'])]
      const again = typeof keys['times'] === 'number' ? keys['times'] - 1 : 0
      until_us = each_us === null ? null : add(add(at.at_us, each_us), times(every_us ?? ZERO, again))
      return true
    })
}

function timeOf(text: unknown): Rational | null {
  const parsed = parseMeasure(text, ['duration'])
  return parsed.ok ? parsed.measure.value : null
}
