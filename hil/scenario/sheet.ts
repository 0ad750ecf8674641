/**
 * A scenario file as plain values that remember where they stood.
 *
 * Reads YAML 1.2 and keeps the part of it that cannot surprise: one document, keys that are text and occur once, no
 * tags, no directives, bounded nesting and size. Only whole numbers become numbers; `1.5`, `.nan` and `1e309` stay text,
 * so that a message can show what the file says.
 */

import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { DEEPEST, type Fault, refusal, TOO_DEEP } from '#hil/scenario/bounds'
import { quoted } from '#hil/scenario/wording'

/** The keys and list positions that lead to a value. */
export type Path = readonly (string | number)[]

/** What a file says, and where it says it. */
export interface Sheet {
  /** The whole file: text, whole numbers, booleans, null, arrays, and objects without duplicate keys. */
  readonly root: unknown
  readonly faults: readonly Fault[]
  /** Offset of the value at the path; of the innermost map or list that exists, when there is none. */
  valueAt(path: Path): number
  /** Offset of the last key of the path; the same as {@link valueAt} for a list item. */
  keyAt(path: Path): number
}

const MOST_NODES = 300_000
const MOST_SYNTAX_FAULTS = 20
/** How far before a tagged value its tag is looked for. */
const LONGEST_TAG = 200

/** Line and column, both from 1, of an offset in the text. */
export function positions(text: string): (offset: number) => { line: number; column: number } {
  const counter = new LineCounter()
  counter.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1)
  return (offset) => {
    const { line, col } = counter.linePos(Math.min(Math.max(offset, 0), text.length))
    return { line, column: col }
  }
}

/** How a scenario begins; a message for an empty file says so. */
export const SCENARIO_OPENING = 'a scenario begins with "schema: pumpbench/scenario@1"'

/**
 * Reads the text of a file. Never throws; what is not plain YAML comes back as faults. `opening` says how such a file
 * begins.
 */
export function readSheet(text: string, opening: string): Sheet {
  const refused = refusal(text)
  if (refused !== undefined) return nothing([refused])
  try {
    return composed(
      parseDocument(text, { uniqueKeys: false, prettyErrors: false, resolveKnownTags: false }),
      text,
      opening,
    )
  } catch (error) {
    if (error instanceof RangeError) return nothing([{ offset: 0, message: TOO_DEEP }])
    throw error
  }
}

function nothing(faults: readonly Fault[]): Sheet {
  return { root: undefined, faults, valueAt: () => 0, keyAt: () => 0 }
}

function composed(document: Document.Parsed, text: string, opening: string): Sheet {
  const syntax = document.errors.filter((error) => error.code !== 'TAG_RESOLVE_FAILED')
  if (syntax.length > 0) {
    return nothing(
      syntax.slice(0, MOST_SYNTAX_FAULTS).map(({ pos, code, message }) => syntaxFault(pos[0], code, message)),
    )
  }
  if (document.directives.yaml.explicit === true) {
    return nothing([{ offset: 0, message: 'YAML directives are not read; leave out the line that begins with %' }])
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.source === '')) {
    return nothing([{ offset: 0, message: `the file is empty; ${opening}` }])
  }
  return new Transcript(document, text).sheet(document.contents)
}

const SYNTAX: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second YAML document begins here; a file holds one',
  TAB_AS_INDENT: 'a tab indents this line; YAML is indented with spaces',
  RESOURCE_EXHAUSTION: TOO_DEEP,
}

function syntaxFault(offset: number, code: string, message: string): Fault {
  return { offset, message: SYNTAX[code] ?? `not valid YAML: ${message}` }
}

interface Spot {
  readonly key: number
  readonly value: number
}

/** Turns YAML nodes into plain values and notes where each one stood. */
class Transcript {
  readonly #document: Document.Parsed
  readonly #text: string
  readonly #faults: Fault[] = []
  readonly #spots = new Map<object, ReadonlyMap<string | number, Spot>>()
  #nodes = 0
  #exhausted = false

  constructor(document: Document.Parsed, text: string) {
    this.#document = document
    this.#text = text
  }

