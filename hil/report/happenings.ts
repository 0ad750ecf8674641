/**
 * What else happened in a run, as bounded lists: alarms, and events with their further fields in words.
 */
import { html, type Markup } from '#hil/report/escape'
import { counted, instant } from '#hil/report/figure'
import { body, nameCell, row, scrollTable, shortCell, textCell, words } from '#hil/report/html-table'
import type { AlarmResult, EventResult } from '#hil/run/result'
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

function more(count: number, noun: string): Markup | null {
  const rest = count - MOST_LISTED
  return rest > 0 ? html`<p class="small">${counted(rest, `more ${noun}`)} in the trace.</p>` : null
}
