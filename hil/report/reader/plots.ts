/**
 * The drawings of one run under the hands of a reader: pointer, wheel, keys and buttons, all panels at once.
 */
import { Drawable, type RunCurves, type View } from '#hil/report/curves/run-curves'
import { amount, instant } from '#hil/report/figure'
import { panelsOf } from '#hil/report/plots/panels'
import { Panel } from '#hil/report/reader/panel'
import { fitted, isWhole, moved, showing, zoomed } from '#hil/report/reader/zoom'

const FACTOR = 2
const NOTCH = 1.25
/** A drag shorter than this was a click. */
const SHORTEST_DRAG_px = 5
/** How far an arrow moves the cursor: this part of the view. */
const STEP = 1 / 200

export class Plots {
  readonly #figure: HTMLElement
  readonly #run: Drawable
  readonly #panels: readonly Panel[]
  readonly #area: HTMLElement
  readonly #tools: HTMLElement
  readonly #slider: HTMLInputElement
  readonly #cursorLine = document.createElement('div')
  readonly #chosen = document.createElement('div')
  #view: View
  /** The instant looked at; null for none. */
  #cursor_s: number | null = null
  #drag: { readonly from_s: number; readonly from_px: number } | null = null
  #waiting = false

  constructor(figure: HTMLElement, curves: RunCurves) {
    this.#figure = figure
    this.#run = new Drawable(curves)
    this.#view = { from_s: 0, to_s: curves.end_s }
    this.#area = found(figure, '.panels')
    this.#tools = found(figure, '.tools')
    this.#slider = found<HTMLInputElement>(this.#tools, 'input')
    const specs = new Map(panelsOf(curves).map((spec) => [spec.id, spec]))
    this.#panels = [...figure.querySelectorAll<HTMLElement>('.panel')].map(
      (element) => new Panel(element, specs.get(element.dataset['panel'] ?? '')),
    )
  }

  begin(): void {
    this.#tools.hidden = false
    this.#area.tabIndex = 0
    this.#area.setAttribute('role', 'group')
    this.#area.setAttribute(
      'aria-label',
      'Charts. Arrow keys move the cursor, plus and minus zoom, 0 shows the whole run.',
    )
    this.#cursorLine.className = 'cursor'
    this.#chosen.className = 'chosen'
    this.#cursorLine.hidden = true
    this.#chosen.hidden = true
    this.#area.append(this.#cursorLine, this.#chosen)
    this.#hearTools()
    this.#hearPointer()
    this.#area.addEventListener('keydown', (event) => this.#key(event))
    new ResizeObserver(() => this.#drawSoon()).observe(this.#area)
    this.#drawSoon()
  }

  get #end_s(): number {
    return this.#run.run.end_s
  }

  #hearTools(): void {
    const deeds: Readonly<Record<string, () => void>> = {
      in: () => this.#zoom(1 / FACTOR),
      out: () => this.#zoom(FACTOR),
      back: () => this.#show(moved(this.#view, -0.5, this.#end_s)),
      on: () => this.#show(moved(this.#view, 0.5, this.#end_s)),
      whole: () => this.#show({ from_s: 0, to_s: this.#end_s }),
    }
    for (const button of this.#tools.querySelectorAll('button')) {
      button.addEventListener('click', () => deeds[button.dataset['do'] ?? '']?.())
    }
    this.#slider.addEventListener('input', () => {
      const part = Number(this.#slider.value) / Number(this.#slider.max)
      this.#lookAt(this.#view.from_s + part * (this.#view.to_s - this.#view.from_s))
    })
  }

  #hearPointer(): void {
    const area = this.#area
    area.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || event.pointerType === 'touch') return
      this.#drag = { from_s: this.#timeAt(event.clientX), from_px: event.clientX }
      area.setPointerCapture(event.pointerId)
    })
    area.addEventListener('pointermove', (event) => {
      this.#lookAt(this.#timeAt(event.clientX))
      this.#drawSoon()
    })
    area.addEventListener('pointerup', (event) => {
      const drag = this.#drag
      this.#drag = null
      const to_s = this.#timeAt(event.clientX)
      if (drag === null || Math.abs(event.clientX - drag.from_px) < SHORTEST_DRAG_px) {
        this.#lookAt(to_s)
        this.#drawSoon()
      } else {
        this.#cursor_s = null
        this.#show({ from_s: Math.min(drag.from_s, to_s), to_s: Math.max(drag.from_s, to_s) })
      }
    })
    area.addEventListener('pointercancel', () => this.#dropDrag())
    area.addEventListener('dblclick', () => this.#show({ from_s: 0, to_s: this.#end_s }))
    area.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return
        event.preventDefault()
        const factor = event.deltaY > 0 ? NOTCH : 1 / NOTCH
        this.#show(zoomed(this.#view, factor, this.#timeAt(event.clientX), this.#end_s))
      },
      { passive: false },
    )
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { from_s, to_s } = this.#view
    const step_s = (to_s - from_s) * STEP * (event.shiftKey ? 10 : 1)
    const at_s = this.#cursor_s ?? (from_s + to_s) / 2
    const deeds: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#moveCursor(at_s - step_s),
      ArrowRight: () => this.#moveCursor(at_s + step_s),
      Home: () => this.#moveCursor(0),
      End: () => this.#moveCursor(this.#end_s),
      PageUp: () => this.#show(moved(this.#view, -1, this.#end_s)),
      PageDown: () => this.#show(moved(this.#view, 1, this.#end_s)),
      '+': () => this.#zoom(1 / FACTOR),
      '=': () => this.#zoom(1 / FACTOR),
      '-': () => this.#zoom(FACTOR),
      '0': () => this.#show({ from_s: 0, to_s: this.#end_s }),
      Escape: () => (this.#drag === null ? this.#show({ from_s: 0, to_s: this.#end_s }) : this.#dropDrag()),
    }
    const deed = deeds[event.key]
    if (deed === undefined) return
    event.preventDefault()
    deed()
  }

  #zoom(factor: number): void {
    const { from_s, to_s } = this.#view
    const seen = this.#cursor_s !== null && this.#cursor_s >= from_s && this.#cursor_s <= to_s
    this.#show(zoomed(this.#view, factor, seen ? (this.#cursor_s ?? 0) : (from_s + to_s) / 2, this.#end_s))
  }

  #show(view: View): void {
    this.#view = fitted(view, this.#end_s)
    this.#drawSoon()
  }

  #moveCursor(at_s: number): void {
    this.#lookAt(at_s)
    this.#show(showing(this.#view, this.#cursor_s ?? 0, this.#end_s))
  }

  #lookAt(at_s: number): void {
    this.#cursor_s = Math.min(this.#end_s, Math.max(0, at_s))
    this.#drawCursor()
  }

  #dropDrag(): void {
    this.#drag = null
    this.#drawSoon()
  }

  /** The drawings are as wide as each other; the first one gives the scale. */
  #plot(): DOMRect {
    return found(this.#area, '.drawing').getBoundingClientRect()
  }

  #timeAt(client_px: number): number {
    const { left, width } = this.#plot()
    const part = Math.min(1, Math.max(0, (client_px - left) / width))
    return this.#view.from_s + part * (this.#view.to_s - this.#view.from_s)
  }

  /** Draws once, however much happened since the last time. */
  #drawSoon(): void {
    if (this.#waiting) return
    this.#waiting = true
    requestAnimationFrame(() => {
      this.#waiting = false
      this.#draw()
    })
  }

  #drawn: string | null = null

  #draw(): void {
    const { from_s, to_s } = this.#view
    const width = this.#plot().width
    const now = `${from_s} ${to_s} ${Math.round(width)}`
    if (now !== this.#drawn && width > 0) {
      // What was printed shows the whole run already; it is drawn anew when something else is asked for.
      const untouched = this.#drawn === null && isWhole(this.#view, this.#end_s)
      if (!untouched) for (const panel of this.#panels) panel.draw(this.#run, this.#view, Math.round(width))
      this.#drawn = now
      const whole = isWhole(this.#view, this.#end_s)
      for (const button of this.#tools.querySelectorAll('button')) {
        if (button.dataset['do'] !== 'in') button.disabled = whole
      }
    }
    this.#drawCursor()
  }

  #drawCursor(): void {
    const { from_s, to_s } = this.#view
    const plot = this.#plot()
    const left = plot.left - this.#area.getBoundingClientRect().left
    const place = (t_s: number) => left + ((t_s - from_s) / (to_s - from_s)) * plot.width
    const at_s = this.#cursor_s
    this.#cursorLine.hidden = at_s === null || at_s < from_s || at_s > to_s
    if (at_s !== null) this.#cursorLine.style.left = `${place(at_s)}px`
    this.#chosen.hidden = this.#drag === null
    if (this.#drag !== null && at_s !== null) {
      const ends = [place(this.#drag.from_s), place(at_s)]
      this.#chosen.style.left = `${Math.min(...ends)}px`
      this.#chosen.style.width = `${Math.abs((ends[1] ?? 0) - (ends[0] ?? 0))}px`
    }
    this.#tell(at_s)
  }

  #tell(at_s: number | null): void {
    const { from_s, to_s } = this.#view
    const shown = isWhole(this.#view, this.#end_s) ? 'whole run' : `${instant(from_s)} to ${instant(to_s)}`
    const values = at_s === null ? [] : this.#panels.flatMap((panel) => panel.tell(this.#run, this.#view, at_s, amount))
    found(this.#tools, '.readout').textContent =
      at_s === null ? `Shown: ${shown}` : `Shown: ${shown}. Cursor at ${instant(at_s)}`
    if (at_s === null) return
    this.#slider.value = String(Math.round(((at_s - from_s) / (to_s - from_s)) * Number(this.#slider.max)))
    this.#slider.setAttribute('aria-valuetext', [instant(at_s), ...values].join('; '))
    this.#figure.dataset['cursor'] = String(at_s)
  }
}

/** The element of the page that its other half writes; a page without it is not ours. */
function found<E extends Element = HTMLElement>(within: Element, selector: string): E {
  const element = within.querySelector<E>(selector)
  if (element === null) throw new Error(`the page has no ${selector}`)
  return element
}
