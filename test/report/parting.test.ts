/** Which pair of ledgers parted tells what went wrong: each reading for its cause, and for no other. */
import { describe, expect, it } from 'vitest'
import { partings, story } from '#hil/report/parting'
import { joinDetails } from '#hil/run/checks/guarded'
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
      'Failed: tracking, dose-at-tip (measured 0.25 uL, limit 0.25 uL). What the pump believes and what was delivered parted at 10 d 13 s; ' +
        'at the end 400 uL more believed than delivered (tracking: measured 0.25 uL, limit 0.25 uL).',
    )
  })

  it('is dated by the check that knows the earliest instant, and by the worst where none knows one', () => {
    const windows = failing('windowed-flow', { at_s: 11 * DAY_s, parted: [{ pair: 'volume', since_s: null }] })
    const base = run(hourly(30, asked, slipping, asked))
    expect(partings(failed(base, windows))[1]?.what).toContain('volume parted, furthest at 11 d;')
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
    expect(story(wrong)).toBe(
      'Failed: programmed-as-prescribed, delivered-volume (measured 0.25 uL, limit 0.25 uL). The pump was not programmed as prescribed: at 0 s nobody prescribed "dose 800 ug/d".',
    )
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

describe('a volume that parted and no check of the belief', () => {
  const trumpet = failing('mean-flow-error', { measured: 5, limit: 2, unit: '%' })
  const more = (t_s: number) => asked(t_s) * 1.05

  it('is a device failure the pump does not know of, cause first, where the figures show it', () => {
    const gained = failed(run(hourly(30, asked, more, asked)), trumpet)
    expect(pairs(gained)).toEqual(['belief', 'volume'])
    expect(partings(gained)[0]?.reading).toContain('device failure the pump does not know of')
    expect(partings(gained)[1]?.reading).toBe('the device did not do what it believes it did')
    expect(story(gained)).toBe(
      'Failed: mean-flow-error (measured 5 %, limit 2 %). What the pump believes and what was delivered parted, furthest at 30 d; ' +
        'at the end 300 uL less believed than delivered (no check: 300 uL apart, two steps are 0.5 uL).',
    )
  })

  it('is seen at any sample, though errors cancel out at the end', () => {
    const swinging = (t_s: number) => asked(t_s) + 20 * Math.sin((2 * Math.PI * t_s) / (30 * DAY_s))
    const swung = failed(run(hourly(30, asked, swinging, asked)), trumpet)
    expect(pairs(swung)).toEqual(['belief', 'volume'])
    expect(partings(swung)[0]?.what).toMatch(/and at the end they agree|0\.25 uL/)
  })

  it('is known to a pump whose belief is two steps out, and not to one that is three out', () => {
    const short = (t_s: number) => asked(t_s) * 0.9
    const out = (steps: number) => {
      const base = run(hourly(30, asked, short, short))
      const volume_uL = base.believed.volume_uL + steps * 0.25
      return failed({ ...base, believed: { ...base.believed, volume_uL, steps: volume_uL * 4 } }, trumpet)
    }
    expect(pairs(out(2))).toEqual(['volume'])
    expect(partings(out(2))[0]?.reading).toContain('and knows it')
    expect(pairs(out(3))).toEqual(['belief', 'volume'])
  })

  it.each([null, 1])('claims nothing of the belief that an uncertainty of %s uL hides', (displaced_uncertainty_uL) => {
    const base = run(hourly(30, asked, (t_s) => asked(t_s) * 0.9))
    const unsure = { ...base, provenance: { ...base.provenance, displaced_uncertainty_uL } }
    expect(partings(failed(unsure, trumpet))[0]?.reading).toContain('could not measure well enough to say')
  })

  it('is known to a pump that took back every step, though none is left to tell the size of one by', () => {
    const once = (t_s: number) => (t_s === DAY_s ? 0.25 : 0)
    const stalled = failed(run(hourly(7, asked, () => 0, once)), trumpet)
    expect(partings(stalled).map(({ reading }) => reading)).toEqual([expect.stringContaining('and knows it')])
  })

  it('is expected where all that it shows in is', () => {
    const gained = run(hourly(30, asked, more, asked))
    const volume = { ...trumpet, expect: 'fail', verdict: 'pass' } as const
    expect(partings(failed(gained, volume)).map(({ expected }) => expected)).toEqual([true, true])
    expect(partings(failed(gained, volume, failing('dose-at-tip')))[0]?.expected).toBe(false)
  })

  it('is told of a dose as well, which is no wrong concentration then', () => {
    const gained = failed(run(hourly(30, asked, more, asked)), failing('dose-at-tip'))
    expect(partings(gained).map(({ reading }) => reading)[1]).toBe('harm: overdose')
    const known = failed(run(hourly(30, asked, more)), failing('dose-at-tip'))
    expect(partings(known)[0]?.reading).not.toContain('the volumes agree')
  })

  it('says nothing of runs in which no volume and no dose failed', () => {
    expect(pairs(failed(run(hourly(30, asked, more, asked)), failing('alarm')))).toEqual([])
  })
})

describe('a believed dose that parted with the volume', () => {
  const gained = run(hourly(30, asked, (t_s) => asked(t_s) * 1.2, asked))

  it('follows from the volume where that explains it', () => {
    const [belief, dose] = partings(failed(gained, failing('believed-dose', { measured: 2400, unit: 'ug' })))
    expect(belief?.pair).toBe('belief')
    expect(dose?.reading).toContain('it follows from the volume')
    expect(dose?.reading).not.toContain('another drug or concentration')
  })

  it('may be a wrong concentration as well where it does not', () => {
    const [, dose] = partings(failed(gained, failing('believed-dose', { measured: 9600, unit: 'ug' })))
    expect(dose?.reading).toMatch(/follows from the volume.*not all of it.*another drug or concentration/)
  })
})

describe('a reason that holds for many checks', () => {
  const unjudged = (name: string, detail: string) =>
    check({ check: name, outcome: 'inconclusive', verdict: 'inconclusive', detail })
  const unsure = (...checks: readonly CheckResult[]): RunResult => ({
    ...failed(passingWeek(), ...checks),
    verdict: 'inconclusive',
  })

  it('is given once', () => {
    const due = 'not judged: the rig file is past due'
    const told = story(
      unsure(unjudged('tracking', `0.25 uL; ${due}`), unjudged('trumpet', `5 %; ${due}`), unjudged('event', 'no log')),
    )
    expect(told).toContain('to say: 2 checks: not judged: the rig file is past due; event (no log). This')
  })

  it('is given once where the run ended early, for its end too', () => {
    const ended = 'the run ended at 0 s: the rig is another one'
    const names = ['tracking', 'trumpet'].map((name) => unjudged(name, `not judged: ${ended}`))
    expect(story(unsure(...names, unjudged('completed', ended)))).toContain(
      `to say: 3 checks: not judged: ${ended}. This`,
    )
  })

  it('is given once among the windows of a check', () => {
    expect(joinDetails(['a; not judged: x', 'b; not judged: x', 'c; not judged: y', 'd'])).toBe(
      'a; b; not judged: x; c; not judged: y; d',
    )
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
    const run = failed(passingWeek(), failing('alarm'))
    expect(story(run)).toBe('Failed: alarm (why). No check compared two ledgers in 7 d.')
    const [tracking, tip] = [
      check({}),
      check({ check: 'dose-at-tip', outcome: 'inconclusive', verdict: 'inconclusive' }),
    ]
    expect(story({ ...run, checks: [...run.checks, tracking, tip] })).toBe(
      'Failed: alarm (why). Within their limits in 7 d: believed volume and delivered volume; prescribed volume and ' +
        'delivered volume. Not judged: prescribed dose and dose out of the tip. Not compared by any check: prescribed ' +
        'program and believed program; believed dose and dose out of the reservoir.',
    )
  })

  it('tells a parting that was expected from the check that failed', () => {
    const expected = check({ outcome: 'fail', expect: 'fail', verdict: 'pass' })
    const run = { ...passingWeek(), verdict: 'fail' as const, checks: [failing('alarm'), expected] }
    expect(story(run)).toMatch(/^Failed: alarm \(why\)\. Parted as expected: believed volume and delivered volume; /)
  })

  it('names what failed before what the figures show, each name once and six at most, and no check that did as expected', () => {
    const more = (t_s: number) => asked(t_s) * 1.05
    const gained = run(hourly(30, asked, more, asked))
    const parted = [{ pair: 'mass', since_s: 0 }] as const
    const dose = failing('max-dose', { measured: 833.12, limit: 822, unit: 'ug', parted })
    const expected = failing('alarm', { expect: 'fail', verdict: 'pass' })
    expect(story(failed(gained, expected, dose, dose))).toMatch(
      /^Failed: max-dose \(measured 833\.12 ug, limit 822 ug\)\. What the pump believes .* \(no check: /,
    )
    const missed = check({ check: 'event', outcome: 'pass', expect: 'fail', verdict: 'fail' })
    expect(story(failed(gained, dose, missed))).toContain('limit 822 ug), event was expected to fail and did not. What')
    const many = Array.from({ length: 9 }, (_, at) => failing(`own-${at}`, { measured: null, limit: null }))
    expect(story(failed(gained, ...many, dose))).toMatch(/^Failed: own-0, .*, own-5 and 4 more\. What/)
  })

  it('names every check that failed, whichever way', () => {
    const missed = check({ check: 'alarm', expect: 'fail', verdict: 'fail', detail: 'raised' })
    const run = { ...passingWeek(), verdict: 'fail' as const, checks: [missed, failing('event')] }
    expect(story(run)).toMatch(/^Failed: alarm \(raised\) was expected to fail and did not; event \(why\)\. /)
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
