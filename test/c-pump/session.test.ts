/** The pump in C keeps to the wire: the worked session of docs/PROTOCOL.md, its one reply, and lines that are no frames. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  alike,
  answerTo,
  Builds,
  digestOf,
  frameOf,
  HAS_CC,
  programmed,
  repliesTo,
  SET_UP,
  textOf,
  workedSession,
} from './c-pump.ts'

describe.skipIf(!HAS_CC)('the pump in C on its wire', () => {
  const builds = new Builds()
  let pump = ''

  beforeAll(() => {
    pump = builds.build('c-pump')
  }, 60_000)

  afterAll(() => builds.close())

  it('holds the worked session byte for byte, beside what it can and is called', () => {
    const stepwise = builds.build('stepwise', ['RUN_MOST=1'])
    const answered = answerTo(stepwise, workedSession('>'))
    const expected = workedSession('<')
    expect(alike(expected).length).toBeGreaterThan(30)
    expect(alike(answered)).toStrictEqual(alike(expected))
    const schema = (lines: readonly string[]) => lines[0]?.split(',').slice(1, 4)
    expect(schema(answered)).toStrictEqual(schema(expected))
    const can = (lines: readonly string[]) => lines.filter((line) => line.includes('CAN,'))
    expect(can(answered)).toStrictEqual(expect.arrayContaining(can(expected)))
  })

  it('says the same reply again to the same number, and does nothing twice', () => {
    const bolus = ['BEGIN,bolus', 'DOSE,mass,25000000,600000000']
    const commands = [...SET_UP, ...programmed(0, bolus), `COMMIT,0,${digestOf(1, bolus)}`, 'ADVANCE,3000000']
    const once = commands.map((text, index) => frameOf(index, text))
    const thrice = once.flatMap((line) => [line, line, line])
    const account = frameOf(commands.length, 'TELL,3000000,bench')
    const [welcome = '', ...replies] = answerTo(pump, [frameOf(0, 'HELLO,7'), ...once, account])
    const again = answerTo(pump, [frameOf(0, 'HELLO,7'), ...thrice, account])
    expect(again[0]).toBe(welcome)
    const byReply = (lines: readonly string[]) => lines.join('\n').split(/(?<=(?:DONE|NAK),.*)\n/)
    const [first, last] = [byReply(replies), byReply(again.slice(1))]
    expect(last).toStrictEqual(
      first
        .slice(0, -1)
        .flatMap((reply) => [reply, reply, reply])
        .concat(first.slice(-1)),
    )
  })

  it('answers neither a number that is not due nor a line that is no frame', () => {
    const hello = frameOf(0, 'HELLO,7')
    const cans = frameOf(0, 'CANS')
    const noise = [
      frameOf(1, 'CANS'),
      frameOf(255, 'CANS'),
      cans.replace('*', '*0'),
      cans.toLowerCase(),
      `${cans}\r`,
      cans.slice(0, -1),
      `${cans.slice(0, -1)}${cans.endsWith('0') ? '1' : '0'}`,
      frameOf(0, `CANS${'X'.repeat(200)}`),
      'a line without a dollar sign',
      '',
      '$',
      '$00*00000000',
      frameOf(0, 'cans'),
      frameOf(0, 'TOOLONGNAME'),
      frameOf(3, 'HELLO,8'),
    ]
    expect(answerTo(pump, [cans, hello, ...noise])).toHaveLength(1)
    expect(answerTo(pump, [hello, ...noise, `noise ${cans}`]).at(-1)).toContain('00DONE,')
  })

  it('refuses what it lacks, what it cannot hold and what is out of order, with the reason', () => {
    const commands = [
      'REQUEST,0',
      'START',
      ...SET_UP.slice(0, 4),
      'FIGURE,cell_capacity,5',
      'FIGURE,rate_max,07',
      'HOLDS,water,1,1',
    ]
    expect(repliesTo(pump, [...commands, 'FIGURE,rate_max,1/2', 'PREPARE,0,0,00000000', 'EVERY,1'])).toStrictEqual([
      ['NAK,LACKS,REQUEST'],
      ['NAK,ORDER,START'],
      ...SET_UP.slice(0, 4).map(() => ['DONE,0,0,never']),
      ['NAK,LACKS,FIGURE field 1'],
      ['NAK,RANGE,FIGURE field 2'],
      ['NAK,ORDER,HOLDS'],
      ['NAK,RANGE,FIGURE field 2'],
      ['NAK,SUM,PREPARE field 3'],
      ['NAK,LACKS,EVERY'],
    ])
  })

  it('forgets everything with a new nonce, and nothing with the old one', () => {
    const set = SET_UP.map((text, index) => frameOf(index, text))
    const cans = frameOf(0, 'CANS')
    const same = answerTo(pump, [
      frameOf(0, 'HELLO,7'),
      ...set,
      frameOf(0, 'HELLO,7'),
      frameOf(SET_UP.length, 'STOP,0'),
    ])
    expect(textOf(same.at(-1) ?? '')).toBe('DONE,1,0,never')
    const other = answerTo(pump, [frameOf(0, 'HELLO,7'), ...set, frameOf(0, 'HELLO,8'), cans, frameOf(1, 'STOP,0')])
    expect(textOf(other.at(-1) ?? '')).toBe('NAK,ORDER,STOP field 1')
  })

  it('refuses a program whose sum or number of parts is wrong, and what was stored is stored no more', () => {
    const rate = ['BEGIN,simple-continuous', 'RATE,mass,50000000']
    const [begin = '', part = '', prepare = ''] = programmed(0, rate)
    const digest = digestOf(1, rate)
    const replies = repliesTo(pump, [
      ...SET_UP,
      begin,
      part,
      prepare,
      begin,
      part,
      'PREPARE,0,2,12CEA378',
      `COMMIT,0,${digest}`,
    ])
    expect(replies.at(-2)).toStrictEqual(['NAK,SUM,PREPARE field 3'])
    expect(replies.at(-1)?.[0]).toMatch(/^REFUSED,0,no program of this digest/)
    expect(repliesTo(pump, [...SET_UP, part]).at(-1)).toStrictEqual(['NAK,ORDER,RATE'])
  })
})
