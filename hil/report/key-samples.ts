/**
 * The figures behind the charts, for readers who cannot see them and for those who want to check them: samples spread
 * over the run, and those at which two ledgers were furthest apart.
 */
import { html, type Markup } from '#hil/report/escape'
import { amount, difference, instant } from '#hil/report/figure'
import { body, figureCell, figures, row, scrollTable, words } from '#hil/report/html-table'
import type { RunResult, Sample } from '#hil/run/result'

const SPREAD = 16

const HEADS = [
  words('time'),
  figures('prescribed', 'uL'),
  figures('believed', 'uL'),
  figures('delivered', 'uL'),
  figures('prescribed', 'ug'),
  figures('believed', 'ug'),
  figures('out of the tip', 'ug'),
]

const GAPS: readonly ((sample: Sample) => number)[] = [
  (sample) => difference(sample.prescribed_uL, sample.displaced_uL),
  (sample) => difference(sample.displaced_uL, sample.believed_uL),
  (sample) => difference(sample.prescribed_ug, sample.tip_ug),
  (sample) => difference(sample.tip_ug, sample.believed_ug),
]

/** The key samples of a run as a table that opens on demand. */
export function keySamples(run: RunResult): Markup {
  const { samples } = run
  if (samples.length === 0) return html`<p class="small">The result holds no samples.</p>`
  const chosen = keyIndices(samples)
  const rows = chosen.flatMap((index) => {
    const sample = samples[index]
    return sample === undefined ? [] : [sampleRow(sample)]
  })
  const count = chosen.length === samples.length ? `All ${samples.length}` : `${chosen.length} of ${samples.length}`
  return html`<details><summary>${count} samples as a table</summary>
<p class="small">Spread over the run, with those at which two ledgers were furthest apart.</p>
${scrollTable('Key samples', HEADS, [body(rows)])}</details>`
}

function keyIndices(samples: readonly Sample[]): readonly number[] {
  const last = samples.length - 1
  const chosen = new Set<number>()
  for (let part = 0; part <= SPREAD; part++) chosen.add(Math.round((part * last) / SPREAD))
  for (const gap of GAPS) chosen.add(furthest(samples, gap))
  return [...chosen].sort((a, b) => a - b)
}

function furthest(samples: readonly Sample[], gap: (sample: Sample) => number): number {
  let [found, most] = [0, -1]
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(gap(sample)) <= most) continue
    found = index
    most = Math.abs(gap(sample))
  }
  return found
}

function sampleRow(sample: Sample): Markup {
  const values = [
    sample.prescribed_uL,
    sample.believed_uL,
    sample.displaced_uL,
    sample.prescribed_ug,
    sample.believed_ug,
    sample.tip_ug,
  ]
  return row(
    html`<th scope="row" class="time">${instant(sample.t_s)}</th>`,
    ...values.map((value) => figureCell(amount(value))),
  )
}
