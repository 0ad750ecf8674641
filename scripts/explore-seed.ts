/** The exploration of one seed as a job of a campaign: what it takes crosses to a thread by name. */
import { type Explored, explore, TWICE_EVERY } from '#hil/explore/explore'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { watchedPump } from '#hil/pump/model'
import type { JobHooks } from '#scripts/campaign/jobs'
import { rigNamed } from '#scripts/registry'

export interface SeedTask {
  readonly seed: number
  readonly days: number
  readonly groups: readonly FaultGroup[]
  readonly rig: string
  /** Most scenarios that are tried to shrink a violation. */
  readonly attempts: number
}

export function exploreSeed(
  { seed, rig: name, ...task }: SeedTask,
  { signal }: Pick<JobHooks, 'signal'>,
): Promise<Explored> {
  const rig = rigNamed(name)
  if (!rig.ok) throw new Error(rig.problem)
  return explore(seed, { ...task, pump: watchedPump, rig: rig.value, twiceEvery: TWICE_EVERY, signal })
}
