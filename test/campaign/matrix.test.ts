/** The matrix: what its cells say, what is no pass, what a baseline is for, and that every cell can be made alone. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CellRun } from '#hil/matrix/attempt'
import { cellOf } from '#hil/matrix/cells'
import type { Matrix, RunCell } from '#hil/matrix/types'
import { matrixPage } from '#hil/report/matrix-page'
import { MATRIX } from '#hil/report/matrix-schema'
import type { Result } from '#hil/run/result'
import { matrix } from '#scripts/commands/matrix'
import { run } from '#scripts/commands/run'
import { entryNamed } from '#scripts/faulty'
import { draft, therapy } from '../support/scenario.ts'

const home = mkdtempSync(join(tmpdir(), 'pumpbench-matrix-'))
const at = (...path: string[]) => join(home, ...path)
const [s, out] = [at('s'), at('out')]
const FAULTS = 'motor-stall-permanent,catheter-rupture,ten-fold-dose,hours-as-minutes'
let printed: string[] = []

beforeAll(async () => {
  mkdirSync(s)
  const one = draft({ name: 'one', duration: '1 d', sample: '6 h', prescription: [therapy('0 d', '200 ug/d')] })
  const two = draft({
    ...{ name: 'two', duration: '1 d', sample: '6 h', prescription: [therapy('0 d', '200 ug/d')] },
    limits: '{ daily_dose: { hard: 1 mg } }',
  })
  writeFileSync(join(s, 'one.yaml'), one)
  writeFileSync(join(s, 'two.yaml'), two)
  quietly()
  expect(await matrix([s], { faults: FAULTS, jobs: 1, quiet: true, out })).toBe(0)
}, 60_000)
beforeEach(quietly)
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(home, { recursive: true, force: true })
})

function quietly(): void {
  printed = []
  vi.restoreAllMocks()
  const print = (line: unknown) => {
    printed.push(String(line))
  }
  vi.spyOn(console, 'error').mockImplementation(print)
}

const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
const matrixIn = (...path: string[]) => JSON.parse(read(...path)) as Matrix
const cellsOf = (made: Matrix) => new Map(made.cells.map((cell) => [`${cell.scenario} ${cell.fault}`, cell]))
function runCell(name: string): RunCell {
  const cell = cellsOf(matrixIn('out', 'matrix.json')).get(name)
  if (cell?.state !== 'run') throw new Error(`${name} was not run`)
  return cell
}

describe('a matrix', () => {
  it('is what its schema says, with a cell for every fault in every scenario', () => {
    const made = matrixIn('out', 'matrix.json')
    expect(MATRIX.safeParse(made).error).toBeUndefined()
    expect(made.cells.map(({ scenario, fault }) => `${scenario} ${fault}`)).toEqual(
      ['one', 'two'].flatMap((scenario) => made.faults.map(({ name }) => `${scenario} ${name}`)),
    )
    expect(made.scenarios.map(({ control }) => [control.verdict, control.findings.length])).toEqual([
      ['pass', 0],
      ['pass', 0],
    ])
  })

  it('says who noticed first, how soon, and at what harm', () => {
    expect(runCell('one motor-stall-permanent')).toMatchObject({ first: 'alarmed', as_expected: true })
    expect(runCell('one catheter-rupture')).toMatchObject({ first: 'dose-check', as_expected: true })
    expect(runCell('one ten-fold-dose')).toMatchObject({ first: 'volume-check', as_expected: true })
    expect(runCell('two ten-fold-dose')).toMatchObject({
      ...{ first: 'refused', latency_s: 0, as_expected: true, expected: ['volume-check', 'refused'] },
    })
    expect(runCell('one ten-fold-dose').harm[0]?.over_ug).toBeGreaterThan(1000)
    const [fault] = matrixIn('out', 'matrix.json').faults.filter(({ name }) => name === 'ten-fold-dose')
    expect(fault).toMatchObject({ as_expected: 2, otherwise: 0, errors: 0 })
  })

  it('says why a scenario has no place for a fault', () => {
    const cell = cellsOf(matrixIn('out', 'matrix.json')).get('one hours-as-minutes')
    expect(cell).toMatchObject({ state: 'not-applicable', reason: expect.stringMatching(/\w{3}/) })
  })

  it('is a page of tables whose cells lead to reports that are there', () => {
    const page = read('out', 'matrix.html')
    const links = [...page.matchAll(/href="(cells\/[^"]+)"/g)].map(([, link]) => link ?? '')
    // Two controls and three faults of each; the fourth has no place in either.
    expect(links).toHaveLength(8)
    for (const link of links) expect(existsSync(at('out', link))).toBe(true)
    expect(page).toContain('<th scope="col">one')
    expect(page).toContain('<th scope="rowgroup"')
    expect(page).toMatch(/<td class="d-alarmed"><a [^>]+><b>alarmed<\/b><\/a> after \d/)
    const made = matrixIn('out', 'matrix.json')
    const unlike = { ...made, cells: made.cells.map((cell) => ({ ...cell, as_expected: false })) }
    expect(page).not.toContain('not as expected')
    expect(matrixPage(unlike, '')).toContain(' not as expected')
    expect(matrixPage(unlike, '')).toContain('title="the catalogue expects: volume check or refused"')
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })

  it('takes a page elsewhere along the way to its reports', async () => {
    const options = { faults: 'ten-fold-dose', jobs: 1, quiet: true, out: at('o 2'), html: at('pages', 'm.html') }
    expect(await matrix([join(s, 'one.yaml')], options)).toBe(0)
    expect(read('pages', 'm.html')).toContain('href="../o%202/cells/one/ten-fold-dose.html"')
  })
})

describe('a cell', () => {
  it('is made alone by its command: the same trace', async () => {
    const cell = runCell('one ten-fold-dose')
    expect(cell.command).toBe(`pumpbench run ${join(s, 'one.yaml')} --fault ten-fold-dose --rig ideal`)
    const [json, yaml] = [at('r.json'), at('faulty.yaml')]
    const options = { rig: 'ideal', requirements: false, quiet: true, json } as const
    await run([join(s, 'one.yaml')], { ...options, fault: 'ten-fold-dose', faultyScenario: yaml })
    const [alone] = (JSON.parse(readFileSync(json, 'utf8')) as Result).runs
    expect(alone?.trace_sha256).toBe(cell.trace_sha256)
    expect(alone?.scenario).toBe('one-with-ten-fold-dose')
    await run([yaml], options)
    const [written] = (JSON.parse(readFileSync(json, 'utf8')) as Result).runs
    expect(written?.trace_sha256, 'the file that was written is that scenario').toBe(cell.trace_sha256)
  })

  const control: CellRun = {
    ...{ kind: 'run', injected: '', injected_s: null, conditions: [], verdict: 'pass', problem: null, simulated_s: 1 },
    ...{ trace_sha256: 'a', course_sha256: 'a', report: null },
    detection: {
      ...{ cause: null, cause_s: null, first: 'alarmed', first_s: 5, latency_s: null },
      findings: [{ detector: 'alarmed', what: 'low-reservoir', at_s: 5, latency_s: null, detail: 'low' }],
      ...{ next_refill: null, unnoticed_because: null, harm: [], parted: [] },
      earlier: [],
      volume_check: { judged_by: 'step', because: '', step_s: null, tolerance_s: null },
    },
  }
  const named = entryNamed('motor-stall-permanent')
  if (!named.ok) throw new Error(named.problem)
  const place = { scenario: 'x', entry: named.entry, command: 'pumpbench', tolerance: 0.145 }
  const faulty = { ...control, course_sha256: 'b', injected_s: 2 }

  it('in which nothing is shown of the fault is an error and no pass', () => {
    expect(cellOf(control, control, place)).toMatchObject({
      state: 'error',
      reason: expect.stringContaining('changed nothing'),
    })
    const idle = { ...faulty, problem: 'never fired' }
    expect(cellOf(idle, control, place)).toMatchObject({ state: 'error', reason: 'never fired' })
    expect(cellOf(faulty, { ...control, problem: 'broke off' }, place)).toMatchObject({ state: 'error' })
    expect(cellOf(faulty, { kind: 'error', reason: 'x' }, place)).toMatchObject({ state: 'error' })
  })

  it('does not count what is noticed without the fault at the same time', () => {
    expect(cellOf(faulty, control, place)).toMatchObject({ state: 'run', first: 'nobody', findings: [] })
    const sooner = { ...faulty.detection, findings: [{ ...control.detection?.findings[0], at_s: 4 }] }
    const found = cellOf({ ...faulty, detection: sooner as CellRun['detection'] }, control, place)
    expect(found).toMatchObject({ state: 'run', first: 'alarmed', first_s: 4, latency_s: 2 })
    const before = cellOf({ ...faulty, injected_s: 4.5, detection: sooner as CellRun['detection'] }, control, place)
    expect(before, 'what was noticed before the fault was not noticed of it').toMatchObject({ first: 'nobody' })
  })

  it('holds the volume check against the control by the yardstick that the cell was judged by', () => {
    const volume = { detector: 'volume-check', what: 'volume', latency_s: null, detail: '' } as const
    const slipped = (yardstick: 'step' | 'tolerance', at_s: number, tolerance_s: number): CellRun['detection'] => ({
      ...(control.detection as NonNullable<CellRun['detection']>),
      findings: [{ ...volume, at_s, yardstick }],
      volume_check: { judged_by: yardstick, because: '', step_s: 3, tolerance_s },
    })
    const own = { ...control, detection: slipped('step', 3, 50) }
    const same = cellOf({ ...faulty, detection: slipped('tolerance', 50, 50) }, own, place)
    expect(same, 'the slip of the file itself, by the other yardstick').toMatchObject({ first: 'nobody' })
    const sooner = cellOf({ ...faulty, detection: slipped('tolerance', 40, 40) }, own, place)
    expect(sooner).toMatchObject({ first: 'volume-check', latency_s: 38 })
  })

  it('counts from the fault that was put in, whatever the file has of its own', async () => {
    const [file, json] = [at('own.yaml'), at('own.json')]
    const text = draft({
      ...{ name: 'own', duration: '4 d', sample: '6 h', prescription: [therapy('0 d', '200 ug/d')] },
      programming: [therapy('0 d', '201 ug/d')],
      faults: ['{ at: 1 h, fault: catheter-leak, fraction: 1 % }'],
    })
    writeFileSync(file, text)
    const faults = 'motor-stall-permanent,ten-fold-dose'
    expect(await matrix([file], { faults, jobs: 1, quiet: true, json })).toBe(0)
    const cells = cellsOf(JSON.parse(readFileSync(json, 'utf8')) as Matrix)
    const [stalled, told] = ['motor-stall-permanent', 'ten-fold-dose'].map((name) => cells.get(`own ${name}`))
    if (stalled?.state !== 'run' || told?.state !== 'run') throw new Error('not run')
    // The catalogue lets the motor stall after a third of the run. A step is due every 108 s.
    expect(stalled).toMatchObject({ first: 'alarmed', injected_s: (4 / 3) * 86_400 })
    expect(stalled.latency_s).toBeLessThan(2 * 108 + 5)
    expect(stalled.latency_s).toBeCloseTo((stalled.first_s ?? 0) - stalled.injected_s, 6)
    expect(told).toMatchObject({ first: 'volume-check', injected_s: 0 })
  })
})

describe('a fault that is asked for', () => {
  it('and unknown is a mistake that names the closest', async () => {
    expect(await matrix([s], { faults: 'motor-stal-permanent', jobs: 1 })).toBe(2)
    expect(printed[0]).toContain(
      'there is no fault "motor-stal-permanent"; "pumpbench faults" lists them; did you mean "motor-stall-permanent"?',
    )
    quietly()
    const options = { rig: 'ideal', requirements: false, quiet: true } as const
    expect(await run([join(s, 'one.yaml')], { ...options, fault: 'tenfold' })).toBe(2)
    expect(printed[0]).toMatch(/--fault: there is no fault "tenfold"; "pumpbench faults" lists them/)
  })

  it('and has no place ends run with the reason', async () => {
    const options = { rig: 'ideal', requirements: false, quiet: true } as const
    expect(await run([join(s, 'one.yaml')], { ...options, fault: 'hours-as-minutes' })).toBe(2)
    expect(printed[0]).toContain('one.yaml has no place for it: ')
  })

  it('and that the rig cannot carry is an error cell, and a mistake for run', async () => {
    const uncarried = 'line-unplugged'
    const json = at('u.json')
    expect(await matrix([join(s, 'one.yaml')], { faults: uncarried, jobs: 1, quiet: true, json })).toBe(3)
    expect(matrixIn('u.json').cells).toMatchObject([
      { state: 'error', reason: expect.stringContaining('ideal cannot carry') },
    ])
    quietly()
    const options = { rig: 'ideal', requirements: false, quiet: true } as const
    expect(await run([join(s, 'one.yaml')], { ...options, fault: uncarried })).toBe(2)
    expect(printed).toEqual([expect.stringContaining('cannot carry it'), '1 problem; nothing was run'])
  })
})

describe('a campaign that was cut', () => {
  it('goes on to the same bytes, and does again only what is missing', async () => {
    const journal = read('out', 'journal.ndjson').split('\n')
    mkdirSync(at('cut'))
    writeFileSync(at('cut', 'journal.ndjson'), `${journal.slice(0, 5).join('\n')}\n${journal[5]?.slice(0, 40)}`)
    expect(await matrix([s], { faults: FAULTS, jobs: 1, quiet: true, out: at('cut') })).toBe(0)
    expect(read('cut', 'matrix.json')).toBe(read('out', 'matrix.json'))
    expect(read('cut', 'matrix.html')).toBe(read('out', 'matrix.html'))
    expect(read('cut', 'journal.ndjson').split('\n').slice(0, 5)).toEqual(journal.slice(0, 5))
    expect(await matrix([s], { faults: 'ten-fold-dose', jobs: 1, quiet: true, out })).toBe(2)
    expect(printed[0]).toContain('another campaign (faults was')
  })
})

describe('a baseline', () => {
  const held = async (
    change: (cell: { findings: { detector: string; at_s: number; latency_s: number | null }[] }) => void,
  ) => {
    const made = structuredClone(matrixIn('out', 'matrix.json'))
    const cell = made.cells.find(({ scenario, fault }) => scenario === 'one' && fault === 'motor-stall-permanent')
    change(cell as never)
    writeFileSync(at('old.json'), JSON.stringify(made))
    const options = { faults: FAULTS, jobs: 1, quiet: true, out, json: at('new.json'), baseline: at('old.json') }
    const status = await matrix([s], options)
    return { status, regressions: matrixIn('new.json').baseline?.regressions }
  }

  it('is met by itself', async () => {
    expect(await held(() => undefined)).toEqual({ status: 0, regressions: [] })
  })

  it('is missed by a detector that is later by a microsecond', async () => {
    const found = await held(({ findings: [first] }) => {
      if (first !== undefined) first.latency_s = (first.latency_s ?? 0) - 1e-6
    })
    expect(found).toMatchObject({ status: 1, regressions: [{ detector: 'alarmed', change: 'later' }] })
  })

  it('is missed by a detector that vanished', async () => {
    const found = await held(({ findings }) =>
      findings.push({ ...JSON.parse(JSON.stringify(findings[0])), detector: 'warned' }),
    )
    expect(found).toMatchObject({ status: 1, regressions: [{ detector: 'warned', change: 'vanished', is_s: null }] })
  })

  it.each([
    ['nothing', undefined, 'no such file'],
    ['no JSON', 'verdict', 'not JSON'],
    ['a result', '{"schema":"pumpbench/result@1","runs":[]}', 'not a matrix as matrix --json writes it at schema'],
    ['an empty matrix', '{"schema":"pumpbench/matrix@1","cells":[]}', 'no cell of it was run'],
  ])('that is %s is refused', async (_, text, message) => {
    rmSync(at('bad.json'), { force: true })
    if (text !== undefined) writeFileSync(at('bad.json'), text)
    expect(await matrix([s], { jobs: 1, quiet: true, baseline: at('bad.json') })).toBe(2)
    expect(printed[0]).toContain(message)
  })
})
