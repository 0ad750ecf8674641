/** The tables of the pump's wire in docs/PROTOCOL.md. Parts of programs stand once: they are the same in both directions. */
import { type PumpRow, pumpRows } from '#protocol/pump/catalogue'
import type { PumpField } from '#protocol/pump/field'
import { PUMP_LIMIT_MEANINGS, PUMP_LIMITS, PUMP_PROTOCOL_VERSION } from '#protocol/pump/limits'
import { PROGRAM_PARTS } from '#protocol/pump/program-parts'
import { PUMP_SCHEMA_HASH, pumpRangeText, pumpUnitOf } from '#protocol/pump/schema-hash'
import { CHOICES, FIGURES, REQUIRED_FIGURES } from '#protocol/pump/words'
import { markdownTable } from '#scripts/markdown'

export function pumpTables(): string {
  const rows = pumpRows()
  const isPart = ({ name }: PumpRow) => Object.hasOwn(PROGRAM_PARTS, name)
  return [
    `Version ${PUMP_PROTOCOL_VERSION} of the pump's wire, schema hash \`${PUMP_SCHEMA_HASH}\`.`,
    '### To the pump',
    ...rows.filter((row) => row.direction === 'to-pump' && !isPart(row)).map((row) => message(row)),
    '### Parts of a program, to the pump and read back by it',
    ...rows.filter((row) => row.direction === 'to-pump' && isPart(row)).map((row) => message(row, 'command, output')),
    '### To the bench',
    ...rows.filter((row) => row.direction === 'to-bench' && !isPart(row)).map((row) => message(row)),
    "### Words of the pump's wire",
    markdownTable(['list', 'words'], Object.entries(CHOICES).map(words)),
    '### Figures of a pump',
    markdownTable(['figure', 'unit', 'meaning', 'every pump must take it'], figures()),
    "### Limits of the pump's wire",
    markdownTable(['limit', 'value', 'meaning'], limits()),
  ].join('\n\n')
}

function message({ name, kind, doc, fields }: PumpRow, shown: string = kind): string {
  const rows = Object.entries(fields).map(([field, type]) => [
    `\`${field}\``,
    rangeOf(type),
    pumpUnitOf(type),
    type.doc,
  ])
  const head = `**${name}** (${shown}): ${doc}.`
  return rows.length === 0
    ? `${head} No fields.`
    : `${head}\n\n${markdownTable(['field', 'range', 'unit', 'meaning'], rows)}`
}

const SIGNS = { any: 'exact', 'not-negative': 'exact, 0 or more', positive: 'exact, above 0' } as const

function rangeOf(field: PumpField): string {
  switch (field.kind) {
    case 'choice':
      return `word of \`${field.list}\``
    case 'integer':
      return `${field.min} to ${field.max}`
    case 'exact':
      return [SIGNS[field.sign], ...field.words.map((word) => `\`${word}\``)].join(', or ')
    default:
      return pumpRangeText(field)
  }
}

function words([name, list]: readonly [string, readonly string[]]): string[] {
  return [name, name === 'figure' ? 'the names in the table of figures' : list.map((word) => `\`${word}\``).join(' ')]
}

function figures(): string[][] {
  const required: readonly string[] = REQUIRED_FIGURES
  return Object.entries(FIGURES).map(([name, [unit, doc]]) => [
    `\`${name}\``,
    unit,
    doc,
    required.includes(name) ? 'yes' : '',
  ])
}

function limits(): string[][] {
  const names = Object.keys(PUMP_LIMITS) as (keyof typeof PUMP_LIMITS)[]
  return names.map((name) => [`\`${name}\``, `${PUMP_LIMITS[name]}`, PUMP_LIMIT_MEANINGS[name]])
}
