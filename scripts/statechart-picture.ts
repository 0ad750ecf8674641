/**
 * The statechart as a picture: where each state stands, and which way each arrow goes.
 *
 * Places are chosen by hand, so that no two labels meet; what is drawn comes from the table. A state or an arrow without
 * a place stops the drawing, and so does a place for an arrow that the table no longer has.
 */
import type { OperatingState } from '#firmware-sim/operating'
import { DARK_INK, LIGHT_INK } from '#hil/report/chart-style'
import { html, type Markup } from '#hil/report/escape'
import { type Arrow, arrows, FRAMES, type Frame, programsAnyTherapy } from '#scripts/statechart'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A state with what the motor does in it, in a few words. */
interface Place extends Box {
  readonly does: string | null
  readonly tone: 'plain' | 'giving' | 'grave' | 'dead'
}

type Point = readonly [x: number, y: number]

interface Route {
  readonly path: readonly Point[]
  /** Where the label begins, is centered or ends; null where the frame says it. Its lines go downwards. */
  readonly label: Label | null
}

interface Label {
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
  /** Whether its stimuli stand side by side instead of one a line. */
  readonly inOneLine?: boolean
}

const [WIDTH, HEIGHT] = [840, 552]
const LINE = 16

const chip = (row: number): Place => ({ x: 344, y: 146 + row * 30, width: 158, height: 24, does: null, tone: 'giving' })

const PLACES: Readonly<Record<OperatingState, Place>> = {
  stopped: { x: 66, y: 164, width: 120, height: 58, does: 'no basal rate', tone: 'plain' },
  'minimum-rate': chip(0),
  'simple-continuous': chip(1),
  flex: chip(2),
  'periodic-bolus': chip(3),
  'safe-state': { x: 656, y: 164, width: 120, height: 58, does: 'minimum rate', tone: 'grave' },
  empty: { x: 262, y: 342, width: 120, height: 50, does: 'gives nothing', tone: 'grave' },
  off: { x: 66, y: 486, width: 480, height: 50, does: 'no power; wakes as its memory says', tone: 'dead' },
  'end-of-service': { x: 656, y: 486, width: 142, height: 50, does: 'delivers no more', tone: 'dead' },
}

const FRAME_PLACES: Readonly<Record<Frame, Box>> = {
  therapies: { x: 332, y: 112, width: 182, height: 160 },
  'holds drug': { x: 48, y: 50, width: 746, height: 240 },
  'in service': { x: 26, y: 14, width: 788, height: 394 },
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['stopped to therapies', across([186, 182], [332, 182], 174)],
  ['therapies to stopped', across([332, 206], [186, 206], 222)],
  ['therapies to safe-state', across([514, 206], [656, 206], 222)],
  ['safe-state to therapies', across([656, 182], [514, 182], 174)],
  ['therapies to therapies', { path: [], label: null }],
  [
    'safe-state to stopped',
    { path: bends([716, 164], [716, 92], [126, 92], [126, 164]), label: { ...over(421, 85), inOneLine: true } },
  ],
  ['holds drug to empty', { path: bends([322, 290], [322, 342]), label: rightOf(330, 320) }],
  ['empty to stopped', { path: bends([262, 367], [150, 367], [150, 222]), label: over(206, 360) }],
  ['off to stopped', { path: bends([96, 486], [96, 222]), label: rightOf(104, 452) }],
  ['off to empty', { path: bends([292, 486], [292, 392]), label: rightOf(300, 452) }],
  ['in service to off', { path: bends([440, 408], [440, 486]), label: rightOf(448, 452) }],
  ['off to safe-state', { path: bends([522, 486], [522, 372], [716, 372], [716, 222]), label: leftOf(708, 348) }],
  ['in service to end-of-service', { path: bends([727, 408], [727, 486]), label: leftOf(719, 452) }],
  ['end-of-service to off', { path: bends([656, 522], [546, 522]), label: over(601, 539) }],
  ['off to end-of-service', { path: bends([546, 504], [656, 504]), label: over(601, 497) }],
])

function bends(...path: readonly Point[]): readonly Point[] {
  return path
}

function across(from: Point, to: Point, baseline: number): Route {
  return { path: [from, to], label: over((from[0] + to[0]) / 2, baseline) }
}

function over(x: number, y: number): Label {
  return { at: [x, y], anchor: 'middle' }
}

function rightOf(x: number, y: number): Label {
  return { at: [x, y], anchor: 'start' }
}

