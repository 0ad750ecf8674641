/** `pumpbench rig`: a board to whoever connects, before there is one. */
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { RIG_BUILD } from '#hil/rig/firmware/image'
import { serialTransport } from '#hil/rig/serial/port'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { RigClient } from '../support/rig-client.ts'
import { HAS_SOCAT } from '../wires/pty-pair.ts'
import { emptyFolder, ended } from './command.ts'
import { connect, servedRigs, until } from './served.ts'

const folder = emptyFolder()
const serve = servedRigs(folder)
const clients: RigClient[] = []
const client = async (coming: Promise<RigClient>) => {
  const come = await coming
  clients.push(come)
  return come
}

afterEach(async () => {
  for (const one of clients.splice(0)) await one.close()
})

describe('a rig on a socket', () => {
  it('answers as the firmware does, makes its steps at their ticks, and writes them down', async () => {
    const served = await serve('--tcp', '0', '--steps', 'steps.csv')
    expect(served.where).toMatch(/^tcp:127\.0\.0\.1:\d+$/)
    const host = await client(connect(served))
    const { tick, build, schema, version } = await host.hello()
    expect({ build, schema, version }).toEqual({ build: RIG_BUILD, schema: SCHEMA_HASH, version: 1 })
    const first = tick + 8000
    const motion = { first, phase: 0, count: 4, quotient: 300, remainder: 0, divisor: 1, direction: 'F' }
    expect(await host.command({ type: 'SEG', ...motion })).toMatchObject({ type: 'ACK' })
    await host.until(() => host.frames.some(({ message }) => message.type === 'TEL' && message.forward === 4), 'a step')
    const rows = [0, 1, 2, 3].map((step) => `0,${first + 300 * step},${step + 1}\n`)
    expect(folder.read('steps.csv')).toBe(`resets,tick,position\n${rows.join('')}`)
    expect(await served.end()).toMatchObject({ status: 0, stderr: '' })
  })

  it('is for one client at a time: the second hears why, and comes in when the first is gone', async () => {
    const served = await serve('--tcp', '0')
    const first = await client(connect(served))
    await first.hello()
    const second = await client(connect(served))
    await second.until(() => second.lost !== undefined, 'the end')
    expect(second.lines.join()).toMatch(/the rig is in use/)
    expect((await first.command({ type: 'STAT' })).type).toBe('ACK')
    await first.close()
    await until(() => served.said().includes('is gone'))
    const third = await client(connect(served))
    await third.hello(2)
    const { stdout } = await served.end()
    expect(stdout.match(/ came$/gm)).toHaveLength(2)
    expect(stdout.match(/ refused: the rig is in use$/gm)).toHaveLength(1)
    expect(stdout.match(/ is gone, after \d+ bytes$/gm)?.length).toBeGreaterThanOrEqual(1)
  })

  it('stops within a byte at HALT, though no line has ended', async () => {
    const served = await serve('--tcp', '0')
    const host = await client(connect(served))
    await host.hello()
    host.write(Buffer.from('$2F00half a line'))
    host.write(Uint8Array.of(0x9b, 0x9b))
    expect(await host.next('HALTED')).toMatchObject({ halts: 1, cause: 'HALT' })
  })

  it('has another boot id at every start, and keeps its name where it may keep it', async () => {
    const boots: string[] = []
    for (const args of [[], [], ['--eeprom', 'chip.bin'], ['--eeprom', 'chip.bin']]) {
      const served = await serve('--tcp', '0', ...args)
      const host = await client(connect(served))
      const { boot, identity } = await host.hello()
      expect(identity).toBe(boots.length === 3 ? 'bench-9' : 'UNNAMED')
      boots.push(boot)
      expect((await host.command({ type: 'NAME', serial: 'bench-9' })).type).toBe('ACK')
      await served.end()
    }
    expect(new Set(boots).size).toBe(4)
    expect(statSync(join(folder.path, 'chip.bin')).size).toBe(1024)
  })

  it('is reset by whoever connects, if asked for', async () => {
    const served = await serve('--tcp', '0', '--reset-on-connect')
    const one = await client(connect(served))
    const { boot } = await one.hello()
    await one.close()
    await until(() => served.said().includes('is gone'))
    const two = await client(connect(served))
    expect((await two.hello(2)).boot).not.toBe(boot)
    expect(served.said()).toContain('came, and pressed reset')
  })

  it('is not reset otherwise', async () => {
    const served = await serve('--tcp', '0')
    const one = await client(connect(served))
    const { boot } = await one.hello()
    await one.close()
    await until(() => served.said().includes('is gone'))
    const two = await client(connect(served))
    expect((await two.hello(2)).boot).toBe(boot)
  })

  it('survives a client that sends without end and reads nothing', async () => {
    const served = await serve('--tcp', '0')
    const flood = await client(connect(served))
    for (let chunk = 0; chunk < 60; chunk += 1) flood.write(new Uint8Array(1000).fill(0x78))
    await flood.close()
    await until(() => served.said().includes('is gone'))
    const host = await client(connect(served))
    await host.hello()
  })
})

