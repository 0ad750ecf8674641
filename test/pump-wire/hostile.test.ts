/** Pumps on a wire that are late, lie, flood, die or speak another language: a run with them never passes, and ends. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { setupOf } from '#hil/pump/setup'
import { LinkEnded } from '#hil/pump/wire/byte-link'
import { wirePump } from '#hil/pump/wire/remote'
import { crc32, hex8Text } from '#protocol/crc32'
import { decodePumpLine, encodePumpMessage, readMessage } from '#protocol/pump/frame'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { PUMP_SCHEMA_HASH } from '#protocol/pump/schema-hash'
import { as, type Volume_uL } from '#units/quantity'
import { add, times, whole } from '#units/rational'
import { distorted, finish } from '../support/bench.ts'
import { scenarioOf } from '../support/scenario.ts'
import { type Far, MemoryLink, ourEnd } from './links.ts'

const SCENARIO = `
schema: pumpbench/scenario@1
name: hostile
pump: { model: im-20 }
fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }
clock: 2026-01-05T08:00
duration: 1 d
prescription:
  - { at: 0 d, therapy: { mode: simple-continuous, dose: 50 ug/d } }
  - { at: 12 h, bolus: { dose: 10 ug, over: 10 min } }
`

interface Line {
  readonly sequence: number
  readonly message: ToBench
}

/** A pump whose lines to the bench are changed; `asked` is what the bench said last. */
function lying(
  change: (line: Line, asked: ToPump['type']) => readonly (Line | Uint8Array)[],
  pump: PumpDefinition = modelPump,
): PumpDefinition {
  let asked: ToPump['type'] = 'HELLO'
  const end = ourEnd(pump)
  return overLink((bytes) => {
    const down = decodePumpLine('to-pump', bytes.subarray(0, bytes.length - 1))
    if (typeof down !== 'string') {
      const message = readMessage('to-pump', down.text)
      if (typeof message !== 'string') asked = message.type
    }
    const lines = Buffer.from(end.receive(bytes))
      .toString('latin1')
      .split(/(?<=\n)/)
      .filter((line) => line !== '')
    return lines.flatMap((line) => {
      const frame = decodePumpLine('to-bench', Buffer.from(line.slice(0, -1), 'latin1'))
      const message = typeof frame === 'string' ? frame : readMessage('to-bench', frame.text)
      if (typeof frame === 'string' || typeof message === 'string') return [Buffer.from(line, 'latin1')]
      return change({ sequence: frame.sequence, message }, asked).map((one) =>
        one instanceof Uint8Array ? one : encodePumpMessage('to-bench', one.sequence, one.message),
      )
    })
  })
}

let last: MemoryLink | undefined

function overLink(far: Far): PumpDefinition {
  let nonce = 0
  return wirePump({
    name: 'hostile',
    connect: () => {
      last = new MemoryLink(far)
      return last
    },
    nonce: () => {
      nonce += 1
      return nonce
    },
  })
}

/** How a run with the pump ended: its verdict, and why it broke off where it did. */
async function ending(pump: PumpDefinition): Promise<{ verdict: string; reason: string }> {
  const { trace, result } = await finish(SCENARIO, pump)
  const end = trace.records.at(-1)
  expect(last?.closed).toBeGreaterThan(0)
  return { verdict: result.verdict, reason: end?.kind === 'end' && !end.complete ? end.reason : '' }
}

const inReplyTo = (type: ToPump['type'], change: (line: Line) => readonly (Line | Uint8Array)[]) =>
  lying((line, asked) => (asked === type ? change(line) : [line]))

