/**
 * Detection and harm of a run: who noticed that something was wrong, how soon, why nobody did, and what it cost.
 *
 * A statement, and no verdict. What is noticed is counted from what went wrong, where it can be told of what it is; of a run in
 * which nothing is known to have, all that was noticed is told, so that it can be held against another run of the same scenario.
 */
import { DETECTORS, type Detector } from '#hil/fault/catalogue-entry'
import { heightAt } from '#hil/oracle/heights'
import { residueOf } from '#hil/oracle/residual'
import { seconds, secondsOrNull } from '#hil/run/analysis/figures'
import type { Analysis } from '#hil/run/analysis/types'
import { type Attribution, attributing, canBeOf } from '#hil/run/detection/attribution'
import { type Cause, causesOf } from '#hil/run/detection/cause'
import { NOTICED, type Noticed, volumeFindings } from '#hil/run/detection/findings'
import { harmOf } from '#hil/run/detection/harm'
import { partedLedgers } from '#hil/run/detection/parted'
import type { Detection, Finding, Noticing, Origin } from '#hil/run/detection/types'
import { unnoticedBecause } from '#hil/run/detection/unnoticed'
import { type JudgedVolume, volumeCheckOf } from '#hil/run/detection/volume-check'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { decimal } from '#units/format'
import { compare, isNegative, magnitude, type Rational, subtract, sum, whole } from '#units/rational'

/** Findings of one detector that are told. */
const MOST_FINDINGS = 20

/** Causes that are told. */
const MOST_CAUSES = 20

/** Those who are there where no bench is. */
const ATTENDING: ReadonlySet<Detector> = new Set<Detector>(['refused', 'warned', 'alarmed'])

/** Whether pump or programmer noticed it. */
export function isAttending({ detector }: Pick<Finding, 'detector'>): boolean {
  return ATTENDING.has(detector)
}

/** Null where the analysis that it rests on was not made: the run broke off, or is too long. */
export function detectionOf(ledgers: Ledgers, analysis: Analysis): Detection | null {
  if (analysis.volume === null || analysis.drugs === null) return null
  const causes = causesOf(ledgers)
  const [cause] = causes
  const { noticed, ...volume_check } = volumeCheckOf(ledgers)
  const { since, earlier } = attributed(allNoticed({ noticed, ...volume_check }, ledgers), causes, ledgers)
  const next_refill = nextRefill(ledgers)
  const parted = partedLedgers(ledgers, analysis)
  const noticedOf = (one: Cause | undefined) => firstOf(one, since, next_refill)
  return {
    cause: cause?.text ?? null,
    cause_s: secondsOrNull(cause?.at_us),
    ...noticedOf(cause),
    ...(causes.length < 2
      ? {}
      : { causes: causes.slice(0, MOST_CAUSES).map((one) => ({ ...origin(one), ...noticedOf(one) })) }),
    findings: listed(since, cause),
    earlier: listed(earlier, undefined),
    volume_check,
    next_refill,
    unnoticed_because: unnoticed(causes, since, { parted, next_refill }),
    harm: analysis.drugs.map((drug) => harmOf(ledgers, drug)),
    parted,
  }
}

/** What a detector noticed, and of what it is; null where nothing is known to have gone wrong before. */
interface Attributed extends Noticed {
  readonly detector: Noticing
  readonly attribution: Attribution | null
}

type NoticedBy = Noticed & { readonly detector: Noticing }

function isNoticing(detector: Detector): detector is Noticing {
  return detector !== 'nobody'
}

