/** What the pump in C does not take, and what a refill and a setting of its clock make of what runs: defects that `pumpbench explore` found. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Builds, digestOf, HAS_CC, programmed, repliesTo, SET_UP } from './c-pump.ts'

const MINUTE_us = 60_000_000
const HOUR_us = 60 * MINUTE_us
const DAY_us = 24 * HOUR_us
/** Of SET_UP: Monday 2026-01-05T08:00. */
const CLOCK_us = 1_767_600_000_000_000

/** A bolus by volume, in uL. */
const bolus = (volume: number, over: number) => ['BEGIN,bolus', `DOSE,volume,${volume * 1_000_000},${over}`]
const daily = (time: number, volume: number, over: number) => `DAILY,${time},volume,${volume * 1_000_000},${over}`
const flex = (basal: number, dailies: readonly string[], days = 127) => [
  'BEGIN,flex',
  `RATE,volume,${basal * 1_000_000}`,
  ...dailies,
  `DAYS,${days}`,
]
const refill = (drawn: number | 'all', volume: number, concentration = 500_000) => [
  'BEGIN,refill',
  `DRAWN,${drawn === 'all' ? drawn : drawn * 1_000_000}`,
  `FILL,baclofen,${concentration},${volume * 1_000_000}`,
]
const setClock = (ahead: number) => ['BEGIN,set-clock', `SHOW,${CLOCK_us + ahead}`]

/** Programs, each at its instant. */
type Deeds = readonly (readonly [at: number, parts: readonly string[]])[]

describe.skipIf(!HAS_CC)('the pump in C', () => {
  const builds = new Builds()
  let pump = ''

  beforeAll(() => {
    pump = builds.build('c-pump')
  }, 60_000)

  afterAll(() => builds.close())

  /** What it said of the programs and by itself, up to an instant at which it is asked for its account. */
  function said(deeds: Deeds, to: number): readonly string[] {
    // More than it has instants of its own in any of these runs: a command that comes before one of them is refused with ORDER.
    const advances = (until: number) => Array.from({ length: 20 }, () => `ADVANCE,${until}`)
    const commands = deeds.flatMap(([at, parts], index) => [
      ...advances(at),
      ...programmed(at, parts),
      `COMMIT,${at},${digestOf(index + 1, parts)}`,
    ])
    const replies = repliesTo(pump, [...SET_UP, ...commands, ...advances(to), `TELL,${to},bench`])
    return replies.flat().filter((text) => /^(REFUSED|EVENT|STATUS|NAK),/.test(text))
  }

  const steps = (texts: readonly string[]) => Number(texts.at(-1)?.split(',')[3])

  it.each<readonly [what: string, deeds: Deeds, reason: RegExp]>([
    ['a bolus below the lowest rate, alone', [[0, bolus(1, HOUR_us)]], /^REFUSED,0,24000000 pL\/d is below the lowest/],
    [
      'a bolus of the day below the lowest rate without a basal one',
      [[0, flex(0, [daily(12 * HOUR_us, 1, HOUR_us)])]],
      /^REFUSED,0,24000000 pL\/d is below the lowest/,
    ],
    ['more than there is room for', [[0, refill(1_000, 1_001)]], /^REFUSED,0,20001000000 pL do not go into/],
    [
      'a clock set to where boluses meet beyond the highest rate',
      [
        [0, flex(100, [daily(9 * HOUR_us, 400, HOUR_us / 2), daily(10 * HOUR_us, 400, HOUR_us / 2)])],
        [70 * MINUTE_us, setClock(2 * HOUR_us)],
      ],
      /^REFUSED,4200000000,38500000000 pL\/d is above the highest/,
    ],
    [
      'a bolus of days that meets another on the last of them',
      [
        [0, flex(100, [daily(9 * HOUR_us, 400, HOUR_us / 2)], 8)],
        [0, bolus(24_000, 4 * DAY_us)],
      ],
      /^REFUSED,0,25300000000 pL\/d is above the highest/,
    ],
  ])('refuses %s', (_, deeds, reason) => {
    const texts = said(deeds, deeds.at(-1)?.[0] ?? 0)
    // The COMMIT of what was not stored is refused, too.
    expect(texts.filter((text) => !text.startsWith('STATUS'))).toEqual([
      expect.stringMatching(reason),
      expect.stringMatching(/^REFUSED,\d+,no program of this digest/),
    ])
  })

  it.each([
    ['all', 500],
    [19_000, 1_500],
    [20_000, 500],
    [21_000, 500],
  ] as const)('holds, when %s uL of 20000 uL were drawn and 500 uL put in, %i uL', (drawn, left) => {
    expect(said([[0, refill(drawn, 500)]], 0).at(-1)).toMatch(new RegExp(`^STATUS,0,stopped,0,0,${left}000000,`))
  })

  it('ends boluses by itself that a stronger fill makes too slow', () => {
    const deeds: Deeds = [
      [0, ['BEGIN,bolus', 'DOSE,mass,100000000,7200000000']],
      [HOUR_us, refill('all', 20_000, 100_000_000)],
    ]
    const texts = said(deeds, 3 * HOUR_us)
    expect(texts).toContainEqual(expect.stringMatching(/^EVENT,3600000000,therapy-suspended,/))
    expect(steps(texts)).toBe(400)
  })

  it.each([
    ['by 2 h leaves a bolus under way, which gives all', 2 * HOUR_us, 400],
    ['back by 2 h leaves it, too', -2 * HOUR_us, 400],
    ['by more ends it', 2 * HOUR_us + 1, 200],
    ['back by more ends it, too', -2 * HOUR_us - 1, 200],
  ])('with its clock set %s', (_, by, given) => {
    const deeds: Deeds = [
      [0, bolus(100, 2 * HOUR_us)],
      [HOUR_us, setClock(HOUR_us + by)],
    ]
    expect(steps(said(deeds, 3 * HOUR_us))).toBe(given)
  })
})
