/** Seeded lives of a pump, and what the invariants say of them. */
import { generate } from '#hil/explore/generate'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { type Breach, breachesOf } from '#hil/run/invariants/invariants'
import { ledgersOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import type { InvariantName } from '#hil/scenario/invariant-names'
import { readWritten } from '#hil/scenario/parse'
import type { Scenario } from '#hil/scenario/types'

export interface Life {
  readonly scenario: Scenario
  readonly trace: Trace
}

/** What the seed comes to. */
export async function live(seed: number, options: Parameters<typeof generate>[1]): Promise<Life> {
  const written = generate(seed, options)
  const parsed = readWritten(written, JSON.stringify(written))
  if (!parsed.ok) throw new Error(`seed ${seed} cannot be read`)
  return { scenario: parsed.scenario, trace: await execute(parsed.scenario, modelPump, idealRig) }
}

/** Every invariant that does not hold, of all or of those named. */
export const told = ({ scenario, trace }: Life, only: readonly InvariantName[] | null = null): readonly Breach[] =>
  breachesOf(ledgersOf(scenario, trace), only)

/** Seeds from 0. */
export const count = (most: number) => Array.from({ length: most }, (_, seed) => seed)
