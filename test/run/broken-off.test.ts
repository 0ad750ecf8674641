/**
 * A trace that breaks off at any byte, as the kill of a process leaves it: read up to its last whole line, never a pass,
 * never a crash, and no doubt about how much is gone.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { heightAt } from '#hil/oracle/heights'
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { Drawable } from '#hil/report/curves/run-curves'
import { vcdReport } from '#hil/report/vcd'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { booksOf, judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { TruncatedTraceError } from '#hil/run/trace-error'
import { traceLine } from '#hil/run/trace-line'
import { toNumber, whole } from '#units/rational'
import { finish } from '../support/bench.ts'
import { bolus, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

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
        /^the trace breaks off before the end of the run: .* 1 byte of half a line are lost(; what was believed and delivered is known up to [^;]*)?$/,
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

const HOUR_us = 3_600_000_000

/** What is asked of the believed ledger of a record: steps, volume and drug at an instant. */
function believedAt(trace: Trace, t_us: number): readonly number[] {
  const { volume, steps, mass } = booksOf(trace).ledgers.believed
  const drugs = ['baclofen', 'morphine'].map((drug) => mass.get(drug)?.heights)
  return [steps.heights, volume.heights, ...drugs].map((heights) =>
    heights === undefined ? 0 : toNumber(heightAt(heights, whole(t_us))),
  )
}

describe('what a pump believes in a record that breaks off', async () => {
  const { trace } = await finish(
    draft({
      prescription: [
        therapy('0 d', '400 ug/d'),
        bolus('5.5 h', '20 ug', '40 min'),
        stop('11 h'),
        therapy('14 h', '1000/7 ug/d'),
        therapy('30 h', '350 ug/d'),
      ],
      events: ['{ at: 20.25 h, refill: { fill: { drug: morphine, concentration: 450 ug/mL, volume: 30 mL } } }'],
      faults: ['{ at: 7 h, fault: motor-stall, for: 2 h }', '{ at: 40 h, fault: motor-stall, for: 90 min }'],
      sample: '90 min',
    }),
  )
  const cut = (count: number): Trace => ({ ...trace, records: trace.records.slice(0, count) })
  const counts = trace.records.map((_, index) => index + 1)

  it('is what it is in the whole record, at any line and up to where it is told', () => {
    let latest_us = 0
    for (const count of counts.filter((one) => one % 61 === 0)) {
      const broken = cut(count)
      const { told_us, reached_us, believed } = booksOf(broken).ledgers
      expect([count, told_us <= reached_us && told_us >= latest_us]).toEqual([count, true])
      latest_us = told_us
      for (let t_us = 0; t_us <= told_us; t_us += 3.25 * HOUR_us) {
        expect([count, t_us, believedAt(broken, t_us)]).toEqual([count, t_us, believedAt(trace, t_us)])
      }
      const { steps, volume_uL } = judge(broken, { file: '', wall_s: 0 }).believed
      expect([count, toNumber(believed.steps.total), toNumber(believed.volume.total)]).toEqual([
        count,
        steps,
        volume_uL,
      ])
    }
    expect(latest_us).toBeGreaterThan(20 * HOUR_us)
  }, 60_000)

  it('and what was prescribed and delivered are told of one instant, and drawn no further', () => {
    const stalled = trace.records.findIndex((record) => record.kind === 'alarm')
    const broken = cut(stalled + 20)
    const { told_us, reached_us } = booksOf(broken).ledgers
    expect([told_us, reached_us > told_us]).toEqual([6 * HOUR_us, true])
    const result = judge(broken, { file: '', wall_s: 0 })
    expect(result.samples.at(-1)).toMatchObject({ t_s: 6 * 3600, prescribed_uL: result.prescribed.volume_uL })
    expect(result.checks.at(-1)?.detail).toContain('; what was believed and delivered is known up to 6 h')

    const curves = curvesOf(broken)
    expect([curves.end_s, curves.known_s]).toEqual([reached_us / 1e6, { believed: 21_600, delivered: 21_600 }])
    const view = { from_s: 0, to_s: curves.end_s }
    const drawable = new Drawable(curves)
    for (const name of ['believed_uL', 'believed_ug', 'displaced_uL', 'tip_ug', 'believed_reservoir_uL'] as const) {
      const curve = drawable.curve(name, view)
      expect([name, (curve?.within(0, curves.end_s)?.least ?? -1) >= 0]).toEqual([name, true])
      expect([name, curve?.within(21_601, curves.end_s)]).toEqual([name, undefined])
    }
    expect(drawable.curve('believed_uL', view)?.within(0, 21_600)?.last).toBe(result.believed.volume_uL)
    expect(drawable.curve('prescribed_uL', view)?.within(0, curves.end_s)).toBeDefined()
    const dump = [...vcdReport(broken, { from_us: 0, to_us: Number.POSITIVE_INFINITY })].join('')
    expect(dump).toContain('believed_baclofen_ug')
    expect(dump).not.toMatch(/^r-/m)
  })

  it('is spread evenly between two questions where no order says when its steps were due', () => {
    const unordered = trace.records.filter(({ kind }) => kind !== 'order' && kind !== 'booked')
    const third = unordered.filter(({ kind }) => kind === 'status')[2]
    const broken = { ...trace, records: unordered.slice(0, unordered.indexOf(third as TraceRecord) + 2) }
    const [before = 0] = believedAt(broken, 1.5 * HOUR_us)
    const [after = 0] = believedAt(broken, 3 * HOUR_us)
    expect(after).toBeGreaterThan(before)
    expect(believedAt(broken, 2.25 * HOUR_us)[0]).toBeCloseTo((before + after) / 2, -0.1)
    expect([before, after]).toEqual([believedAt(trace, 1.5 * HOUR_us)[0], believedAt(trace, 3 * HOUR_us)[0]])
  })
})

it('a run that is interrupted is told to its end: the pump is asked once more, and what was prescribed ends there', async () => {
  const halt = new AbortController()
  const text = draft({ duration: '20 d', prescription: [therapy('0 d', '720 ug/d')], sample: '10 d' })
  const trace = await execute(scenarioOf(text), modelPump, idealRig, {
    signal: halt.signal,
    onProgress: (simulated_s) => (simulated_s > 86_400 ? halt.abort() : undefined),
  })
  const { simulated_s, prescribed, believed, delivered, checks } = judge(trace, { file: '', wall_s: 0 })
  expect([simulated_s > 86_400, simulated_s < 20 * 86_400]).toEqual([true, true])
  expect(prescribed.volume_uL).toBeCloseTo((simulated_s / 86_400) * 1440, 6)
  expect(Math.abs(believed.volume_uL - prescribed.volume_uL)).toBeLessThanOrEqual(0.25)
  expect(Math.abs(delivered.displaced_uL - prescribed.volume_uL)).toBeLessThanOrEqual(0.5)
  expect(checks.at(-1)?.detail).toMatch(/: interrupted$/)
  expect(curvesOf(trace)).toMatchObject({ end_s: simulated_s })
})
