/** The event log of the pump, as `do: read-log` shows it: in the trace, in the result and in every report, entry by entry. */
import { describe, expect, it } from 'vitest'
import { LOG_CAPACITY } from '#firmware-sim/event-log'
import type { LogEntry, PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { htmlReport } from '#hil/report/html'
import { terminalReport } from '#hil/report/terminal'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { LogEntryResult, RunResult } from '#hil/run/result'
import { MOST_LOG_ENTRIES, type TraceRecord } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { as } from '#units/quantity'
import { whole } from '#units/rational'
import { acrossWire } from '../pump-wire/links.ts'
import { result as reported } from '../report/fabricated.ts'
import { checksNamed, distorted, finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const HOUR_s = 3600

/** At 12 h all that happened is read; at 13 h it is cleared, and at 14 h read again. A step is due each 27 s. */
const EVENTFUL = draft({
  duration: '1 d',
  sample: '1 d',
  limits: '{ daily_dose: { hard: 600 ug } }',
  prescription: [therapy('0 d', '400 ug/d')],
  programming: [therapy('0 d', '400 ug/d'), therapy('1 h', '700 ug/d')],
  faults: ['{ at: 2 h, fault: motor-stall, for: 3 h }', '{ at: 8 h, fault: power-cut, for: 10 min }'],
  events: ['{ at: 12 h, do: read-log }', '{ at: 13 h, do: clear }', '{ at: 14 h, do: read-log }'],
})

/** 301 entries: the therapy, and each minute a patient who wants to silence what does not sound. */
const OVERFLOWING = draft({
  duration: '1 d',
  sample: '1 d',
  prescription: [therapy('0 d', '400 ug/d')],
  events: [
    ...Array.from({ length: 300 }, (_, minute) => `{ at: ${minute + 1} min, do: silence }`),
    '{ at: 6 h, do: read-log }',
  ],
})

/** Entries of an event, with the beginning of what they say. */
const told = (entries: readonly LogEntryResult[]) =>
  entries.map(({ t_s, event, detail }) => [t_s, event, detail.split(/[:;,]/)[0]])

const PUMPS: readonly (readonly [string, PumpDefinition])[] = [
  ['in process', modelPump],
  ['on a wire', acrossWire('model')],
]

describe.each(PUMPS)('the event log of a pump %s', (_, pump) => {
  it('has what happened, with instant and reason: a refusal, an alarm with start and end, a loss of power', async () => {
    const { logs } = (await finish(EVENTFUL, pump)).result
    expect(logs?.map(({ t_s, dropped }) => [t_s / HOUR_s, dropped])).toEqual([
      [12, 0],
      [14, 0],
    ])
    const [first, second] = logs ?? []
    expect(first?.entries.slice(0, 2)).toEqual([
      { t_s: 0, event: 'programmed', detail: expect.stringMatching(/^simple-continuous /) },
      {
        ...{ t_s: HOUR_s, event: 'refused' },
        detail: '700 ug in 24 h are more than 600 ug, the hard limit of the clinic; give less, or wait',
      },
    ])
    const [stalled_s, moves_s, alive_s] = [2 * HOUR_s + 13, 5 * HOUR_s + 13, 8 * HOUR_s + 600]
    expect(told(first?.entries.slice(2) ?? [])).toEqual([
      [stalled_s, 'alarm-raised', 'motor-stall'],
      [moves_s, 'motor-recovered', 'the rotor moves again after 400 steps without motion'],
      [moves_s, 'alarm-cleared', 'motor-stall'],
      [alive_s, 'safe-state', 'minimum rate until somebody programs the pump'],
      [alive_s, 'alarm-raised', 'low-battery-reset'],
    ])
    expect(second?.entries).toEqual([{ t_s: 13 * HOUR_s, event: 'log-cleared', detail: '7 entries' }])
  })

  it('drops the oldest entries where it is full, and counts them', async () => {
    const [log] = (await finish(OVERFLOWING, pump)).result.logs ?? []
    const dropped = 301 - LOG_CAPACITY
    expect([log?.dropped, log?.entries.length]).toEqual([dropped, LOG_CAPACITY])
    // The first entry is the therapy, so that of the n-th minute is the n-th after it.
    const minutes = Array.from({ length: LOG_CAPACITY }, (_, index) => (dropped + index) * 60)
    expect(log?.entries.map(({ t_s }) => t_s)).toEqual(minutes)
    expect(new Set(log?.entries.map(({ event }) => event))).toEqual(new Set(['nothing-to-silence']))
  })
})

describe('a trace with the event log', async () => {
  const { trace, result } = await finish(EVENTFUL)
  const logs = trace.records.filter((record) => record.kind === 'log')

  it('has it after the event that tells of the reading, each instant exact', () => {
    for (const log of logs) {
      const before = trace.records[trace.records.indexOf(log) - 1]
      const text = `${log.entries.length} entries, ${log.dropped} older ones dropped`
      expect(before).toEqual({ kind: 'event', t_us: log.t_us, event: 'log-read', detail: text })
    }
    expect(logs[0]?.entries.slice(0, 3).map(({ at_us }) => at_us)).toEqual(['0', '3600000000', '7213000000'])
  })

  it('gives the same result when it is read back', () => {
    const lines = trace.records.map(traceLine).join('')
    expect(judge(readTrace(lines), { file: 'draft.yaml', wall_s: 0 })).toEqual(result)
  })

  it('may lack it, as those of before have it: nothing else of the result changes', () => {
    const records = trace.records.filter(({ kind }) => kind !== 'log')
    const { logs: _, ...rest } = result
    const without: RunResult = judge({ ...trace, records }, { file: 'draft.yaml', wall_s: 0 })
    expect(without).toEqual(rest)
    expect('logs' in without).toBe(false)
  })

  it('has an entry at the true instant of what it tells of, whatever the clock of the pump does', async () => {
    const drifting = `${EVENTFUL.trimEnd().replace('faults:', 'faults:\n  - { at: 30 min, fault: clock-drift, by: 500 ppm }')}\n`
    const { trace: drifted } = await finish(drifting)
    const log = drifted.records.find((record) => record.kind === 'log')
    const alarms = drifted.records.flatMap((record) => (record.kind === 'alarm' ? [record.t_us] : []))
    const noted = log?.entries.filter(({ event }) => event.startsWith('alarm-')).map(({ at_us }) => at_us) ?? []
    expect(noted.some((at_us) => at_us.includes('/'))).toBe(true)
    expect(noted.map(ceiling)).toEqual(alarms)
  })
})

/** An exact instant in whole microseconds, rounded up. */
function ceiling(text: string): number {
  const [n = '0', d = '1'] = text.split('/')
  return Number((BigInt(n) + BigInt(d) - 1n) / BigInt(d))
}

type Log = Extract<PumpOutput, { readonly kind: 'log' }>

/** The true pump with another log than it has. */
function giving(change: (log: Log) => Partial<Log>): PumpDefinition {
  return distorted('giving', (output) => [output.kind === 'log' ? { ...output, ...change(output) } : output])
}

const entry = (over: Partial<LogEntry> = {}): LogEntry => ({
  ...{ at_us: as(whole(5)), event: 'x', detail: 'y' },
  ...over,
})
const HOURS_12_us = 12 * 3_600_000_000

describe('an event log that no pump can have ends the run', () => {
  it.each<readonly [what: string, change: Partial<Log>, reason: string]>([
    [
      'longer than a trace holds',
      { entries: Array.from({ length: MOST_LOG_ENTRIES + 1 }, () => entry()) },
      'the pump gave an event log of 10001 entries; at most 10000 are possible',
    ],
    [
      'with something yet to come',
      { entries: [entry(), entry({ at_us: as(whole(HOURS_12_us + 1)) })] },
      'the event log of the pump, read at 12 h, has an entry of 12 h 1 us; it can only be of between the start and then',
    ],
    ['of before the start', { entries: [entry({ at_us: as(whole(-1)) })] }, 'read at 12 h, has an entry of -1 us'],
    [
      'with no instant',
      { entries: [entry({ at_us: 5 as never })] },
      'something else where a fraction of whole numbers',
    ],
    ['that lost less than nothing', { dropped: -1 }, 'the pump says that -1 entries of its event log were dropped'],
    ['that lost no number', { dropped: Number.NaN }, 'the pump says that NaN entries of its event log were dropped'],
  ])('%s', async (_, change, reason) => {
    const { result } = await finish(
      EVENTFUL,
      giving(() => change),
    )
    expect(checksNamed(result, 'completed')[0]).toMatchObject({ outcome: 'inconclusive' })
    expect(checksNamed(result, 'completed')[0]?.detail).toContain(reason)
    expect(result.logs).toBeUndefined()
  })

  it('but one as long as a trace holds is kept, its texts cut', async () => {
    const [event, detail] = ['e'.repeat(101), 'd'.repeat(1001)]
    const entries = Array.from({ length: MOST_LOG_ENTRIES }, () =>
      entry({ event, detail, at_us: as(whole(HOURS_12_us)) }),
    )
    const { trace, result } = await finish(
      EVENTFUL,
      giving(() => ({ entries })),
    )
    expect(result.logs?.[0]?.entries).toHaveLength(MOST_LOG_ENTRIES)
    expect(result.logs?.[0]?.entries[0]).toEqual({ t_s: 43_200, event: 'e'.repeat(100), detail: 'd'.repeat(1000) })
    expect(readTrace(trace.records.map(traceLine).join('')).records).toHaveLength(trace.records.length)
  })
})

describe('a log in a trace that was altered', async () => {
  const { trace } = await finish(EVENTFUL)
  const index = trace.records.findIndex(({ kind }) => kind === 'log')
  const refusalOf = (change: object): string => {
    const records = trace.records.with(index, { ...trace.records[index], ...change } as TraceRecord)
    try {
      readTrace(records.map(traceLine).join(''))
      return 'read'
    } catch (error) {
      return String(error)
    }
  }
  const one = { at_us: '1', event: 'x', detail: 'y' }
  const where = `TraceError: line ${index + 1} is not a record of a trace at`

  it.each<readonly [what: string, change: object, message: string]>([
    [
      'an instant that is no number',
      { entries: [{ ...one, at_us: 'x' }] },
      'entries.0.at_us: expected an exact number',
    ],
    ['an entry of before the start', { entries: [one, { ...one, at_us: '-1' }] }, 'entries.1.at_us: expected an exact'],
    ['less than nothing dropped', { dropped: -1 }, 'dropped: '],
    ['half an entry dropped', { dropped: 0.5 }, 'dropped: '],
    ['a detail that is none', { entries: [{ ...one, detail: 5 }] }, 'entries.0.detail: '],
    ['no entries', { entries: undefined }, 'entries: '],
    [
      'more entries than any pump',
      { entries: Array.from({ length: MOST_LOG_ENTRIES + 1 }, () => one) },
      'entries: expected at most 10000 entries of an event log',
    ],
  ])('is refused for %s', (_, change, message) => {
    expect(refusalOf(change)).toContain(`${where} ${message}`)
  })
})

describe('a report of the event log', async () => {
  const { result } = await finish(EVENTFUL)
  const { result: overflowing } = await finish(OVERFLOWING)
  const terminal = (run: RunResult, width = 100) => terminalReport(reported(run), { color: false, width })

  it('on a terminal has a line for each entry, instants and texts lined up', () => {
    const lines = terminal(result).split('\n')
    const first = lines.indexOf('  event log read at 12 h: 7 entries, 0 older ones dropped')
    expect(first).toBeGreaterThan(0)
    expect(lines[first + 1]).toMatch(/^ {11}0 s {2}programmed: simple-continuous /)
    expect(lines[first + 2]).toMatch(/^ {11}1 h {2}refused: 700 ug in 24 h are more than 600 ug/)
    expect(lines[first + 4]).toMatch(/^ {6}2 h 13 s {2}alarm-raised: motor-stall: steps were ordered/)
    expect(terminal(result)).toContain(
      '\n\n  event log read at 14 h: 1 entry, 0 older ones dropped\n    13 h  log-cleared: 7 entries\n',
    )
  })

  it('on a terminal has the newest 20 of many entries, and says how many are older', () => {
    const text = terminal(overflowing)
    expect(text).toContain('\n  event log read at 6 h: 256 entries, 45 older ones dropped\n    ... 236 older\n')
    expect(text.match(/^ +4 h \d+ min {2}nothing-to-silence/gm)).toHaveLength(19)
    expect(text.match(/^ +5 h {2}nothing-to-silence/gm)).toHaveLength(1)
    const [log] = overflowing.logs ?? []
    if (log === undefined) throw new Error('no log was read')
    const often = terminal({ ...overflowing, logs: [log, log, log, log, log] })
    expect(often.match(/event log read at/g)).toHaveLength(3)
    expect(often).toContain('\n  ... 2 more readings of the event log\n')
  })

  it('as a page has a table for each reading, the newest 60 entries of it', () => {
    const page = htmlReport(reported(result))
    expect(page).toContain('<p>read at 12 h: 7 entries, 0 older ones dropped.</p>')
    expect(page).toContain('aria-label="Event log read at 14 h: 1 entry, 0 older ones dropped"')
    expect(page).toMatch(/<th scope="row">refused<\/th><td>700 ug in 24 h are more than 600 ug, the hard limit/)
    const long = htmlReport(reported(overflowing))
    const table = long.slice(long.indexOf('aria-label="Event log read at 6 h')).split('</table>')[0] ?? ''
    expect(long).toContain('The newest; 196 older ones in the trace.')
    expect(table.match(/<th scope="row">nothing-to-silence/g)).toHaveLength(60)
  })

  it('is not there where no log was read', () => {
    const { logs: _, ...none } = result
    expect(terminal(none)).not.toContain('event log read at')
    expect(htmlReport(reported(none))).not.toContain('Event log of the pump')
  })
})
