/** The schema hash of the pump's wire, by which bench and pump know that they mean the same by every frame. */
import { crc32, hex8Text } from '#protocol/crc32'
import { pumpRows } from '#protocol/pump/catalogue'
import type { PumpField } from '#protocol/pump/field'
import { PUMP_LIMITS, PUMP_PROTOCOL_VERSION } from '#protocol/pump/limits'
import { CHOICES, FIGURES } from '#protocol/pump/words'
import { rangeText } from '#protocol/schema-hash'

const SIGNS = { any: 'exact', 'not-negative': 'exact>=0', positive: 'exact>0' } as const

/** The range of a field in one word, as the canonical text prints it. */
export function pumpRangeText(field: PumpField): string {
  if (field.kind === 'exact') return [SIGNS[field.sign], ...field.words].join('|')
  return field.kind === 'text' ? `text(0..${field.longest})` : rangeText(field)
}

/** What one of a field counts; empty for plain numbers and words. */
export function pumpUnitOf(field: PumpField): string {
  return field.kind === 'integer' || field.kind === 'exact' ? field.unit : ''
}

/** The catalogue without its explanations, one line a fact. */
export function pumpCanonicalText(): string {
  const limits = Object.entries(PUMP_LIMITS).map(([name, value]) => `limit ${name} ${value}`)
  const figures = Object.entries(FIGURES).map(([name, [unit]]) => `figure ${name} ${unit}`)
  const choices = Object.entries(CHOICES).map(([name, words]) => `choice ${name} ${words.join('|')}`)
  const messages = pumpRows().map(({ name, direction, kind, fields }) => {
    const parts = Object.entries(fields).map(([field, type]) => {
      const unit = pumpUnitOf(type)
      return `${field}:${pumpRangeText(type)}${unit === '' ? '' : `[${unit}]`}`
    })
    return `${direction} ${kind} ${name} ${parts.join(',')}`
  })
  return `${[`pump protocol ${PUMP_PROTOCOL_VERSION}`, ...limits, ...figures, ...choices, ...messages].join('\n')}\n`
}

/** Eight upper-case hex digits. */
export const PUMP_SCHEMA_HASH = hex8Text(crc32(new TextEncoder().encode(pumpCanonicalText())))
