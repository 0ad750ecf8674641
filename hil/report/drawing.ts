/**
 * A drawing on a page: an SVG that says in words what it shows, to those who do not see it.
 */
import { html, type Markup } from '#hil/report/escape'

/** What a drawing shows: a title, and a sentence or two with its main figures. */
export interface Caption {
  readonly title: string
  readonly text: string
}

/** The content framed as an image of the given size; `id` must be unique on the page. */
export function drawing(id: string, width: number, bottom: number, caption: Caption, content: Markup): Markup {
  return html`<svg class="chart" role="img" viewBox="0 0 ${width} ${Math.ceil(bottom)}"
aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${caption.title}</title>
<desc id="${id}-text">${caption.text}</desc>
${content}
</svg>`
}
