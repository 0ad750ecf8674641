/**
 * A trace that breaks off at any byte, as the kill of a process leaves it: read up to its last whole line, never a pass,
 * never a crash, and no doubt about how much is gone.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import { TruncatedTraceError } from '#hil/run/trace-error'
import { traceLine } from '#hil/run/trace-line'
import { finish } from '../support/bench.ts'
import { bolus, draft, therapy } from '../support/scenario.ts'

/** A run of many kinds of records, told in a text that holds characters of two, three and four bytes. */
function eventful(duration: string, boluses: number): string {
  return `# µ, 泵, 💉\n${draft({
    name: 'broken-off',
    pump: '{ model: im-20 }',
    fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
    duration,
    prescription: [
      therapy('0 d', '400 ug/d'),
      ...Array.from({ length: boluses }, (_, n) => bolus(`${60 * n + 30} min`, '5 ug', '5 min')),
    ],
    events: ['{ at: 7 h, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1.9 mL } } }'],
    checks: ['{ check: tracking, within: 1 step }', '{ check: alarm, alarm: low-reservoir, by: 7.5 h }'],
    sample: '4 h',
  })}`
}

async function traceOf(duration: string, boluses: number) {
  const { trace } = await finish(eventful(duration, boluses))
  const lines = trace.records.map(traceLine)
  const bytes = Buffer.from(lines.join(''))
  /** How many bytes the first so many lines take. */
  const ends = lines.map((_, index) => Buffer.byteLength(lines.slice(0, index + 1).join('')))
  return { records: trace.records, bytes, ends, header: ends[0] ?? 0 }
}

function judged(bytes: Uint8Array) {
  return judge(readTrace(bytes), { file: '', wall_s: 0 })
}

describe('a trace that breaks off', async () => {
  const short = await traceOf('8 h', 1)
  const long = await traceOf('1 d', 20)

  it('at any byte is read up to its last whole line, and says what is lost', () => {
    const { records, bytes, ends, header } = short
    expect(bytes.length).toBeGreaterThan(bytes.toString('utf8').length)
    for (let at = header; at < bytes.length; at += 1) {
      const lines = ends.filter((end) => end <= at).length
      const trace = readTrace(bytes.subarray(0, at))
      const { brokenOff } = trace
      const agrees =
        brokenOff?.lines === lines &&
        brokenOff.lost_bytes === at - (ends[lines - 1] ?? 0) &&
        isDeepStrictEqual(trace.records.at(-1), records[lines - 1])
      if (!agrees || trace.records.length !== lines) expect([at, brokenOff]).toEqual([at, 'as it was written'])
    }
  }, 60_000)

  it('within its first line is known for what it is, at any byte', () => {
    for (let at = 0; at < short.header; at += 1) {
      expect(() => readTrace(short.bytes.subarray(0, at))).toThrow(TruncatedTraceError)
    }
  })

  it('after any line is inconclusive and reaches as far as its last record; no check passes that looks at the whole', () => {
    expect(long.records.length).toBeGreaterThan(100)
    const whole = judged(long.bytes)
    expect(whole.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    let before_s = 0
    for (const end of long.ends.slice(0, -1)) {
      const run = judged(long.bytes.subarray(0, end + 1))
      const passed = run.checks.filter(({ verdict }) => verdict === 'pass').map(({ check }) => check)
      // Once the bench has told what is left, the balance can be drawn up, with an end or without.
      const unfounded = passed.filter((check) => check !== 'mass-conservation')
      expect([end, run.verdict, unfounded]).toEqual([end, 'inconclusive', []])
      const completed = run.checks.find(({ check }) => check === 'completed')
      expect(completed?.detail).toMatch(
        /^the trace breaks off before the end of the run: .* 1 byte of half a line are lost$/,
      )
      expect(run.simulated_s).toBeGreaterThanOrEqual(before_s)
      before_s = run.simulated_s
    }
    expect(before_s).toBe(whole.simulated_s)
  }, 60_000)

  it('is refused where something in the middle is no character, and not quietly mended', () => {
    const { bytes, ends } = short
    const broken = Buffer.from(bytes.subarray(0, ends[4]))
    broken[(ends[3] ?? 0) + 12] = 0xc3
    expect(() => readTrace(broken)).toThrow('line 5 is not text in UTF-8')
  })
})

it('a trace that breaks off in a stall believes in no fewer steps than it was told of last', async () => {
  const faults = ['{ at: 6 h, fault: motor-stall, for: 12 h }']
  const { trace } = await finish(draft({ prescription: [therapy('0 d', '400 ug/d')], faults, sample: '1 d' }))
  const lost = trace.records.findLastIndex((record) => 't_us' in record && record.t_us <= 12 * 3_600_000_000)
  const result = judged(Buffer.from(trace.records.slice(0, lost).map(traceLine).join('')))
  expect(trace.records.slice(0, lost).some(({ kind }) => kind === 'withdrawn')).toBe(true)
  expect(result.believed).toMatchObject({ steps: 0, volume_uL: 0, dose_ug: 0, reservoir_uL: 40_000 })
})
