/**
 * Of which cause a finding is, as far as the bench can tell.
 *
 * An alarm is of what raises it: a fault, a level that was reached, a stop on command. A refusal or a warning is of the entry of
 * its instant where that was told wrongly. All else can be of everything that went wrong before it: of the one thing where there
 * is one, and of nobody knows which where there are several.
 */
import { raisesOf } from '#hil/run/alarm-causes'
import type { Cause } from '#hil/run/detection/cause'
import type { Noticed } from '#hil/run/detection/findings'
import type { Noticing } from '#hil/run/detection/types'
import { exact } from '#hil/run/exact'
import type { Ledgers } from '#hil/run/ledgers'
import { CAUSED_ALARMS } from '#hil/scenario/types'
import { compare, equal, type Rational } from '#units/rational'

/** `cause`: of this one alone. `other`: of something that is none of the causes. `untold`: of one of these. */
export type Attribution =
  | { readonly kind: 'cause'; readonly cause: Cause }
  | { readonly kind: 'other'; readonly other: Pick<Cause, 'at_us' | 'text'> }
  | { readonly kind: 'untold'; readonly causes: readonly Cause[] }

type Raised = ReturnType<typeof raisesOf>[number]['causes'][number]

type Attributing = (finding: Noticed & { readonly detector: Noticing }) => Attribution

/** For findings since the first of the causes, which are in order of time. */
export function attributing(causes: readonly Cause[], ledgers: Ledgers): Attributing {
  const raised = new Map<string, readonly Raised[]>(
    CAUSED_ALARMS.flatMap((alarm) =>
      raisesOf(alarm, ledgers).map((raise) => [`${alarm} ${exact(raise.raised_us)}`, raise.causes]),
    ),
  )
  const slipOf = (at_us: Rational) => causes.find((cause) => cause.fault === null && equal(cause.at_us, at_us))
  return ({ detector, what, at_us }) => {
    const before = causes.filter((cause) => compare(cause.at_us, at_us) <= 0)
    if (detector === 'alarmed') {
      const of = raised.get(`${what} ${exact(at_us)}`) ?? []
      const own = causes.filter(({ fault }) => fault !== null && of.some((one) => one.fault === fault))
      const [other] = of
      if (own.length > 0) return oneOf(own)
      // A stop that nobody prescribed.
      if (other !== undefined) return asCause(slipOf(other.at_us)) ?? { kind: 'other', other }
    }
    const entered = detector === 'refused' || detector === 'warned' ? slipOf(at_us) : undefined
    return asCause(entered) ?? oneOf(before)
  }
}

function asCause(cause: Cause | undefined): Attribution | undefined {
  return cause && { kind: 'cause', cause }
}

function oneOf(causes: readonly Cause[]): Attribution {
  const [only, ...others] = causes
  return only !== undefined && others.length === 0 ? { kind: 'cause', cause: only } : { kind: 'untold', causes }
}

/** Whether the finding is of the cause, or can be. */
export function canBeOf(cause: Cause, attribution: Attribution): boolean {
  switch (attribution.kind) {
    case 'cause':
      return attribution.cause === cause
    case 'other':
      return false
    case 'untold':
      return attribution.causes.includes(cause)
  }
}
