/**
 * The three ledgers of a run as one picture that stands alone: for a README, a slide or a paper.
 */
import { CHART_STYLE, LIGHT_INK } from '#hil/report/chart-style'
import { html, type Markup } from '#hil/report/escape'
import { instant } from '#hil/report/figure'
import { chartText, chartTitle, ledgerPanels } from '#hil/report/ledger-chart'
import { type Layout, WIDE } from '#hil/report/panel'
import { clip, plain } from '#hil/report/plain'
import type { RunResult } from '#hil/run/result'

/** Legible at 800 pixels: labels of 13 pixels, margins as narrow as the names of the curves allow. */
const PICTURE: Layout = { ...WIDE, width: 800, left: 64, right: 196, ledgerHeight: 200, gapHeight: 96, timeTicks: 8 }
const LONGEST_NAME = 60
const LONGEST_FACTS = 100

/** An SVG document, 800 pixels wide on its own light paper: volume, drug mass below, each with its differences. */
export function ledgerPicture(run: RunResult): string {
  const volume = ledgerPanels(run, 'volume', PICTURE, 62)
  const mass = ledgerPanels(run, 'mass', PICTURE, volume.bottom + 20)
  const height = Math.ceil(mass.bottom) + 12
  const facts = `${run.pump_model} on ${run.rig}, ${instant(run.simulated_s)}, verdict: ${run.verdict}`
  const picture: Markup = html`<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"
width="800" height="${height}" viewBox="0 0 800 ${height}" aria-labelledby="ledgers-title ledgers-text">
<title id="ledgers-title">${run.scenario}: ${chartTitle(run, 'volume')}</title>
<desc id="ledgers-text">${chartText(run, 'volume')} ${chartText(run, 'mass')}</desc>
<style>.chart{${LIGHT_INK}}${CHART_STYLE}
  .chart .name{font-size:17px;font-weight:650}
  .chart .facts{fill:var(--soft);font-size:13px}</style>
<rect width="800" height="${height}" fill="#ffffff"/>
<text class="name" x="24" y="30">${clip(plain(run.scenario), LONGEST_NAME)}</text>
<text class="facts" x="24" y="49">${clip(plain(facts), LONGEST_FACTS)}</text>
${volume.markup}
${mass.markup}
</svg>
`
  return picture.toString()
}
