/**
 * Edges: orders that lie exactly at a limit, and by the least beyond it.
 *
 * Chance alone hardly ever meets a limit, and whether a pump takes what just fits and refuses what just does not is what
 * programmers get wrong.
 */
import type { Scene, Written } from '#hil/explore/scene'
import { parseMeasure } from '#units/measure'
import { DAY_us } from '#units/quantity'
import { add, multiply, ONE, type Rational, ratio, subtract, toText, whole } from '#units/rational'

const DAY_ms = 86_400_000
/** What is beyond an edge is so by a nanoliter, or by the same part of a dose. */
const LITTLE = ratio(1n, 1000n)

/** The limits that hold in a scenario, as it writes them. */
export interface Bounds {
  /** Of the pump, where they are not those of its model. */
  readonly overrides: Written
  /** Of the clinic. */
  readonly limits: Written
}

interface Edges {
  readonly prescription: readonly Written[]
  readonly events: readonly Written[]
}

/** As many edges as the scenario has of its feature. */
export function edges(scene: Scene, fill: Written, bounds: Bounds): Edges {
  const drawn = Array.from({ length: scene.features.share('edges') }, () => edge(scene, fill, bounds))
  return {
    prescription: drawn.flatMap(({ prescription }) => prescription),
    events: drawn.flatMap(({ events }) => events),
  }
}

function edge(scene: Scene, fill: Written, bounds: Bounds): Edges {
  const { dice, days } = scene
  // Odd milliseconds, so that no therapy begins twice at one instant.
  const from_ms = dice.integer(1, days * DAY_ms - 7_200_000)
  const [at, later] = [`${from_ms} ms`, `${from_ms + dice.integer(1000, 7_000_000)} ms`]
  const only = (entry: Written): Edges => ({ prescription: [{ at, ...entry }], events: [] })
  const { daily_dose, change } = bounds.limits
  // A limit of the clinic is met where it has one.
  const kind = dice.weighted([
    [1, 'rate'],
    [1, 'pattern'],
    [1, 'refill'],
    [daily_dose === undefined ? 0 : 2, 'dose'],
    [change === undefined ? 0 : 2, 'change'],
  ])
  switch (kind) {
    case 'rate':
      return only(steady(`${toText(near(scene, rateBound(scene, bounds)))} uL/d`))
    case 'dose':
      return only(steady(doseAtBound(scene, bounds)))
    case 'change': {
      const before = whole(dice.scaled(scene.pace_uL, scene.pace_uL * 2))
      const after = near(scene, multiply(before, add(ONE, percentBound(bounds))))
      const entries = [steady(`${toText(before)} uL/d`), steady(`${toText(after)} uL/d`)]
      return { prescription: entries.map((entry, place) => ({ at: [at, later][place], ...entry })), events: [] }
    }
    case 'pattern':
      return only({ therapy: pattern(scene) })
    case 'refill':
      return {
        prescription: [],
        events: [{ at, refill: { fill: { ...plain(fill), volume: `${scene.reservoir_uL} uL` } } }],
      }
  }
}

function steady(dose: string): Written {
  return { therapy: { mode: 'simple-continuous', dose } }
}

/** A value itself mostly, or a little to either side of it. */
function near({ dice }: Scene, value: Rational): Rational {
  const side = dice.pick([0, 0, 0, 0, 1, -1])
  return side === 0 ? value : side > 0 ? add(value, LITTLE) : subtract(value, LITTLE)
}

/** The highest or the least rate, in uL/d. */
function rateBound({ dice }: Scene, { overrides }: Bounds): Rational {
  const [key, usual] = dice.pick([
    ['rate_max', '24 mL/d'],
    ['rate_min', '48 uL/d'],
  ])
  const parsed = parseMeasure(overrides[key] ?? usual, ['volume rate'])
  return parsed.ok ? multiply(parsed.measure.value, DAY_us) : ONE
}

/** As much a day as the clinic allows in 24 h, softly or at all. */
function doseAtBound(scene: Scene, { limits }: Bounds): string {
  const { soft, hard } = (limits['daily_dose'] ?? {}) as { readonly soft?: string; readonly hard?: string }
  const text = scene.dice.chance(0.7) ? (hard ?? soft) : (soft ?? hard)
  const parsed = parseMeasure(text, ['mass', 'volume'])
  if (!parsed.ok) return `${scene.pace_uL} uL/d`
  const { dimension, value } = parsed.measure
  return `${toText(near(scene, value))} ${dimension === 'mass' ? 'ug' : 'uL'}/d`
}

/** By which part a dose may rise: hard, else softly, else to half as much again. */
function percentBound({ limits }: Bounds): Rational {
  const { soft, hard } = (limits['change'] ?? {}) as { readonly soft?: string; readonly hard?: string }
  const parsed = parseMeasure(hard ?? soft ?? '50 %', ['percentage'])
  return parsed.ok ? parsed.measure.value : ONE
}

/** Thirteen boluses a day, or one more; a bolus each minute, or a millisecond sooner. */
function pattern({ dice, pace_uL }: Scene): Written {
  if (dice.chance(0.5)) {
    const boluses = { dose: `${Math.ceil(pace_uL / 8)} uL`, over: '1 h', count: dice.pick([13, 14]), from: '00:30' }
    return { mode: 'flex', basal: '0 uL/d', boluses }
  }
  return { mode: 'periodic-bolus', dose: '1 uL', over: '30 s', every: dice.pick(['1 min', '59999 ms']) }
}

/** The fluid of a fill, and not what the pump was told of it. */
function plain({ drug, concentration }: Written): Written {
  return { drug, concentration }
}
