/** Therapies, one-shots, events, limits and faults as the reader understands them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseScenario } from '#hil/scenario/parse'
import type { Entry, Scenario } from '#hil/scenario/types'
import { add, compare, divide, type Rational, ratio, subtract, sum, toText, whole, ZERO } from '#units/rational'
import { changed, MINIMAL } from './minimal.ts'

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, 'a.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.scenario
}

const HOUR = 3_600_000_000n
const DAY = whole(24n * HOUR)
const hours = (count: number): Rational => whole(BigInt(count) * HOUR)

function entryOf(text: string): Entry {
  const entry = scenarioOf(`${MINIMAL}programming:\n  - ${text}\n`).programming[0]
  if (entry === undefined) throw new Error('no entry')
  return entry
}

function flexOf(boluses: string, more = '') {
  const entry = entryOf(`{ at: 0 d, therapy: { mode: flex, basal: 350 ug/d, boluses: ${boluses}${more} } }`)
  if (entry.kind !== 'therapy' || entry.therapy.mode !== 'flex') throw new Error('no flex')
  return { ...entry.therapy, text: entry.text }
}

const timesOf = (boluses: string) => flexOf(boluses).boluses.map(({ at_us }) => toText(divide(at_us, hours(1))))

describe('flex', () => {
  it('13 boluses of the same dose are spread evenly over the day', () => {
    const { boluses, basal, days, text } = flexOf('{ dose: 50 ug, count: 13, over: 5 min, from: "00:00" }')
    expect(text).toBe('flex 350 ug/d + 13 x 50 ug over 5 min')
    expect(basal).toMatchObject({ by: 'mass' })
    expect(days).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
    expect(boluses).toHaveLength(13)
    expect(boluses[1]).toEqual({
      at_us: divide(DAY, whole(13)),
      dose: { by: 'mass', mass_ug: whole(50) },
      over_us: whole(300_000_000),
    })
  })

  it('wraps past midnight and is in order of the clock', () => {
    expect(timesOf('{ dose: 5 uL, count: 4, over: 1 h, from: 20:30 }')).toEqual(['5/2', '17/2', '29/2', '41/2'])
    expect(timesOf('{ dose: 5 uL, count: 4, over: 1 h, from: 18:00 }')).toEqual(['0', '6', '12', '18'])
  })

  it('takes times to the second, lists in any order, and both ways mixed', () => {
    expect(
      timesOf(
        '[{ at: 23:59:59, dose: 1 ug, over: 1 min }, { dose: 2 ug, count: 2, over: 1 min, from: 06:00 }, { at: 00:00, dose: 3 ug, over: 1 min }]',
      ),
    ).toEqual(['0', '6', '18', '86399/3600'])
  })

  it('may be basal only on some days, in the order of the week', () => {
    const { days, text } = flexOf('[{ at: 08:00, dose: 1 ug, over: 5 min }]', ', days: [sun, mon]')
    expect(days).toEqual(['mon', 'sun'])
    expect(text).toBe('flex 350 ug/d + 1 ug over 5 min at 08:00 on sun, mon')
  })

  it('may have no basal, and is short for people however long it is', () => {
    const entry = entryOf(
      `{ at: 0 d, therapy: { mode: flex, basal: 0 ug/d, boluses: [${Array(100).fill('{ at: 08:00, dose: 1 ug, over: 5 min }').join(', ')}] } }`,
    )
    expect(entry.text).toMatch(/^flex 0 ug\/d \+ 1 ug over 5 min at 08:00 \+ .* \+ 97 more$/)
  })

  it('more boluses than a pump takes are still no mistake of the file', () => {
    expect(flexOf('{ dose: 1 ug, count: 100, over: 1 min, from: "00:00" }').boluses).toHaveLength(100)
  })

  const clock = fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  const written = ([h, min, s]: readonly number[]) => [h, min, s].map((part) => String(part).padStart(2, '0')).join(':')

  it('any count from any time is evenly spaced around the clock, with the whole dose and its first time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), clock, fc.nat(9999), (count, from, n) => {
        const { boluses } = flexOf(`{ dose: ${n + 1}/7 ug, count: ${count}, over: 5 min, from: ${written(from)} }`)
        expect(boluses).toHaveLength(count)
        const dose = sum(boluses.map((bolus) => (bolus.dose.by === 'mass' ? bolus.dose.mass_ug : ZERO)))
        expect(toText(dose)).toBe(toText(ratio(BigInt(count * (n + 1)), 7n)))
        const times = boluses.map(({ at_us }) => at_us)
        const from_us = whole(BigInt((from[0] * 60 + from[1]) * 60 + from[2]) * 1_000_000n)
        expect(times.some((time) => compare(time, from_us) === 0)).toBe(true)
        for (const [k, time] of times.entries()) {
          expect(compare(time, ZERO) >= 0 && compare(time, DAY) < 0).toBe(true)
          const next = times[k + 1] ?? add(times[0] ?? ZERO, DAY)
          expect(toText(subtract(next, time))).toBe(toText(divide(DAY, whole(count))))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('any list is read bolus by bolus, in order of the clock', () => {
    fc.assert(
      fc.property(fc.array(clock, { minLength: 1, maxLength: 30 }), (starts) => {
        const list = starts.map((at) => `{ at: ${written(at)}, dose: 1 ug, over: 5 min }`).join(', ')
        const seconds = starts.map(([h, min, s]) => (h * 60 + min) * 60 + s).toSorted((a, b) => a - b)
        expect(flexOf(`[${list}]`).boluses.map(({ at_us }) => Number(at_us.n) / 1e6)).toEqual(seconds)
      }),
      { numRuns: 100 },
    )
  })
})

describe('periodic boluses', () => {
  it('come with a basal rate or without', () => {
    const without = '{ at: 0 d, therapy: { mode: periodic-bolus, dose: 5 uL, over: 5 min, every: 4 h } }'
    expect(entryOf(without)).toEqual({
      at_us: ZERO,
      confirm: true,
      kind: 'therapy',
      text: 'periodic-bolus 5 uL over 5 min every 4 h',
      therapy: {
        mode: 'periodic-bolus',
        basal: null,
        dose: { by: 'volume', volume_uL: whole(5) },
        over_us: whole(300_000_000),
        every_us: hours(4),
      },
    })
    const basal = without.replace('every: 4 h', 'every: 4 h, basal: 0.1 mL/d')
    expect(entryOf(basal).text).toBe('periodic-bolus 0.1 mL/d + 5 uL over 5 min every 4 h')
    expect(entryOf(basal)).toMatchObject({ therapy: { basal: { by: 'volume' } } })
  })

  it('are refused where all patterns together give too many, at the one that does', () => {
    const often = (at: string, every: string) =>
      `  - { at: ${at}, therapy: { mode: periodic-bolus, dose: 1 ug, over: 1 s, every: ${every} } }\n`
    expect(parseScenario(MINIMAL + often('1 d', '1.2 s'), 'a.yaml').ok).toBe(true)
    const parsed = parseScenario(MINIMAL + often('1 d', '1.2 s') + often('6 d', '0.5 s'), 'a.yaml')
    expect(parsed.ok ? [] : parsed.problems.map(({ line, message }) => [line, message])).toEqual([
      [11, 'more than 500000 boluses in the run; give fewer'],
    ])
  })
})

describe('what is given once', () => {
  it.each([
    ['prime: auto', { kind: 'prime', prime: { volume: 'auto' }, text: 'prime auto' }],
    ['prime: { volume: auto }', { kind: 'prime', prime: { volume: 'auto' }, text: 'prime auto' }],
    ['prime: { volume: 0.4 mL }', { kind: 'prime', prime: { volume: whole(400) }, text: 'prime 0.4 mL' }],
    ['bridge: auto', { kind: 'bridge', bridge: { volume: 'auto' }, text: 'bridge auto' }],
    ['bridge: { volume: auto }', { kind: 'bridge', bridge: { volume: 'auto' }, text: 'bridge auto' }],
    ['bridge: { volume: 375 uL }', { kind: 'bridge', bridge: { volume: whole(375) }, text: 'bridge 375 uL' }],
  ])('%s', (text, meant) => {
    expect(entryOf(`{ at: 1 h, ${text} }`)).toEqual({ at_us: hours(1), confirm: true, ...meant })
  })

  it('a patient may be left to ask for boluses', () => {
    const text = '{ at: 1 h, patient-bolus: { dose: 50 ug, over: 10 min, lockout: 4 h, max_per_day: 3 } }'
    expect(entryOf(text)).toEqual({
      at_us: hours(1),
      confirm: true,
      kind: 'patient-bolus',
      text: 'patient-bolus 50 ug over 10 min, lockout 4 h, at most 3 a day',
      patientBolus: {
        dose: { by: 'mass', mass_ug: whole(50) },
        over_us: whole(600_000_000),
        lockout_us: hours(4),
        maxPerDay: 3,
      },
    })
  })

  it('warnings are confirmed unless the entry says otherwise', () => {
    expect(entryOf('{ at: 1 h, prime: auto, confirm: false }').confirm).toBe(false)
    expect(entryOf('{ at: 1 h, prime: auto, confirm: true }').confirm).toBe(true)
  })
})

describe('clocks', () => {
  const since1970 = (text: string) => whole(BigInt(Date.parse(`${text}Z`)) * 1000n)

  it('are local times, and the clock of the pump is the true one unless the file says otherwise', () => {
    const { clock_us, pumpClock_us } = scenarioOf(MINIMAL)
    expect([clock_us, pumpClock_us]).toEqual([since1970('2026-01-05T08:00'), since1970('2026-01-05T08:00')])
    const wrong = scenarioOf(`${MINIMAL}pump_clock: 1969-12-31T23:59:59\n`)
    expect(wrong.pumpClock_us).toEqual(whole(-1_000_000))
    expect(wrong.clock_us).toEqual(clock_us)
  })

  it.each(['2026-03-29T03:00', '"2026-03-29T03:00"', "'2026-03-29T03:00:00'"])('are set to %s', (to) => {
    const { events } = scenarioOf(`${MINIMAL}events: [{ at: 1 d, do: set-clock, to: ${to} }]\n`)
    expect(events).toEqual([{ at_us: DAY, kind: 'set-clock', to_us: since1970('2026-03-29T03:00') }])
  })
})

describe('events', () => {
  it('are all that people do, in order of time; at one time the clock first, then a refill', () => {
    const simple = ['request-bolus', 'interrogate', 'stop', 'restart', 'silence', 'read-log', 'clear']
    const { events } = scenarioOf(`${MINIMAL}events:
${simple.map((deed) => `  - { at: 2 d, do: ${deed} }\n`).join('')}
  - { at: 2 d, refill: { fill: { drug: a, concentration: 1 mg/mL, volume: 1 mL } } }
  - { at: 48 h, do: set-clock, to: 2026-03-29T03:00 }
  - { at: 1 d, do: stop }
`)
    expect(events.map(({ kind }) => kind)).toEqual(['stop', 'set-clock', 'refill', ...simple])
  })
})

describe('limits', () => {
  it('are none unless the file sets them', () => {
    const none = { dailyDose: { soft: null, hard: null }, change: { soft: null, hard: null } }
    expect(scenarioOf(MINIMAL).limits).toEqual(none)
    expect(scenarioOf(`${MINIMAL}limits: {}\n`).limits).toEqual(none)
    expect(scenarioOf(`${MINIMAL}limits: { daily_dose: {}, change: {} }\n`).limits).toEqual(none)
  })

  it('are doses by mass or volume, and parts', () => {
    const text = 'limits: { daily_dose: { soft: 500 ug, hard: 2 mL }, change: { soft: 30 %, hard: 100 % } }'
    expect(scenarioOf(`${MINIMAL}${text}\n`).limits).toEqual({
      dailyDose: { soft: { by: 'mass', mass_ug: whole(500) }, hard: { by: 'volume', volume_uL: whole(2000) } },
      change: { soft: ratio(3n, 10n), hard: whole(1) },
    })
  })
})

const STALL = { fault: 'motor-stall', again: null, recovery_us: hours(0) }

describe('faults', () => {
  const faultOf = (text: string) => scenarioOf(`${MINIMAL}faults: [{ at: 1 d, ${text} }]\n`).faults[0]

  it.each([
    ['fault: motor-stall', { ...STALL, for_us: null, text: 'motor-stall' }],
    ['fault: motor-stall, for: 2 h', { ...STALL, for_us: hours(2), text: 'motor-stall for 2 h' }],
    [
      'fault: motor-stall, for: 1 h, recovery: 1 h, every: 3 h, times: 4',
      {
        ...STALL,
        for_us: hours(1),
        recovery_us: hours(1),
        again: { every_us: hours(3), times: 4 },
        text: 'motor-stall, 1 h of recovery, every 3 h, 4 times for 1 h',
      },
    ],
    [
      'fault: clock-step, back: 1 h',
      { fault: 'clock-step', by_us: hours(-1), for_us: null, text: 'clock-step back by 1 h' },
    ],
    [
      'fault: motor-slip, every: 10 step',
      { fault: 'motor-slip', every_steps: 10, for_us: null, text: 'motor-slip of each 10. step' },
    ],
    ['fault: power-cut', { fault: 'power-cut', write: null, for_us: null, text: 'power-cut' }],
    [
      'fault: power-cut, write: 7, for: 1 h',
      { fault: 'power-cut', write: 7, for_us: hours(1), text: 'power-cut at word write 7 for 1 h' },
    ],
    [
      'fault: bit-flip',
      { fault: 'bit-flip', copy: 'first', bit: null, part: null, for_us: null, text: 'bit-flip in the first copy' },
    ],
    [
      'fault: bit-flip, copy: both, bit: 0',
      { fault: 'bit-flip', copy: 'both', bit: 0, part: null, for_us: null, text: 'bit-flip in both copies, bit 0' },
    ],
    [
      'fault: clock-drift, by: -50 ppm',
      { fault: 'clock-drift', drift: ratio(-1n, 20_000n), for_us: null, text: 'clock-drift by -50 ppm' },
    ],
    [
      'fault: clock-drift, by: 100000 ppm, for: 1 h',
      { fault: 'clock-drift', drift: ratio(1n, 10n), for_us: hours(1), text: 'clock-drift by 100000 ppm for 1 h' },
    ],
    [
      'fault: telemetry-carrier, for: 1 h',
      { fault: 'telemetry-carrier', for_us: hours(1), text: 'telemetry-carrier for 1 h' },
    ],
    [
      'fault: line-noise, kind: flip, share: 1 %, direction: to-rig, for: 1 h',
      {
        ...{ fault: 'line-noise', kind: 'flip', share: ratio(1n, 100n), direction: 'to-rig', for_us: hours(1) },
        text: 'line-noise of 1 % to rig: flip for 1 h',
      },
    ],
    [
      'fault: line-noise, kind: delay, share: 100 %',
      {
        ...{ fault: 'line-noise', kind: 'delay', share: ratio(1n, 1n), direction: 'both', for_us: null },
        ...{ upTo_us: ratio(50_000n, 1n), text: 'line-noise of 100 %: delay' },
      },
    ],
    ['fault: line-mute', { fault: 'line-mute', direction: 'both', for_us: null, text: 'line-mute' }],
    ['fault: line-unplug, for: 1 h', { fault: 'line-unplug', for_us: hours(1), text: 'line-unplug for 1 h' }],
  ])('%s', (text, meant) => {
    expect(faultOf(text)).toEqual({ at_us: DAY, ...meant })
  })

  it.each([
    ['fault: line-noise, kind: flip', 'missing key "share"'],
    ['fault: line-noise, kind: flip, share: 0 %', 'noise that strikes nothing is no fault'],
    ['fault: line-noise, kind: flip, share: 101 %', 'no more than 100 % of what crosses'],
    ['fault: line-noise, kind: flip, share: 1 %, up_to: 5 ms', 'only a delay is late by so much'],
    ['fault: line-noise, kind: delay, share: 1 %, up_to: 11 s', 'a piece that is late comes within 10 s'],
    ['fault: line-noise, kind: melt, share: 1 %', 'melt'],
    ['fault: line-mute, direction: up', 'up'],
  ])('%s: refused', (text, problem) => {
    const parsed = parseScenario(`${MINIMAL}faults: [{ at: 1 d, ${text} }]\n`, 'a.yaml')
    expect(parsed.ok ? '' : parsed.problems.map(({ message }) => message).join()).toContain(problem)
  })

  it('are in order of time', () => {
    const list = '[{ at: 2 d, fault: bit-flip }, { at: 1 d, fault: motor-stall }]'
    expect(scenarioOf(`${MINIMAL}faults: ${list}\n`).faults.map(({ fault }) => fault)).toEqual([
      'motor-stall',
      'bit-flip',
    ])
  })

  it('change what is demanded of a run that demands nothing: the tolerance of the device and no alarm', () => {
    const scope = { from_us: ZERO, to_us: hours(168), expect: 'pass' }
    const scenario = scenarioOf(`${changed('im-20 }', 'im-20, overrides: { tolerance: 10 % } }')}faults:
  - { at: 1 d, fault: motor-stall }
`)
    expect(scenario.defaultChecks).toBe(true)
    expect(scenario.checks).toEqual([
      { check: 'delivered-volume', within: ratio(1n, 10n), ...scope },
      { check: 'no-other-alarms', ...scope },
    ])
    const own = `${MINIMAL}faults: [{ at: 1 d, fault: motor-stall }]\nchecks: [{ check: tracking, within: 1 step }]\n`
    expect(scenarioOf(own).checks.map(({ check }) => check)).toEqual(['tracking'])
    expect(scenarioOf(`${MINIMAL}faults: []\n`).checks.map(({ check }) => check)).toEqual(['tracking'])
  })
})

describe('a hostile file of patterns', () => {
  it('that writes more daily boluses than a list may hold is refused before they fill the memory', () => {
    const entries = Array.from(
      { length: 4000 },
      (_, n) =>
        `  - { at: ${n + 1} s, therapy: { mode: flex, basal: 1 ug/d, boluses: { dose: 1 ug, count: 100, over: 1 min, from: 00:00 } } }\n`,
    )
    const parsed = parseScenario(MINIMAL + entries.join(''), 'a.yaml')
    expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message)).toEqual([
      'more than 200000 daily boluses in all therapies together; write fewer',
    ])
  })
})
