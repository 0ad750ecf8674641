/**
 * The schema hash: by which two ends know, before anything moves, that they mean the same by every frame.
 *
 * It is the CRC-32 of the canonical text of the catalogue: names, order, ranges, units, words and limits, but not the
 * explanations, which may be reworded freely.
 */
import { CHOICES, catalogueRows, LIMITS, PROTOCOL_VERSION } from '#protocol/catalogue'
import { crc32, hex8Text } from '#protocol/crc32'
import type { Field } from '#protocol/field'

/** The range of a field in one word, as the canonical text and docs/PROTOCOL.md print it. */
export function rangeText(field: Field): string {
  switch (field.kind) {
    case 'integer':
      return `${field.min}..${field.max}`
    case 'token':
      return `token(1..${field.longest})`
    case 'hex8':
      return 'hex8'
    case 'choice':
      return field.of.join('|')
  }
}

function unitOf(field: Field): string {
  return field.kind === 'integer' && field.unit !== '' ? `[${field.unit}]` : ''
}

/** The catalogue without its explanations, one line a fact. */
export function canonicalText(): string {
  const limits = Object.entries(LIMITS).map(([name, value]) => `limit ${name} ${value}`)
  const choices = Object.entries(CHOICES).map(([name, words]) => `choice ${name} ${words.join('|')}`)
  const messages = catalogueRows().map(({ name, direction, kind, fields }) => {
    const parts = Object.entries(fields).map(([field, type]) => `${field}:${rangeText(type)}${unitOf(type)}`)
    return `${direction} ${kind} ${name} ${parts.join(',')}`
  })
  return `${[`protocol ${PROTOCOL_VERSION}`, ...limits, ...choices, ...messages].join('\n')}\n`
}

/** Eight upper-case hex digits. */
export const SCHEMA_HASH = hex8Text(crc32(new TextEncoder().encode(canonicalText())))
