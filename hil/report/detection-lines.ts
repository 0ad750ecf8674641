/**
 * Who noticed that something was wrong, why nobody did, and what it did, in a few lines of text. Nothing is said of a run
 * in which nothing is known to have gone wrong and nobody noticed anything.
 */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { AnalysisLine } from '#hil/report/analysis-lines'
import { instant, roughly } from '#hil/report/figure'
import { daysText } from '#hil/report/harm-days'
import type { Detection, Finding, Harm } from '#hil/run/detection/types'
import { decimal } from '#units/format'

/** What each detector did, as a reader says it. */
const DETECTOR_WORDS: Readonly<Record<Detector, string>> = {
  refused: 'refused by the pump',
  warned: 'warned by the programmer',
  alarmed: 'alarmed by the pump',
  'volume-check': 'seen by the volume check of the bench',
  'dose-check': 'seen by the dose check of the bench',
  reconciliation: 'seen only at a refill',
  nobody: 'noticed by nobody',
}

/** Findings that are listed; more are counted. */
const LISTED = 8

export function detectionLines(detection: Detection | null): readonly AnalysisLine[] {
  if (detection === null || (detection.cause === null && detection.findings.length === 0)) return []
  const { cause, cause_s, findings, next_refill, unnoticed_because, harm } = detection
  const more = findings.length - LISTED
  return [
    ...(cause === null ? [] : [{ label: 'cause', text: `${cause}, at ${instant(cause_s)}` }]),
    { label: 'noticed first', text: firstText(detection, detection) },
    ...laterCauses(detection),
    ...firstOfEach(findings).map((finding) => ({ label: 'noticed', text: findingText(finding) })),
    ...(more > 0 ? [{ label: 'noticed', text: `... ${findings.length} times in all` }] : []),
    ...withinTolerance(detection.volume_check),
    ...(next_refill === null ? [] : [{ label: 'next refill', text: next_refill }]),
    ...(unnoticed_because === null ? [] : [{ label: 'the pump did not, because', text: unnoticed_because }]),
    ...harm.filter(hurts).map((one) => ({ label: `harm by ${one.drug}`, text: harmText(one) })),
  ]
}

/** Said where the volume check lets pass what is more than a step. */
function withinTolerance({ judged_by, because, step_s, tolerance_s }: Detection['volume_check']) {
  if (judged_by === 'step' || step_s === null || tolerance_s !== null) return []
  const text = `more than a step off from ${instant(step_s)} on, within the tolerance of the device, by which it goes: ${because}`
  return [{ label: 'volume check', text }]
}

/** Causes that are listed beside the first; more are counted. */
const LISTED_CAUSES = 4

function laterCauses(detection: Detection): readonly AnalysisLine[] {
  const later = detection.causes?.slice(1) ?? []
  const more = later.length - LISTED_CAUSES
  const lines = later.slice(0, LISTED_CAUSES).map((one) => ({
    label: 'cause as well',
    text: `${one.text}, at ${instant(one.at_s)}; noticed first: ${firstText(one, detection, 'it')}`,
  }))
  return more > 0 ? [...lines, { label: 'cause as well', text: `... and ${more} more` }] : lines
}

/** `alarmed by the pump, 2 h after the cause`. */
function firstText(
  { first, first_s, latency_s }: Pick<Detection, 'first' | 'first_s' | 'latency_s'>,
  { next_refill, cause, causes }: Detection,
  name = 'the cause',
): string {
  if (first_s === null) {
    if (first !== 'reconciliation' || next_refill === null) return 'nobody'
    return causes === undefined
      ? 'nobody; the next refill would show it'
      : 'nobody; the next refill would show a residual'
  }
  if (latency_s !== null) return `${DETECTOR_WORDS[first]}, ${instant(latency_s)} after ${name}`
  const at = `${DETECTOR_WORDS[first]}, at ${instant(first_s)}`
  return cause === null ? at : `${at}, if it is of this and not of another cause`
}

/** The first finding of each detector and thing, and of what it is of. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings
    .filter(({ detector, what, of }) => {
      const key = `${detector} ${what} ${of === undefined ? '' : (of?.at_s ?? 'several')}`
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, LISTED)
}

function findingText({ detector, at_s, latency_s, detail, of }: Finding): string {
  return `${DETECTOR_WORDS[detector]} at ${instant(at_s)}${originText(latency_s, of)}: ${detail}`
}

function originText(latency_s: number | null, of: Finding['of']): string {
  if (of === null) return ', of one of several causes'
  if (latency_s === null) return ''
  if (of === undefined) return `, ${instant(latency_s)} after the cause`
  return latency_s < 0 ? `, ${instant(-latency_s)} before "${of.text}"` : `, ${instant(latency_s)} after "${of.text}"`
}

/** Whether a patient got more or less than a step could be out by. */
function hurts({ over_ug, under_ug, over_s, under_s }: Harm): boolean {
  return over_ug > 0 || under_ug > 0 || over_s > 0 || under_s > 0
}

/** `40 ug too little, as is prescribed in 2 h, owed for 6 d and at the end; least in 24 h 440 of 480 ug, most 480 of 480 ug`. */
function harmText(harm: Harm): string {
  const { over_ug, under_ug, over_s, under_s, surplus_ug, owed_ug } = harm
  const over = { amount_ug: over_ug, equivalent_s: harm.over_equivalent_s, apart_s: over_s, left_ug: surplus_ug }
  const under = { amount_ug: under_ug, equivalent_s: harm.under_equivalent_s, apart_s: under_s, left_ug: owed_ug }
  return [
    ...(over_ug > 0 || over_s > 0 ? [sideText('too much', 'in excess', over)] : []),
    ...(under_ug > 0 || under_s > 0 ? [sideText('too little', 'owed', under)] : []),
    daysText(harm),
  ].join('; ')
}

interface Side {
  readonly amount_ug: number
  readonly equivalent_s: number | null
  readonly apart_s: number
  readonly left_ug: number
}

/** What is missed after too much was given is owed by nobody, and the other way round. */
function sideText(word: string, state: string, { amount_ug, equivalent_s, apart_s, left_ug }: Side): string {
  const worth = equivalent_s === null || equivalent_s <= 0 ? '' : `, as is prescribed in ${roughly(equivalent_s)}`
  const lasting = apart_s > 0 ? `, ${state} for ${instant(apart_s)}${left_ug > 0 ? ' and at the end' : ''}` : ''
  return `${decimal(amount_ug, 4)} ug ${word}${worth}${lasting}`
}
