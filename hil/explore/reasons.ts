/**
 * Reasons: every reason for which a pump refuses a program or denies a patient a bolus, by how it is told.
 *
 * Those of the operating table are taken from it. A reason that is not listed is a site nobody knows of, and the exploration
 * says so.
 */
import { OPERATING } from '#firmware-sim/operating'

export interface Reason {
  readonly name: string
  readonly told: RegExp
}

/** Refusals of the table, but those of a pump without power, which hears nothing. */
const OF_STATES: readonly Reason[] = [
  ...new Set(
    Object.entries(OPERATING).flatMap(([state, row]) =>
      state === 'off' ? [] : Object.values(row).flatMap((cell) => ('refuse' in cell ? [cell.refuse] : [])),
    ),
  ),
].map((text) => ({ name: text.split(';')[0] ?? text, told: new RegExp(`^${text.split(';')[0] ?? text}`) }))

/** What both a program and a request of the patient can run into. */
const OF_LIMITS: readonly Reason[] = [
  { name: 'above the highest rate', told: /is above the highest rate/ },
  { name: 'below the least rate', told: /is below the least rate/ },
  { name: 'beyond the hard dose of 24 h', told: /the hard limit of the clinic; give less/ },
]

/** Why a program is refused. */
export const REFUSALS: readonly Reason[] = [
  ...OF_STATES,
  ...OF_LIMITS,
  { name: 'a larger increase than the clinic allows', told: /^the dose rises by/ },
  { name: 'too many boluses in 24 h to look at', told: /cannot be looked at|too many boluses of the pattern/ },
  { name: 'more than 13 boluses a day', told: /boluses a day are more than/ },
  { name: 'too many boluses at once', told: /boluses would overlap|boluses are running/ },
  { name: 'a periodic bolus too often', told: /comes back after 1 min/ },
  { name: 'a prime of more than there is', told: /^a prime of/ },
  { name: 'a refill beyond the reservoir', told: /on top of .* believed left/ },
  { name: 'nothing to bridge', told: /^there is nothing to bridge/ },
  { name: 'nothing to restart', told: /^there is nothing to restart/ },
  { name: 'contents unknown', told: /does not know what it holds/ },
  { name: 'a commit that is not known', told: /^nothing is prepared under the digest/ },
  { name: 'a warning that nobody confirmed', told: /^not confirmed/ },
  { name: 'no answer', told: /^the pump did not answer/ },
]

/** Why a patient gets no bolus. */
export const DENIALS: readonly Reason[] = [
  // Says which limit the refill breaks, too.
  { name: 'a refill that does not fit', told: /program a therapy that fits first|those under way end first/ },
  ...OF_LIMITS,
  { name: 'no leave', told: /^no patient bolus is permitted/ },
  { name: 'lockout', told: /^locked for another/ },
  { name: 'the maximum of a day', told: /were granted in the past 24 h/ },
  { name: 'no therapy', told: /^the pump gives no therapy/ },
]

/** What is not listed. */
export const UNLISTED = 'a reason that is not listed'

/** The name of a reason as it was told. */
export function reasonOf(told: string, of: readonly Reason[]): string {
  return of.find((reason) => reason.told.test(told))?.name ?? UNLISTED
}