describe('a pump that breaks the protocol ends the run as inconclusive, with the reason', () => {
  it.each<readonly [what: string, pump: () => PumpDefinition, reason: string]>([
    ['says nothing at all', () => overLink(() => []), 'the pump did not answer HELLO: no whole answer in 10 s'],
    [
      'falls silent in the middle',
      () => inReplyTo('COMMIT', () => []),
      'the pump did not answer COMMIT: no whole answer in 10 s; whether it was executed is not known',
    ],
    [
      'never gets to the end of an answer',
      () => inReplyTo('ADVANCE', (line) => (line.message.type === 'DONE' ? [] : [line])),
      'the pump did not answer ADVANCE: no whole answer in 10 s; whether it was executed is not known',
    ],
    [
      'claims a newer protocol',
      () =>
        lying((line) =>
          line.message.type === 'WELCOME' ? [{ ...line, message: { ...line.message, version: 2 } }] : [line],
        ),
      'the pump speaks version 2 of the protocol, the bench version 1',
    ],
    [
      'has another catalogue',
      () =>
        lying((line) =>
          line.message.type === 'WELCOME' ? [{ ...line, message: { ...line.message, schema: 'DEADBEEF' } }] : [line],
        ),
      `the pump has the message catalogue DEADBEEF, the bench ${PUMP_SCHEMA_HASH}`,
    ],
    [
      'answers under another number',
      () => inReplyTo('COMMIT', (line) => [{ ...line, sequence: 200 }]),
      'under the number 200, where',
    ],
    [
      'applies another digest',
      () =>
        inReplyTo('COMMIT', (line) =>
          line.message.type === 'APPLIED' ? [{ ...line, message: { ...line.message, digest: 'cafe' } }] : [line],
        ),
      'the pump applied the program cafe, where',
    ],
    [
      'goes back in time',
      () =>
        inReplyTo('ADVANCE', (line) =>
          line.message.type === 'DONE'
            ? [{ ...line, message: { ...line.message, at: whole(0), wake: 'never' } }]
            : [line],
        ),
      'the pump went back to 0 s from 12 h',
    ],
    [
      'speaks of the future',
      () =>
        inReplyTo('COMMIT', (line) =>
          line.message.type === 'APPLIED' ? [{ ...line, message: { ...line.message, at: whole(7) } }] : [line],
        ),
      'the pump said "applied" of 7 us in answer to COMMIT',
    ],
    [
      'wants to be woken in the past',
      () =>
        inReplyTo('TELL', (line) =>
          line.message.type === 'DONE' && line.message.at.n > 0n
            ? [{ ...line, message: { ...line.message, wake: whole(1) } }]
            : [line],
        ),
      'the pump wants to be woken at 1 us',
    ],
    [
      'sends what is no message',
      () => inReplyTo('TELL', () => [strange('NONSENSE,1')]),
      'the pump sent "NONSENSE,1", which is no message (type)',
    ],
    [
      'says more than it counts',
      () =>
        inReplyTo('TELL', (line) => [
          { ...line, message: { type: 'LOG', at: whole(0), entries: 2, dropped: 0 } },
          line,
        ]),
      'no whole answer in 10 s',
    ],
    [
      'floods its answer',
      () => inReplyTo('TELL', () => Array.from({ length: 4 }, () => new Uint8Array(5 * 2 ** 20).fill(0x2e))),
      'more than 16 MiB without an end',
    ],
    [
      'does not execute what it has to',
      () =>
        inReplyTo('START', (line) => [{ ...line, message: { type: 'NAK', reason: 'LACKS', detail: 'no battery' } }]),
      'the pump did not execute START: LACKS, no battery',
    ],
  ])('%s', async (_, pump, reason) => {
    const { verdict, reason: why } = await ending(pump())
    expect(why).toContain(reason)
    expect(verdict).toBe('inconclusive')
  })

  it('dies in the middle of a frame', async () => {
    const end = ourEnd()
    let asked = 0
    const pump = overLink((bytes) => {
      asked += 1
      const answer = end.receive(bytes)
      if (asked < 60 || last === undefined) return [answer]
      last.ended = 'the process of the pump was ended by SIGSEGV'
      return [answer.subarray(0, answer.length / 2)]
    })
    const { verdict, reason } = await ending(pump)
    expect(reason).toMatch(
      /^the pump failed: the pump did not answer [A-Z]+: the process of the pump was ended by SIGSEGV; whether/,
    )
    expect(verdict).toBe('inconclusive')
  })

  it('cannot be reached', async () => {
    const pump = wirePump({
      name: 'absent',
      connect: () => {
        throw new LinkEnded('"./absent" could not be started')
      },
      nonce: () => 1,
    })
    const { trace, result } = await finish(SCENARIO, pump)
    expect(trace.records.at(-1)).toMatchObject({
      complete: false,
      reason: 'the pump failed: "./absent" could not be started',
    })
    expect(result.verdict).toBe('inconclusive')
  })
})

