/**
 * What else happened in a run, as bounded lists: alarms, and events with their further fields in words.
 */
import { html, type Markup } from '#hil/report/escape'
import { counted, instant } from '#hil/report/figure'
import { body, nameCell, row, scrollTable, shortCell, textCell, words } from '#hil/report/html-table'
import type { AlarmResult, EventResult, LogEntryResult, LogResult } from '#hil/run/result'
import { decimal } from '#units/format'

const MOST_LISTED = 60

/** Fields that say what the event is about, and need no name of their own. */
const SUBJECTS: readonly string[] = ['what', 'detail']

/** The further fields of an event in words: `simple-continuous 50 ug/d, daily 100 uL`. */
export function eventDetail(event: EventResult): string {
  const { t_s: _, event: __, ...fields } = event
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== '')
  const subjects = given.filter(([key]) => SUBJECTS.includes(key)).map(([, value]) => `${value}`)
  const others = given.filter(([key]) => !SUBJECTS.includes(key)).map(([key, value]) => named(key, value))
  return [...subjects, ...others].join(', ')
}

const UNITS: ReadonlyMap<string, string> = new Map([
  ['uL', 'uL'],
  ['ug', 'ug'],
  ['percent', '%'],
  ['us', 'us'],
  ['mV', 'mV'],
])

/** A field by its name, whose last part is the unit: `daily_uL` 100 is `daily 100 uL`. */
function named(key: string, value: string | number | null): string {
  if (typeof value !== 'number') return `${key}: ${value}`
  const parts = key.split('_')
  const last = parts.at(-1) ?? ''
  const name = parts.slice(0, -1).join(' ')
  if (name !== '' && last === 's') return `${name} ${instant(value)}`
  const unit = UNITS.get(last)
  return name === '' || unit === undefined ? `${key} ${decimal(value, 9)}` : `${name} ${decimal(value, 9)} ${unit}`
}

/** When an alarm ended, in words. */
export function clearing(alarm: AlarmResult): string {
  return alarm.cleared_s === null ? 'still on at the end' : instant(alarm.cleared_s)
}

/** The alarms of a run in order of time. */
export function alarmList(alarms: readonly AlarmResult[]): Markup {
  const rows = alarms
    .slice(0, MOST_LISTED)
    .map((alarm) =>
      row(
        shortCell(instant(alarm.raised_s)),
        nameCell(alarm.alarm),
        textCell(alarm.priority),
        shortCell(clearing(alarm)),
      ),
    )
  const heads = [words('raised'), words('alarm'), words('priority'), words('cleared')]
  return html`<h3>Alarms</h3>
${rows.length === 0 ? html`<p>None.</p>` : scrollTable('Alarms', heads, [body(rows)])}
${more(alarms.length, 'alarm')}`
}

/** The events of a run in order of time. */
export function eventList(events: readonly EventResult[]): Markup {
  const rows = events
    .slice(0, MOST_LISTED)
    .map((event) => row(shortCell(instant(event.t_s)), nameCell(event.event), textCell(eventDetail(event))))
  const heads = [words('time'), words('event'), words('detail')]
  return html`<h3>Events</h3>
${rows.length === 0 ? html`<p>None.</p>` : scrollTable('Events', heads, [body(rows)])}
${more(events.length, 'event')}`
}

/** What an event log is of, in words: `read at 2 h: 3 entries, 0 older ones dropped`. */
export function logTitle({ t_s, entries, dropped }: LogResult): string {
  const held = entries.length === 1 ? '1 entry' : `${entries.length} entries`
  return `read at ${instant(t_s)}: ${held}, ${counted(dropped, 'older one')} dropped`
}

/** The newest entries of a log, at most so many, and how many older ones there are. */
export function newest(
  { entries }: LogResult,
  most: number,
): { readonly older: number; readonly shown: readonly LogEntryResult[] } {
  const older = Math.max(0, entries.length - most)
  return { older, shown: entries.slice(older) }
}

const MOST_LOGS = 10

/** What the event log of the pump held each time it was read; nothing where it never was. */
export function logList(logs: readonly LogResult[]): Markup | null {
  if (logs.length === 0) return null
  return html`<h3>Event log of the pump</h3>
${logs.slice(0, MOST_LOGS).map(logTable)}
${more(logs.length, 'reading', MOST_LOGS)}`
}

function logTable(log: LogResult): Markup {
  const title = logTitle(log)
  const { older, shown } = newest(log, MOST_LISTED)
  const rows = shown.map(({ t_s, event, detail }) => row(shortCell(instant(t_s)), nameCell(event), textCell(detail)))
  const heads = [words('noted'), words('event'), words('detail')]
  const before = older > 0 ? html`<p class="small">The newest; ${counted(older, 'older one')} in the trace.</p>` : null
  return html`<p>${title}.</p>
${before}
${rows.length === 0 ? null : scrollTable(`Event log ${title}`, heads, [body(rows)])}\n`
}

function more(count: number, noun: string, most = MOST_LISTED): Markup | null {
  const rest = count - most
  return rest > 0 ? html`<p class="small">${counted(rest, `more ${noun}`)} in the trace.</p>` : null
}
