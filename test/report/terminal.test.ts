/** The report on a terminal: it fits, it lines up, it says what parted, and no name can take the screen over. */
import { describe, expect, it } from 'vitest'
import { columns } from '#hil/report/plain'
import { terminalReport } from '#hil/report/terminal'
import { check, hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

const bare = (width = 80) => ({ color: false, width })
const fifty = Array.from({ length: 50 }, (_, index) =>
  index === 7 ? ranDry() : { ...passingWeek(), scenario: `week-${index}` },
)
const unsure = {
  ...passingWeek(),
  outcome: 'inconclusive' as const,
  verdict: 'inconclusive' as const,
  checks: [
    check({ check: 'windowed-flow', outcome: 'inconclusive', verdict: 'inconclusive', detail: 'too short to resolve' }),
  ],
}

describe.each([80, 120])('in %i columns', (width) => {
  it.each([
    ['a passing run', result(passingWeek())],
    ['a failing run', result(ranDry())],
    ['an inconclusive run', result(unsure)],
    ['hostile names', result(hostileRun())],
    ['fifty runs', result(...fifty)],
    ['no runs', result()],
  ])('%s fits', (_name, made) => {
    const lines = terminalReport(made, bare(width)).split('\n')
    expect(lines.filter((line) => columns(line) > width)).toEqual([])
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
  })
})

describe('a run', () => {
  const text = terminalReport(result(ranDry()), bare(120))

  it('opens with its verdict, scenario and rig', () => {
    expect(text).toMatch(/^FAIL {2}ran-dry {2}im-40 on avr, 200 d\n/)
  })

  it('says which ledgers parted and what that means', () => {
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Delivered and prescribed volume parted at 171 d 16 h 4 min 48 s')
    expect(text).toContain('parted: prescribed dose and dose out of the tip: harm: underdose')
  })

  it('lines up the ledgers', () => {
    expect(text).toContain(
      [
        '  ledger            volume uL  dose ug  reservoir uL  steps',
        '  prescribed            23300    46600             -      -',
        '  believed            19999.5    39999           0.5  79998',
        '  delivered, rotor    19999.5        -           0.5  79998',
        '  delivered, tip      19999.5    39999             -      -',
      ].join('\n'),
    )
  })

  it('gives every check its figures, and its detail on a line of its own', () => {
    expect(text).toMatch(
      /delivered-volume +fail +pass +FAIL +14\.1638 +2 +% +200 d\n {4}delivered 19999\.5 uL of 23300 uL/,
    )
  })

  it('says of each check by what it was measured', () => {
    expect(text).toContain('\n    by: volume at the rotor modelled, uncertainty none\n')
  })

  it('ends in the counts', () => {
    expect(text).toMatch(/\n1 run: 1 fail; 4 checks; 200 d simulated in 0\.0421 s\n$/)
  })

  it('bounds alarms and events', () => {
    const events = Array.from({ length: 25 }, (_, index) => ({ t_s: index, event: 'interrogate' }))
    expect(terminalReport(result({ ...passingWeek(), events }), bare())).toContain('... 15 more\n')
  })
})

describe('many runs', () => {
  const text = terminalReport(result(...fifty), bare())

  it('are one line each, and those that did not pass follow in full', () => {
    expect(text.match(/^pass +week-\d+ +ideal +7 d +3 pass +0 ug$/gm)).toHaveLength(49)
    expect(text).toMatch(/^FAIL {2}ran-dry {2}im-40 on avr/m)
    expect(text).not.toMatch(/^pass {2}week-3 {2}im-40/m)
    expect(text).toContain('50 runs: 49 pass, 1 fail; 151 checks')
  })
})

describe('control characters', () => {
  it('of a scenario never reach the terminal', () => {
    expect(terminalReport(result(hostileRun()), bare()).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('are only those of color, and only when asked for', () => {
    const colored = terminalReport(result(hostileRun()), { color: true, width: 80 })
    const ESC = String.fromCodePoint(0x1b)
    expect(colored).toContain(ESC)
    const rest = colored.replaceAll(new RegExp(`${ESC}\\[\\d+m`, 'g'), '').replaceAll('\n', '')
    expect(rest).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(terminalReport(result(ranDry()), bare())).not.toContain(ESC)
  })
})