describe('a pump that lies within the protocol fails', () => {
  it('reads back a program with the sum of another: nothing is committed', async () => {
    const pump = inReplyTo('PREPARE', (line) =>
      line.message.type === 'STORED' ? [{ ...line, message: { ...line.message, sum: '00000000' } }] : [line],
    )
    const { verdict, reason } = await ending(pump)
    expect({ verdict, reason }).toStrictEqual({ verdict: 'fail', reason: '' })
    const { trace } = await finish(SCENARIO, pump)
    const refusals = trace.records.flatMap((record) => (record.kind === 'refused' ? [record.reason] : []))
    expect(refusals[0]).toContain('read back its program with the sum 00000000')
    expect(trace.records.some(({ kind }) => kind === 'applied')).toBe(false)
  })

  it('reads back another dose than it was sent', async () => {
    const twice = inReplyTo('PREPARE', (line) => {
      const { message } = line
      if (message.type === 'RATE') return [{ ...line, message: { ...message, amount: times(message.amount, 2) } }]
      if (message.type !== 'STORED') return [line]
      const texts = ['BEGIN,simple-continuous', 'RATE,mass,100000000']
      const sum = hex8Text(crc32(Buffer.from(texts.map((text) => `${text}\n`).join(''))))
      return [{ ...line, message: { ...message, sum } }]
    })
    expect((await ending(twice)).verdict).toBe('fail')
  })

  it('books more volume than it gives', async () => {
    const generous = distorted('generous', (output) => {
      if (output.kind !== 'booked') return [output]
      const step_uL = as<Volume_uL>(add(output.run.step_uL, output.run.step_uL))
      return [{ ...output, run: { ...output.run, step_uL } }]
    })
    const pump = lying((line) => [line], generous)
    expect((await ending(pump)).verdict).toBe('fail')
  })
})

describe('a pump that has to be asked twice for everything', () => {
  it('ends its run, which would take for ever', async () => {
    const end = ourEnd()
    let last = ''
    const pump = overLink((bytes) => {
      const text = Buffer.from(bytes).toString('latin1')
      const again = text === last
      last = text
      return again || !text.startsWith('$') || text.includes('HELLO') ? [end.receive(bytes)] : []
    })
    const { trace, result } = await finish(`${SCENARIO}sample: 5 min\n`, pump)
    expect(result.verdict).toBe('inconclusive')
    expect(trace.records.at(-1)).toMatchObject({
      reason: expect.stringContaining('it answers only when it is asked again, 100 times in a row'),
    })
  })
})

describe('a pump that nobody answers for', () => {
  it('is tried once for a run, and once for the next', () => {
    let tries = 0
    const pump = wirePump({
      name: 'dead',
      connect: () => {
        tries += 1
        return new MemoryLink(() => [])
      },
      nonce: () => 1,
    })
    const scenario = scenarioOf(SCENARIO)
    for (const run of [1, 2]) {
      expect(() => pump.lacks?.(scenario)).toThrow('did not answer HELLO')
      expect(() => pump.turnsMotor?.()).toThrow('did not answer HELLO')
      expect(() => pump.create(setupOf(scenario))).toThrow('did not answer HELLO')
      expect(tries).toBe(run)
    }
  })
})

describe('what only looks wrong is no fault of the pump', () => {
  it('answers everything twice', async () => {
    const pump = (() => {
      const end = ourEnd()
      return overLink((bytes) => {
        const answer = end.receive(bytes)
        return [answer, answer]
      })
    })()
    expect(await ending(pump)).toStrictEqual({ verdict: 'pass', reason: '' })
  })

  it('prints what it likes between its frames', async () => {
    const pump = lying((line) => [Buffer.from('entering the main loop\r\n'), line])
    expect(await ending(pump)).toStrictEqual({ verdict: 'pass', reason: '' })
  })

  it('is late once, and is asked again', async () => {
    let dropped = 0
    const pump = inReplyTo('ADVANCE', (line) => {
      if (dropped > 0) return [line]
      dropped += 1
      return []
    })
    expect(await ending(pump)).toStrictEqual({ verdict: 'pass', reason: '' })
    expect(dropped).toBe(1)
  })
})

/** A frame, with a right sum, of something that is no message. */
function strange(text: string): Uint8Array {
  const summed = `${(text.length + 2).toString(16).toUpperCase().padStart(2, '0')}00${text}`
  return Buffer.from(`$${summed}*${hex8Text(crc32(Buffer.from(summed)))}\n`)
}
