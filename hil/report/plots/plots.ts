/**
 * All drawings of a run, stacked on one axis of time, with the curves they were drawn from for readers who want to look
 * closer. Whole on paper and without a script.
 */
import { Drawable, type RunCurves } from '#hil/report/curves/run-curves'
import { html, Markup } from '#hil/report/escape'
import { marksOf } from '#hil/report/plots/marks'
import { panelFigure } from '#hil/report/plots/panel-figure'
import { panelsOf } from '#hil/report/plots/panels'
import { hasTimeline, timeline } from '#hil/report/plots/timeline'
import type { RunResult } from '#hil/run/result'

/** The drawings of a run; `id` must be unique on the page. */
export function plots(run: RunResult, curves: RunCurves, id: string): Markup {
  const drawable = new Drawable(curves)
  const marks = marksOf(run, curves.end_s)
  return html`<figure class="plots" id="${id}-plots" data-curves="${id}-curves">
<div class="tools" hidden role="group" aria-label="Zoom of the charts">
<button type="button" data-do="in">Zoom in</button>
<button type="button" data-do="out">Zoom out</button>
<button type="button" data-do="back">Earlier</button>
<button type="button" data-do="on">Later</button>
<button type="button" data-do="whole">Whole run</button>
<label>Look at <input type="range" min="0" max="1000" value="0" step="1"></label>
<output class="readout"></output>
<span class="hint">Drag across the charts to zoom in, or focus them: arrows move, + and − zoom, 0 shows all. With Ctrl, the wheel
zooms.</span>
</div>
<div class="panels">
${panelsOf(curves).map((spec) => panelFigure(spec, drawable, marks, `${id}-${spec.id}`))}
${hasTimeline(run) ? timeline(run, curves.end_s, `${id}-timeline`) : null}
</div>
<figcaption>${captionOf(curves)}</figcaption>
${Markup.json(`${id}-curves`, curves)}
</figure>`
}

const DETAIL: Readonly<Record<RunCurves['detail'], string>> = {
  parts:
    'Drawn from every step of the trace; each column shows the least and the most of its time, so no spike is lost.',
  bands:
    'This run has more steps than a page can carry: it is drawn from the least and the most in 1500 equal parts of its time, ' +
    'worked out from every step. No spike is lost, and zooming in shows no more.',
  samples: 'Drawn from the samples of the result, for want of its trace; what happens between samples is not seen.',
}

const UNKNOWN = ' The run broke off: what was believed and delivered is drawn as far as it is known.'

function captionOf({ detail, known_s }: RunCurves): string {
  return (
    `${DETAIL[detail]}${known_s === undefined ? '' : UNKNOWN} Time since the start. Dashed vertical lines: alarms raised; shaded: a fault lasts. ` +
    'Delivered is what left the rotor, or where it says so the catheter tip; masses are of the drug of the first fill.'
  )
}
