/**
 * Tables for spreadsheets and statistics, as RFC 4180 has them: samples of the three ledgers, events, and every step.
 *
 * Views of a trace, made row by row. The first row names the columns, the unit last; figures are exact where the decimal
 * ends within twelve places, else rounded to them. A spreadsheet takes a text that begins with a sign for a formula, and
 * texts come from scenarios and rigs: such a text is given an apostrophe in front.
 */
import { plain } from '#hil/report/plain'
import { beyondEnd, type Window } from '#hil/report/window'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { drugsOf, exactSamples } from '#hil/run/exact-samples'
import { booksOf } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { countThrough, tickOf } from '#units/cadence'
import { places } from '#units/format'
import { add, divide, type Rational, times, whole, ZERO } from '#units/rational'

const PLACES = 12
/** Most steps of one table, rather more than a spreadsheet holds. */
const MOST_STEP_ROWS = 2_000_000
const SECOND_us = whole(1_000_000)

/** The samples of the run, one a row; columns for a second drug and further ones carry its name. */
export function* samplesCsv(trace: Trace): Generator<string, null> {
  const { ledgers } = booksOf(trace)
  const drugs = drugsOf(ledgers)
  const amounts = drugs.flatMap((drug, index) => {
    const named = index === 0 ? '' : `${drug}_`
    return [`prescribed_${named}ug`, `believed_${named}ug`, `tip_${named}ug`]
  })
  const volumes = ['prescribed_uL', 'believed_uL', 'displaced_uL']
  yield row(['t_s', ...volumes, ...amounts, 'believed_reservoir_uL', 'state'].map(cell))
  for (const { at_us, prescribed_uL, believed_uL, displaced_uL, masses, status } of exactSamples(ledgers)) {
    const mass = drugs.flatMap((drug) => {
      const { prescribed_ug = ZERO, believed_ug = ZERO, tip_ug = ZERO } = masses.get(drug) ?? {}
      return [prescribed_ug, believed_ug, tip_ug]
    })
    const figures = [prescribed_uL, believed_uL, displaced_uL, ...mass, fromExact(status.reservoir_uL)]
    yield row([seconds(at_us), ...figures.map(figure), cell(status.state)])
  }
  return null
}

/** What was programmed, refused, filled, raised, noted and broken, in order of time. */
export function* eventsCsv(trace: Trace): Generator<string, null> {
  yield row(['t_s', 'event', 'what', 'detail'].map(cell))
  const rows = trace.records.flatMap((record) => eventRow(record) ?? [])
  for (const { t_us, texts } of rows.sort((a, b) => a.t_us - b.t_us)) {
    yield row([seconds(whole(t_us)), ...texts.map(cell)])
  }
  return null
}

/** Every step of the rotor within the window, with what the steps up to it have moved since the start of the run. */
export function* stepsCsv(trace: Trace, window: Window): Generator<string, string | null> {
  const drugs = [
    ...new Set(recordsOf(trace.records, 'delivered').flatMap(({ tip_ug }) => tip_ug.map(([drug]) => drug))),
  ]
  yield row(['t_s', 'step', 'displaced_uL', 'tip_uL', ...drugs.map((drug) => `tip_${drug}_ug`)].map(cell))
  const totals = [ZERO, ZERO, ...drugs.map(() => ZERO)]
  let [step, rows] = [0, 0]
  for (const record of trace.records) {
    if (record.kind !== 'delivered' && record.kind !== 'surge' && record.kind !== 'injection') continue
    const tip = new Map(record.tip_ug)
    // What comes out in a surge left the rotor before, what is injected never met it, and neither is a step.
    const displaced_uL = record.kind === 'delivered' ? record.displaced_uL : '0'
    const rises = [displaced_uL, record.tip_uL, ...drugs.map((drug) => tip.get(drug) ?? '0')].map(fromExact)
    const climb = (count: number) => {
      for (const [index, rise] of rises.entries()) totals[index] = add(totals[index] ?? ZERO, times(rise, count))
    }
    if (record.kind !== 'delivered') {
      climb(1)
      continue
    }
    const { cadence } = record
    const before = countThrough(cadence, Math.ceil(window.from_us / TICK_us) - 1)
    climb(before)
    step += before
    for (let j = before; j < cadence.count; j += 1) {
      const t_us = tickOf(cadence, j) * TICK_us
      if (t_us > window.to_us) return null
      climb(1)
      step += 1
      rows += 1
      if (rows > MOST_STEP_ROWS) {
        return `ends before ${seconds(whole(t_us))} s: at most ${MOST_STEP_ROWS} steps are written; choose a window`
      }
      yield row([seconds(whole(t_us)), String(step), ...totals.map(figure)])
    }
  }
  return rows === 0 ? beyondEnd(window, () => booksOf(trace).ledgers.reached_us) : null
}

interface EventRow {
  readonly t_us: number
  readonly texts: readonly [event: string, what: string, detail: string]
}

function eventRow(record: TraceRecord): EventRow | null {
  switch (record.kind) {
    case 'applied':
      return { t_us: record.t_us, texts: ['programmed', record.text, ''] }
    case 'refused':
      return { t_us: record.t_us, texts: ['programming-refused', record.text, record.reason] }
    case 'fill': {
      const detail = `withdrawn ${amount(record.withdrawn_uL)} uL, filled ${amount(record.volume_uL)} uL`
      return { t_us: record.t_us, texts: ['filled', record.filled_ug.map(([drug]) => drug).join(' '), detail] }
    }
    case 'alarm':
      return { t_us: record.t_us, texts: [`alarm-${record.state}`, record.alarm, record.priority] }
    case 'fault':
      return { t_us: record.t_us, texts: [`fault-${record.state}`, record.fault, record.detail] }
    case 'event':
      return { t_us: record.t_us, texts: [record.event, '', record.detail] }
    case 'violation':
      return { t_us: record.t_us, texts: ['violation', record.law, record.detail] }
    case 'end':
      return { t_us: record.t_us, texts: [record.complete ? 'end' : 'broken-off', '', record.reason] }
    default:
      return null
  }
}

function row(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`
}

/** What a spreadsheet may take for the beginning of a formula; the apostrophe itself, so that it can be taken off again. */
const FORMULA = /^\s*['=+\-@\uff1d\uff0b\uff0d\uff20|%]/

/** A text as a cell. */
function cell(text: string): string {
  const shown = plain(text)
  const guarded = FORMULA.test(shown) ? `'${shown}` : shown
  return /[",]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

function figure(value: Rational): string {
  return places(value, PLACES)
}

function amount(exact: string): string {
  return figure(fromExact(exact))
}

function seconds(at_us: Rational): string {
  return figure(divide(at_us, SECOND_us))
}
