/** Which pair of ledgers parted tells what went wrong: each reading for its cause, and for no other. */
import { describe, expect, it } from 'vitest'
import { partings, story } from '#hil/report/parting'
import type { CheckResult, RunResult } from '#hil/run/result'
import { check, hourly, passingWeek, ranDry, run } from './fabricated.ts'

const DAY_s = 86_400
const asked = (t_s: number) => (200 * t_s) / DAY_s
const slipping = (t_s: number) => asked(t_s) - Math.max(0, asked(t_s - 10 * DAY_s)) / 10
const failing = (name: string, over: Partial<CheckResult> = {}) =>
  check({ check: name, outcome: 'fail', verdict: 'fail', detail: 'why', ...over })
const failed = (base: RunResult, ...checks: readonly CheckResult[]): RunResult => ({
  ...base,
  outcome: 'fail',
  verdict: 'fail',
  checks,
})
const pairs = (of: RunResult) => partings(of).map(({ pair }) => pair)

describe('a slipping rotor the pump does not notice', () => {
  const since_s = 10 * DAY_s + 12.5
  const parted = [
    { pair: 'volume', since_s: since_s + 1 },
    { pair: 'belief', since_s },
  ] as const
  const slipped = failed(
    run(hourly(30, asked, slipping, asked)),
    failing('tracking', { parted }),
    failing('dose-at-tip'),
  )

  it('parts belief, then volume, then mass', () => {
    expect(pairs(slipped)).toEqual(['belief', 'volume', 'mass'])
    expect(partings(slipped)[0]?.reading).toContain('device failure')
    expect(partings(slipped)[2]?.reading).toBe('harm: underdose')
  })

  it('is told with the time and the amount', () => {
    expect(story(slipped)).toBe(
      'What the pump believes and what was delivered parted at 10 d 13 s; ' +
        'at the end 400 uL more believed than delivered (tracking: measured 0.25 uL, limit 0.25 uL).',
    )
  })

  it('is dated by the check that knows the earliest instant, and by the worst where none knows one', () => {
    const windows = failing('windowed-flow', { at_s: 11 * DAY_s, parted: [{ pair: 'volume', since_s: null }] })
    const base = run(hourly(30, asked, slipping, asked))
    expect(partings(failed(base, windows))[0]?.what).toContain('volume parted, furthest at 11 d;')
    expect(partings(failed(base, windows, failing('tracking', { parted })))[1]?.what).toContain('parted at 10 d 14 s;')
  })

  it('names only the pair that the check found apart', () => {
    const belief = failing('tracking', { parted: [{ pair: 'belief', since_s }] })
    expect(pairs(failed(run(hourly(30, asked, slipping, asked)), belief))).toEqual(['belief'])
  })
})

describe('an empty reservoir the pump knows of', () => {
  it('parts volume and mass, not belief', () => {
    expect(pairs(ranDry())).toEqual(['volume', 'mass'])
    expect(partings(ranDry())[0]?.reading).toContain('knows it')
  })
})

describe('a wrong concentration', () => {
  it('parts the masses while the volumes agree', () => {
    const samples = hourly(7, asked).map((sample) => ({ ...sample, tip_ug: sample.tip_ug * 2 }))
    const [parting, ...others] = partings(failed(run(samples), failing('dose-at-tip')))
    expect(others).toEqual([])
    expect(parting?.reading).toContain('concentration error')
    expect(parting?.reading).toContain('overdose')
  })

  it('is not blamed for a leak', () => {
    const samples = hourly(7, asked).map((sample) => ({ ...sample, tip_ug: sample.tip_ug / 2 }))
    const dry = run(samples)
    const leaking = failed({ ...dry, delivered: { ...dry.delivered, leaked_uL: 700 } }, failing('dose-at-tip'))
    expect(partings(leaking)[0]?.reading).toMatch(/underdose.*leaked/)
  })
})

describe('a programming error', () => {
  it('parts the programs, and explains the volumes', () => {
    const wrong = failed(
      run(hourly(7, asked, (t_s) => asked(t_s) * 2)),
      failing('programmed-as-prescribed', { detail: 'at 0 s nobody prescribed "dose 800 ug/d"' }),
      failing('delivered-volume'),
    )
    expect(pairs(wrong)).toEqual(['program', 'volume'])
    expect(story(wrong)).toBe('The pump was not programmed as prescribed: at 0 s nobody prescribed "dose 800 ug/d".')
    expect(partings(wrong)[1]?.reading).toContain('did as it was told')
  })
})

describe('a fill that the pump was told otherwise', () => {
  it('parts the believed dose from the one that left the reservoir', () => {
    const parted = [{ pair: 'believed-mass', since_s: 54 }] as const
    const told = failed(run(hourly(7, asked)), failing('believed-dose', { parted }))
    expect(pairs(told)).toEqual(['believed-mass'])
    expect(partings(told)[0]?.reading).toContain('another drug or concentration')
    expect(story(told)).toContain('parted at 54 s')
  })
})

describe('the story', () => {
  it('of a run that passed says what was compared, and what no check compared', () => {
    const text = story(passingWeek())
    expect(text).toContain('Within their limits in 7 d: believed volume and delivered volume; prescribed volume and')
    expect(text).toMatch(
      /Not compared by any check: prescribed program .*; prescribed dose and dose out of the tip\. In all/,
    )
    const silent = { ...passingWeek(), checks: [check({ check: 'no-other-alarms' }), check({ check: 'max-dose' })] }
    expect(story(silent)).toMatch(/^No check compared two ledgers in 7 d: /)
    const names = ['tracking', 'programmed-as-prescribed', 'believed-dose', 'dose-at-tip']
    const whole = { ...passingWeek(), checks: names.map((name) => check({ check: name })) }
    expect(story(whole)).toMatch(/^No two ledgers parted beyond a limit in 7 d: /)
  })

  it('says what was expected when a run passes because ledgers parted', () => {
    const expected = { ...ranDry(), verdict: 'pass' as const }
    const checks = expected.checks.map((one) => ({
      ...one,
      expect: one.outcome as 'pass' | 'fail',
      verdict: 'pass' as const,
    }))
    expect(story({ ...expected, checks })).toMatch(/^As the scenario expects: Delivered and prescribed volume parted/)
    expect(partings({ ...expected, checks }).every((parting) => parting.expected)).toBe(true)
  })

  it('names the check that should have failed and did not', () => {
    const missed = failed(passingWeek(), check({ expect: 'fail', verdict: 'fail', detail: 'at most 0.25 uL' }))
    expect(story(missed)).toContain('tracking (at most 0.25 uL) was expected to fail and did not')
  })

  it('names a check of no ledger that failed', () => {
    expect(story(failed(passingWeek(), failing('alarm')))).toBe(
      'No ledger parted unexpectedly, but alarm (why) failed.',
    )
  })

  it('never calls inconclusive a pass', () => {
    const unsure = {
      ...passingWeek(),
      verdict: 'inconclusive' as const,
      checks: [check({ outcome: 'inconclusive', verdict: 'inconclusive', detail: 'too short' })],
    }
    expect(story(unsure)).toBe(
      'The bench could not measure well enough to say: tracking (too short). This is not a pass.',
    )
  })
})
