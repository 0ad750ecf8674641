/**
 * One panel of a page, drawn again in another view: the same paths and labels as were printed, with other numbers.
 */
import type { Drawable, View } from '#hil/report/curves/run-curves'
import { readFrom } from '#hil/report/figure'
import { drawn } from '#hil/report/plots/drawn'
import type { PanelSpec } from '#hil/report/plots/panels'
import { amountTicks, percent, sharedTime, timeGrid, timeTicks } from '#hil/report/plots/ticks'

const SVG = 'http://www.w3.org/2000/svg'
/** Pixels a label on the axis of time takes. */
const LABEL_px = 90

export class Panel {
  readonly #element: HTMLElement
  readonly #spec: PanelSpec | undefined
  readonly #height: number

  /** A panel without a specification has marks and no lines: the timeline. */
  constructor(element: HTMLElement, spec: PanelSpec | undefined) {
    this.#element = element
    this.#spec = spec
    this.#height = Number(element.querySelector('.drawing')?.getAttribute('height') ?? 0)
  }

  draw(run: Drawable, view: View, width_px: number): void {
    const time = sharedTime(view, Math.max(2, Math.floor(width_px / LABEL_px)))
    this.#set('.time-grid', timeGrid(time, this.#height))
    const top = Number(this.#element.querySelector('.drawing')?.getAttribute('y') ?? 0)
    this.#label('.times', timeTicks(time, top + this.#height), { 'text-anchor': 'middle' })
    this.#move(view)
    const spec = this.#spec
    if (spec === undefined) return
    const panel = drawn(spec, run, view, width_px)
    this.#set('.drawing .band', panel.band)
    this.#set('.amount-grid', panel.grid)
    this.#set('.zero', panel.zero)
    this.#set('.allowed', panel.step)
    for (const { spec: line, path } of panel.lines) this.#set(`.drawing [data-curve="${line.curve}"]`, path)
    this.#label('.amounts', amountTicks(panel.axis, spec.height, top), { 'text-anchor': 'end' })
    const note = this.#element.querySelector('.note')
    if (note !== null) note.textContent = panel.note
  }

  /** Writes what each line is at an instant beside its name, and returns it in words. */
  tell(run: Drawable, view: View, at_s: number, text: (value: number) => string): readonly string[] {
    const spec = this.#spec
    if (spec === undefined) return []
    return spec.lines.flatMap(({ curve, name }) => {
      const value = run.curve(curve, view)?.within(at_s, at_s)?.last
      const place = this.#element.querySelector(`.key[data-curve="${curve}"] .now`)
      if (place === null) return []
      place.textContent = value === undefined ? '' : text(readFrom(value))
      return value === undefined ? [] : [`${name} ${place.textContent} ${spec.unit}`]
    })
  }

  #set(selector: string, path: string): void {
    this.#element.querySelector(selector)?.setAttribute('d', path)
  }

  #label(
    selector: string,
    ticks: readonly { readonly x: string; readonly y: number; readonly label: string }[],
    attributes: Readonly<Record<string, string>>,
  ): void {
    const texts = ticks.map(({ x, y, label }) => {
      const text = document.createElementNS(SVG, 'text')
      for (const [name, value] of Object.entries({ class: 'tick', x, y: String(y), ...attributes })) {
        text.setAttribute(name, value)
      }
      text.textContent = label
      return text
    })
    this.#element.querySelector(selector)?.replaceChildren(...texts)
  }

  /** Moves what is marked at its times to where these are in the view, and hides what is not in it. */
  #move({ from_s, to_s }: View): void {
    const part = (t_s: number) => (t_s - from_s) / (to_s - from_s)
    for (const mark of this.#element.querySelectorAll<SVGElement>('.marks [data-from]')) {
      const from = part(Number(mark.dataset['from']))
      const to = part(Number(mark.dataset['to'] ?? mark.dataset['from']))
      mark.setAttribute('display', to < 0 || from > 1 ? 'none' : 'inline')
      const [start, end] = [Math.max(0, from), Math.min(1, to)]
      switch (mark.tagName) {
        case 'rect':
          mark.setAttribute('x', percent(start))
          mark.setAttribute('width', percent(Math.max(0, end - start)))
          break
        case 'line':
          mark.setAttribute('x1', percent(from))
          mark.setAttribute('x2', percent(from))
          break
        case 'circle':
          mark.setAttribute('cx', percent(from))
          break
        default:
          mark.setAttribute('x', percent(from))
      }
    }
  }
}