/** In order of time, and of one instant in the order of the detectors. */
function allNoticed(volume: JudgedVolume, ledgers: Ledgers): readonly NoticedBy[] {
  const { duration_us } = ledgers.scenario
  return DETECTORS.filter(isNoticing)
    .flatMap((detector) =>
      (detector === 'volume-check' ? volumeFindings(volume, ledgers) : NOTICED[detector](ledgers)).map((noticed) => ({
        ...noticed,
        detector,
      })),
    )
    .filter(({ at_us }) => compare(at_us, duration_us) <= 0)
    .toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** What was noticed since the first of the causes, and before it. */
function attributed(all: readonly NoticedBy[], causes: readonly Cause[], ledgers: Ledgers) {
  const [cause] = causes
  if (cause === undefined) return { since: all.map((one): Attributed => ({ ...one, attribution: null })), earlier: [] }
  const isEarlier = ({ at_us }: Noticed) => compare(at_us, cause.at_us) < 0
  const attribution = attributing(causes, ledgers)
  return {
    since: all.filter((one) => !isEarlier(one)).map((one): Attributed => ({ ...one, attribution: attribution(one) })),
    earlier: all.filter(isEarlier).map((one): Attributed => ({ ...one, attribution: null })),
  }
}

/** Who noticed the cause first; of no cause, who noticed anything. */
function firstOf(
  cause: Cause | undefined,
  since: readonly Attributed[],
  next_refill: string | null,
): Pick<Detection, 'first' | 'first_s' | 'latency_s'> {
  const first = since.find(({ attribution }) => mayBeOf(cause, attribution))
  const nobody = next_refill === null ? 'nobody' : 'reconciliation'
  if (first === undefined) return { first: nobody, first_s: null, latency_s: null }
  const { detector, at_us, attribution } = first
  const isSure = cause !== undefined && attribution?.kind === 'cause'
  return { first: detector, first_s: seconds(at_us), latency_s: isSure ? seconds(subtract(at_us, cause.at_us)) : null }
}

function mayBeOf(cause: Cause | undefined, attribution: Attribution | null): boolean {
  return cause === undefined || attribution === null || canBeOf(cause, attribution)
}

/** The first few of each detector, in order of time. */
function listed(all: readonly Attributed[], first: Cause | undefined): readonly Finding[] {
  const counted = new Map<Noticing, number>()
  return all.flatMap(({ detector, what, at_us, detail, yardstick, attribution }): Finding[] => {
    const count = counted.get(detector) ?? 0
    counted.set(detector, count + 1)
    if (count >= MOST_FINDINGS) return []
    return [
      {
        ...{ detector, what, detail },
        ...(yardstick === undefined ? {} : { yardstick }),
        at_s: seconds(at_us),
        ...originOf(at_us, attribution, first),
      },
    ]
  })
}

function originOf(
  at_us: Rational,
  attribution: Attribution | null,
  first: Cause | undefined,
): Pick<Finding, 'latency_s' | 'of'> {
  if (attribution === null) return { latency_s: null }
  if (attribution.kind === 'untold') return { latency_s: null, of: null }
  const of = attribution.kind === 'cause' ? attribution.cause : attribution.other
  const latency_s = seconds(subtract(at_us, of.at_us))
  return of === first ? { latency_s } : { latency_s, of: origin(of) }
}

function origin({ text, at_us }: Pick<Cause, 'text' | 'at_us'>): Origin {
  return { text, at_s: seconds(at_us) }
}

/** Why neither pump nor programmer noticed the first cause. Of several causes, what parted since the second may be of that one. */
function unnoticed(
  [cause, second]: readonly Cause[],
  since: readonly Attributed[],
  { parted, next_refill }: Pick<Detection, 'parted' | 'next_refill'>,
): string | null {
  if (cause === undefined || since.some((one) => isAttending(one) && mayBeOf(cause, one.attribution))) return null
  if (second === undefined) {
    const isResidualOff = next_refill !== null || since.some(({ detector }) => detector === 'reconciliation')
    return unnoticedBecause(parted, isResidualOff)
  }
  const before_s = seconds(second.at_us)
  const own = parted.filter(({ since_s }) => since_s < before_s)
  return own.length === 0 ? null : unnoticedBecause(own, false)
}

/** Whether the residual that a refill at the end of the run would draw is beyond what the pump accepts; in words. */
function nextRefill({ scenario, believed, delivered, records }: Ledgers): string | null {
  const status = believed.statuses.at(-1)
  const fills = recordsOf(records, 'fill')
  const last = fills.at(-1)
  if (status === undefined || last === undefined) return null
  const filled_uL = sum(
    fills.map(({ volume_uL, withdrawn_uL }) => subtract(fromExact(volume_uL), fromExact(withdrawn_uL))),
  )
  const { tolerance, residualTolerance_uL } = scenario.pump
  const { difference_uL, allowed_uL, tells } = residueOf({
    expected_uL: fromExact(status.reservoir_uL),
    left_uL: subtract(filled_uL, delivered.drained.total),
    dispensed_uL: subtract(believed.volume.total, heightAt(believed.volume.heights, whole(last.t_us))),
    ...{ part: tolerance, least_uL: residualTolerance_uL },
  })
  if (!tells) return null
  const side = isNegative(difference_uL) ? 'less' : 'more'
  return `the residual would be ${decimal(magnitude(difference_uL))} uL ${side} than the pump expects, beyond the ${decimal(allowed_uL)} uL allowed`
}
