/**
 * Within the reach of a pump: of a scenario that needs what a pump does not have, as much as it has.
 *
 * Built up from the least that a scenario has: each part is put in as it is written, else in round figures, and left out where the
 * pump still lacks something for it. So a pump that has little is given poorer lives rather than none.
 */
import { itemsOf } from '#hil/explore/shrink'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import type { PumpDefinition } from '#hil/pump/pump'
import { readWritten } from '#hil/scenario/parse'
import { parseMeasure } from '#units/measure'

/** Lists whose items may be left out, those first that others refer to. */
const LISTS = ['prescription', 'programming', 'events', 'faults'] as const
/** The model whose figures a pump has that cannot be told any. */
const LEAST_PUMP = { model: 'im-20' }

/**
 * The scenario with whatever the pump has for it; the very same where it has everything, null where no program is left that it
 * could be told, or what every scenario has is too much for it. The same scenario and pump give the same. Throws where the pump cannot be asked.
 */
export function within(drawn: WrittenScenario, { lacks }: PumpDefinition, looksOn = false): WrittenScenario | null {
  const fits = (written: WrittenScenario) => {
    const parsed = readWritten(written, '')
    return parsed.ok && (lacks?.(parsed.scenario, looksOn) ?? null) === null
  }
  if (fits(drawn)) return drawn
  for (const { least, others } of leastOf(drawn)) {
    if (!fits(least)) continue
    let written = least
    for (const { forms, put } of partsOf(others)) {
      written = forms.map((form) => put(written, form)).find(fits) ?? written
    }
    // Where nothing of what was meant to be sent is left, the pump would be told nothing.
    return 'programming' in written && itemsOf(written, 'programming').length === 0 ? null : written
  }
  return null
}

interface Least {
  readonly least: WrittenScenario
  /** The scenario with what can still be put in. */
  readonly others: WrittenScenario
}

/** The least that is left of a scenario: one entry that it prescribes, with the model as drawn or the one that every pump has. */
function* leastOf(drawn: WrittenScenario): Iterable<Least> {
  const { limits, pump, ...rest } = drawn
  const emptied = Object.fromEntries(LISTS.flatMap((list) => (list in drawn ? [[list, []]] : [])))
  const { overrides, ...model } = mapOf(pump)
  for (const [place, entry] of itemsOf(drawn, 'prescription').entries()) {
    const others = { ...drawn, prescription: itemsOf(drawn, 'prescription').slice(place + 1) }
    for (const one of [model, LEAST_PUMP]) {
      const frame = { ...rest, ...emptied, pump: one }
      for (const kept of [frame, rounded(frame)]) {
        for (const form of [entry, rounded(entry)]) yield { least: { ...kept, prescription: [form] }, others }
      }
    }
  }
}

interface Part {
  /** As it was drawn, and in what else it may be put in. */
  readonly forms: readonly unknown[]
  readonly put: (written: WrittenScenario, form: unknown) => WrittenScenario
}

/** Everything that may be left out: figures of the pump, limits, and what is done and befalls. */
function partsOf(drawn: WrittenScenario): readonly Part[] {
  const figures = Object.entries(mapOf(mapOf(drawn['pump'])['overrides'])).map(
    ([name, figure]): Part => ({
      forms: [figure, rounded(figure)],
      put: (written, form) => {
        const pump = mapOf(written['pump'])
        return { ...written, pump: { ...pump, overrides: { ...mapOf(pump['overrides']), [name]: form } } }
      },
    }),
  )
  const limits = Object.entries(mapOf(drawn['limits'])).map(
    ([name, limit]): Part => ({
      forms: [limit, rounded(limit)],
      put: (written, form) => ({ ...written, limits: { ...mapOf(written['limits']), [name]: form } }),
    }),
  )
  const items = LISTS.flatMap((list) =>
    itemsOf(drawn, list).map(
      (item): Part => ({
        forms: [item, rounded(item)],
        put: (written, form) => ({ ...written, [list]: [...itemsOf(written, list), form] }),
      }),
    ),
  )
  return [...figures, ...limits, ...items]
}

/** Every quantity below a value as a whole number of its unit, and every time in whole seconds, where it is neither. */
function rounded<Value>(value: Value): Value
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rounded(item))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]))
  return typeof value === 'string' ? wholeOf(value) : value
}

const FRACTION = /^(\d+(?:\.\d+|\/\d+)) (\S+)$/

function wholeOf(text: string): string {
  const time = parseMeasure(text, ['duration'])
  if (time.ok)
    return time.measure.value.d === 1n ? text : `${time.measure.value.n / time.measure.value.d / 1_000_000n} s`
  const [, number, unit] = FRACTION.exec(text) ?? []
  if (number === undefined) return text
  const [n = 0, d = 1] = number.split('/').map(Number)
  return `${Math.max(1, Math.round(n / d))} ${unit}`
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
