/**
 * Detection and harm of a run: who noticed that something was wrong, how soon, why nobody did, and what it cost.
 *
 * A statement, and no verdict. What is noticed is counted from the first thing that went wrong; of a run in which nothing
 * is known to have, all that was noticed is told, so that it can be held against another run of the same scenario.
 */
import { DETECTORS, type Detector } from '#hil/fault/catalogue-entry'
import { heightAt } from '#hil/oracle/heights'
import { residueOf } from '#hil/oracle/residual'
import { seconds, secondsOrNull } from '#hil/run/analysis/figures'
import type { Analysis } from '#hil/run/analysis/types'
import { type Cause, firstCause, latency_us } from '#hil/run/detection/cause'
import { NOTICED, volumeFindings } from '#hil/run/detection/findings'
import { harmOf } from '#hil/run/detection/harm'
import { partedLedgers } from '#hil/run/detection/parted'
import type { Detection, Finding, Noticing } from '#hil/run/detection/types'
import { unnoticedBecause } from '#hil/run/detection/unnoticed'
import { type JudgedVolume, volumeCheckOf } from '#hil/run/detection/volume-check'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { decimal } from '#units/format'
import { compare, isNegative, magnitude, subtract, sum, whole, ZERO } from '#units/rational'

/** Findings of one detector that are told. */
const MOST_FINDINGS = 20

/** Those who are there where no bench is. */
const ATTENDING: ReadonlySet<Detector> = new Set<Detector>(['refused', 'warned', 'alarmed'])

/** Whether pump or programmer noticed it. */
export function isAttending({ detector }: Pick<Finding, 'detector'>): boolean {
  return ATTENDING.has(detector)
}

/** Null where the analysis that it rests on was not made: the run broke off, or is too long. */
export function detectionOf(ledgers: Ledgers, analysis: Analysis): Detection | null {
  if (analysis.volume === null || analysis.drugs === null) return null
  const cause = firstCause(ledgers)
  const { noticed, ...volume_check } = volumeCheckOf(ledgers)
  const { findings, earlier } = findingsOf(ledgers, cause, { noticed, ...volume_check })
  const [first] = findings
  const next_refill = nextRefill(ledgers)
  const parted = partedLedgers(ledgers, analysis)
  const attended = findings.some(isAttending)
  const isResidualOff = next_refill !== null || findings.some(({ detector }) => detector === 'reconciliation')
  return {
    cause: cause?.text ?? null,
    cause_s: secondsOrNull(cause?.at_us),
    first: first?.detector ?? (next_refill === null ? 'nobody' : 'reconciliation'),
    first_s: first?.at_s ?? null,
    latency_s: first?.latency_s ?? null,
    findings,
    earlier,
    volume_check,
    next_refill,
    unnoticed_because: cause === undefined || attended ? null : unnoticedBecause(parted, isResidualOff),
    harm: analysis.drugs.map((drug) => harmOf(ledgers, drug)),
    parted,
  }
}

function isNoticing(detector: Detector): detector is Noticing {
  return detector !== 'nobody'
}

function findingsOf(ledgers: Ledgers, cause: Cause | undefined, volume: JudgedVolume) {
  const since_us = cause?.at_us ?? ZERO
  const { duration_us } = ledgers.scenario
  const found = DETECTORS.filter(isNoticing).map((detector) =>
    (detector === 'volume-check' ? volumeFindings(volume, ledgers) : NOTICED[detector](ledgers))
      .filter(({ at_us }) => compare(at_us, duration_us) <= 0)
      .map((noticed) => ({ ...noticed, detector }))
      .toSorted((a, b) => compare(a.at_us, b.at_us)),
  )
  const listed = (isEarlier: boolean): readonly Finding[] =>
    found
      .flatMap((own) => own.filter(({ at_us }) => compare(at_us, since_us) < 0 === isEarlier).slice(0, MOST_FINDINGS))
      // Stable: those of one instant stay in the order of the detectors.
      .toSorted((a, b) => compare(a.at_us, b.at_us))
      .map(({ detector, what, at_us, detail, yardstick }) => ({
        ...{ detector, what, detail },
        ...(yardstick === undefined ? {} : { yardstick }),
        at_s: seconds(at_us),
        latency_s: isEarlier ? null : secondsOrNull(latency_us(cause, at_us)),
      }))
  return { findings: listed(false), earlier: listed(true) }
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
