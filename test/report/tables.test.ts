/** Tables and waveforms of a trace: what a spreadsheet and a waveform viewer make of them is what the trace says. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { eventsCsv, samplesCsv, stepsCsv } from '#hil/report/csv'
import { vcdReport } from '#hil/report/vcd'
import { WHOLE_RUN, windowOf, windowText } from '#hil/report/window'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { finish } from '../support/bench.ts'
import { bolus, draft, therapy } from '../support/scenario.ts'

const SCENARIO = draft({
  name: 'two-drugs',
  pump: '{ model: im-20 }',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  duration: '1 d',
  sample: '7 h',
  prescription: [therapy('0 d', '1000/7 ug/d'), bolus('3 h', '50 ug', '10 min')],
  events: ['{ at: 12 h, refill: { fill: { drug: morphine, concentration: 500 ug/mL, volume: 1.95 mL } } }'],
  faults: ['{ at: 15 h, fault: motor-stall, for: 3 h }'],
})
const { trace, result } = await finish(SCENARIO)
const DAY_us = 86_400_000_000

function text(parts: Generator<string, string | null>): { readonly text: string; readonly missing: string | null } {
  let text = ''
  for (;;) {
    const { done, value } = parts.next()
    if (done === true) return { text, missing: value }
    text += value
  }
}

/** The cells of a table by RFC 4180; throws for what is none. */
function parsed(csv: string): string[][] {
  const rows: string[][] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  let row: string[] = []
  while (field.lastIndex < csv.length) {
    const match = field.exec(csv)
    if (match === null) throw new Error(`not a table: ${csv.slice(-40)}`)
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

/** The trace with every text that can be chosen replaced. */
function worded(words: string): Trace {
  const records = trace.records.map((record): TraceRecord => {
    switch (record.kind) {
      case 'event':
        return { ...record, event: words, detail: words }
      case 'alarm':
        return { ...record, alarm: words }
      case 'applied':
        return { ...record, text: words }
      case 'status':
        return { ...record, state: words }
      case 'fault':
        return { ...record, fault: words }
      default:
        return record
    }
  })
  return { records, sha256: words }
}

describe('the table of samples', () => {
  const [head = [], ...rows] = parsed(text(samplesCsv(trace)).text)

  it('has a row a sample with the figures of the result, exact where a decimal is', () => {
    expect(head.slice(0, 7)).toEqual([
      't_s',
      'prescribed_uL',
      'believed_uL',
      'displaced_uL',
      'prescribed_ug',
      'believed_ug',
      'tip_ug',
    ])
    expect(rows).toHaveLength(result.samples.length)
    for (const [index, sample] of result.samples.entries()) {
      for (const [key, value] of Object.entries(sample)) {
        expect(Number(rows[index]?.[head.indexOf(key)])).toBeCloseTo(value, 9)
      }
    }
    expect(rows[1]?.[1]).toBe('183.333333333333')
    expect(rows[1]?.[2]).toBe('183.25')
  })

  it('has columns for the second drug, named after it, which balance with what is believed', () => {
    expect(head).toContain('tip_morphine_ug')
    const last = rows.at(-1) ?? []
    expect(Number(last[head.indexOf('believed_morphine_ug')])).toBeGreaterThan(0)
    expect(last.at(-1)).toBe('simple-continuous')
  })
})

describe('the table of steps', () => {
  const { text: csv, missing } = text(stepsCsv(trace, WHOLE_RUN))
  const [head = [], ...rows] = parsed(csv)

  it('has a row for every step of the rotor, in order, and ends where the ledger ends', () => {
    expect(missing).toBeNull()
    expect(rows).toHaveLength(result.delivered.steps)
    expect(rows.map(([, step]) => Number(step))).toEqual(rows.map((_, index) => index + 1))
    const times = rows.map(([t_s]) => Number(t_s))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const last = rows.at(-1) ?? []
    expect(Number(last[head.indexOf('displaced_uL')])).toBe(result.delivered.displaced_uL)
    expect(Number(last[head.indexOf('tip_baclofen_ug')])).toBeCloseTo(result.delivered.tip_dose_ug, 9)
  })

  it('within a window that begins after the run is none, and says so', () => {
    const beyond = { from_us: 5 * DAY_us, to_us: 9 * DAY_us }
    const table = text(stepsCsv(trace, beyond))
    expect(parsed(table.text)).toHaveLength(1)
    expect(table.missing).toBe('holds nothing: the window begins at 5 d, and the run ends at 1 d')
    expect(text(vcdReport(trace, beyond)).missing).toBe(table.missing)
    expect(text(stepsCsv(trace, { from_us: DAY_us, to_us: 9 * DAY_us })).missing).toBeNull()
  })

  it('within a window is the same rows, both ends included', () => {
    const at_s = Number(rows[100]?.[0])
    const window = { from_us: at_s * 1e6, to_us: Number(rows[120]?.[0]) * 1e6 }
    const [, ...part] = parsed(text(stepsCsv(trace, window)).text)
    expect(part).toEqual(rows.slice(100, 121))
  })
})

describe('the table of events', () => {
  it('has what was programmed, filled, raised and broken, in order of time', () => {
    const [head, ...rows] = parsed(text(eventsCsv(trace)).text)
    expect(head).toEqual(['t_s', 'event', 'what', 'detail'])
    const kinds = rows.map(([, event]) => event)
    for (const kind of ['programmed', 'filled', 'alarm-raised', 'fault-begun', 'end']) expect(kinds).toContain(kind)
    const times = rows.map(([t_s]) => Number(t_s))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '"=1', "'=1", '＝1', 'a,b"c\r\nd', '\u202e=1', ''])(
    'makes no formula and no other row of %j',
    (words) => {
      for (const csv of [text(eventsCsv(worded(words))).text, text(samplesCsv(worded(words))).text]) {
        const rows = parsed(csv)
        expect(new Set(rows.map(({ length }) => length)).size).toBe(1)
        const texts = rows
          .slice(1)
          .flatMap((row) => row.filter((cell) => !/^-?\d+(\.\d+)?$/.test(cell) || cell === words))
        expect(texts.filter((cell) => /^\s*[=+\-@＝]/.test(cell))).toEqual([])
        expect(csv.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u)
      }
    },
  )
})

interface Dump {
  readonly signals: ReadonlyMap<string, { readonly type: string; readonly id: string }>
  /** The value of each signal at the end, and the times that were written. */
  readonly last: ReadonlyMap<string, string>
  readonly times: readonly number[]
}

/** Reads a dump as strictly as IEEE 1364 states it, with the strings of GTKWave. */
function dump(vcd: string): Dump {
  const [head = '', body = ''] = vcd.split('$enddefinitions $end\n')
  expect(head.replaceAll(/\$(version|comment|timescale|scope|var|upscope) [^$]*\$end\n/g, '')).toBe('')
  expect(head).toContain('$timescale 1 us $end')
  const declared = [...head.matchAll(/\$var (\w+) \d+ ([!-~]+) ([A-Za-z0-9_.:+]+) \$end/g)]
  const signals = new Map(declared.map(([, type = '', id = '', name = '']) => [name, { type, id }]))
  expect(signals.size).toBe(declared.length)
  expect(new Set(declared.map(([, , id]) => id)).size).toBe(declared.length)
  const types = new Map(declared.map(([, type = '', id = '']) => [id, type]))
  const names = new Map(declared.map(([, , id = '', name = '']) => [id, name]))
  const last = new Map<string, string>()
  const times: number[] = []
  const FORMS: Readonly<Record<string, RegExp>> = {
    wire: /^([01])([!-~]+)$/,
    integer: /^b([01]+) ([!-~]+)$/,
    real: /^r(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) ([!-~]+)$/,
    string: /^s([^\s]+) ([!-~]+)$/,
  }
  for (const line of body.split('\n').slice(0, -1)) {
    if (line.startsWith('#')) times.push(Number(line.slice(1)))
    else if (line !== '$dumpvars' && line !== '$end' && !line.startsWith('$comment')) {
      const kinds = Object.entries(FORMS).flatMap(([type, form]) => {
        const [, value = '', id = ''] = form.exec(line) ?? []
        return types.get(id) === type ? [{ value, name: names.get(id) ?? '' }] : []
      })
      if (kinds.length !== 1) throw new Error(`not a change of a signal: ${line}`)
      for (const { name, value } of kinds) last.set(name, value)
    }
  }
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  expect([...last.keys()].toSorted()).toEqual([...signals.keys()].toSorted())
  return { signals, last, times }
}

describe('the waveforms', () => {
  const { text: vcd, missing } = text(vcdReport(trace, WHOLE_RUN))

  it('end where the ledgers end, on an axis in microseconds', () => {
    expect(missing).toBeNull()
    const { last, times, signals } = dump(vcd)
    expect(times.at(0)).toBe(0)
    expect(times.at(-1)).toBe(DAY_us)
    expect(Number.parseInt(last.get('rotor_steps') ?? '', 2)).toBe(result.delivered.steps)
    expect(Number.parseInt(last.get('believed_steps') ?? '', 2)).toBe(result.believed.steps)
    expect(Number(last.get('displaced_uL'))).toBe(result.delivered.displaced_uL)
    expect(Number(last.get('prescribed_uL'))).toBe(result.prescribed.volume_uL)
    expect(Number(last.get('believed_uL'))).toBe(result.believed.volume_uL)
    expect(Number(last.get('tip_baclofen_ug'))).toBe(result.delivered.tip_dose_ug)
    expect(last.get('state')).toBe('simple_continuous')
    expect(last.get('alarm_low_reservoir')).toBe('1')
    expect(last.get('fault_1_motor_stall')).toBe('0')
    expect(signals.get('alarm_motor_stall')?.type).toBe('wire')
  })

  it('hold a pulse for every step, and every other change at its instant', () => {
    const step = dump(vcd).signals.get('step')?.id ?? ''
    const pulses = vcd.split('\n').filter((line) => line === `1${step}`).length
    expect(pulses).toBe(result.delivered.steps)
    const raised = trace.records.find((record) => record.kind === 'alarm' && record.alarm === 'low-reservoir')
    const alarm = dump(vcd).signals.get('alarm_low_reservoir')?.id ?? ''
    const at = raised?.kind === 'alarm' ? raised.t_us : 0
    expect(vcd).toMatch(new RegExp(`#${at}\\n(?:[^#].*\\n)*1${alarm.replaceAll(/[^\w]/g, '\\$&')}\\n`))
  })

  it('of a window begin with what stands there', () => {
    const window = { from_us: 36_000_000_000, to_us: 43_200_000_000 }
    const { last, times } = dump(text(vcdReport(trace, window)).text)
    expect([times.at(0), times.at(-1)]).toEqual([window.from_us, window.to_us])
    const whole = dump(text(vcdReport(trace, { ...window, from_us: 0 })).text)
    expect([...last]).toEqual([...whole.last])
  })

  it('are cut at a bound, and say so', () => {
    const { text: part, missing: what } = text(vcdReport(trace, WHOLE_RUN, 50))
    expect(dump(part).times).toHaveLength(50)
    expect(part).toContain('$comment cut off here')
    expect(what).toMatch(/^ends at [\d.]+ s: at most 50 instants are written; choose a window$/)
  })

  it.each(['$end', 'a b\n#0\n1!', '', 'ö', 'x'.repeat(1000)])('take no harm from a text such as %j', (words) => {
    dump(text(vcdReport(worded(words), WHOLE_RUN)).text)
  })
})

const folder = mkdtempSync(join(tmpdir(), 'pumpbench-vcd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The converters of GTKWave read a dump as it does. CI installs them and says so; elsewhere they may be missing. */
const missingTools =
  spawnSync('vcd2fst', ['--help']).error !== undefined && process.env['PUMPBENCH_TOOLS'] === undefined

describe.skipIf(missingTools)('GTKWave', () => {
  it('reads the waveforms: the same instants and values come back', () => {
    const [vcd, fst, back] = ['a.vcd', 'a.fst', 'b.vcd'].map((name) => join(folder, name)) as [string, string, string]
    const { text: written } = text(vcdReport(trace, WHOLE_RUN))
    writeFileSync(vcd, written)
    const to = spawnSync('vcd2fst', [vcd, fst], { encoding: 'utf8' })
    expect([to.status, to.stderr]).toEqual([0, ''])
    expect(spawnSync('fst2vcd', [fst, '-o', back], { encoding: 'utf8' }).status).toBe(0)
    const again = readFileSync(back, 'utf8')
    const times = (dumped: string) => dumped.split('\n').filter((line) => line.startsWith('#'))
    expect(times(again)).toEqual(times(written))
    for (const name of ['rotor_steps', 'prescribed_uL', 'state', 'alarm_motor_stall', 'event']) {
      expect(again).toMatch(new RegExp(`\\$var \\w+ \\d+ \\S+ ${name}(?: \\[31:0\\])? \\$end`))
    }
    const reals = (dumped: string) => dumped.split('\n').filter((line) => line.startsWith('r')).length
    expect(reals(again)).toBe(reals(written))
    const strings = (dumped: string) => dumped.split('\n').flatMap((line) => /^s(\S+) /.exec(line)?.[1] ?? [])
    expect(strings(again).toSorted()).toEqual(strings(written).toSorted())
  })
})

describe('a window', () => {
  it.each([
    ['3 d..3 d 2 h', { from_us: 3 * DAY_us, to_us: 3 * DAY_us + 7_200_000_000 }],
    ['..1 h', { from_us: 0, to_us: 3_600_000_000 }],
    ['1/3 us..', { from_us: 1, to_us: Number.POSITIVE_INFINITY }],
    ['..', WHOLE_RUN],
  ])('%s is read, and written as it is read', (words, window) => {
    expect(windowOf(words)).toEqual(window)
    expect(windowOf(windowText(window))).toEqual(window)
  })

  it.each(['', '3 d', '1 d..1 d', '2 d..1 d', '1..2', '1 d..2 d..3 d', '-1 d..1 d', '1 mL..2 mL'])(
    'is not %j',
    (words) => {
      expect(windowOf(words)).toContain('a window is written FROM..TO')
    },
  )
})