describe.skipIf(!HAS_SOCAT)('a rig on a pseudo-terminal (needs socat)', () => {
  it('is opened as a serial port, and again under the same name', async () => {
    const link = join(folder.path, 'rig')
    const served = await serve('--pty', link)
    expect(served.where).toBe(`serial:${link}`)
    for (const nonce of [1, 2]) {
      await until(() => existsSync(link))
      const host = await client(RigClient.connect(serialTransport(link)))
      expect((await host.hello(nonce)).build).toBe(RIG_BUILD)
      await host.close()
      await until(() => served.said().split('is gone').length === nonce + 1)
    }
    expect(await served.end()).toMatchObject({ status: 0, stderr: '' })
    expect(folder.names()).toEqual([])
  })

  it('finds a name for itself, and leaves nothing behind', async () => {
    const served = await serve('--pty')
    const link = served.where.replace('serial:', '')
    expect(existsSync(link)).toBe(true)
    await served.end()
    expect(existsSync(join(link, '..'))).toBe(false)
  })

  it('takes no name that is taken', () => {
    folder.write('rig', 'mine')
    const { status, stderr } = folder.process('rig', '--pty', 'rig')
    expect([status, stderr]).toEqual([2, 'rig is there already; name a path that is free\n'])
    expect(folder.read('rig')).toBe('mine')
  })
})

describe('what cannot be served is refused with status 2', () => {
  it.each([
    ['nothing', [], /--tcp PORT or --pty, one of them/],
    ['two places', ['--tcp', '0', '--pty'], /one of them/],
    ['a port that is none', ['--tcp', '70000'], /a port is a whole number from 0 to 65535/],
    ['an address without a port', ['--pty', '--host', '0.0.0.0'], /--host is for --tcp/],
    ['an address of another machine', ['--tcp', '0', '--host', '203.0.113.7'], /this machine has no such address/],
    ['a crystal beyond any', ['--tcp', '0', '--clock-ppm', '60000'], /from -50000 to 50000/],
    ['a name that socat would read more into', ['--pty', 'a,b=c'], /"a,b=c" is no name for a pseudo-terminal/],
    ['an EEPROM that is none', ['--tcp', '0', '--eeprom', 'short'], /short has 5 bytes, and an EEPROM has 1024/],
    ['an EEPROM in no folder', ['--tcp', '0', '--eeprom', 'no/where'], /--eeprom no\/where cannot be written/],
    ['steps in no folder', ['--tcp', '0', '--steps', 'no/where'], /--steps no\/where cannot be written/],
  ])('%s', (_what, args, message) => {
    folder.write('short', 'short')
    const { status, stdout, stderr } = folder.process('rig', ...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it('a port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { status, stderr } = folder.process('rig', '--tcp', String(port))
    expect(status).toBe(2)
    expect(stderr).toMatch(/something listens there already; take another port, or 0 for a free one/)
    await new Promise((resolve) => other.close(resolve))
  })

  it('a pseudo-terminal without socat, with what to install', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('pumpbench-rig-'))
    mkdirSync(join(folder.path, 'bin'))
    symlinkSync(process.execPath, join(folder.path, 'bin', 'node'))
    const child = folder.start(['rig', '--pty'], { env: { PATH: join(folder.path, 'bin') } })
    const { status, stdout, stderr } = await ended(child)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/socat is not installed.*apt-get install socat.*--tcp/)
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('pumpbench-rig-'))
    expect(after.filter((name) => !before.includes(name))).toEqual([])
  })
})
