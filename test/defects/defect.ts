/** A seeded defect: one mistake that a programmer could really make, in one file, and who finds it. */

/** Who finds a defect, and by what. A hunt is short: one scenario, run once. */
export type Hunt =
  /** A scenario of the library, which ends otherwise than it says. */
  | { readonly by: 'library'; readonly scenario: string }
  /** An entry of the catalogue of faults in a scenario of the library: the run is judged or noticed otherwise. */
  | { readonly by: 'matrix'; readonly fault: string; readonly scenario: string }
  /** A seed of `explore`, in which an invariant is broken. */
  | { readonly by: 'explore'; readonly seed: number }

export type Hunter = Hunt['by']

export interface Defect {
  /** Unique slug. */
  readonly id: string
  /** The file it is in, from the root of the repository. */
  readonly file: string
  /** What the programmer did, in words. */
  readonly mistake: string
  /** Stands in the file exactly once ... */
  readonly find: string
  /** ... and is replaced by this. */
  readonly replace: string
  /** Who finds it; the first is the one that is held to it. */
  readonly hunts: readonly [Hunt, ...Hunt[]]
}

export function library(scenario: string): Hunt {
  return { by: 'library', scenario }
}

export function matrix(fault: string, scenario: string): Hunt {
  return { by: 'matrix', fault, scenario }
}

export function explore(seed: number): Hunt {
  return { by: 'explore', seed }
}

/** What a hunt is called. */
export function nameOf(hunt: Hunt): string {
  switch (hunt.by) {
    case 'library':
      return hunt.scenario
    case 'matrix':
      return `${hunt.fault} in ${hunt.scenario}`
    case 'explore':
      return `seed ${hunt.seed}`
  }
}

/** The source with the mistake in it; throws where the text to replace is not there exactly once. */
export function seeded(
  { id, file, find, replace }: Pick<Defect, 'id' | 'file' | 'find' | 'replace'>,
  source: string,
): string {
  const parts = source.split(find)
  if (parts.length !== 2) {
    throw new RangeError(`${id}: what it replaces stands in ${file} ${parts.length - 1} times, and has to once`)
  }
  return parts.join(replace)
}