function leftOf(x: number, y: number): Label {
  return { at: [x, y], anchor: 'end' }
}

const STYLE = html`
  .states text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--ink)}
  .states .name{font-weight:650;text-anchor:middle}
  .states .does{font-size:12px;fill:var(--soft);text-anchor:middle}
  .states .frame-name{font-size:12px;fill:var(--soft);font-style:italic}
  .states .frame{fill:none;stroke:var(--soft);stroke-dasharray:5 4}
  .states .therapies{fill:var(--faint);stroke:var(--delivered);stroke-dasharray:none}
  .states .box{fill:var(--faint);stroke:var(--soft);stroke-width:1.5}
  .states .giving{fill:var(--paper);stroke:var(--delivered)}
  .states .grave{fill:var(--unsure-paper);stroke:var(--unsure)}
  .states .dead{fill:var(--fail-paper);stroke:var(--fail)}
  .states .arrow{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-linejoin:round}
  .states .tip,.states .start{fill:var(--ink)}
  .states .label{font-size:12px;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}`

/** An SVG document for light and dark paper, {@link WIDTH} pixels wide. */
export function statechartPicture(): string {
  const found = arrows()
  checkRoutes(found)
  const frames = (Object.keys(FRAMES) as Frame[]).toReversed()
  const states = Object.keys(PLACES) as OperatingState[]
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" class="states" role="img"
width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-labelledby="states-title states-text">
<title id="states-title">The states of the pump and what leads from one to another</title>
<desc id="states-text">${found.map(sentence).join(' ')}</desc>
<style>.states{${LIGHT_INK}}
@media (prefers-color-scheme:dark){.states{${DARK_INK}}}${STYLE}</style>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0,0.8L10,5L0,9.2z"/></marker></defs>
<rect width="${WIDTH}" height="${HEIGHT}" fill="var(--paper)"/>
${frames.map(frameMarkup)}
${states.map(stateMarkup)}
<circle class="start" cx="86" cy="126" r="5"/>
<path class="arrow" marker-end="url(#tip)" d="M86,126V164"/>
${found.map(arrowMarkup)}
</svg>
`
  return picture.toString()
}

/** Throws when an arrow has no place, or a place no arrow. */
function checkRoutes(found: readonly Arrow[]): void {
  const ends = found.map(endsOf)
  const wrong = [...ends.filter((name) => !ROUTES.has(name)), ...[...ROUTES.keys()].filter((k) => !ends.includes(k))]
  if (wrong.length === 0) return
  const list = wrong.map((name) => `"${name}"`).join(', ')
  throw new Error(
    `the table and the statechart differ in the arrows ${list}: mend ROUTES in scripts/statechart-picture.ts`,
  )
}

function endsOf({ from, to }: Arrow): string {
  return `${from} to ${to}`
}

function sentence(arrow: Arrow): string {
  return `From ${endsOf(arrow)}: ${arrow.stimuli.join(', ')}.`
}

function frameMarkup(frame: Frame): Markup {
  const { x, y, width, height } = FRAME_PLACES[frame]
  const kind = frame === 'therapies' ? 'frame therapies' : 'frame'
  const name = frame === 'therapies' ? 'any, from one to another' : frame
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/>
<text class="frame-name" x="${x + 14}" y="${y + 22}">${name}</text>
`
}

function stateMarkup(state: OperatingState): Markup {
  const { x, y, width, height, does, tone } = PLACES[state]
  const [middle, center] = [x + width / 2, y + height / 2]
  const second = does === null ? null : html`<text class="does" x="${middle}" y="${center + 15}">${does}</text>`
  return html`<rect class="box ${tone}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>
<text class="name" x="${middle}" y="${does === null ? center + 4.5 : center - 3}">${state}</text>${second}
`
}

function arrowMarkup(arrow: Arrow): Markup {
  const route = ROUTES.get(endsOf(arrow))
  if (route === undefined || route.label === null) return html``
  const { at, anchor, inOneLine = false } = route.label
  const words = programsAnyTherapy(arrow) ? ['program a therapy'] : arrow.stimuli
  const lines = (inOneLine ? [words.join(', ')] : words).map(
    (line, index) =>
      html`<text class="label" text-anchor="${anchor}" x="${at[0]}" y="${at[1] + index * LINE}">${line}</text>`,
  )
  const path = route.path.map((point) => point.join(',')).join('L')
  return html`<g><title>${sentence(arrow)}</title><path class="arrow" marker-end="url(#tip)" d="M${path}"/>${lines}</g>
`
}
