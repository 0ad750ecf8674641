/** What docs/PROTOCOL.md says of the pump's wire: its examples are true byte by byte. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { crc32, hex8Text } from '#protocol/crc32'
import { type PumpDirection, pumpRows } from '#protocol/pump/catalogue'
import { decodePumpLine, encodePumpMessage, readMessage } from '#protocol/pump/frame'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import { programSum } from '#protocol/pump/program-sum'
import { PUMP_SCHEMA_HASH, pumpCanonicalText } from '#protocol/pump/schema-hash'
import { CHOICES, FIGURES, OPTIONS, OUTPUTS_DROPPED } from '#protocol/pump/words'

const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8')

interface Said {
  readonly direction: PumpDirection
  readonly line: string
  readonly sequence: number
  readonly text: string
  readonly message: ReturnType<typeof readMessage<PumpDirection>>
}

/** Every line of the worked session. */
function session(): Said[] {
  const [, shown = ''] = /session: checked.*?```\n(.*?)```/s.exec(page) ?? []
  return shown
    .trim()
    .split('\n')
    .map((entry) => {
      const direction: PumpDirection = entry.startsWith('>') ? 'to-pump' : 'to-bench'
      const line = entry.slice(2)
      const frame = decodePumpLine(direction, Buffer.from(line))
      if (typeof frame === 'string' || frame.part !== null) throw new Error(`${line}: ${JSON.stringify(frame)}`)
      const message = readMessage(direction, frame.text)
      if (typeof message === 'string') throw new Error(`${line}: ${message}`)
      return { direction, line, sequence: frame.sequence, text: frame.text, message }
    })
}

describe('the worked session', () => {
  const said = session()

  it('is made of frames, in their only spelling', () => {
    for (const { direction, sequence, message, line } of said) {
      if (typeof message === 'string') throw new Error(message)
      const bytes = encodePumpMessage(direction, sequence, message as never)
      expect(Buffer.from(bytes).toString('latin1')).toBe(`${line}\n`)
    }
  })

  it('has commands in their sequence, each answered once under its number, with as many outputs as DONE says', () => {
    const commands = said.filter(({ direction, text }) => direction === 'to-pump' && !text.startsWith('HELLO'))
    expect(commands.length).toBeGreaterThan(15)
    const numbers = [...new Set(commands.map(({ sequence }) => sequence))]
    expect(numbers).toStrictEqual(numbers.map((_, index) => index))
    for (const { sequence, line } of commands) {
      const from = said.findIndex((one) => one.line === line && one.direction === 'to-pump')
      const end = said.findIndex(({ text }, index) => index > from && /^(DONE|NAK),/.test(text))
      const reply = said.slice(from + 1, end + 1)
      expect(new Set(reply.map((one) => one.sequence))).toStrictEqual(new Set([sequence]))
      const done = reply.at(-1)?.message
      if (typeof done === 'object' && done.type === 'DONE') expect(done.outputs).toBe(reply.length - 1)
      else expect(reply).toHaveLength(1)
    }
  })

  it('has the sums and the digest that it says', () => {
    const program = (direction: PumpDirection) =>
      said.filter((one) => one.direction === direction && /^(BEGIN|RATE),/.test(one.text)).map(({ text }) => text)
    const sum = programSum(program('to-pump'))
    expect(programSum(program('to-bench'))).toBe(sum)
    const digest = hex8Text(crc32(Buffer.from(`1 ${sum}`)))
    const texts = said.map(({ text }) => text)
    expect(texts).toContain(`PREPARE,0,1,${sum}`)
    expect(texts).toContain(`STORED,0,${digest},${sum},100000000,none`)
    expect(texts).toContain(`COMMIT,0,${digest}`)
    expect(page).toContain(`transaction 1 in section 20 has \`${sum}\` and therefore \`${digest}\``)
  })

  it('has this schema hash', () => {
    expect(
      said.some(
        ({ message }) =>
          typeof message === 'object' && message.type === 'WELCOME' && message.schema === PUMP_SCHEMA_HASH,
      ),
    ).toBe(true)
  })
})

describe('what a pump can', () => {
  it('has a row for every option, and its names fit a CAN', () => {
    for (const [name, doc] of Object.entries(OPTIONS)) {
      expect(page).toContain(`| \`option\` | \`${name}\` | ${doc} |`)
      const can = { type: 'CAN', what: 'option', name } as const
      expect(Buffer.from(encodePumpMessage('to-bench', 0, can)).toString('latin1')).toContain(`CAN,option,${name}*`)
    }
  })

  it('names what a pump says that dropped outputs', () => {
    expect(page).toContain(`\`EVENT\` \`${OUTPUTS_DROPPED}\``)
  })

  it('has options that are in no schema hash', () => {
    for (const name of Object.keys(OPTIONS)) expect(pumpCanonicalText()).not.toContain(name)
  })
})

describe("the catalogue of the pump's wire", () => {
  it('has names that fit a frame, each once in a direction', () => {
    for (const { name } of pumpRows()) expect(name).toMatch(/^[A-Z]{1,8}$/)
    const rows = pumpRows().map(({ name, direction }) => `${direction} ${name}`)
    expect(new Set(rows).size).toBe(rows.length)
  })

  it('has a canonical text that leaves out explanations and leaves out nothing else', () => {
    const text = pumpCanonicalText()
    for (const { name, doc, fields } of pumpRows()) {
      expect(text).toContain(` ${name} `)
      expect(text).not.toContain(doc)
      for (const field of Object.keys(fields)) expect(text).toContain(`${field}:`)
    }
    for (const [name, value] of Object.entries(PUMP_LIMITS)) expect(text).toContain(`limit ${name} ${value}\n`)
    for (const [name, [unit]] of Object.entries(FIGURES)) expect(text).toContain(`figure ${name} ${unit}\n`)
    for (const [name, words] of Object.entries(CHOICES)) expect(text).toContain(`choice ${name} ${words.join('|')}\n`)
  })
})
