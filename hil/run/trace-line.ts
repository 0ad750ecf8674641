/**
 * A record of the trace as one line: what JSON makes of it.
 *
 * A run of years is mostly orders, bookings and deliveries, three with every change of rate. These are written out key by
 * key, in the order in which they are made, which takes a fraction of the time that JSON takes to find out what they are.
 */
import type { BookedSteps, ByDrug, TraceRecord } from '#hil/run/trace'
import type { Cadence } from '#units/cadence'

/** One record as one line. Keys keep the order in which records are made, so equal runs give equal bytes. */
export function traceLine(record: TraceRecord): string {
  switch (record.kind) {
    case 'order': {
      const { t_us, first_us, interval_us, count } = record
      return `{"kind":"order","t_us":${numeral(t_us)},"first_us":"${first_us}","interval_us":"${interval_us}","count":${numeral(count)}}\n`
    }
    case 'booked':
    case 'withdrawn':
      return `{"kind":"${record.kind}",${bookedText(record)}}\n`
    case 'delivered': {
      const { cadence, displaced_uL, tip_uL, tip_ug, leaked_uL, leaked_ug } = record
      if (leaked_uL !== undefined || leaked_ug !== undefined) return json(record)
      return `{"kind":"delivered","cadence":${cadenceText(cadence)},"displaced_uL":"${displaced_uL}","tip_uL":"${tip_uL}","tip_ug":${byDrugText(tip_ug)}}\n`
    }
    default:
      return json(record)
  }
}

function json(record: TraceRecord): string {
  return `${JSON.stringify(record)}\n`
}

function bookedText({ t_us, first_us, interval_us, count, step_uL, drug, step_ug }: BookedSteps): string {
  const steps = `"first_us":"${first_us}","interval_us":"${interval_us}","count":${numeral(count)}`
  return `"t_us":${numeral(t_us)},${steps},"step_uL":"${step_uL}","drug":${quoted(drug)},"step_ug":"${step_ug}"`
}

function cadenceText({ first, phase, count, quotient, remainder, divisor }: Cadence): string {
  const start = `"first":${numeral(first)},"phase":${numeral(phase)},"count":${numeral(count)}`
  return `{${start},"quotient":${numeral(quotient)},"remainder":${numeral(remainder)},"divisor":${numeral(divisor)}}`
}

function byDrugText(amounts: ByDrug): string {
  return `[${amounts.map(([drug, amount]) => `[${quoted(drug)},"${amount}"]`).join(',')}]`
}

/** JSON knows no number that is not finite. */
function numeral(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}

/** Names of drugs as JSON; a run knows a handful. */
const QUOTED = new Map<string, string>()
const MOST_QUOTED = 100

function quoted(name: string): string {
  const known = QUOTED.get(name)
  if (known !== undefined) return known
  if (QUOTED.size >= MOST_QUOTED) QUOTED.clear()
  const text = JSON.stringify(name)
  QUOTED.set(name, text)
  return text
}