  sheet(contents: ParsedNode): Sheet {
    const root = this.#plain(contents, 0)
    const start = offsetOf(contents)
    const spots = this.#spots
    const find = (path: Path): Spot => {
      let [value, spot]: [unknown, Spot] = [root, { key: start, value: start }]
      for (const step of path) {
        const within = typeof value === 'object' && value !== null ? spots.get(value) : undefined
        const next = within?.get(step)
        if (next === undefined) return { key: spot.value, value: spot.value }
        spot = next
        value = Reflect.get(Object(value), step)
      }
      return spot
    }
    const faults = this.#faults
    if (this.#exhausted) return nothing(faults)
    return { root, faults, valueAt: (path) => find(path).value, keyAt: (path) => find(path).key }
  }

  #fault(offset: number, message: string): undefined {
    this.#faults.push({ offset, message })
  }

  #plain(node: ParsedNode | null, depth: number): unknown {
    if (node === null || this.#exhausted) return null
    this.#nodes += 1
    if (this.#nodes > MOST_NODES) return this.#exhaust(node, `more than ${MOST_NODES} values, aliases expanded`)
    if (depth > DEEPEST) return this.#exhaust(node, TOO_DEEP)
    if (node.tag !== undefined) this.#tagged(node)
    if (isAlias(node)) return this.#aliased(node, depth)
    if (isMap(node)) return this.#map(node as YAMLMap.Parsed, depth)
    if (isSeq(node)) return this.#list(node as YAMLSeq.Parsed, depth)
    const { value, source } = node
    return typeof value === 'number' && !Number.isSafeInteger(value) ? source : value
  }

  /** Gives up on the file: what is beyond a limit is reported once, and nothing else is. */
  #exhaust(node: ParsedNode, message: string): undefined {
    this.#exhausted = true
    this.#faults.splice(0, this.#faults.length, { offset: offsetOf(node), message })
  }

  #tagged(node: ParsedNode): void {
    const before = this.#text.slice(0, offsetOf(node))
    const [tag = node.tag ?? '!'] = /![^\s]*(?=\s[^!]*$|$)/.exec(before.slice(-LONGEST_TAG)) ?? []
    const from = Math.max(before.lastIndexOf(tag), 0)
    this.#fault(from, `YAML tags such as ${quoted(tag)} are not read; write the plain value`)
  }

  #aliased(alias: Alias.Parsed, depth: number): unknown {
    const target = alias.resolve(this.#document)
    if (target === undefined)
      return this.#fault(offsetOf(alias), `the alias ${quoted(`*${alias.source}`)} has no anchor`)
    return this.#plain(target as ParsedNode, depth + 1)
  }

  #list(list: YAMLSeq.Parsed, depth: number): unknown[] {
    const values = list.items.map((item) => this.#plain(item, depth + 1))
    const spots = list.items.map((item, index): [number, Spot] => {
      const offset = offsetOf(item)
      return [index, { key: offset, value: offset }]
    })
    this.#spots.set(values, new Map(spots))
    return values
  }

  #map(map: YAMLMap.Parsed, depth: number): object {
    const spots = new Map<string, Spot>()
    const values: [string, unknown][] = []
    for (const pair of map.items) {
      const key = this.#key(pair, spots)
      if (key === undefined) continue
      const at = offsetOf(pair.key)
      const empty =
        pair.value === null || (isScalar(pair.value) && pair.value.source === '' && pair.value.value === null)
      spots.set(key, { key: at, value: empty ? at : offsetOf(pair.value) })
      values.push([key, this.#plain(pair.value, depth + 1)])
    }
    const object = Object.fromEntries(values)
    this.#spots.set(object, spots)
    return object
  }

  /** The key of a pair as text, or a fault. */
  #key({ key }: Pair<ParsedNode, ParsedNode | null>, seen: ReadonlyMap<string, Spot>): string | undefined {
    if (!isScalar(key)) return this.#fault(offsetOf(key), 'a key is text, not a list, a map or an alias')
    const at = offsetOf(key)
    if (key.tag !== undefined) this.#tagged(key)
    if (typeof key.value !== 'string') return this.#fault(at, `unknown key ${quoted(key.source)}; a key is text`)
    if (key.value === '__proto__') return this.#fault(at, 'unknown key "__proto__"')
    if (seen.has(key.value)) {
      return this.#fault(at, `the key ${quoted(key.value)} occurs twice; a map holds each key once`)
    }
    return key.value
  }
}

function offsetOf(node: ParsedNode | null): number {
  return node?.range[0] ?? 0
}
