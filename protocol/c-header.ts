/**
 * The catalogue as a C header, for rig firmware: limits, names and ranges as macros that cost nothing until used.
 *
 * Lists are X macros, so that the firmware can make enumerations, structures, switches and tables in flash from one
 * list, and cannot forget a row. The header needs no other header and compiles on the host as well.
 */
import { type CatalogueRow, CHOICES, catalogueRows, LIMITS, PROTOCOL_VERSION } from '#protocol/catalogue'
import type { Field } from '#protocol/field'
import { SCHEMA_HASH } from '#protocol/schema-hash'

const HEAD = `/*
 * The message catalogue of the wire, for C. Generated from protocol/catalogue.ts; do not edit. A test fails when it is
 * stale; docs/PROTOCOL.md is the text that explains it.
 *
 * WIRE_TO_RIG(X) and WIRE_TO_HOST(X) call X(NAME, KIND, COUNT) for each message: KIND is SESSION, COMMAND, HEARTBEAT,
 * REPLY or TELEMETRY, COUNT the number of fields. The sequence digits of SESSION and HEARTBEAT frames are always 00.
 *
 * WIRE_FIELDS_<NAME>(U, I, T, H, C) calls, for each field in order:
 *   U(name, min, max)    unsigned decimal      I(name, min, max)   signed decimal
 *   T(name, longest)     token of [A-Za-z0-9._-], 1 to longest characters
 *   H(name)              eight upper-case hex digits
 *   C(name, LIST)        one of the words of WIRE_LIST_<LIST>(X), which calls X(WORD) for each
 *
 * A word's code is its position in its list: WIRE_<LIST>_<WORD>. A message's code is its position: WIRE_TYPE_<NAME>.
 */`

/** Text of `catalogue.h`. */
export function cHeader(): string {
  const rows = catalogueRows()
  const toRig = rows.filter(({ direction }) => direction === 'to-rig')
  const toHost = rows.filter(({ direction }) => direction === 'to-host')
  const sections = [
    HEAD,
    '#ifndef PUMPBENCH_CATALOGUE_H\n#define PUMPBENCH_CATALOGUE_H',
    `#define WIRE_VERSION ${PROTOCOL_VERSION}\n#define WIRE_SCHEMA "${SCHEMA_HASH}"`,
    Object.entries(LIMITS)
      .map(([name, value]) => `#define WIRE_${name.toUpperCase()} ${cUnsigned(value)}`)
      .join('\n'),
    ...Object.entries(CHOICES).map(([name, words]) => list(name.toUpperCase(), words)),
    messageList('WIRE_TO_RIG', toRig),
    messageList('WIRE_TO_HOST', toHost),
    codes(
      'WIRE_TYPE',
      [...toRig, ...toHost].map(({ name }) => name),
    ),
    ...rows.map(fieldList),
    '#endif',
  ]
  return `${sections.join('\n\n')}\n`
}

/** A decimal that the C compiler reads as itself: where int has 16 bits, larger values need a suffix. */
function cUnsigned(value: number): string {
  return value > 32_767 ? `${value}UL` : `${value}`
}

function cSigned(value: number): string {
  return value === -(2 ** 31) ? '(-2147483647L - 1)' : `${value}L`
}

function list(name: string, words: readonly string[]): string {
  const calls = words.map((word) => `X(${word})`).join(' ')
  return `#define WIRE_LIST_${name}(X) ${calls}\n${codes(`WIRE_${name}`, words)}`
}

function codes(prefix: string, words: readonly string[]): string {
  return words.map((word, code) => `#define ${prefix}_${word} ${code}`).join('\n')
}

function messageList(name: string, rows: readonly CatalogueRow[]): string {
  const calls = rows.map((row) => `  X(${row.name}, ${row.kind.toUpperCase()}, ${Object.keys(row.fields).length})`)
  return macro(`${name}(X)`, calls)
}

function fieldList(row: CatalogueRow): string {
  const calls = Object.entries(row.fields).map(([name, field]) => `  ${fieldCall(name, field)}`)
  return macro(`WIRE_FIELDS_${row.name}(U, I, T, H, C)`, calls)
}

function macro(head: string, lines: readonly string[]): string {
  return [`#define ${head}`, ...lines].join(' \\\n')
}

function fieldCall(name: string, field: Field): string {
  switch (field.kind) {
    case 'integer':
      return field.min < 0
        ? `I(${name}, ${cSigned(field.min)}, ${cSigned(field.max)})`
        : `U(${name}, ${cUnsigned(field.min)}, ${cUnsigned(field.max)})`
    case 'token':
      return `T(${name}, ${field.longest})`
    case 'hex8':
      return `H(${name})`
    case 'choice':
      return `C(${name}, ${field.list.toUpperCase()})`
  }
}
