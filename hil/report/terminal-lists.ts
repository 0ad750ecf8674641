/**
 * Lists of a run on a terminal: an instant and a text a line, bounded, and nothing printed as it came.
 */
import type picocolors from 'picocolors'
import { counted, instant } from '#hil/report/figure'
import { clearing, eventDetail, logTitle, newest } from '#hil/report/happenings'
import { columns, flow, plain } from '#hil/report/plain'
import type { EventResult, LogResult, RunResult } from '#hil/run/result'

export type Colors = ReturnType<typeof picocolors.createColors>

/** What is written to: its colors, and its columns. */
export interface Screen {
  readonly colors: Colors
  readonly width: number
}

export const INDENT = '  '

const SHOWN_ALARMS = 10
const SHOWN_EVENTS = 10
const SHOWN_LOGS = 3
/** Of one log. */
const SHOWN_ENTRIES = 20
const LEAST_TEXT = 20
/** Lines of one alarm, event or entry. */
const MOST_LINES = 4

/** The alarms of a run, with when each ended. */
export function alarms(run: RunResult, screen: Screen): readonly string[] {
  const lines = run.alarms.map((alarm) => {
    return {
      at: instant(alarm.raised_s),
      text: `${alarm.alarm} (${alarm.priority}), ${alarm.cleared_s === null ? '' : 'until '}${clearing(alarm)}`,
    }
  })
  return list('alarms', lines, SHOWN_ALARMS, screen)
}

/** The events of a run, with their further fields in words. */
export function events(list_: readonly EventResult[], screen: Screen): readonly string[] {
  const lines = list_.map((event) => ({ at: instant(event.t_s), text: named(event.event, eventDetail(event)) }))
  return list('events', lines, SHOWN_EVENTS, screen)
}

/** The newest entries of the event log of the pump, each time it was read. */
export function logs(list_: readonly LogResult[], screen: Screen): readonly string[] {
  const more = list_.length - SHOWN_LOGS
  return [
    ...list_.slice(0, SHOWN_LOGS).flatMap((log) => {
      const { older, shown } = newest(log, SHOWN_ENTRIES)
      const lines = shown.map(({ t_s, event, detail }) => ({ at: instant(t_s), text: named(event, detail) }))
      return [
        '',
        ...paragraph(`event log ${logTitle(log)}`, INDENT, screen.width).map(screen.colors.dim),
        ...(older > 0 ? [`${INDENT}${INDENT}... ${older} older`] : []),
        ...aligned(lines, screen),
      ]
    }),
    ...(more > 0 ? ['', `${INDENT}... ${counted(more, 'more reading')} of the event log`] : []),
  ]
}

function named(name: string, detail: string): string {
  return [name, detail].filter((part) => part !== '').join(': ')
}

interface Line {
  readonly at: string
  readonly text: string
}

/** A titled list of at most so many lines, and how many more there are; nothing of no lines. */
export function list(title: string, lines: readonly Line[], most: number, screen: Screen): readonly string[] {
  if (lines.length === 0) return []
  const more = lines.length - most
  return [
    '',
    `${INDENT}${screen.colors.dim(title)}`,
    ...aligned(lines.slice(0, most), screen),
    ...(more > 0 ? [`${INDENT}${INDENT}... ${more} more`] : []),
  ]
}

function aligned(lines: readonly Line[], screen: Screen): readonly string[] {
  const longest = lines.reduce((length, { at }) => Math.max(length, at.length), 0)
  return lines.flatMap((line) => hanging(line, longest, screen))
}

/** The text beside its instant, over a few lines where it must. */
function hanging({ at, text }: Line, longest: number, screen: Screen): readonly string[] {
  const lead = `${INDENT}${INDENT}${at.padStart(longest)}  `
  const lines = flow(plain(text), Math.max(LEAST_TEXT, screen.width - lead.length))
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '...'] : lines
  return shown.map((line, index) => (index === 0 ? lead : ' '.repeat(lead.length)) + line)
}

/** A text with its indent, over as many lines as it takes. */
export function paragraph(text: string, indent: string, width: number): readonly string[] {
  return flow(plain(text), width - columns(indent)).map((line) => indent + line)
}
