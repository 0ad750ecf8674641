/** Our pump model served in real time and on pseudo-terminals, as somebody has it who writes the software of a programmer. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { encodePumpMessage } from '#protocol/pump/frame'
import { serveCommand } from '#scripts/commands/serve'
import { Client } from '../pump-wire/client.ts'
import { emptyFolder, ended } from './command.ts'
import { passing } from './scenarios.ts'
import { servedRigs } from './served.ts'

const folder = emptyFolder()
const serve = servedRigs(folder, 'serve')

const PYTHON = 'python3'
const hasPython = spawnSync(PYTHON, ['--version']).status === 0
const [, programmer = ''] =
  /programmer: run by.*?```python\n(.*?)```/s.exec(
    readFileSync(new URL('../../docs/PUMPS.md', import.meta.url), 'utf8'),
  ) ?? []

const portIn = (text: string) => Number(/:(\d+)$/m.exec(text)?.[1])

describe('our pump in real time', () => {
  it.skipIf(!hasPython)(
    'is programmed by the programmer of docs/PUMPS.md, and met by faults through the back door',
    async () => {
      const { where, said, end } = await serve('--real-time', '--tcp', '0', '--back-door', '0')
      const door = new Client(portIn(/the back door is at (\S+)/.exec(said())?.[1] ?? ''))
      door.say('{ fault: brown-out }\n')
      expect(await door.until((heard) => heard.endsWith('\n'))).toMatch(/^refused: the pump is not switched on/)
      folder.write('programmer.py', programmer)
      const { status, stdout, stderr } = await ended(
        spawn(PYTHON, ['programmer.py', String(portIn(where))], { cwd: folder.path }),
      )
      expect([status, stderr]).toStrictEqual([0, ''])
      expect(stdout).toContain('APPLIED,')
      expect(stdout).toMatch(/'STATUS,\d+,simple-continuous,0,0,20000000000,17676000\d+'/)

      // The programmer is gone, and its pump goes on; who says HELLO with its nonce is its next one, after its number 7.
      const client = new Client(portIn(where))
      client.say(hello())
      await client.until((heard) => heard.includes('WELCOME,7,'))
      door.say('{ fault: motor-stall, for: 10 min }\n{ fault: occlusion }\n{ fault: power-cut, for: 1 h }\n')
      const answers = (await door.until((heard) => heard.split('\n').length === 5)).split('\n').slice(1)
      expect(answers[0]).toMatch(/^done: motor-stall for 10 min, at \d+ us of the pump$/)
      expect(answers[1]).toMatch(/^refused: occlusion: there is neither/)
      expect(answers[2]).toMatch(/^done: power-cut for 1 h/)
      client.say(framed(8, { type: 'ADVANCE', to: { n: 0n, d: 1n } }))
      expect(await client.until((heard) => heard.includes('DONE'))).toMatch(/POWER,\d+,0\*/)

      const { status: ending } = await end()
      expect(ending).toBe(0)
      await Promise.all([client.closed(), door.closed()])
    },
  )

  it('on standard input and output, until the input ends', async () => {
    const child = folder.start(['serve', '--real-time', '--stdio', '--back-door', '0'])
    child.stdin?.end(hello())
    const { status, stdout, stderr } = await ended(child)
    expect(status).toBe(0)
    expect(stdout).toContain('WELCOME,7,')
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr).toMatch(/^the back door is at tcp:127\.0\.0\.1:\d+\n$/)
  })
})

describe('our pump on a pseudo-terminal', () => {
  it('is a pump in virtual time for one run after another, and leaves nothing behind', async () => {
    folder.write('s/a.yaml', passing('a'))
    folder.write('s/b.yaml', passing('b'))
    const link = join(folder.path, 'pump')
    const { where, end } = await serve('--pty', link)
    expect(where).toBe(`serial:${link}`)
    const run = await ended(folder.start(['run', 's', '--pump', where], {}))
    expect(run.stdout).toContain('2 runs: 2 pass')
    expect((await end()).status).toBe(0)
    expect(existsSync(link)).toBe(false)
  })
})

describe('serve is refused', () => {
  const others: { close(): void }[] = []
  afterEach(() => {
    for (const other of others.splice(0)) other.close()
  })

  it.each([
    [{}, 'say where to serve the pump'],
    [{ tcp: 0, pty: true }, 'say where to serve the pump: --stdio, --tcp PORT or --pty, one of them'],
    [{ tcp: 0, backDoor: 0 }, '--back-door is for --real-time'],
    [{ pty: 'a,b=c' }, '"a,b=c" is no name for a pseudo-terminal'],
    [{ realTime: true, tcp: 0, pumpModel: 'im-30' }, '--pump-model "im-30" is not known'],
  ] as const)('with %j', async (options, problem) => {
    const { status, stderr } = await folder.here(() => serveCommand(options))
    expect(status).toBe(2)
    expect(stderr).toContain(problem)
  })

  it('where its port or its back door is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    others.push(other)
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const wire = await folder.here(() => serveCommand({ tcp: port }))
    expect([wire.status, wire.stderr]).toStrictEqual([2, expect.stringMatching(/^the pump cannot .*take another port/)])
    const door = await folder.here(() => serveCommand({ realTime: true, tcp: 0, backDoor: port }))
    expect([door.status, door.stderr]).toStrictEqual([2, expect.stringMatching(/^the back door cannot .*another port/)])
  })
})

function framed(number: number, message: Parameters<typeof encodePumpMessage<'to-pump'>>[2]): string {
  return Buffer.from(encodePumpMessage('to-pump', number, message)).toString('latin1')
}

function hello(): string {
  return framed(0, { type: 'HELLO', nonce: 7 })
}
