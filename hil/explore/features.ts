/**
 * Features: what a generated scenario may be made of.
 *
 * Every seed has only some of them, and of each its own share (swarm testing: A. Groce and others, ISSTA 2012). Scenarios with
 * a bit of everything are all alike; rare combinations come about where most other things are left out.
 */
import type { Dice } from '#hil/explore/dice'

/** How likely each feature is in a seed. */
const FEATURES = {
  /** Therapies that follow the clock, or come back by themselves. */
  flex: 0.55,
  periodic: 0.4,
  /** Further therapies after the first. */
  changes: 0.6,
  /** Doses that no pump can give, and patterns that none takes. */
  extremes: 0.2,
  boluses: 0.45,
  primes: 0.3,
  bridges: 0.4,
  patient: 0.4,
  refills: 0.6,
  /** Fills of which the pump is told something else. */
  'mis-told': 0.25,
  /** What is programmed is not what was prescribed. */
  slips: 0.25,
  /** One error of the catalogue. */
  errors: 0.15,
  /** Warnings are not confirmed. */
  unconfirmed: 0.15,
  limits: 0.4,
  clock: 0.4,
  stops: 0.35,
  restarts: 0.3,
  questions: 0.35,
  silence: 0.3,
  /** So much goes into the log that its oldest entries give way. */
  pestering: 0.05,
  /** A pump whose cell, tube or time is used up within the run. */
  aging: 0.25,
  /** Little in the reservoir. */
  dry: 0.35,
  /** A pump that is not as its figures say. */
  hardware: 0.15,
  dispersive: 0.04,
  faults: 0.65,
  /** Orders that lie exactly at a limit. */
  edges: 0.4,
  /** Something under way that is ended by something else. */
  ambushes: 0.25,
} as const satisfies Record<string, number>

export type Feature = keyof typeof FEATURES

/** The features of a seed, and how much of each that comes several times: 1 to 6, about. */
export interface Features {
  has: (feature: Feature) => boolean
  share: (feature: Feature) => number
}

/** Draws the features of a seed. */
export function featuresOf(dice: Dice): Features {
  const shares = new Map<Feature, number>()
  for (const [feature, part] of Object.entries(FEATURES) as [Feature, number][]) {
    const drawn = dice.chance(part)
    const share = dice.scaled(1, 6)
    if (drawn) shares.set(feature, share)
  }
  return { has: (feature) => shares.has(feature), share: (feature) => shares.get(feature) ?? 0 }
}
