/**
 * What a report page does by itself once it is open: its drawings can be looked at more closely. Without this script the
 * page is whole; it adds the tools, and draws again what was printed, from the curves the page carries.
 */
import type { RunCurves } from '#hil/report/curves/run-curves'
import { Plots } from '#hil/report/reader/plots'

for (const figure of document.querySelectorAll<HTMLElement>('figure.plots')) {
  const run = figure.closest('details')
  // A run that is folded up costs nothing until it is opened.
  if (run === null || run.open) start(figure)
  else run.addEventListener('toggle', () => start(figure), { once: true })
}

/** A link to a run that is folded up opens it. */
function unfold(): void {
  const run = document.getElementById(location.hash.slice(1))?.closest('details')
  if (run === null || run === undefined || run.open) return
  run.open = true
  run.scrollIntoView()
}

addEventListener('hashchange', unfold)
unfold()

function start(figure: HTMLElement): void {
  const data = document.getElementById(figure.dataset['curves'] ?? '')
  if (data === null) return
  const plots = new Plots(figure, JSON.parse(data.textContent ?? '') as RunCurves)
  plots.begin()
}
