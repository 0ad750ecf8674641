/**
 * The three ledgers of a run as one picture that stands alone: for a README, a slide or a paper.
 */
import { CHART_STYLE, DARK_INK, LIGHT_INK } from '#hil/report/chart-style'
import { Drawable, type RunCurves, type View } from '#hil/report/curves/run-curves'
import { sampledCurves } from '#hil/report/curves/sample-curves'
import { html, type Markup } from '#hil/report/escape'
import { instant } from '#hil/report/figure'
import { clip, plain } from '#hil/report/plain'
import { marksOf } from '#hil/report/plots/marks'
import { panelDrawing } from '#hil/report/plots/panel-figure'
import { type PanelSpec, panelsOf } from '#hil/report/plots/panels'
import type { RunResult } from '#hil/run/result'

const WIDTH_px = 800
const LEFT_px = 64
const RIGHT_px = 24
/** The heading of a panel, and the space below it. */
const HEADING_px = 24
const GAP_px = 14
const KEYS_px = 226
/** From one key to the next where there are three, and where there are two longer ones. */
const KEY_px = 170
const LONG_KEY_px = 190
const LONGEST_NAME = 60
const LONGEST_FACTS = 100
const LONGEST_DRUG = 18
const PANELS: readonly string[] = ['volume', 'volume-gap', 'mass', 'mass-gap']
/** A mass is that of the first drug; of several, the concentrations say which one came. */
const PANELS_OF_DRUGS: readonly string[] = [...PANELS, 'concentration']

/**
 * An SVG document, 800 pixels wide on its own paper, light or dark as the reader has it: volume, drug mass below, each with
 * its differences, and where there was more than one drug what the tip gave of each.
 */
export function ledgerPicture(run: RunResult, curves: RunCurves = sampledCurves(run)): string {
  const drawable = new Drawable(curves)
  const view: View = { from_s: 0, to_s: curves.end_s }
  const marks = marksOf(run, curves.end_s)
  let top = 62
  const said: string[] = []
  const shown = curves.drugs.length > 1 ? PANELS_OF_DRUGS : PANELS
  const panels = panelsOf(curves)
    .filter(({ id }) => shown.includes(id))
    .map((spec) => {
      const { markup, height, words } = panelDrawing(spec, drawable, view, marks)
      const placed = html`${heading(titled(spec, curves.drugs), top)}
<svg x="${LEFT_px}" y="${top + HEADING_px}" width="${WIDTH_px - LEFT_px - RIGHT_px}" height="${height}" overflow="visible">
${markup}</svg>\n`
      top += HEADING_px + height + GAP_px
      said.push(`${spec.title}: ${words}`)
      return placed
    })
  const facts = `${run.pump_model} on ${run.rig}, ${instant(run.simulated_s)}, verdict: ${run.verdict}`
  const picture: Markup = html`<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"
width="${WIDTH_px}" height="${top}" viewBox="0 0 ${WIDTH_px} ${top}" aria-labelledby="ledgers-title ledgers-text">
<title id="ledgers-title">${run.scenario}: the three ledgers over ${instant(run.simulated_s)}</title>
<desc id="ledgers-text">${said.join(' ')}</desc>
<style>.chart{${LIGHT_INK}}
@media (prefers-color-scheme:dark){.chart{${DARK_INK}}}${CHART_STYLE}
  .chart .name{font-size:17px;font-weight:650}
  .chart .facts{fill:var(--soft);font-size:13px}
  .chart .head{font-weight:600}</style>
<rect width="${WIDTH_px}" height="${top}" fill="var(--paper)"/>
<text class="name" x="24" y="30">${clip(plain(run.scenario), LONGEST_NAME)}</text>
<text class="facts" x="24" y="49">${clip(plain(facts), LONGEST_FACTS)}</text>
${panels}
</svg>
`
  return picture.toString()
}

/** A panel of drug mass is that of the first drug; where there are others, its title says so. */
function titled(spec: PanelSpec, [first = '', ...others]: readonly string[]): PanelSpec {
  if (spec.id !== 'mass' || others.length === 0) return spec
  return { ...spec, title: `${clip(plain(first), LONGEST_DRUG)} since start` }
}

function heading({ title, unit, lines }: PanelSpec, top: number): Markup {
  const keys = lines.map(({ name, ledger }, index) => {
    const x = LEFT_px + KEYS_px + index * (lines.length > 2 ? KEY_px : LONG_KEY_px)
    return html`<path class="line ${ledger}" d="M${x + 3},${top + 8}h18"/><text x="${x + 28}" y="${top + 12}">${name}</text>`
  })
  return html`<text class="head" x="${LEFT_px}" y="${top + 12}">${title} (${unit})</text>${keys}`
}
