/** What the judge says beside the checks of a scenario: of a run that did not end, of refusals, laws, and traces it cannot read. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type CheckDefinition, judge } from '#hil/run/judge'
import type { Trace } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { WIRE_COUNTS } from '#protocol/wire-tally'
import { whole } from '#units/rational'
import { type Alter, drop, put, set } from '../support/alter.ts'
import { finish } from '../support/bench.ts'
import { bolus, draft, stop, therapy } from '../support/scenario.ts'

const NO_SCENARIO = 'schema: 1\nname: 2\npump: 3\nfill: 4\nline: 5\n'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const HOUR_us = 3_600_000_000
const DAY_s = 86_400

const OWN: CheckDefinition = {
  name: 'own',
  observe: () => ({
    outcome: 'fail',
    measured: whole(2),
    limit: whole(1),
    unit: 'x',
    at_us: whole(HOUR_us),
    detail: 'so',
  }),
}

describe('a run', async () => {
  const { trace } = await finish(
    draft({
      ...{ duration: '1 d', sample: '1 d', prescription: [therapy('0 d', '400 ug/d'), bolus('1 h', '5 ug', '10 min')] },
      checks: ['{ check: no-other-alarms, requirements: [R-1] }', '{ check: refused, at: 1 h }'],
    }),
  )
  const judged = (...alterations: readonly Alter[]) => {
    const altered = alterations.reduce((before, alter) => alter(before), trace)
    return judge(altered, { file: 'f', wall_s: 0, checks: [OWN] })
  }
  const unbounded = (lines: number, lost_bytes: number): Alter => {
    const open = (whole: Trace): Trace => ({
      ...whole,
      records: whole.records.slice(0, -1),
      brokenOff: { lines, lost_bytes },
    })
    return open
  }
  const named = (name: string, ...alterations: readonly Alter[]) =>
    judged(...alterations).checks.filter(({ check }) => check === name)

  it('has the checks of its scenario, those of its own, and those that every run has', () => {
    expect(judged().checks.map(({ check, outcome, expect: wanted }) => [check, outcome, wanted])).toEqual([
      ['no-other-alarms', 'pass', 'pass'],
      ['refused', 'fail', 'pass'],
      ['own', 'fail', 'pass'],
      ['mass-conservation', 'pass', 'pass'],
    ])
    expect(judged().checks.map(({ requirements }) => requirements)).toEqual([['R-1'], undefined, undefined, undefined])
    expect(named('own')).toEqual([
      {
        ...{ check: 'own', outcome: 'fail', expect: 'pass', verdict: 'fail' },
        ...{ measured: 2, limit: 1, unit: 'x', at_s: 3600, detail: 'so' },
      },
    ])
  })

  it.each([
    [7, 0, ': it holds 7 whole lines, up to 1 d of 1 d'],
    [1, 0, ': it holds 1 whole line, up to 1 d of 1 d'],
    [7, 1, ': it holds 7 whole lines, up to 1 d of 1 d, and 1 byte of half a line are lost'],
    [7, 2, ': it holds 7 whole lines, up to 1 d of 1 d, and 2 bytes of half a line are lost'],
  ])('that breaks off after %d lines and %d bytes is judged as far as it goes, and says so', (lines, lost, told) => {
    const because = 'the trace breaks off before the end of the run'
    const { verdict, checks } = judged(unbounded(lines, lost))
    expect(verdict).toBe('inconclusive')
    expect(checks.map(({ check, outcome, unit, detail }) => [check, outcome, unit, detail])).toEqual([
      ...['no-other-alarms', 'refused', 'own'].map((one) => [one, 'inconclusive', '', `not judged: ${because}`]),
      ['mass-conservation', 'pass', 'uL', expect.any(String)],
      ['completed', 'inconclusive', '', because + told],
    ])
    expect(checks.map((one) => one.expect)).toEqual(checks.map(() => 'pass'))
  })

  it('that was broken off says when and why', () => {
    const { checks } = judged(set({ kind: 'end' }, { complete: false, reason: 'interrupted', t_us: 6 * HOUR_us }))
    const because = 'the run ended at 6 h: interrupted'
    expect(checks[0]).toMatchObject({ outcome: 'inconclusive', detail: `not judged: ${because}` })
    expect(checks.at(-1)).toEqual({
      ...{ check: 'completed', outcome: 'inconclusive', expect: 'pass', verdict: 'inconclusive' },
      ...{ measured: null, limit: null, unit: '', at_s: null, detail: because },
    })
  })

  it('expects one refusal for each check that asks for it, and no other', () => {
    const refusal = (hours: number) =>
      put({
        ...{ kind: 'refused', t_us: hours * HOUR_us, at_us: String(hours * HOUR_us), text: 'x' },
        ...{ asked: { kind: 'restart' }, reason: 'because' },
      })
    expect(named('no-refusal', refusal(1))).toEqual([])
    expect(named('no-refusal', refusal(0.5), refusal(1)).map(({ at_s }) => at_s)).toEqual([1800])
    const found = named('no-refusal', refusal(2), refusal(1), refusal(1), refusal(3))
    expect(found.map(({ at_s, detail }) => [at_s, detail])).toEqual([
      [3600, 'the pump refused "x" at 1 h: because'],
      [7200, 'the pump refused "x" at 2 h: because'],
      [10_800, 'the pump refused "x" at 3 h: because'],
    ])
    expect(found[0]).toEqual({
      ...{ check: 'no-refusal', outcome: 'fail', expect: 'pass', verdict: 'fail', measured: null, limit: null },
      ...{ unit: '', at_s: 3600, detail: 'the pump refused "x" at 1 h: because' },
      parted: [{ pair: 'program', since_s: 3600 }],
    })
  })

  it('in which the bench broke a law of physics is inconclusive, once for each law', () => {
    const broken = (law: string, hours: number) =>
      put({ kind: 'violation', t_us: hours * HOUR_us, law, detail: `${law} at ${hours}` })
    const laws = [broken('order', 2), broken('flow', 3), broken('order', 4), broken('order', 5)]
    expect(judged(...laws).checks.slice(-2)).toMatchObject([
      {
        check: 'order',
        outcome: 'inconclusive',
        expect: 'pass',
        unit: '',
        at_s: 7200,
        detail: 'order at 2; and 2 times more',
      },
      { check: 'flow', outcome: 'inconclusive', expect: 'pass', unit: '', at_s: 10_800, detail: 'flow at 3' },
    ])
  })

  it('has what crossed the wire where there was one', () => {
    const counts = Object.fromEntries(WIRE_COUNTS.map((name, index) => [name, index]))
    expect(judged()).not.toHaveProperty('wire')
    expect(judged(put({ kind: 'wire', t_us: 24 * HOUR_us, ...counts })).wire).toEqual(counts)
  })

  it.each<readonly [string, Alter, string]>([
    ['without a header', drop({ kind: 'header' }), 'the first line is not the header of a trace'],
    [
      'of another schema',
      set({ kind: 'header' }, { schema: 'pumpbench/trace@2' }),
      'the trace is of schema "pumpbench/trace@2"; this version judges pumpbench/trace@1',
    ],
    [
      'of a scenario that is none',
      set({ kind: 'header' }, { text: NO_SCENARIO, file_sha256: sha256(NO_SCENARIO), scenario: 'its-name' }),
      'its scenario cannot be read: scenario its-name in the trace:1:1: missing key "clock"; for example ',
    ],
  ])('%s cannot be judged', (_, alter, reason) => {
    expect(() => judged(alter)).toThrow(TraceError)
    expect(() => judged(alter)).toThrow(reason)
    try {
      judged(alter)
    } catch (error) {
      const problems = String(error).split('; scenario ').length
      expect(problems).toBe(reason.startsWith('its') ? 3 : 1)
    }
  })
})

describe('a fault that never came', () => {
  it('is a check of the run that shows nothing', async () => {
    const { result } = await finish(
      draft({
        ...{ duration: '1 d', sample: '1 d', prescription: [stop('0 d')], checks: ['{ check: no-other-alarms }'] },
        faults: ['{ at: 1 h, fault: motor-stall, for: 10 min }'],
      }),
    )
    expect(result.checks.slice(-1)).toEqual([
      {
        ...{ check: 'faults', outcome: 'inconclusive', expect: 'pass', verdict: 'inconclusive' },
        ...{ measured: null, limit: null, unit: '', at_s: null },
        detail: 'never fired, so nothing is shown of it: "motor-stall for 10 min" at 1 h',
      },
    ])
    expect(result.simulated_s).toBe(DAY_s)
  })
})
