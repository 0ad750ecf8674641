/**
 * Who noticed that something was wrong, why nobody did, and what it did, in a few lines of text. Nothing is said of a run
 * in which nothing is known to have gone wrong and nobody noticed anything.
 */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { AnalysisLine } from '#hil/report/analysis-lines'
import { instant } from '#hil/report/figure'
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
    { label: 'noticed first', text: firstText(detection) },
    ...firstOfEach(findings).map((finding) => ({ label: 'noticed', text: findingText(finding) })),
    ...(more > 0 ? [{ label: 'noticed', text: `... ${findings.length} times in all` }] : []),
    ...(next_refill === null ? [] : [{ label: 'next refill', text: next_refill }]),
    ...(unnoticed_because === null ? [] : [{ label: 'the pump did not, because', text: unnoticed_because }]),
    ...harm.filter(hurts).map((one) => ({ label: `harm by ${one.drug}`, text: harmText(one) })),
  ]
}

/** `alarmed by the pump, 2 h after the cause`. */
function firstText({ first, first_s, latency_s, next_refill }: Detection): string {
  if (first_s === null) {
    return first === 'reconciliation' && next_refill !== null ? 'nobody; the next refill would show it' : 'nobody'
  }
  const after = latency_s === null ? `at ${instant(first_s)}` : `${instant(latency_s)} after the cause`
  return `${DETECTOR_WORDS[first]}, ${after}`
}

/** The first finding of each detector and thing. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings
    .filter(({ detector, what }) => {
      const key = `${detector} ${what}`
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, LISTED)
}

function findingText({ detector, at_s, latency_s, detail }: Finding): string {
  const after = latency_s === null ? '' : `, ${instant(latency_s)} after the cause`
  return `${DETECTOR_WORDS[detector]} at ${instant(at_s)}${after}: ${detail}`
}

/** Whether a patient got more or less than a step could be out by. */
function hurts({ over_ug, under_ug, over_s, under_s }: Harm): boolean {
  return over_ug > 0 || under_ug > 0 || over_s > 0 || under_s > 0
}

/** `1234 ug too much over 2 d; worst 24 h 4000 ug, prescribed 400 ug`. */
function harmText({ over_ug, under_ug, over_s, under_s, tip_24h_ug, prescribed_24h_ug }: Harm): string {
  const parts = [
    ...(over_ug > 0 || over_s > 0 ? [`${decimal(over_ug, 4)} ug too much${lasting('ahead', over_s)}`] : []),
    ...(under_ug > 0 || under_s > 0 ? [`${decimal(under_ug, 4)} ug too little${lasting('behind', under_s)}`] : []),
    `worst 24 h ${decimal(tip_24h_ug, 4)} ug, prescribed at most ${decimal(prescribed_24h_ug, 4)} ug`,
  ]
  return parts.join('; ')
}

/** What is missed after too much was given does not bring a patient behind, and the other way round. */
function lasting(word: string, time_s: number): string {
  return time_s > 0 ? `, ${word} for ${instant(time_s)}` : ''
}
