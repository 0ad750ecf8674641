/**
 * Ambushes: something is given on top of the therapy, and within minutes something else comes that ends it.
 *
 * Chance alone seldom brings both together; what lies in wait here are the interruptions that are sites.
 */
import type { Instant } from '#hil/explore/instants'
import { type ExploredFault, MISHAPS } from '#hil/explore/mishaps'
import * as draw from '#hil/explore/prescriptions'
import type { Scene, Written } from '#hil/explore/scene'
import { refill, setting } from '#hil/explore/sessions'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { as } from '#units/quantity'
import { whole } from '#units/rational'

const DAY_ms = 86_400_000
/** Hours by which a clock that is set jumps: more than a pattern follows. */
const JUMPS_min = [-300, -150, 150, 300, 2000] as const
/** What is under way lasts longer than this. */
const SOON_ms = 240_000

interface Ambush {
  readonly prescription: readonly Written[]
  readonly events: readonly Written[]
  readonly faults: readonly Written[]
}

/** What may come, beside faults. */
const DEEDS = ['stop', 'stopped', 'simple-continuous', 'refill', 'diluted', 'set-clock'] as const

/** What an ambush needs to know of the scenario that it is laid in. */
export interface Ground {
  readonly fill: Written
  readonly clock: string
  readonly groups: readonly FaultGroup[]
  /** Kinds of faults that the scenario has anyhow. */
  readonly kinds: readonly ExploredFault[]
}

/** As many ambushes as the scenario has of its feature. */
export function ambushes(scene: Scene, ground: Ground): Ambush {
  const { features } = scene
  const laid = Array.from({ length: features.share('ambushes') }, () => ambush(scene, ground))
  return {
    prescription: laid.flatMap(({ prescription }) => prescription),
    events: laid.flatMap(({ events }) => events),
    faults: laid.flatMap(({ faults }) => faults),
  }
}

function ambush(scene: Scene, ground: Ground): Ambush {
  const { dice, days } = scene
  // Odd milliseconds, so that no therapy and no clock is set twice at one instant.
  const from_ms = dice.integer(1, days * DAY_ms - 2 * SOON_ms)
  const first = milliseconds(from_ms)
  const next = milliseconds(from_ms + dice.integer(1000, SOON_ms))
  const prescription = bait(scene).map((what) => ({ at: first.text, ...what }))
  const faults = possible(ground)
  const [fault] = faults
  if (fault !== undefined && dice.chance(0.4))
    return { prescription, events: [], faults: [{ at: next.text, ...dice.pick([fault, ...faults.slice(1)]) }] }
  return { ...deed(scene, ground, next, prescription), faults: [] }
}

/** What is given. */
function bait(scene: Scene): readonly Written[] {
  switch (scene.dice.pick(['two boluses', 'bolus', 'prime', 'bridge'])) {
    case 'two boluses':
      return [draw.fastBolus(scene), draw.fastBolus(scene)]
    case 'bolus':
      return [draw.fastBolus(scene)]
    case 'prime':
      return [{ prime: { volume: '500 uL' } }]
    case 'bridge':
      return [draw.bridge(scene)]
  }
}

/** What somebody then does, by program or otherwise. */
function deed(
  scene: Scene,
  { fill, clock }: Ground,
  next: Instant,
  given: readonly Written[],
): Pick<Ambush, 'prescription' | 'events'> {
  const { dice } = scene
  const at = next.text
  const kind = dice.pick(DEEDS)
  switch (kind) {
    case 'stop':
      return { prescription: given, events: [{ at, do: 'stop' }] }
    case 'stopped':
      return { prescription: [...given, { at, therapy: { mode: kind } }], events: [] }
    case 'simple-continuous':
      return { prescription: [...given, { at, therapy: draw.steady(scene) }], events: [] }
    case 'refill':
      return { prescription: given, events: [{ at, ...refill(scene, fill) }] }
    case 'diluted':
      return { prescription: given, events: [{ at, ...weakened(scene, fill) }] }
    case 'set-clock':
      return { prescription: given, events: [setting(next, clock, dice.pick(JUMPS_min) * 60)] }
  }
}

/** So weak a fluid that a fast bolus can no longer be given with it, and a slow therapy mostly can. */
function weakened({ dice, reservoir_uL }: Scene, fill: Written): Written {
  const concentration = dice.pick(['20 ug/mL', '100 ug/mL'])
  return { refill: { fill: { drug: fill['drug'], concentration, volume: `${reservoir_uL} uL` } } }
}

/** Faults that end what is under way; none that must be alone beside another of its kind. */
function possible({ groups, kinds }: Ground): readonly Written[] {
  const all: readonly (readonly [ExploredFault, Written])[] = [
    ['brown-out', {}],
    ['bit-flip', { copy: 'both', part: 'therapy' }],
    ...(kinds.includes('power-cut') ? [] : ([['power-cut', {}]] as const)),
    // Only where steps are coarse enough for each lost one to be on record.
    ...(kinds.includes('motor-stall') ? ([['motor-stall', { for: '10 min' }]] as const) : []),
  ]
  return all.flatMap(([fault, keys]) => (groups.includes(MISHAPS[fault].group) ? [{ fault, ...keys }] : []))
}

function milliseconds(count: number): Instant {
  return { text: `${count} ms`, at_us: as(whole(count * 1000)) }
}
