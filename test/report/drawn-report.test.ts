/** The page of a run with its trace: everything on one axis of time, small enough to send, and safe with any names. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { type CurveName, Drawable, type RunCurves } from '#hil/report/curves/run-curves'
import { bandsTable } from '#hil/report/curves/table'
import { instant } from '#hil/report/figure'
import { htmlReport, MOST_DRAWN } from '#hil/report/html'
import { drawn } from '#hil/report/plots/drawn'
import { panelsOf } from '#hil/report/plots/panels'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { draft, scenarioOf } from '../support/scenario.ts'
import { HOSTILE, passingWeek, ranDry, result, scriptless } from './fabricated.ts'

const FLEX = 'mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: 13, over: 5 min, from: "00:00" }'

async function made(text: string) {
  const trace = await execute(scenarioOf(text), modelPump, idealRig)
  return { run: judge(trace, { file: 'draft.yaml', wall_s: 0 }), curves: curvesOf(trace) }
}

/** Where lines go on the page, by the curve they are drawn from. */
function pathOf(page: string, curve: CurveName): string {
  return new RegExp(`data-curve="${curve}"\\s+d="([^"]*)"`).exec(page)?.[1] ?? ''
}

describe('ninety days of thirteen boluses a day', async () => {
  const { run, curves } = await made(
    draft({
      duration: '90 d',
      fill: '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }',
      prescription: [`{ at: 0 d, therapy: { ${FLEX} } }`, '{ at: 45 d 1 h, bolus: { dose: 500 ug, over: 20 min } }'],
      events: [
        '{ at: 70 d, refill: { withdraw: all, fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL } } }',
      ],
      faults: ['{ at: 60 d, fault: motor-stall, for: 2 h }'],
    }),
  )
  const page = htmlReport(result(run), [curves])

  it('are a page of less than a megabyte and a half', () => {
    expect(curves.detail).toBe('parts')
    expect(page.length).toBeLessThan(1_500_000)
  })

  it('have every panel, each with the same axis of time', () => {
    const panels = page.split('data-panel="').slice(1)
    expect(panels.map((panel) => panel.slice(0, panel.indexOf('"')))).toEqual([
      ...['volume', 'volume-gap', 'flow', 'mass', 'mass-gap', 'reservoir', 'concentration', 'timeline'],
    ])
    const labels = panels.map((panel) => /<g class="times">(.*?)<\/g>/s.exec(panel)?.[1]?.replaceAll(/ y="\d+"/g, ''))
    expect(new Set(labels).size).toBe(1)
    expect(labels[0]).toContain('>80 d<')
  })

  it('show the tolerance of the pump about what was prescribed', () => {
    expect(page).toContain('tolerance of the pump, ±14.5 %')
    expect(/class="band" d="([^"]+)"/.exec(page)?.[1]).toMatch(/^M.*Z$/)
  })

  it('show a bolus of twenty minutes, the stall and what it cost', () => {
    const heights = [...pathOf(page, 'prescribed_uL_per_h').matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y))
    const view = { from_s: 0, to_s: curves.end_s }
    const spec = panelsOf(curves).find(({ id }) => id === 'flow')
    const panel = spec === undefined ? undefined : drawn(spec, new Drawable(curves), view, 500)
    const peak = panel?.lines[0]?.range?.most ?? 0
    expect(peak).toBeGreaterThan(750)
    expect(Math.min(...heights)).toBeCloseTo(130 * (1 - peak / (panel?.axis.to ?? 0)), 0)
    expect(page).toContain('class="faulted" data-from="5184000" data-to="5191200"')
    expect(page).toContain('fault motor-stall: 1 time, first at 60 d')
    expect(page).toContain('alarm motor-stall: 1 time')
  })

  it('have the trumpet within its limits, with every window in words and figures, and the start of the flow', () => {
    const trumpet = /<desc id="run-1-trumpet-text">([^<]*)</.exec(page)?.[1] ?? ''
    for (const { window_s } of run.analysis.trumpet?.points ?? []) expect(trumpet).toContain(instant(window_s))
    expect(page.match(/class="line limit" d="M0,/g)).toHaveLength(2)
    expect(page).toContain('aria-label="Trumpet"')
    expect(page).toContain('<title id="run-1-start-up-title">')
  })

  it('have headings of which none leaves out a level', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1)
    expect(page).toContain('<th scope="row" class="short">prescribed</th>')
  })

  it('begin with the verdict', () => {
    const verdict = page.indexOf('class="banner')
    for (const later of ['<h3>', '<table', '<figure']) expect(page.indexOf(later)).toBeGreaterThan(verdict)
  })

  it('give the same bytes again', () => {
    expect(htmlReport(result(run), [structuredClone(curves)])).toBe(page)
  })

  it('could be drawn from bands without losing a peak', () => {
    const view = { from_s: 0, to_s: curves.end_s }
    const flow = new Drawable(curves).curve('displaced_uL_per_h', view)
    const table = flow === undefined ? undefined : bandsTable(flow, curves.end_s, 1500)
    const bands = { ...curves, detail: 'bands', tables: { displaced_uL_per_h: table } } as typeof curves
    const most = flow?.within(0, curves.end_s)?.most ?? Number.NaN
    expect(new Drawable(bands).curve('displaced_uL_per_h', view)?.within(0, curves.end_s)?.most).toBeCloseTo(most, 6)
  })
})

describe('a drug with a hostile name', () => {
  it('is text in the drawing and in the data', () => {
    const curves: RunCurves = {
      trace_sha256: ranDry().trace_sha256,
      detail: 'parts',
      end_s: 100,
      step_uL: 0.25,
      tolerance: 0.1,
      drugs: [HOSTILE],
      flowWindow_s: null,
      tables: { tip_ug_per_mL_0: { kind: 'points', after_us: [0, 100_000_000], values: [1, 2] } },
    }
    const page = htmlReport(result(ranDry()), [curves])
    expect(scriptless(page)).not.toContain('<script')
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const [, data = ''] = /<script type="application\/json" id="run-1-curves">(.*?)<\/script>/s.exec(page) ?? []
    expect(JSON.parse(data)).toEqual(curves)
  })
})

describe('a campaign', () => {
  const runs = Array.from({ length: 40 }, (_, index) => ({
    ...(index >= 30 ? ranDry() : passingWeek()),
    scenario: `run-${index}`,
    trace_sha256: String(index).padStart(64, '0'),
  }))
  const page = htmlReport(result(...runs))

  it('draws a limited number of runs, those that did not pass first, and says so', () => {
    const drawn = [...page.matchAll(/<figure class="plots" id="run-(\d+)-plots"/g)].map(([, number]) => Number(number))
    expect(drawn).toHaveLength(MOST_DRAWN)
    expect(drawn.filter((number) => number > 30)).toHaveLength(10)
    expect(page.match(/Not drawn on this page/g)).toHaveLength(40 - MOST_DRAWN)
  })

  it('folds each run up behind its verdict', () => {
    expect(page.match(/<details class="run (?:pass|fail)-run"><summary><h2>/g)).toHaveLength(40)
  })

  it('can be looked through by verdict, where there are several', () => {
    expect(page).toContain('id="show-fail"')
    expect(page).not.toContain('id="show-inconclusive"')
    expect(htmlReport(result(passingWeek(), passingWeek()))).not.toContain('class="filter"')
  })
})
