/**
 * The invariants: what must be true of every run, whatever was prescribed, programmed, done and broken.
 *
 * Each is one function of the evidence in a trace, in a file of its subject beside this one, and one row here. None looks at the
 * code of a pump.
 */
export type { Breach } from '#hil/run/invariants/evidence'

import { admission } from '#hil/run/invariants/admission'
import { alarmGrammar, sounding } from '#hil/run/invariants/alarms'
import { answered, refusals } from '#hil/run/invariants/answers'
import { believedSteps, books, reservoir } from '#hil/run/invariants/belief'
import { dailyDose, residuals, tracks } from '#hil/run/invariants/doses'
import { type Breach, type Evidence, evidenceOf } from '#hil/run/invariants/evidence'
import { levels } from '#hil/run/invariants/levels'
import { range, rest, trickle } from '#hil/run/invariants/motion'
import { obedience } from '#hil/run/invariants/obedience'
import { resets, service } from '#hil/run/invariants/resets'
import { stalls, standing } from '#hil/run/invariants/standing'
import type { Ledgers } from '#hil/run/ledgers'
import { compare, ZERO } from '#units/rational'

/** An invariant: the first breach of it, or null where it holds. */
export type Invariant = (evidence: Evidence) => Breach | null

const INVARIANTS: readonly Invariant[] = [
  obedience,
  admission,
  rest,
  trickle,
  range,
  believedSteps,
  books,
  reservoir,
  answered,
  refusals,
  alarmGrammar,
  levels,
  standing,
  stalls,
  resets,
  service,
  sounding,
  dailyDose,
  residuals,
  tracks,
]

/** Every invariant that does not hold, the earliest breach first. */
export function breachesOf(ledgers: Ledgers): readonly Breach[] {
  const evidence = evidenceOf(ledgers)
  return INVARIANTS.flatMap((invariant) => invariant(evidence) ?? []).toSorted((a, b) =>
    compare(a.at_us ?? ZERO, b.at_us ?? ZERO),
  )
}
