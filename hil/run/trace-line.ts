/**
 * A record of the trace as one line: what JSON makes of it.
 *
 * A run of years is mostly orders, bookings and deliveries, three with every change of rate. These are written out key by
 * key, in the order in which they are made, which takes a fraction of the time that JSON takes to find out what they are.
 */
import type { BookedSteps, ByDrug, TraceRecord } from '#hil/run/trace'
import type { Cadence } from '#units/cadence'
import { remembered } from '#units/remembered'

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

const byDrugText = remembered(
  (amounts: ByDrug) => `[${amounts.map(([drug, amount]) => `[${quoted(drug)},"${amount}"]`).join(',')}]`,
)

/** Whole numbers from here on take long to be written out as what they are, and up to there can be parted. */
const LONG = 2 ** 31
const MILLION = 1_000_000
const LONGEST = LONG * MILLION

/** The numbers below a thousand in three digits. */
const TRIPLES: readonly string[] = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

/** A number as JSON writes it, which knows none that is not finite. A long one is written in parts: half the time. */
function numeral(value: number): string {
  if (!(value >= LONG && value < LONGEST && Number.isInteger(value))) {
    return Number.isFinite(value) ? String(value) : 'null'
  }
  const millions = Math.floor(value / MILLION)
  const rest = value - millions * MILLION
  const thousands = Math.floor(rest / 1000)
  return `${millions}${TRIPLES[thousands]}${TRIPLES[rest - thousands * 1000]}`
}

/** Names of drugs as JSON; a run knows a handful. */
const quoted = remembered((name: string) => JSON.stringify(name))
