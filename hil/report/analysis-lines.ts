/**
 * The analysis of a run in a few lines of text: what a reader wants to know before opening the whole of it.
 */
import { counted, instant, signed } from '#hil/report/figure'
import type {
  AlarmLatency,
  Analysis,
  ChangeoverAnalysis,
  ChangingFill,
  DrugAnalysis,
  TrumpetPoint,
} from '#hil/run/analysis/types'
import { decimal } from '#units/format'

export interface AnalysisLine {
  readonly label: string
  readonly text: string
}

/** Latencies and changeovers that are listed; more are counted. */
const LISTED = 5

/** One line a figure, in the order of a report; what there is nothing of has no line. */
export function analysisLines(analysis: Analysis): readonly AnalysisLine[] {
  const { drugs, alarm_latencies, changeovers } = analysis
  return [
    ...flowLines(analysis),
    ...(drugs ?? []).map((drug) => ({ label: `dose of ${drug.drug}`, text: drugText(drug) })),
    ...listed('alarm latency', alarm_latencies ?? [], latencyText),
    ...listed('changeover', changeovers ?? [], changeoverText),
    ...omittedLines(analysis),
  ]
}

function flowLines({ volume, trumpet, boluses, interruption }: Analysis): readonly AnalysisLine[] {
  const lines: AnalysisLine[] = []
  if (volume !== null && volume.mean_flow_error_percent !== null) {
    const error = percent(volume.mean_flow_error_percent)
    const missed = `${decimal(volume.under_uL)} uL too little, ${decimal(volume.over_uL)} uL too much`
    lines.push({ label: 'mean flow error', text: `${error}; ${missed}` })
  }
  if (trumpet !== null) lines.push({ label: 'trumpet', text: trumpet.points.map(pointText).join('; ') })
  if (boluses !== null) {
    const few = boluses.enough ? '' : ', fewer than the 25 that a mean asks for'
    const extremes = `worst ${percent(boluses.least_percent)} and ${percent(boluses.most_percent)}`
    lines.push({
      label: 'boluses',
      text: `mean ${percent(boluses.mean_percent)}, ${extremes}, n = ${boluses.count}${few}`,
    })
  }
  if (interruption !== null) {
    const { from_s, to_s, due_s } = interruption
    const counted = due_s < to_s - from_s ? ', of which only the time counts in which something is prescribed' : ''
    lines.push({
      label: 'longest interruption',
      text: `${instant(due_s)} overdue, ${instant(from_s)} to ${instant(to_s)}${counted}`,
    })
  }
  return lines
}

function pointText({ window_s, state, least_percent, most_percent, floor_percent }: TrumpetPoint): string {
  const window = instant(window_s)
  if (least_percent === null || most_percent === null || floor_percent === null) return `${window} nothing prescribed`
  const unresolvable = state === 'unresolvable' ? ` unresolvable (a step is ${decimal(floor_percent, 3)} %)` : ''
  return `${window} ${percent(least_percent)} to ${percent(most_percent)}${unresolvable}`
}

function drugText(drug: DrugAnalysis): string {
  const parts = [`most in 24 h ${decimal(drug.largest_24h_ug)} ug`, `${decimal(drug.under_ug)} ug too little`]
  const behind = drug.behind_s > 0 ? `behind for ${instant(drug.behind_s)}` : ''
  const ahead = drug.ahead_s > 0 ? `ahead for ${instant(drug.ahead_s)}` : ''
  return [...parts, `${decimal(drug.over_ug)} ug too much`, behind, ahead].filter((part) => part !== '').join(', ')
}

function latencyText({ alarm, cause, cause_s, state, latency_s }: AlarmLatency): string {
  const of = `${cause} at ${instant(cause_s)}`
  switch (state) {
    case 'raised':
      return `${alarm}: ${instant(latency_s)} after ${of}`
    case 'standing':
      return `${alarm}: ${instant(latency_s === null ? null : -latency_s)} before ${of}`
    case 'missed':
      return `${alarm}: never after ${of}`
    case 'not-due':
      return `${alarm}: not due by the end of the run, after ${of}`
    case 'ended':
      return `${alarm}: none while it lasted, ${of}`
  }
}

function changeoverText({ at_s, from, to, to_s, doses, end }: ChangeoverAnalysis): string {
  const what = doses.map(({ drug, error_percent, tip_ug }) => {
    return error_percent === null
      ? `${decimal(tip_ug)} ug of ${drug} unprescribed`
      : `${drug} ${percent(error_percent)}`
  })
  const change = `${strengthText(from)} to ${strengthText(to)}`
  const open = end === 'cleared' ? '' : ', line not cleared'
  return `${instant(at_s)}, ${change}: ${what.join(', ')} for ${instant(to_s - at_s)}${open}`
}

/** `500 ug/mL`, and what its label says where that is something else. */
function strengthText({ drug, concentration_ug_per_mL, label }: ChangingFill): string {
  const text = `${decimal(concentration_ug_per_mL)} ug/mL`
  if (label === undefined) return text
  const { drug: named, concentration_ug_per_mL: strength } = label
  return `${text}${named === drug ? '' : ` of ${drug}`} labeled ${decimal(strength)} ug/mL${named === drug ? '' : ` of ${named}`}`
}

function listed<T>(label: string, items: readonly T[], text: (item: T) => string): readonly AnalysisLine[] {
  const more = items.length - LISTED
  const shown = items.slice(0, LISTED).map((item) => ({ label, text: text(item) }))
  return more > 0 ? [...shown, { label, text: `... ${more} more` }] : shown
}

/** One line for the parts that share a reason. */
function omittedLines({ omitted }: Analysis): readonly AnalysisLine[] {
  const reasons = [...new Set(omitted.map(({ reason }) => reason))]
  return reasons.map((reason) => {
    const parts = omitted.filter((one) => one.reason === reason).map(({ part }) => part.replaceAll('_', ' '))
    const what = parts.length > 2 ? counted(parts.length, 'part') : parts.join(', ')
    return { label: 'not analyzed', text: `${what}: ${reason}` }
  })
}

function percent(value: number): string {
  return `${signed(Number(value.toPrecision(3)))} %`
}
