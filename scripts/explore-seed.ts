/** The exploration of one seed as a job of a campaign: what it takes crosses to a thread by name. */
import { type Explored, explore, TWICE_EVERY } from '#hil/explore/explore'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { watchedPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import type { InvariantName } from '#hil/scenario/invariant-names'
import type { JobHooks } from '#scripts/campaign/jobs'
import { rigNamed } from '#scripts/registry'

/** A pump that is not ours, and the invariants that it has to keep. */
export interface OtherPump {
  readonly pump: PumpDefinition
  readonly only: readonly InvariantName[]
}

export interface SeedTask {
  readonly seed: number
  readonly days: number
  readonly groups: readonly FaultGroup[]
  readonly rig: string
  /** Most scenarios that are tried to shrink a violation. */
  readonly attempts: number
}

/** `other` is a pump that is not ours, which no thread can be given. */
export function exploreSeed(
  { seed, rig: name, ...task }: SeedTask,
  { signal }: Pick<JobHooks, 'signal'>,
  other?: OtherPump,
): Promise<Explored> {
  const rig = rigNamed(name)
  if (!rig.ok) throw new Error(rig.problem)
  const pump = other === undefined ? { pump: watchedPump } : { pump: () => other.pump, only: other.only }
  return explore(seed, { ...task, ...pump, rig: rig.value, twiceEvery: TWICE_EVERY, signal })
}
