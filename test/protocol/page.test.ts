/** What is written for people and for the C compiler: generated files are fresh, and examples are true. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CATALOGUE, catalogueRows, LIMITS } from '#protocol/catalogue'
import { crc32 } from '#protocol/crc32'
import { decodeFrame, encodeFrame, LONGEST } from '#protocol/frame'
import { canonicalText, SCHEMA_HASH } from '#protocol/schema-hash'
import { protocolFiles } from '#scripts/protocol-files'
import { tickOf } from '#units/cadence'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${ROOT}docs/PROTOCOL.md`, 'utf8')

describe('the files generated from the catalogue', () => {
  it.each(protocolFiles(ROOT))('$path is up to date', ({ path, text }) => {
    expect(readFileSync(ROOT + path, 'utf8')).toBe(text)
  })
})

describe('the catalogue', () => {
  it('has names that fit a frame, each once', () => {
    const names = catalogueRows().map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Z]{1,8}$/)
  })

  it('has no message that could be longer than a frame', () => {
    for (const { name, direction, fields } of catalogueRows()) {
      const longest = Object.values(fields).map((field) => {
        if (field.kind === 'integer') return Math.max(`${field.min}`.length, `${field.max}`.length)
        if (field.kind === 'choice') return Math.max(...field.of.map((word) => word.length))
        return field.kind === 'token' ? field.longest : 8
      })
      const fieldsLength = longest.reduce((sum, length) => sum + length + 1, 0)
      expect('$LLSS'.length + name.length + fieldsLength + '*CCCCCCCC\n'.length).toBeLessThanOrEqual(LONGEST[direction])
    }
  })

  it('has a token in every frame to the rig but HELLO', () => {
    for (const [name, { fields }] of Object.entries(CATALOGUE['to-rig']))
      expect('token' in fields).toBe(name !== 'HELLO')
  })

  it('has a canonical text that leaves out explanations and leaves out nothing else', () => {
    const text = canonicalText()
    expect(SCHEMA_HASH).toMatch(/^[0-9A-F]{8}$/)
    for (const { name, doc, fields } of catalogueRows()) {
      expect(text).toContain(` ${name} `)
      expect(text).not.toContain(doc)
      for (const field of Object.keys(fields)) expect(text).toContain(`${field}:`)
    }
    for (const [name, value] of Object.entries(LIMITS)) expect(text).toContain(`limit ${name} ${value}\n`)
  })
})

describe('the examples in docs/PROTOCOL.md', () => {
  it('of one frame is true byte by byte', () => {
    const bytes = encodeFrame(11, { type: 'STAT', token: 1 })
    expect(page).toContain(Buffer.from(bytes).toString('latin1'))
    const hex = [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    expect(page).toContain(`\n${hex.join(' ')}\n`)
    expect(crc32(Buffer.from('123456789')).toString(16).toUpperCase()).toBe('CBF43926')
  })

  it('of a conversation is made of frames, with this schema hash', () => {
    const [, conversation = ''] = /conversation: checked.*?```\n(.*?)```/s.exec(page) ?? []
    const lines = conversation.trim().split('\n')
    const types = lines.map((line) => {
      if (line === '> 9B 9B') return 'halt'
      const direction = line.startsWith('>') ? 'to-rig' : 'to-host'
      const frame = decodeFrame(direction, Buffer.from(line.slice(2)))
      if (typeof frame === 'string') throw new Error(`${line}: ${frame}`)
      if (frame.message.type === 'WELCOME') expect(frame.message.schema).toBe(SCHEMA_HASH)
      return frame.message.type
    })
    expect(types).toHaveLength(16)
    expect(new Set(types).size).toBe(12)
  })

  it('of motion has the ticks of its fields', () => {
    const [, table = ''] = /motion: checked.*?\n\n(.*?)\n\n/s.exec(page) ?? []
    const rows = table.split('\n').slice(2)
    const example = { first: 78_126, phase: 2, count: 4, quotient: 13_541, remainder: 1, divisor: 3 }
    const ticks = rows.map((row) => Number(row.split('|')[3]))
    expect(ticks).toEqual([0, 1, 2, 3].map((j) => tickOf(example, j)))
    const errors = rows.map((row) => Number(row.split('|')[4]))
    // The error before a step is how far its exact instant lies before its tick, in parts of a tick, below zero.
    const exact = [0, 1, 2, 3].map((j) => 3 * 78_126 - 2 + j * 40_624)
    expect(errors).toEqual(exact.map((instant, j) => instant - 3 * tickOf(example, j)))
  })
})
