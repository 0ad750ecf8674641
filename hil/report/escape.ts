/**
 * Markup that cannot be forged: whatever is put into a page is text, unless this file made it.
 *
 * `html` is a template tag. Strings and numbers in its gaps are escaped, for content and for quoted attributes alike;
 * only the result of another `html` goes in as it is. No report builds markup in any other way.
 */
import { plain } from '#hil/report/plain'

/** A piece of HTML or SVG in which everything from outside is escaped. */
export class Markup {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** The markup as text, to be written to a file. */
  toString(): string {
    return this.#text
  }

  /** The tag itself; use {@link html}. */
  static of(this: void, strings: TemplateStringsArray, ...gaps: readonly Gap[]): Markup {
    return new Markup(strings.reduce((text, string, index) => text + filling(gaps[index - 1]) + string))
  }

  /**
   * JSON as an element that the browser keeps and never runs. Every character that could end the element or begin another
   * is written as an escape of JSON, which means the same there.
   */
  static json(this: void, id: string, value: unknown): Markup {
    const text = JSON.stringify(value).replaceAll(/[<>&\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
    )
    return new Markup(`<script type="application/json" id="${escaped(id)}">${text}</script>`)
  }

  /** Code of this program as an element that the browser runs; only a text that is part of the program may be given. */
  static script(this: void, code: string): Markup {
    if (/<\/script|<!--/i.test(code)) throw new Error('a script must not hold what ends its element')
    return new Markup(`<script>${code}</script>`)
  }
}

/** What may stand in a gap; `null` leaves it empty. */
export type Gap = Markup | string | number | null | readonly Markup[]

/** Markup with its gaps escaped: `html\`<td>${name}</td>\``. */
export const html = Markup.of

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Text for HTML content or a quoted attribute; invisible characters are spelled out. */
function escaped(text: string): string {
  return plain(text).replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '')
}

function filling(gap: Gap | undefined): string {
  if (gap === undefined || gap === null) return ''
  if (gap instanceof Markup) return gap.toString()
  if (Array.isArray(gap))
    return gap.map((item: unknown) => (item instanceof Markup ? item.toString() : escaped(String(item)))).join('')
  return escaped(String(gap))
}
