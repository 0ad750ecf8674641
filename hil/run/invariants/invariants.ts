/**
 * The invariants: what must be true of every run, whatever was prescribed, programmed, done and broken.
 *
 * Each is one function of the evidence in a trace, in a file of its subject beside this one, and one row here. None looks at the
 * code of a pump.
 */
export type { Breach } from '#hil/run/invariants/evidence'

import { accounts } from '#hil/run/invariants/accounts'
import { admission } from '#hil/run/invariants/admission'
import { alarmGrammar, sounding } from '#hil/run/invariants/alarms'
import { answered, refusals } from '#hil/run/invariants/answers'
import { believedSteps, books, reservoir } from '#hil/run/invariants/belief'
import { dailyDose, residuals, tracks } from '#hil/run/invariants/doses'
import { type Breach, type Evidence, evidenceOf } from '#hil/run/invariants/evidence'
import { levels, tubeLife } from '#hil/run/invariants/levels'
import { range, rest, trickle } from '#hil/run/invariants/motion'
import { obedience } from '#hil/run/invariants/obedience'
import { resets, service } from '#hil/run/invariants/resets'
import { stalls, standing } from '#hil/run/invariants/standing'
import type { Ledgers } from '#hil/run/ledgers'
import type { InvariantName } from '#hil/scenario/invariant-names'
import type { AlarmName } from '#hil/scenario/types'
import { compare, ZERO } from '#units/rational'

/** An invariant: the first breach of it, or null where it holds. */
export type Invariant = (evidence: Evidence) => Breach | null

/** What an invariant rests on beside the scenario: what every pump promises, or what docs/PUMP.md says of ours. */
type Of = 'every pump' | 'ours'

interface Row {
  readonly judge: Invariant
  /** Names of the breaches that it finds. */
  readonly names: readonly InvariantName[]
  readonly of: Of
  /** Alarms without which a pump cannot keep it. */
  readonly alarms?: readonly AlarmName[]
}

const INVARIANTS: readonly Row[] = [
  { judge: obedience, names: ['obedience', 'patient-bolus'], of: 'every pump' },
  { judge: admission, names: ['admission'], of: 'ours' },
  { judge: rest, names: ['rest'], of: 'every pump' },
  { judge: trickle, names: ['trickle'], of: 'ours' },
  { judge: range, names: ['range'], of: 'every pump' },
  { judge: believedSteps, names: ['believed-steps'], of: 'every pump' },
  { judge: books, names: ['books'], of: 'every pump' },
  { judge: accounts, names: ['accounts'], of: 'ours' },
  { judge: reservoir, names: ['reservoir'], of: 'every pump' },
  { judge: answered, names: ['answers'], of: 'every pump' },
  { judge: refusals, names: ['refusals'], of: 'every pump' },
  { judge: alarmGrammar, names: ['alarm-grammar'], of: 'every pump' },
  { judge: levels, names: ['levels'], of: 'every pump', alarms: ['low-reservoir', 'empty-reservoir'] },
  { judge: tubeLife, names: ['tube-life'], of: 'every pump', alarms: ['tube-set-end-of-life'] },
  { judge: standing, names: ['standing'], of: 'ours' },
  { judge: stalls, names: ['stalls'], of: 'every pump', alarms: ['motor-stall'] },
  { judge: resets, names: ['resets'], of: 'ours' },
  { judge: service, names: ['service'], of: 'ours' },
  { judge: sounding, names: ['sounding'], of: 'ours' },
  { judge: dailyDose, names: ['daily-dose'], of: 'every pump' },
  { judge: residuals, names: ['residuals'], of: 'ours' },
  { judge: tracks, names: ['tracking'], of: 'every pump' },
]

/** Those that hold of a pump that is not ours and has these alarms. */
export function invariantsOfOthers(hasAlarm: (name: AlarmName) => boolean): readonly InvariantName[] {
  const held = INVARIANTS.filter(({ of, alarms = [] }) => of === 'every pump' && alarms.every(hasAlarm))
  return held.flatMap(({ names }) => names)
}

/** Every invariant that does not hold, of all or of those named, the earliest breach first. */
export function breachesOf(ledgers: Ledgers, only: readonly InvariantName[] | null = null): readonly Breach[] {
  const evidence = evidenceOf(ledgers)
  const isMeant = (name: string) => only === null || only.some((one) => one === name)
  const rows = INVARIANTS.filter(({ names }) => names.some(isMeant))
  const breaches = rows.flatMap(({ judge }) => judge(evidence) ?? []).filter(({ invariant }) => isMeant(invariant))
  return breaches.toSorted((a, b) => compare(a.at_us ?? ZERO, b.at_us ?? ZERO))
}
